"""Barred: this helper and this resident must not meet."""

from collections.abc import Iterator

import numpy as np

from solver.model import Bools, Model
from solver.plan import Breach, Plan
from solver.problem import Problem

NAME = "barred"
KIND = "pair"
BARRED = "{helper} is barred from {visit}."
TEXTS = (BARRED,)


def model(problem: Problem, draft: Model) -> None:
    if problem.weights.barred is None:
        draft.may &= _free(problem)[draft.duty_visit]
    else:
        draft.cost += problem.weights.barred * ~_free(problem)


def stands(problem: Problem) -> Bools:
    if problem.weights.barred is None:
        return _free(problem)
    return np.ones((len(problem.visits), len(problem.helpers)), bool)


def _free(problem: Problem) -> Bools:
    free = np.ones((len(problem.visits), len(problem.helpers)), bool)
    for number, visit in enumerate(problem.visits):
        free[number, list(visit.barred)] = False
    return free


def breach(problem: Problem, visit: int, helper: int) -> Breach | None:
    wanted = problem.visits[visit]
    if helper not in wanted.barred:
        return None
    values = {"helper": problem.helpers[helper].key, "visit": wanted.key}
    points = problem.weights.barred
    return Breach(NAME, BARRED, values, points or 0, points is None, (visit,), (helper,))


def judge(problem: Problem, plan: Plan) -> Iterator[Breach]:
    for assignment in plan.assignments:
        found = breach(problem, assignment.visit, assignment.helper)
        if found:
            yield found
