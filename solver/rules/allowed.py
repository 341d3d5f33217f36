"""Allowed: where a visit names who may come, nobody else comes."""

from collections.abc import Iterator

import numpy as np

from solver.model import Bools, Model
from solver.plan import Breach, Plan
from solver.problem import Problem

NAME = "allowed"
KIND = "pair"
OUTSIDE = "{helper} is not among the {count} helpers who may make {visit}."
TEXTS = (OUTSIDE,)


def model(problem: Problem, draft: Model) -> None:
    draft.may &= stands(problem)[draft.duty_visit]


def stands(problem: Problem) -> Bools:
    may = np.ones((len(problem.visits), len(problem.helpers)), bool)
    for number, visit in enumerate(problem.visits):
        if visit.allowed is not None:
            may[number] = False
            may[number, list(visit.allowed)] = True
    return may


def breach(problem: Problem, visit: int, helper: int) -> Breach | None:
    wanted = problem.visits[visit]
    if wanted.allowed is None or helper in wanted.allowed:
        return None
    values = {"helper": problem.helpers[helper].key, "visit": wanted.key, "count": len(set(wanted.allowed))}
    return Breach(NAME, OUTSIDE, values, hard=True, visits=(visit,), helpers=(helper,))


def judge(problem: Problem, plan: Plan) -> Iterator[Breach]:
    for assignment in plan.assignments:
        found = breach(problem, assignment.visit, assignment.helper)
        if found:
            yield found
