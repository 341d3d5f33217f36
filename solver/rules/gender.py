"""Gender: whom the resident wishes for. A wish costs points, a condition keeps others away."""

from collections.abc import Iterator

import numpy as np

from solver.model import Bools, Model
from solver.plan import Breach, Plan
from solver.problem import Problem

NAME = "gender"
KIND = "pair"
REQUIRED = "{visit} must be made by somebody of gender {wanted}; {helper} is of gender {gender}."
WISHED = "{visit} would rather be made by somebody of gender {wanted}; {helper} is of gender {gender}."
UNKNOWN = "{visit} asks for somebody of gender {wanted}; the gender of {helper} is not recorded."
TEXTS = (REQUIRED, WISHED, UNKNOWN)


def model(problem: Problem, draft: Model) -> None:
    draft.may &= stands(problem)[draft.duty_visit]
    wish = np.array([not visit.gender_required for visit in problem.visits], bool).reshape(-1, 1)
    draft.cost += problem.weights.gender * (wish & ~_suits(problem))


def stands(problem: Problem) -> Bools:
    required = np.array([visit.gender_required for visit in problem.visits], bool).reshape(-1, 1)
    return ~required | _suits(problem)


def _suits(problem: Problem) -> Bools:
    """(V, H) the visit asks for no gender or for the helper's."""
    wanted = np.array([visit.gender or "" for visit in problem.visits], dtype=str).reshape(-1, 1)
    genders = np.array([helper.gender or "-" for helper in problem.helpers], dtype=str).reshape(1, -1)
    suits: Bools = (wanted == "") | (wanted == genders)
    return suits


def breach(problem: Problem, visit: int, helper: int) -> Breach | None:
    wanted, who = problem.visits[visit], problem.helpers[helper]
    if not wanted.gender or wanted.gender == who.gender:
        return None
    if not wanted.gender_required and not problem.weights.gender:
        return None
    text = UNKNOWN if who.gender is None else REQUIRED if wanted.gender_required else WISHED
    values = {"helper": who.key, "visit": wanted.key, "wanted": wanted.gender, "gender": who.gender}
    points = 0 if wanted.gender_required else problem.weights.gender
    return Breach(NAME, text, values, points, wanted.gender_required, (visit,), (helper,))


def judge(problem: Problem, plan: Plan) -> Iterator[Breach]:
    for assignment in plan.assignments:
        found = breach(problem, assignment.visit, assignment.helper)
        if found:
            yield found
