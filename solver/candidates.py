"""Who could make a visit: helpers in the order of what each choice would cost, and why not the others.

Each choice is a whole plan, judged: the visit in the helper's day, and what that displaces (one visit of theirs goes to
somebody else or is left). Nothing is searched here, so that an answer takes no worker; `solver.cures` searches.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from solver.explain import Explainer
from solver.judge import hard
from solver.model import Bools, Ints
from solver.openings import Fits, Spans, fit
from solver.part import difference
from solver.plan import Assignment, Breach, Plan
from solver.problem import Problem
from solver.rules import PAIRS
from solver.ways import Way

CLOSELY = 3
"""So many times as many helpers as asked for are looked at closely: the nearest are not always the cheapest."""
TIME_AND_PLACE = frozenset({"overlap", "most_visits", "most_work", "rest", "linked"})
"""Rules that stop somebody who could come if another visit were taken from them."""


Offer = tuple[int, int, list[Way], tuple["Displaced", ...]]
"""Points at a glance, helper, the days that change, what is displaced."""


@dataclass(frozen=True, slots=True)
class Displaced:
    """A visit that a choice takes from the helper; `helper` and `start`: who makes it then, None: it is left."""

    visit: int
    helper: int | None
    start: int | None


@dataclass(frozen=True, slots=True)
class Choice:
    """The visit made by this helper. `points`: what the whole plan costs more than now; below 0 it costs less."""

    helper: int
    start: int
    points: int
    others: tuple[int, ...]
    """Who comes with them, where the visit or one it belongs to needs more people."""
    instead_of: tuple[int, ...]
    """Who makes it now and no longer would."""
    moves: int
    """Visits of theirs that start at another time."""
    displaced: tuple[Displaced, ...]
    plan: Plan


@dataclass(frozen=True, slots=True)
class Refused:
    """A helper who cannot come, with the rules that stand between."""

    helper: int
    breaches: tuple[Breach, ...]


@dataclass(frozen=True, slots=True)
class Candidates:
    """Cheapest choice first; then, the nearest first, those who cannot come."""

    visit: int
    choices: tuple[Choice, ...]
    refused: tuple[Refused, ...]


def candidates(problem: Problem, plan: Plan, visit: int, most: int = 8) -> Candidates:
    """At most so many choices, and as many helpers who cannot come."""
    return _Asked(problem, plan, visit, most).answer()


class _Asked:
    """One visit of one plan. Whoever makes it now is taken out first: one place is asked for."""

    def __init__(self, problem: Problem, plan: Plan, visit: int, most: int) -> None:
        self.problem, self.plan, self.visit, self.most = problem, plan, visit, most
        self.asked = Explainer(problem, plan)
        self.base = Explainer(problem, self.asked.without_one(visit))
        self.there = {one.helper for one in self.base.made.get(visit, [])}
        self.may: Spans = self.base.spans(visit)
        self.fits: Fits = self.base.ways.openings.fits(visit, self.may)
        self.stopped = self.base.stopped(visit, self.may, self.fits)
        self.near: Ints = np.argsort(self.base.from_home(visit), kind="stable")

    def answer(self) -> Candidates:
        found: dict[int, Choice] = {}
        for _, helper, ways, displaced in sorted(self._offers(), key=lambda offer: offer[:2]):
            if len(found) < self.most and helper not in found:
                choice = self._choice(helper, ways, displaced)
                found |= {helper: choice} if choice else {}
        choices = sorted(found.values(), key=lambda choice: (choice.points, choice.helper))
        others = [helper for helper in self._others() if helper not in found][: self.most]
        refused = [Refused(helper, tuple(self.asked.why_not(self.visit, helper))) for helper in others]
        return Candidates(self.visit, tuple(choices), tuple(one for one in refused if hard(one.breaches)))

    def _offers(self) -> Iterator[Offer]:
        """What could be done, with points that a look at the days alone tells; the judge decides on the best."""
        free = ~np.logical_or.reduce(list(self.stopped.values()))
        free[sorted(self.there)] = False
        detour = self.base.ways.detour(self.visit, self.fits)
        order = np.lexsort((np.arange(len(detour)), detour))
        for helper in order[free[order]][: CLOSELY * self.most].tolist():
            ways = self._ways(helper, free)
            if ways:
                yield sum(way.points for way in ways), helper, ways, ()
        for helper in [one for one in self.near.tolist() if self._is_busy(one)][: self.most]:
            yield from self._displacing(helper)

    def _ways(self, helper: int, free: Bools) -> list[Way]:
        """The helper's way, with those of all who must come too."""
        ways = self.base.ways
        open_links = [
            link for link in self.base.links.get(self.visit, []) if not self._is_made(link.first, link.second)
        ]
        if open_links:
            return [
                one for one in self.base.together(self.visit, self.may, self.fits, free, []) if open_links[1:] == []
            ]
        if self.problem.visits[self.visit].people > 1 and not self.there:
            return ways.at_once(self.visit, self.may, self.fits, free, frozenset({helper}))
        way = ways.way(self.visit, helper, self.fits, self.may)
        return [way] if way else []

    def _is_made(self, first: int, second: int) -> bool:
        return first + second - self.visit in self.base.made

    def _choice(self, helper: int, ways: list[Way], displaced: tuple[Displaced, ...]) -> Choice | None:
        """The plan with these days, judged; None if it breaks a rule, or the helper is not among them."""
        mine = next((way for way in ways if (way.visit, way.helper) == (self.visit, helper)), None)
        days = {(way.helper, way.shift) for way in ways}
        gone = {(one.visit, helper) for one in displaced}
        kept = [one for one in self.base.plan.assignments if (one.helper, one.shift) not in days]
        kept = [one for one in kept if (one.visit, one.helper) not in gone]
        plan = Plan(tuple(sorted([*kept, *(one for way in ways for one in way.day)])))
        points, broken = difference(self.problem, self.plan, plan)
        if mine is None or broken:
            return None
        gone_helpers = {one.helper for one in self.asked.made.get(self.visit, [])} - self.there - {helper}
        others = tuple(
            way.helper for way in ways if way.helper != helper and way.visit not in {one.visit for one in displaced}
        )
        moves = sum(way.moves for way in ways)
        return Choice(helper, mine.start, points, others, tuple(sorted(gone_helpers)), moves, displaced, plan)

    def _is_busy(self, helper: int) -> bool:
        """They may make the visit, and are stopped only by what else they do."""
        return (
            helper not in self.there and {name for name, mask in self.stopped.items() if mask[helper]} <= TIME_AND_PLACE
        )

    def _displacing(self, helper: int) -> Iterator[Offer]:
        """One visit of theirs gives way, and goes to whoever can take it most cheaply, or is left."""
        openings = self.base.ways.openings
        for (who, number), made in openings.days.items():
            for one in made if who == helper else ():
                way = self._in_place_of(helper, number, made, one)
                if way is None or one.visit in openings.shared or one.visit in self.base.ways.pins:
                    continue
                left = self.problem.visits[one.visit].priority
                yield way.points + left, helper, [way], (Displaced(one.visit, None, None),)
                taker = self._taker(one.visit, helper)
                if taker:
                    after = Displaced(one.visit, taker.helper, taker.start)
                    yield way.points + taker.points, helper, [way, taker], (after,)

    def _in_place_of(self, helper: int, number: int, made: list[Assignment], gone: Assignment) -> Way | None:
        """The shift with the visit in it and without that one."""
        if self.problem.visits[self.visit].people > 1 and not self.there:
            return None
        for kept in (True, False):
            tour = [stop for stop in self.base.ways.openings.tour(helper, number, kept) if stop[0] != gone.visit]
            for turn in range(len(tour) + 1):
                whole = [*tour[:turn], (self.visit, self.may), *tour[turn:]]
                starts = fit(self.problem, helper, number, whole)
                if starts is not None:
                    day = tuple(Assignment(helper, number, at, one[0]) for at, one in zip(starts, whole, strict=True))
                    moves = len(set(day) - set(made)) - 1
                    points = self.base.ways.price(helper, number, day)
                    return Way(helper, number, starts[turn], self.visit, day, moves, points)
        return None

    def _taker(self, visit: int, giver: int) -> Way | None:
        """Somebody else's cheapest way to make a displaced visit."""
        may = self.base.spans(visit)
        fits = self.base.ways.openings.fits(visit, may)
        stopped = self.base.stopped(visit, may, fits)
        free = ~np.logical_or.reduce(list(stopped.values()))
        free[giver] = False
        ways = self.base.ways.nearest(visit, fits, may, free, most=3)
        return min(ways, key=lambda way: (way.points, way.helper), default=None)

    def _others(self) -> list[int]:
        """Helpers who are not there, those stopped by the fewest rules first, then the nearest."""
        count = np.add.reduce([mask.astype(np.int64) for mask in self.stopped.values()])
        pairs = np.add.reduce([self.stopped[rule.NAME].astype(np.int64) for rule in PAIRS])
        order = np.lexsort((np.argsort(self.near), pairs, count))
        return [helper for helper in order.tolist() if helper not in self.there]
