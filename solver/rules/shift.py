"""Shift: nobody leaves before their shift starts, or is back later than its end and their extra time."""

from collections.abc import Iterator

from solver.model import Model
from solver.plan import Breach, Plan
from solver.problem import Problem
from solver.timetable import Day, has_shift, timetable

NAME = "shift"
KIND = "day"
AWAY = "{helper} has no such shift on this day, and cannot make {visit}."
TOO_SOON = "{helper} would have to leave at {departure_at} for {visit}; the shift starts at {start_at}."
TOO_LATE = "{helper} would be back at {return_at}, {over_minutes} minutes after the latest they can ({limit_at})."
EXTRA = "{helper} is back at {return_at}, {over_minutes} minutes after the shift's end."
TEXTS = (AWAY, TOO_SOON, TOO_LATE, EXTRA)


def model(problem: Problem, draft: Model) -> None:
    draft.extra_time[:] = [helper.extra_time for helper in problem.helpers]
    draft.extra_time_weight = problem.weights.extra_time


def judge(problem: Problem, plan: Plan) -> Iterator[Breach]:
    for assignment in plan.assignments:
        if not has_shift(problem, assignment.helper, assignment.shift):
            values = {"helper": problem.helpers[assignment.helper].key, "visit": problem.visits[assignment.visit].key}
            yield Breach(NAME, AWAY, values, hard=True, visits=(assignment.visit,), helpers=(assignment.helper,))
    for day in timetable(problem, plan):
        yield from _departure(problem, day)
        yield from _return(problem, day)


def _departure(problem: Problem, day: Day) -> Iterator[Breach]:
    first = day.visits[0]
    departure = first.start - day.legs[0]
    if departure < day.shift.start:
        values = {
            "helper": problem.helpers[day.helper].key,
            "visit": problem.visits[first.visit].key,
            "departure_at": problem.minutes(departure),
            "start_at": problem.minutes(day.shift.start),
        }
        yield Breach(NAME, TOO_SOON, values, hard=True, visits=(first.visit,), helpers=(day.helper,))


def _return(problem: Problem, day: Day) -> Iterator[Breach]:
    helper = problem.helpers[day.helper]
    limit = day.shift.end + helper.extra_time
    values = {"helper": helper.key, "return_at": problem.minutes(day.returned)}
    last = (day.visits[-1].visit,)
    if day.returned > limit:
        values |= {"over_minutes": problem.minutes(day.returned - limit), "limit_at": problem.minutes(limit)}
        yield Breach(NAME, TOO_LATE, values, hard=True, visits=last, helpers=(day.helper,))
    elif problem.weights.extra_time * day.extra:
        values |= {"over_minutes": problem.minutes(day.extra)}
        yield Breach(NAME, EXTRA, values, problem.weights.extra_time * day.extra, visits=last, helpers=(day.helper,))
