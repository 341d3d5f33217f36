"""How a visit could be made after all: whose shift it fits into, what that costs, and which people go together."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from solver.model import Bools, Ints
from solver.openings import FOREVER, Fits, Openings, Span, Spans, fit
from solver.plan import Assignment, Plan
from solver.problem import Link, Problem
from solver.rules import RULES, fee, lending
from solver.timetable import walk

Interval = tuple[int, int, int, int]
"""First start, last start, helper, window."""


@dataclass(frozen=True, slots=True)
class Way:
    """One helper's whole shift with the visit in it. `points`: what it costs more, leaving the visit not counted."""

    helper: int
    shift: int
    start: int
    visit: int
    day: tuple[Assignment, ...]
    moves: int
    """Other visits of the shift that start at another time."""
    points: int


class Limits:
    """What the plan has left of everything that is shared or bounded."""

    def __init__(self, problem: Problem, plan: Plan) -> None:
        self.problem, self.plan = problem, plan

    @cached_property
    def full(self) -> Bools:
        """(H,) the helper makes as many visits as they can."""
        counts = np.bincount([one.helper for one in self.plan.assignments], minlength=len(self.problem.helpers))
        full: Bools = counts >= self.most_visits
        return full

    @cached_property
    def most_visits(self) -> Ints:
        return np.array([FOREVER if one.most_visits is None else one.most_visits for one in self.problem.helpers])

    @cached_property
    def most_work(self) -> Ints:
        return np.array([FOREVER if one.most_work is None else one.most_work for one in self.problem.helpers])

    @cached_property
    def spare(self) -> Ints:
        """(H,) ticks that the helper could still serve."""
        spare = self.most_work.copy()
        for one in self.plan.assignments:
            spare[one.helper] -= self.problem.visits[one.visit].duration
        return spare

    @cached_property
    def budgets(self) -> dict[int, int]:
        """Fen that each purse still holds."""
        left = {number: purse.budget for number, purse in enumerate(self.problem.purses)}
        for one in self.plan.assignments:
            purse = self.problem.visits[one.visit].purse
            if purse is not None:
                left[purse] -= fee.charged(self.problem, one.visit, one.helper)
        return left

    @cached_property
    def lendable(self) -> dict[tuple[int, int], int]:
        """Assignments that each community may still lend another."""
        counts = lending.lent(self.problem, self.plan)
        left: dict[tuple[int, int], int] = {}
        for cap in self.problem.lendings:
            pair = (cap.lender, cap.borrower)
            left[pair] = min(left.get(pair, cap.most), cap.most - counts[pair])
        return left

    @cached_property
    def communities(self) -> Ints:
        return np.array([-1 if one.community is None else one.community for one in self.problem.helpers], np.int64)

    def too_dear(self, visit: int) -> Bools:
        """(H,) who charges more than the visit's purse still holds."""
        purse, helpers = self.problem.visits[visit].purse, range(len(self.problem.helpers))
        if purse is None:
            return np.zeros(len(helpers), bool)
        fees = np.array([fee.charged(self.problem, visit, helper) for helper in helpers], np.int64)
        dear: Bools = fees > self.budgets[purse]
        return dear

    def lent_out(self, visit: int) -> Bools:
        """(H,) whose community has lent the visit's as much as agreed."""
        borrower = self.problem.visits[visit].community
        full = [lender for (lender, to), left in self.lendable.items() if to == borrower and left < 1]
        return np.isin(self.communities, full)

    def bear(self, pairs: list[tuple[int, int]]) -> bool:
        """Purses and lending caps bear all these visits and helpers together."""
        budgets, lendable = dict(self.budgets), dict(self.lendable)
        for visit, helper in pairs:
            wanted, lender = self.problem.visits[visit], self.problem.helpers[helper].community
            if wanted.purse is not None:
                budgets[wanted.purse] -= fee.charged(self.problem, visit, helper)
            if lender is not None and wanted.community is not None and (lender, wanted.community) in lendable:
                lendable[lender, wanted.community] -= 1
        return min(budgets.values(), default=0) >= 0 and min(lendable.values(), default=0) >= 0


class Ways:
    """The ways that are left to make visits, one plan asked many times."""

    def __init__(self, problem: Problem, plan: Plan) -> None:
        self.problem, self.plan = problem, plan
        self.openings, self.limits = Openings(problem, plan), Limits(problem, plan)
        self.pins = {pin.visit: pin for pin in problem.pins}
        self._cost: dict[int, int] = {}
        self._visits_of: dict[int, list[Assignment]] = {}
        for one in plan.assignments:
            self._visits_of.setdefault(one.helper, []).append(one)

    def starts(self, visit: int, helper: int, fits: Fits, may: Spans) -> list[tuple[int, int, list[int]]]:
        """(shift, turn, starts of the whole shift) of every opening of the helper that works out; rests are kept."""
        turns, found = self.openings.turns, []
        first, end = np.searchsorted(turns.helper, [helper, helper + 1])
        for index in range(first, end):
            if not (fits.in_time[index] and fits.near[index]):
                continue
            number, turn = int(turns.shift[index]), int(turns.turn[index])
            for kept in (True, False):
                tour = self.openings.tour(helper, number, kept)
                starts = fit(self.problem, helper, number, [*tour[:turn], (visit, may), *tour[turn:]])
                if starts is not None:
                    found.append((number, turn, starts))
                    break
        return found

    def way(self, visit: int, helper: int, fits: Fits, may: Spans) -> Way | None:
        """The helper's opening with the least to move and the shortest way, with its price."""
        days = []
        for number, turn, starts in self.starts(visit, helper, fits, may):
            made = self.openings.days.get((helper, number), [])
            visits = [one.visit for one in made]
            visits.insert(turn, visit)
            day = tuple(Assignment(helper, number, start, one) for start, one in zip(starts, visits, strict=True))
            moves = len(set(made) - set(day))
            days.append((moves, self._travel(helper, number, day), starts[turn], number, day))
        if not days:
            return None
        moves, _, start, number, day = min(days)
        return Way(helper, number, start, visit, day, moves, self.price(helper, number, day))

    def _travel(self, helper: int, number: int, day: tuple[Assignment, ...]) -> int:
        """Ticks on the way that this shift has more than its present one."""
        made = tuple(self.openings.days.get((helper, number), ()))
        return walk(self.problem, helper, number, day).travel - (
            walk(self.problem, helper, number, made).travel if made else 0
        )

    def nearest(self, visit: int, fits: Fits, may: Spans, free: Bools, most: int = 5) -> list[Way]:
        """The ways of the free helpers with the shortest detour."""
        if not free.any():
            return []
        detour = self.detour(visit, fits)
        order = np.lexsort((np.arange(len(detour)), detour))
        found = [self.way(visit, helper, fits, may) for helper in order[free[order]][:most].tolist()]
        return [way for way in found if way]

    def detour(self, visit: int, fits: Fits) -> Ints:
        """(H,) least ticks of more travel over the openings; FOREVER where there is none."""
        turns, tables = self.openings.turns, self.openings.tables
        place = self.problem.visits[visit].place
        come = tables[turns.mode, turns.before, place].astype(np.int64)
        more = come + tables[turns.mode, place, turns.after] - tables[turns.mode, turns.before, turns.after]
        least = np.full(len(self.problem.helpers), FOREVER, np.int64)
        open_to = fits.in_time & fits.near
        np.minimum.at(least, turns.helper[open_to], more[open_to])
        return least

    @cached_property
    def _alone(self) -> bool:
        """No rule with the highest or the mean over all helpers costs points: then one helper's day tells all."""
        weights = self.problem.weights
        return not (weights.balance or weights.longest_wait or weights.longest_idle or weights.highest_tardiness)

    def price(self, helper: int, number: int, day: tuple[Assignment, ...]) -> int:
        """Points that the plan costs more with this day in place of the helper's, leaving visits not counted."""
        before = self._visits_of.get(helper, []) if self._alone else list(self.plan.assignments)
        after = [one for one in before if (one.helper, one.shift) != (helper, number)] + list(day)
        key = helper if self._alone else -1
        if key not in self._cost:
            self._cost[key] = self._points(before)
        return self._points(after) - self._cost[key]

    def _points(self, assignments: Iterable[Assignment]) -> int:
        """Points without those of leaving visits."""
        plan = Plan(tuple(sorted(assignments)))
        rules = (rule for rule in RULES if rule.NAME not in {"coverage", "linked", "pinned"})
        return sum(breach.points for rule in rules for breach in rule.judge(self.problem, plan))

    def _intervals(self, may: Spans, fits: Fits, free: Bools) -> list[Interval]:
        """Every span of starts that an opening of a free helper leaves, the earliest first."""
        turns, found = self.openings.turns, []
        for turn, span in enumerate(may):
            open_to = (fits.first[turn] <= fits.last[turn]) & fits.near & free[turns.helper]
            for index in np.flatnonzero(open_to).tolist():
                first, last = int(fits.first[turn, index]), int(fits.last[turn, index])
                found.append((first, last, int(turns.helper[index]), span.window))
        return sorted(found)

    def at_once(
        self, visit: int, may: Spans, fits: Fits, free: Bools, named: frozenset[int] = frozenset()
    ) -> list[Way]:
        """As many people as the visit needs at one moment, those named among them; moments are tried where somebody's
        opening begins."""
        people, detour = self.problem.visits[visit].people, self.detour(visit, fits)
        pinned = named | (set(self.pins[visit].helpers) if visit in self.pins else set())
        intervals = self._intervals(may, fits, free)
        for start in sorted({first for first, *_ in intervals}):
            there = {helper for first, last, helper, _ in intervals if first <= start <= last}
            if len(there) >= people and there >= pinned:
                order = sorted(there, key=lambda helper: (helper not in pinned, detour[helper], helper))
                ways = self._crew(visit, fits, start, order)
                if len(ways) == people and {way.helper for way in ways} >= pinned:
                    return ways
        return []

    def _crew(self, visit: int, fits: Fits, start: int, order: list[int]) -> list[Way]:
        """The first so many of these helpers who can really come at this moment."""
        ways: list[Way] = []
        for helper in order:
            if self.limits.bear([(visit, one) for one in (*(way.helper for way in ways), helper)]):
                way = self.way(visit, helper, fits, (Span(start, start, 0),))
                ways += [way] if way else []
            if len(ways) == self.problem.visits[visit].people:
                break
        return ways

    def as_pair(self, link: Link, first: tuple[Spans, Fits, Bools], second: tuple[Spans, Fits, Bools]) -> list[Way]:
        """Two helpers for two visits that belong together; never one for both, although some links allow that."""
        tries = 0
        for one in self._intervals(*first):
            for two in self._intervals(*second):
                starts = starts_together(link, one, two)
                if starts is None or not self.limits.bear([(link.first, one[2]), (link.second, two[2])]):
                    continue
                here = self.way(link.first, one[2], first[1], (Span(starts[0], starts[0], 0),))
                there = self.way(link.second, two[2], second[1], (Span(starts[1], starts[1], 0),))
                if here and there:
                    return [here, there]
                tries += 1
                if tries == 50:
                    return []
        return []


def starts_together(link: Link, one: Interval, two: Interval) -> tuple[int, int] | None:
    """The earliest starts in two helpers' spans that the link allows."""
    if one[2] == two[2] or (link.same_window and one[3] != two[3]):
        return None
    if link.least is None or link.most is None:
        return one[0], two[0]
    start = max(one[0], two[0] - link.most)
    later = max(two[0], start + link.least)
    return (start, later) if start <= one[1] and later <= two[1] else None
