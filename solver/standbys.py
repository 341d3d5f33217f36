"""Standbys: who could take each visit over at its start, in lists that are chosen together for the whole day.

The first standbys of all visits fit beside one another and beside the plan: if everybody were declined at once, all
first standbys could come. So no helper is the first standby of two visits that need them at the same time, unless one
of the two has nobody else. The same holds for the second standbys, and so on. Places are given by augmenting paths
(Kuhn 1955), with a helper's day in the place of a single partner.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from solver.model import Bools
from solver.openings import Openings, Span, fit
from solver.plan import Plan
from solver.problem import Problem
from solver.rules import PAIRS, pinned

NEAREST = 25
"""So many helpers are looked at for each visit, the nearest first."""


def standbys(problem: Problem, plan: Plan, most: int = 3) -> dict[int, tuple[int, ...]]:
    """By visit that is made, helpers in the order in which they should be asked; who makes it already is not among
    them."""
    day = Standing(problem, plan)
    suited = {visit: day.suited(visit) for visit in day.made}
    lists: dict[int, list[int]] = {visit: [] for visit in day.made}
    for _ in range(most):
        for visit, helper in _Round(day, suited, lists).places().items():
            lists[visit].append(helper)
    return {visit: tuple(found) for visit, found in lists.items()}


class Standing:
    """The plan with every start held, and who could come to what. `starts` holds those of visits that nobody makes."""

    def __init__(self, problem: Problem, plan: Plan, starts: Mapping[int, int] | None = None) -> None:
        self.problem, self.openings = problem, Openings(problem, plan)
        self.makers = {visit: {one.helper for one in lines} for visit, lines in plan.made().items()}
        self.made = {visit: lines[0].start for visit, lines in sorted(plan.made().items())} | dict(starts or {})
        self.of_helper: dict[int, list[int]] = {}
        for one in plan.assignments:
            self.of_helper.setdefault(one.helper, []).append(one.visit)

    @cached_property
    def may(self) -> Bools:
        """(V, H): whom no rule about the pair alone stops."""
        stand: Bools = np.logical_and.reduce([rule.stands(self.problem) for rule in PAIRS if rule is not pinned])
        return stand

    def suited(self, visit: int) -> list[int]:
        """Helpers who could make the visit at its start beside what they make, the known and near ones first."""
        wanted = self.problem.visits[visit]
        away, makers = self.openings.from_home(wanted.place), self.makers.get(visit, set())
        may = [one for one in np.flatnonzero(self.may[visit]).tolist() if one not in makers]
        near = sorted(may, key=lambda one: (one not in wanted.known, int(away[one]), one))
        return [helper for helper in near[:NEAREST] if self.could(helper, [visit])]

    def takes(self, helper: int, visit: int) -> bool:
        """Whether this helper could make this visit at its start beside what they make."""
        return bool(self.may[visit, helper]) and self.could(helper, [visit])

    def could(self, helper: int, extra: Iterable[int]) -> bool:
        """Whether the helper could make these visits too, each at its start in the plan."""
        who, more = self.problem.helpers[helper], list(extra)
        mine = [*self.of_helper.get(helper, []), *more]
        if who.most_visits is not None and len(mine) > who.most_visits:
            return False
        if who.most_work is not None and sum(self.problem.visits[one].duration for one in mine) > who.most_work:
            return False
        placed = 0
        for number, shift in enumerate(who.shifts):
            here = sorted((self.made[one], one) for one in mine if shift.start <= self.made[one] <= shift.end)
            placed += len(here)
            tour = [(visit, (Span(start, start, 0),)) for start, visit in here]
            if tour and fit(self.problem, helper, number, tour) is None:
                return False
        return placed == len(mine)


@dataclass
class _Round:
    """One standby more for as many visits as can have one."""

    day: Standing
    suited: Mapping[int, list[int]]
    lists: dict[int, list[int]]
    held: dict[int, set[int]] = field(default_factory=dict)
    """Visits for which a helper stands by in this round."""

    def places(self) -> dict[int, int]:
        left = {visit: [one for one in suited if one not in self.lists[visit]] for visit, suited in self.suited.items()}
        for visit in sorted(left, key=lambda one: (len(left[one]), one)):
            self._place(visit, left, set())
        found = {visit: helper for helper, visits in self.held.items() for visit in visits}
        for visit, choices in left.items():
            if visit not in found and choices:
                found[visit] = choices[0]  # better one whom another visit may need too than nobody
        return found

    def _place(self, visit: int, left: dict[int, list[int]], tried: set[int]) -> bool:
        """Give the visit a helper; whoever is in the way is given another, as far as that goes."""
        for helper in left[visit]:
            if helper in tried:
                continue
            tried.add(helper)
            mine = self.held.setdefault(helper, set())
            if self.day.could(helper, {*mine, visit}):
                mine.add(visit)
                return True
            for other in sorted(mine):
                if self.day.could(helper, {*mine - {other}, visit}):
                    mine.remove(other)
                    mine.add(visit)
                    if self._place(other, left, tried):
                        return True
                    mine.remove(visit)
                    mine.add(other)
        return False
