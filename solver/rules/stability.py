"""Stability: what somebody was told holds, or it costs points.

A change is a broken promise: who was told to make a visit at ten no longer makes it, or makes it at eleven. Each told
visit of a helper counts once, whatever becomes of it. A visit that is new to somebody breaks no promise: it is told,
like all that is new, and costs nothing here.
"""

from collections.abc import Iterator

import numpy as np

from solver.model import Model
from solver.plan import Breach, Plan
from solver.problem import Problem, Published

NAME = "stability"
KIND = "roster"
TAKEN_AWAY = "{helper} was told to make {visit} at {start_at}, and no longer makes it."
MOVED = "{helper} was told to make {visit} at {start_at}, and now makes it at {now_at}."
TEXTS = (TAKEN_AWAY, MOVED)


def model(problem: Problem, draft: Model) -> None:
    """Every told pair is lost from the start, and won back by whoever makes it: so pairs may have a negative cost.

    A start that moved loses it again; whoever looks at pairs alone never takes a plan for dearer than it is.
    """
    weight, told = problem.weights.stability, problem.published
    for one in told:
        draft.constant += weight
        draft.cost[one.visit, one.helper] -= weight
    if problem.told_tolerance is not None and weight and told:
        draft.told_visit = np.array([one.visit for one in told], np.int64)
        draft.told_helper = np.array([one.helper for one in told], np.int64)
        draft.told_start = np.array([one.start for one in told], np.int64)
        draft.told_tolerance, draft.moved_weight = problem.told_tolerance, weight


def holds(problem: Problem, told: Published, start: int | None) -> bool:
    """What was told still holds when the helper now starts then (None: they no longer make the visit)."""
    if start is None:
        return False
    return problem.told_tolerance is None or abs(start - told.start) <= problem.told_tolerance


def judge(problem: Problem, plan: Plan) -> Iterator[Breach]:
    points = problem.weights.stability
    if not points:
        return
    made = {(one.visit, one.helper): one.start for one in plan.assignments}
    for told in problem.published:
        start = made.get((told.visit, told.helper))
        if holds(problem, told, start):
            continue
        values: dict[str, object] = {
            "helper": problem.helpers[told.helper].key,
            "visit": problem.visits[told.visit].key,
            "start_at": problem.minutes(told.start),
        }
        if start is not None:
            values["now_at"] = problem.minutes(start)
        text = TAKEN_AWAY if start is None else MOVED
        yield Breach(NAME, text, values, points, visits=(told.visit,), helpers=(told.helper,))
