"""A day as the other engines can state it, and their routes as a plan that our judge reads.

They know: vehicles with a start, an end and one window; stops with one window, a length and a price of leaving them;
who may go where; travel by mode. So a day of theirs has visits for one person, one window each, no links or limits.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from solver.model import Model
from solver.plan import Assignment, Plan
from solver.problem import MOST_TICKS, Problem
from solver.rules import model

FORBIDDEN = 10**6
"""Ticks and points of a leg that nobody may take: longer than any day."""
Routes = Mapping[int, Sequence[int]]
"""Shift -> its visits in order."""


@dataclass(frozen=True)
class Day:
    """The problem and its numbers; `kinds` are (mode, circle), in which helpers travel alike."""

    problem: Problem
    numbers: Model

    @classmethod
    def of(cls, problem: Problem) -> "Day":
        """ValueError: the day has what the others cannot state."""
        numbers = model(problem)
        if problem.links or any(visit.people > 1 or len(visit.windows) != 1 for visit in problem.visits):
            raise ValueError("The day has links, visits for several people, or several windows.")
        places = [*numbers.place.tolist(), *set(numbers.start_place.tolist())]
        if len(set(places)) < len(places):
            raise ValueError("Two visits, or a visit and a start, share a place.")
        if numbers.most_work.min(initial=MOST_TICKS) < MOST_TICKS or (numbers.home >= 0).any():
            raise ValueError("The day has limits on work, or circles around homes.")
        return cls(problem, numbers)

    @cached_property
    def kinds(self) -> list[tuple[int, int]]:
        return sorted(set(zip(self.numbers.mode.tolist(), self.numbers.circle.tolist(), strict=True)))

    @cached_property
    def kind_of_shift(self) -> list[int]:
        modes, circles = self.numbers.mode.tolist(), self.numbers.circle.tolist()
        return [self.kinds.index((modes[helper], circles[helper])) for helper in self.numbers.shift_helper.tolist()]

    @cached_property
    def entry(self) -> NDArray[np.int64]:
        """(K,) points of each visit for a helper of a kind; all of a kind and all visits cost the same."""
        numbers = self.numbers
        points = []
        for mode, circle in self.kinds:
            helpers = (numbers.mode == mode) & (numbers.circle == circle)
            costs = np.unique(numbers.cost[:, helpers])
            if len(costs) != 1:
                raise ValueError("Helpers who travel alike cost differently.")
            points.append(int(costs[0]))
        return np.array(points, np.int64)

    def ticks(self, kind: int) -> NDArray[np.int64]:
        """(P, P) travel; FORBIDDEN into visits outside the circle."""
        mode, circle = self.kinds[kind]
        found = self.numbers.travel[mode].astype(np.int64)
        visits = self.numbers.place
        into = found[:, visits]
        found[:, visits] = np.where(into > circle, FORBIDDEN, into)
        np.fill_diagonal(found, 0)
        return found

    def points(self, kind: int) -> NDArray[np.int64]:
        """(P, P) what a leg costs, with the price of the visit at its end."""
        found = self.ticks(kind) * self.numbers.travel_weight
        found[:, self.numbers.place] += self.entry[kind]
        np.fill_diagonal(found, 0)
        return found

    @cached_property
    def needs(self) -> list[frozenset[str]]:
        """What each visit asks of whoever makes it, as words that a vehicle may carry."""
        found = []
        for number, visit in enumerate(self.problem.visits):
            words = {*visit.skills, *visit.languages}
            if visit.barred:
                words.add(f"not barred from {number}")
            found.append(frozenset(words))
        return found

    @cached_property
    def offers(self) -> list[frozenset[str]]:
        """What each helper carries, of what is asked at all."""
        asked = frozenset().union(*self.needs)
        found = []
        for helper, who in enumerate(self.problem.helpers):
            words = {*(skill.name for skill in who.skills), *who.languages}
            for number, visit in enumerate(self.problem.visits):
                if visit.barred and helper not in visit.barred:
                    words.add(f"not barred from {number}")
            found.append(asked & words)
        return found

    def plan(self, routes: Routes) -> Plan:
        """Everybody as soon as they can, in the order of their route."""
        numbers, made = self.numbers, []
        for shift, visits in routes.items():
            helper = int(numbers.shift_helper[shift])
            place, free = int(numbers.start_place[shift]), int(numbers.shift_start[shift])
            for visit in visits:
                there = int(numbers.place[visit])
                leg = int(numbers.travel[numbers.mode[helper], place, there])
                start = max(free + leg, int(numbers.earliest[visit]))
                made.append(Assignment(helper, shift - int(numbers.first_shift[helper]), start, visit))
                place, free = there, start + int(numbers.duration[visit])
        return Plan(tuple(sorted(made)))
