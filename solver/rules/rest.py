"""Rest: an unbroken break of the helper's own length, in each used shift that holds the whole span it may lie in.

The rest is taken where the helper is free: before setting out, after a visit and before the way to the next one, or
after the return. Time at the next door is not counted, so that one gap has one meaning.
"""

from collections.abc import Iterator

import numpy as np

from solver.model import Model
from solver.plan import Breach, Plan
from solver.problem import Break, Problem
from solver.timetable import Day, timetable

NAME = "rest"
KIND = "day"
MISSED = (
    "{helper} has no rest of {rest_minutes} minutes between {earliest_at} and {latest_at}; the longest free stretch is "
    "{longest_minutes} minutes."
)
TEXTS = (MISSED,)


def model(problem: Problem, draft: Model) -> None:
    for number, helper in enumerate(problem.helpers):
        if helper.rest is not None:
            draft.rest_earliest[number] = helper.rest.earliest
            draft.rest_latest[number] = helper.rest.latest
            draft.rest_duration[number] = helper.rest.duration
    draft.rest_weight = -1 if problem.weights.rest is None else problem.weights.rest


def judge(problem: Problem, plan: Plan) -> Iterator[Breach]:
    for day in timetable(problem, plan):
        rest = problem.helpers[day.helper].rest
        if rest is None or not (day.shift.start <= rest.earliest and rest.latest <= day.shift.end):
            continue
        longest = longest_stretch(problem, day, rest)
        if longest < rest.duration:
            yield _breach(problem, day, rest, longest)


def longest_stretch(problem: Problem, day: Day, rest: Break) -> int:
    """Ticks of the longest free stretch of the day within the span in which the rest may lie."""
    ends = [visit.start + problem.visits[visit.visit].duration for visit in day.visits]
    since = np.array([day.shift.start, *ends[:-1], day.returned], np.int64)
    until = np.array([visit.start - leg for visit, leg in zip(day.visits, day.legs, strict=False)] + [day.shift.end])
    return int((np.minimum(until, rest.latest) - np.maximum(since, rest.earliest)).max(initial=0))


def _breach(problem: Problem, day: Day, rest: Break, longest: int) -> Breach:
    values = {
        "helper": problem.helpers[day.helper].key,
        "rest_minutes": problem.minutes(rest.duration),
        "earliest_at": problem.minutes(rest.earliest),
        "latest_at": problem.minutes(rest.latest),
        "longest_minutes": problem.minutes(longest),
    }
    points = problem.weights.rest
    visits = tuple(assignment.visit for assignment in day.visits)
    return Breach(NAME, MISSED, values, points or 0, points is None, visits, (day.helper,))
