"""Nearby: the ten-minute circle. A visit lies within the helper's circle around home, or around the place before it.

The place before is the shift's start place or the previous visit of the day; the way back is free.
"""

from collections.abc import Iterator

import numpy as np

from solver.model import Bools, Ints, Model
from solver.plan import Breach, Plan
from solver.problem import MOST_TICKS, Problem
from solver.timetable import timetable

NAME = "nearby"
KIND = "leg"
FAR = (
    "{visit} is {home_minutes} minutes from the home of {helper} and {leg_minutes} from the place before it; "
    "the circle is {circle_minutes} minutes."
)
FAR_FROM_LAST = "{visit} is {leg_minutes} minutes from where {helper} is before it; the circle is {circle_minutes}."
OUT_OF_REACH = "{visit} is further than {circle_minutes} minutes from every place where {helper} could be before it."
TEXTS = (FAR, FAR_FROM_LAST, OUT_OF_REACH)


def model(problem: Problem, draft: Model) -> None:
    for number, helper in enumerate(problem.helpers):
        if helper.home is not None:
            draft.home[number] = helper.home
        if helper.circle is not None:
            draft.circle[number] = helper.circle
    draft.may &= stands(problem)[draft.duty_visit]


def stands(problem: Problem) -> Bools:
    """False only where no order of visits could ever bring the visit within the circle."""
    places = np.array([visit.place for visit in problem.visits], np.int64)
    may = np.ones((len(problem.visits), len(problem.helpers)), bool)
    from_visits: dict[int, Ints] = {}
    for number, helper in enumerate(problem.helpers):
        if helper.circle is None:
            continue
        if helper.mode not in from_visits:
            from_visits[helper.mode] = _from_nearest_visit(problem, helper.mode, places)
        table = problem.travel[helper.mode].matrix
        reach = from_visits[helper.mode]
        for place in _own_places(problem, number):
            reach = np.minimum(reach, table[place, places])
        may[:, number] = reach <= helper.circle
    return may


def _from_nearest_visit(problem: Problem, mode: int, places: Ints) -> Ints:
    """(V,) ticks to each visit from the nearest other visit."""
    between = problem.travel[mode].matrix[np.ix_(places, places)].astype(np.int64)
    np.fill_diagonal(between, MOST_TICKS)
    nearest: Ints = between.min(axis=0)
    return nearest


def _own_places(problem: Problem, helper: int) -> set[int]:
    who = problem.helpers[helper]
    return {shift.start_place for shift in who.shifts} | ({who.home} if who.home is not None else set())


def breach(problem: Problem, visit: int, helper: int) -> Breach | None:
    """Of the pair alone: only where the visit is out of reach whatever comes before it."""
    who, wanted = problem.helpers[helper], problem.visits[visit]
    if who.circle is None:
        return None
    table = problem.travel[who.mode].matrix
    others = [other.place for number, other in enumerate(problem.visits) if number != visit]
    if int(table[[*_own_places(problem, helper), *others], wanted.place].min(initial=MOST_TICKS)) <= who.circle:
        return None
    values = {"helper": who.key, "visit": wanted.key, "circle_minutes": problem.minutes(who.circle)}
    return Breach(NAME, OUT_OF_REACH, values, hard=True, visits=(visit,), helpers=(helper,))


def judge(problem: Problem, plan: Plan) -> Iterator[Breach]:
    for day in timetable(problem, plan):
        if problem.helpers[day.helper].circle is None:
            continue
        for assignment, leg in zip(day.visits, day.legs, strict=False):
            found = _too_far(problem, assignment.visit, day.helper, leg)
            if found:
                yield found


def _too_far(problem: Problem, visit: int, helper: int, leg: int) -> Breach | None:
    who, wanted = problem.helpers[helper], problem.visits[visit]
    if who.circle is None or leg <= who.circle:
        return None
    values = {
        "helper": who.key,
        "visit": wanted.key,
        "leg_minutes": problem.minutes(leg),
        "circle_minutes": problem.minutes(who.circle),
    }
    if who.home is None:
        return Breach(NAME, FAR_FROM_LAST, values, hard=True, visits=(visit,), helpers=(helper,))
    from_home = int(problem.travel[who.mode].matrix[who.home, wanted.place])
    if from_home <= who.circle:
        return None
    values["home_minutes"] = problem.minutes(from_home)
    return Breach(NAME, FAR, values, hard=True, visits=(visit,), helpers=(helper,))
