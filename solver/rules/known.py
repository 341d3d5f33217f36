"""Known: continuity. A resident who knows somebody would rather see them again than a stranger, the more so when they
have seen as many faces as they wish."""

from collections.abc import Iterator

import numpy as np

from solver.model import Bools, Model
from solver.plan import Breach, Plan
from solver.problem import Problem

NAME = "known"
KIND = "pair"
STRANGER = "{helper} is new to {visit}; {count} others are known there."
TEXTS = (STRANGER,)


def model(problem: Problem, draft: Model) -> None:
    for number, visit in enumerate(problem.visits):
        if visit.known and (points := problem.weights.known + visit.new_face):
            strangers = np.ones(len(problem.helpers), bool)
            strangers[list(visit.known)] = False
            draft.cost[number] += points * strangers


def stands(problem: Problem) -> Bools:
    return np.ones((len(problem.visits), len(problem.helpers)), bool)


def breach(problem: Problem, visit: int, helper: int) -> Breach | None:
    wanted = problem.visits[visit]
    points = problem.weights.known + wanted.new_face
    if not points or not wanted.known or helper in wanted.known:
        return None
    values = {"helper": problem.helpers[helper].key, "visit": wanted.key, "count": len(set(wanted.known))}
    return Breach(NAME, STRANGER, values, points, visits=(visit,), helpers=(helper,))


def judge(problem: Problem, plan: Plan) -> Iterator[Breach]:
    for assignment in plan.assignments:
        found = breach(problem, assignment.visit, assignment.helper)
        if found:
            yield found
