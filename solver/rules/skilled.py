"""Skilled: whoever makes a visit has every skill that it needs, whether or not the certificate still holds."""

from collections.abc import Iterator

import numpy as np

from solver.model import Bools, Model
from solver.plan import Breach, Plan
from solver.problem import Problem

NAME = "skilled"
KIND = "pair"
MISSING = "{helper} does not have what {visit} needs: {missing}."
TEXTS = (MISSING,)


def model(problem: Problem, draft: Model) -> None:
    if problem.weights.skilled is None:
        draft.may &= _has(problem)[draft.duty_visit]
    else:
        draft.cost += problem.weights.skilled * ~_has(problem)


def stands(problem: Problem) -> Bools:
    if problem.weights.skilled is None:
        return _has(problem)
    return np.ones((len(problem.visits), len(problem.helpers)), bool)


def _has(problem: Problem) -> Bools:
    """(V, H) the helper has all of the visit's skills."""
    owners: dict[str, Bools] = {}
    for number, helper in enumerate(problem.helpers):
        for skill in helper.skills:
            owners.setdefault(skill.name, np.zeros(len(problem.helpers), bool))[number] = True
    nobody = np.zeros(len(problem.helpers), bool)
    has = np.ones((len(problem.visits), len(problem.helpers)), bool)
    for number, visit in enumerate(problem.visits):
        for name in visit.skills:
            has[number] &= owners.get(name, nobody)
    return has


def breach(problem: Problem, visit: int, helper: int) -> Breach | None:
    wanted, who = problem.visits[visit], problem.helpers[helper]
    has = {skill.name for skill in who.skills}
    missing = [name for name in wanted.skills if name not in has]
    if not missing:
        return None
    values = {"helper": who.key, "visit": wanted.key, "missing": ", ".join(missing)}
    points = problem.weights.skilled
    return Breach(NAME, MISSING, values, points or 0, points is None, (visit,), (helper,))


def judge(problem: Problem, plan: Plan) -> Iterator[Breach]:
    for assignment in plan.assignments:
        found = breach(problem, assignment.visit, assignment.helper)
        if found:
            yield found
