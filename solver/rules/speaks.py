"""Speaks: whoever makes a visit speaks one of the languages that the resident understands."""

from collections.abc import Iterator

import numpy as np

from solver.model import Bools, Model
from solver.plan import Breach, Plan
from solver.problem import Problem

NAME = "speaks"
KIND = "pair"
SILENT = "{helper} speaks none of the languages of {visit}: {languages}."
TEXTS = (SILENT,)


def model(problem: Problem, draft: Model) -> None:
    draft.may &= stands(problem)[draft.duty_visit]


def stands(problem: Problem) -> Bools:
    speakers: dict[str, Bools] = {}
    for number, helper in enumerate(problem.helpers):
        for language in helper.languages:
            speakers.setdefault(language, np.zeros(len(problem.helpers), bool))[number] = True
    may = np.ones((len(problem.visits), len(problem.helpers)), bool)
    for number, visit in enumerate(problem.visits):
        if visit.languages:
            may[number] = False
            for language in visit.languages:
                may[number] |= speakers.get(language, False)
    return may


def breach(problem: Problem, visit: int, helper: int) -> Breach | None:
    wanted, who = problem.visits[visit], problem.helpers[helper]
    if not wanted.languages or not set(wanted.languages).isdisjoint(who.languages):
        return None
    values = {"helper": who.key, "visit": wanted.key, "languages": ", ".join(wanted.languages)}
    return Breach(NAME, SILENT, values, hard=True, visits=(visit,), helpers=(helper,))


def judge(problem: Problem, plan: Plan) -> Iterator[Breach]:
    for assignment in plan.assignments:
        found = breach(problem, assignment.visit, assignment.helper)
        if found:
            yield found
