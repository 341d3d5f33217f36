"""Fairness: burden that passes the fair share costs points, as far as today adds to it."""

from collections import defaultdict
from collections.abc import Iterator

from solver.model import Model
from solver.plan import Breach, Plan
from solver.problem import Problem

NAME = "fairness"
KIND = "roster"
OVER = "{helper} comes to a burden of {burden} with today's {today}; {over} of today's pass the fair share of {share}."
TEXTS = (OVER,)


def model(problem: Problem, draft: Model) -> None:
    draft.burden[:] = [visit.burden for visit in problem.visits]
    draft.carried_burden[:] = [helper.carried_burden for helper in problem.helpers]
    draft.fair_share = problem.fair_share
    draft.fairness_weight = problem.weights.fairness


def judge(problem: Problem, plan: Plan) -> Iterator[Breach]:
    today: dict[int, int] = defaultdict(int)
    for assignment in plan.assignments:
        today[assignment.helper] += problem.visits[assignment.visit].burden
    for number in sorted(today):
        helper = problem.helpers[number]
        burden = helper.carried_burden + today[number]
        over = max(0, burden - problem.fair_share) - max(0, helper.carried_burden - problem.fair_share)
        if problem.weights.fairness * over:
            values = {
                "helper": helper.key,
                "burden": burden,
                "today": today[number],
                "over": over,
                "share": problem.fair_share,
            }
            yield Breach(NAME, OVER, values, problem.weights.fairness * over, helpers=(number,))
