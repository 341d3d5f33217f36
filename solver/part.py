"""A part of a day: some helpers and their visits as a Problem of their own, small enough for fractions of a second.

What the part shares with the rest of the day is settled once: whoever stays outside keeps what they make. A visit that
helpers inside and outside make together is pinned; purses and lendings hold what the others leave of them. So for any
two plans of the part the judge finds the same difference there as in the whole day. That needs costs that look at one
helper at a time: where a roster weighs balance or the longest of all waits, the part is the whole day (`is_local`).
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from solver.judge import hard, judge
from solver.plan import Assignment, Breach, Plan
from solver.problem import Helper, Lending, Pin, Problem, Purse, Travel, Visit
from solver.rules import fee, lending

OUTSIDE = "outside"


@dataclass(frozen=True, slots=True)
class Part:
    """The part as a Problem; `helpers` and `visits` are its numbers in the whole day."""

    problem: Problem
    helpers: tuple[int, ...]
    visits: tuple[int, ...]

    def inside(self, plan: Plan) -> Plan:
        """What the plan does in the part, in the part's numbers."""
        helper_at = {helper: number for number, helper in enumerate(self.helpers)}
        visit_at = {visit: number for number, visit in enumerate(self.visits)}
        return Plan(
            tuple(
                Assignment(helper_at[one.helper], one.shift, one.start, visit_at[one.visit])
                for one in plan.assignments
                if one.helper in helper_at and one.visit in visit_at
            )
        )

    def told(self, breach: Breach) -> Breach:
        """A breach found in the part, in the whole day's numbers."""
        helpers = tuple(self.helpers[helper] for helper in breach.helpers if helper < len(self.helpers))
        return replace(breach, visits=tuple(self.visits[visit] for visit in breach.visits), helpers=helpers)

    def whole(self, plan: Plan, mine: Plan) -> Plan:
        """The plan with what the part does in place of what it did."""
        inside = set(self.helpers)
        ours = [
            Assignment(self.helpers[one.helper], one.shift, one.start, self.visits[one.visit])
            for one in mine.assignments
        ]
        return Plan(tuple(sorted([*ours, *(one for one in plan.assignments if one.helper not in inside)])))


def is_local(problem: Problem) -> bool:
    """No cost looks at all helpers together, so that a part of the day can be judged alone."""
    weights = problem.weights
    return not (weights.balance or weights.longest_wait or weights.longest_idle or weights.highest_tardiness)


def difference(problem: Problem, plan: Plan, other: Plan) -> tuple[int, list[Breach]]:
    """Points that the other plan costs more, and the hard breaches that are new in it; only the days that differ are
    judged."""
    differ = set(plan.assignments).symmetric_difference(other.assignments)
    helpers, visits = {one.helper for one in differ}, {one.visit for one in differ}
    if not is_local(problem):
        helpers, visits = set(range(len(problem.helpers))), set(range(len(problem.visits)))
    cut = part(problem, plan, helpers, visits)
    before, after = judge(cut.problem, cut.inside(plan)), judge(cut.problem, cut.inside(other))
    known = hard(before)
    new = [cut.told(breach) for breach in hard(after) if breach not in known]
    return _points(after) - _points(before), new


def _points(breaches: Iterable[Breach]) -> int:
    return sum(breach.points for breach in breaches)


def part(problem: Problem, plan: Plan, helpers: Iterable[int], visits: Iterable[int]) -> Part:
    """These helpers with all they make in the plan, and these visits, which nobody outside makes."""
    inside = {helper for helper in helpers if helper < len(problem.helpers)}
    theirs = {one.visit for one in plan.assignments if one.helper in inside}
    chosen = theirs | {visit for visit in visits if visit < len(problem.visits)}
    return _Cut(problem, plan, tuple(sorted(inside)), tuple(sorted(chosen)), plan.made()).part()


class _Cut:
    """The numbers on both sides of the cut."""

    def __init__(
        self,
        problem: Problem,
        plan: Plan,
        helpers: tuple[int, ...],
        visits: tuple[int, ...],
        made: dict[int, list[Assignment]],
    ) -> None:
        self.problem, self.plan, self.helpers, self.visits = problem, plan, helpers, visits
        self.helper_at = {helper: number for number, helper in enumerate(helpers)}
        self.visit_at = {visit: number for number, visit in enumerate(visits)}
        self.shared = self._shared(made)

    def _shared(self, made: dict[int, list[Assignment]]) -> dict[int, list[Assignment]]:
        """Visits that hang on somebody outside: their assignments inside."""
        loose = {
            one
            for link in self.problem.links
            if (link.first in self.visit_at) != (link.second in self.visit_at)
            for one in (link.first, link.second)
        }
        return {
            visit: [one for one in made[visit] if one.helper in self.helper_at]
            for visit in self.visits
            if visit in made and (visit in loose or any(one.helper not in self.helper_at for one in made[visit]))
        }

    def part(self) -> Part:
        problem = self.problem
        others = () if len(self.helpers) == len(problem.helpers) else (Helper(OUTSIDE, ()),)
        places, place_at = self._places()
        shown = np.ix_(places, places)
        cut = replace(
            problem,
            helpers=(*(self._helper(number, place_at) for number in self.helpers), *others),
            visits=tuple(self._visit(number, place_at) for number in self.visits),
            travel=tuple(Travel.of(travel.mode, travel.matrix[shown]) for travel in problem.travel),
            links=tuple(
                replace(link, first=self.visit_at[link.first], second=self.visit_at[link.second])
                for link in problem.links
                if link.first in self.visit_at and link.second in self.visit_at
            ),
            pins=self._pins(),
            purses=self._purses(),
            lendings=self._lendings(),
            published=tuple(
                replace(told, visit=self.visit_at[told.visit], helper=self.helper_at[told.helper])
                for told in problem.published
                if told.visit in self.visit_at and told.helper in self.helper_at
            ),
        )
        return Part(cut, self.helpers, self.visits)

    def _places(self) -> tuple[list[int], dict[int, int]]:
        found = {self.problem.visits[number].place for number in self.visits}
        for number in self.helpers:
            who = self.problem.helpers[number]
            found |= {place for shift in who.shifts for place in (shift.start_place, shift.end_place)}
            found |= set() if who.home is None else {who.home}
        places = sorted(found)
        return places, {place: number for number, place in enumerate(places)}

    def _helper(self, number: int, place_at: dict[int, int]) -> Helper:
        who = self.problem.helpers[number]
        shifts = tuple(
            replace(shift, start_place=place_at[shift.start_place], end_place=place_at[shift.end_place])
            for shift in who.shifts
        )
        return replace(who, shifts=shifts, home=None if who.home is None else place_at[who.home])

    def _visit(self, number: int, place_at: dict[int, int]) -> Visit:
        """Whoever is named and stays outside becomes one helper who is never there: being named counts still."""
        visit = self.problem.visits[number]
        return replace(
            visit,
            place=place_at[visit.place],
            people=len(self.shared[number]) if number in self.shared else visit.people,
            allowed=None if visit.allowed is None else self._named(visit.allowed),
            barred=self._named(visit.barred),
            known=self._named(visit.known),
        )

    def _named(self, helpers: tuple[int, ...]) -> tuple[int, ...]:
        return tuple(sorted({self.helper_at.get(helper, len(self.helpers)) for helper in helpers}))

    def _pins(self) -> tuple[Pin, ...]:
        pins = [
            Pin(self.visit_at[pin.visit], self._named(pin.helpers), pin.start)
            for pin in self.problem.pins
            if pin.visit in self.visit_at and pin.visit not in self.shared
        ]
        pins += [
            Pin(self.visit_at[visit], tuple(sorted(self.helper_at[one.helper] for one in ours)), ours[0].start)
            for visit, ours in self.shared.items()
        ]
        return tuple(sorted(pins, key=lambda pin: pin.visit))

    def _outside(self) -> Plan:
        return Plan(
            tuple(
                one
                for one in self.plan.assignments
                if one.helper not in self.helper_at or one.visit not in self.visit_at
            )
        )

    def _purses(self) -> tuple[Purse, ...]:
        if not self.problem.purses:
            return ()
        left = [purse.budget for purse in self.problem.purses]
        for one in self._outside().assignments:
            purse = self.problem.visits[one.visit].purse
            if purse is not None:
                left[purse] -= fee.charged(self.problem, one.visit, one.helper)
        return tuple(
            replace(purse, budget=max(0, budget)) for purse, budget in zip(self.problem.purses, left, strict=True)
        )

    def _lendings(self) -> tuple[Lending, ...]:
        if not self.problem.lendings:
            return ()
        counts = lending.lent(self.problem, self._outside())
        return tuple(
            replace(cap, most=max(0, cap.most - counts[cap.lender, cap.borrower])) for cap in self.problem.lendings
        )
