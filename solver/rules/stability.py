"""Stability: somebody who was already told that they make a visit keeps it, or it costs points."""

from collections.abc import Iterator

from solver.model import Model
from solver.plan import Breach, Plan
from solver.problem import Problem

NAME = "stability"
KIND = "roster"
TAKEN_AWAY = "{helper} was told to make {visit} at {start_at}, and no longer makes it."
TEXTS = (TAKEN_AWAY,)


def model(problem: Problem, draft: Model) -> None:
    """Every told pair is lost from the start, and won back by whoever makes it: so pairs may have a negative cost."""
    for told in problem.published:
        draft.constant += problem.weights.stability
        draft.cost[told.visit, told.helper] -= problem.weights.stability


def judge(problem: Problem, plan: Plan) -> Iterator[Breach]:
    if not problem.weights.stability:
        return
    made = {(assignment.visit, assignment.helper) for assignment in plan.assignments}
    for told in problem.published:
        if (told.visit, told.helper) not in made:
            values = {
                "helper": problem.helpers[told.helper].key,
                "visit": problem.visits[told.visit].key,
                "start_at": problem.minutes(told.start),
            }
            points = problem.weights.stability
            yield Breach(NAME, TAKEN_AWAY, values, points, visits=(told.visit,), helpers=(told.helper,))
