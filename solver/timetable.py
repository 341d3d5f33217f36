"""A helper's day walked through: when they leave, travel, wait and return. The day rules judge what is found here."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from solver.plan import Assignment, Plan
from solver.problem import Problem, Shift, Visit


@dataclass(frozen=True, slots=True)
class Day:
    """One used shift of one helper; all times in ticks. `legs` has one entry more than `visits`: the way back."""

    helper: int
    shift: Shift
    visits: tuple[Assignment, ...]
    legs: tuple[int, ...]
    waits: tuple[int, ...]
    """Before each visit; before the first one only where helpers leave at their shift's start."""
    departure: int
    returned: int
    service: int

    @property
    def travel(self) -> int:
        return sum(self.legs)

    @property
    def extra(self) -> int:
        return max(0, self.returned - self.shift.end)

    @property
    def idle(self) -> int:
        return max(0, self.departure - self.shift.start) + sum(self.waits) + max(0, self.shift.end - self.returned)


def has_shift(problem: Problem, helper: int, shift: int) -> bool:
    return 0 <= shift < len(problem.helpers[helper].shifts)


def timetable(problem: Problem, plan: Plan) -> Iterator[Day]:
    """The used shifts in order. An assignment to a shift that the helper does not have is the shift rule's affair."""
    for (helper, shift), assignments in plan.days().items():
        if has_shift(problem, helper, shift):
            yield walk(problem, helper, shift, tuple(assignments))


def walk(problem: Problem, helper: int, number: int, assignments: tuple[Assignment, ...]) -> Day:
    """Walk one shift's assignments in the order given."""
    shift = problem.helpers[helper].shifts[number]
    visits = [problem.visits[assignment.visit] for assignment in assignments]
    legs = _legs(problem, helper, shift, visits)
    starts = [assignment.start for assignment in assignments]
    ends = [start + visit.duration for start, visit in zip(starts, visits, strict=True)]
    departure = shift.start if problem.leaves_at_start else starts[0] - legs[0]
    free = [departure, *ends[:-1]]
    waits = tuple(max(0, start - since - leg) for start, since, leg in zip(starts, free, legs, strict=False))
    return Day(
        helper=helper,
        shift=shift,
        visits=assignments,
        legs=legs,
        waits=waits,
        departure=departure,
        returned=ends[-1] + legs[-1],
        service=sum(visit.duration for visit in visits),
    )


def _legs(problem: Problem, helper: int, shift: Shift, visits: list[Visit]) -> tuple[int, ...]:
    table = problem.travel[problem.helpers[helper].mode].matrix
    stops = [shift.start_place, *(visit.place for visit in visits), shift.end_place]
    return tuple(int(table.item(here, there)) for here, there in pairwise(stops))
