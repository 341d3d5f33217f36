"""Fee: what a helper charges for a visit, per visit and per hour of service, weighed per yuan."""

from collections.abc import Iterator

import numpy as np

from solver.model import Bools, Model
from solver.plan import Breach, Plan
from solver.problem import Problem

NAME = "fee"
KIND = "pair"
CHARGED = "{helper} charges {charged_fen} yuan for {visit}."
TEXTS = (CHARGED,)


def model(problem: Problem, draft: Model) -> None:
    per_visit = np.array([helper.visit_cost for helper in problem.helpers], np.int64)
    per_hour = np.array([helper.hour_cost for helper in problem.helpers], np.int64)
    durations = np.array([visit.duration for visit in problem.visits], np.int64)
    draft.fee[:] = per_visit + durations[:, None] * per_hour // (60 * problem.ticks_per_minute)
    draft.cost += problem.weights.fee * draft.fee // 100


def stands(problem: Problem) -> Bools:
    return np.ones((len(problem.visits), len(problem.helpers)), bool)


def charged(problem: Problem, visit: int, helper: int) -> int:
    """Fen."""
    who = problem.helpers[helper]
    return who.visit_cost + who.hour_cost * problem.visits[visit].duration // (60 * problem.ticks_per_minute)


def breach(problem: Problem, visit: int, helper: int) -> Breach | None:
    fen = charged(problem, visit, helper)
    points = problem.weights.fee * fen // 100
    if not points:
        return None
    values = {"helper": problem.helpers[helper].key, "visit": problem.visits[visit].key, "charged_fen": fen}
    return Breach(NAME, CHARGED, values, points, visits=(visit,), helpers=(helper,))


def judge(problem: Problem, plan: Plan) -> Iterator[Breach]:
    for assignment in plan.assignments:
        found = breach(problem, assignment.visit, assignment.helper)
        if found:
            yield found
