"""Overlap: a visit starts only when the one before it is over and the way to it is done."""

from collections.abc import Iterator

from solver.model import Model
from solver.plan import Breach, Plan
from solver.problem import Problem
from solver.timetable import timetable

NAME = "overlap"
KIND = "day"
TOO_CLOSE = (
    "{helper} can be at {visit} at {ready_at} after {before}, {over_minutes} minutes after it starts at {start_at}."
)
TEXTS = (TOO_CLOSE,)


def model(problem: Problem, draft: Model) -> None:
    """Nothing to tell: a day in the search is a sequence, and its times follow from durations and travel."""


def judge(problem: Problem, plan: Plan) -> Iterator[Breach]:
    for day in timetable(problem, plan):
        for before, after, leg in zip(day.visits, day.visits[1:], day.legs[1:], strict=False):
            ready = before.start + problem.visits[before.visit].duration + leg
            if after.start < ready:
                values = {
                    "helper": problem.helpers[day.helper].key,
                    "visit": problem.visits[after.visit].key,
                    "before": problem.visits[before.visit].key,
                    "ready_at": problem.minutes(ready),
                    "over_minutes": problem.minutes(ready - after.start),
                    "start_at": problem.minutes(after.start),
                }
                pair = (before.visit, after.visit)
                yield Breach(NAME, TOO_CLOSE, values, hard=True, visits=pair, helpers=(day.helper,))
