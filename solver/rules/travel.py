"""Travel: every tick on the way, from the start place over the visits to the end place, costs points."""

from collections.abc import Iterator

from solver.model import Model
from solver.plan import Breach, Plan
from solver.problem import Problem
from solver.timetable import timetable

NAME = "travel"
KIND = "leg"
ON_THE_WAY = "{helper} is on the way for {travel_minutes} minutes to make {count} visits."
TEXTS = (ON_THE_WAY,)


def model(problem: Problem, draft: Model) -> None:
    draft.travel_weight = problem.weights.travel


def judge(problem: Problem, plan: Plan) -> Iterator[Breach]:
    for day in timetable(problem, plan):
        points = problem.weights.travel * day.travel
        if points:
            values = {
                "helper": problem.helpers[day.helper].key,
                "travel_minutes": problem.minutes(day.travel),
                "count": len(day.visits),
            }
            visits = tuple(assignment.visit for assignment in day.visits)
            yield Breach(NAME, ON_THE_WAY, values, points, visits=visits, helpers=(day.helper,))
