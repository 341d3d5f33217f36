"""Balance: everybody works about as long; each helper's distance from the mean, rounded up, costs points.

Everybody counts, also who stays at home. Whole numbers only: |work - total / H| rounded up is |H * work - total|
divided by H, rounded up.
"""

from collections.abc import Iterator

from solver.model import Model
from solver.plan import Breach, Plan
from solver.problem import Problem
from solver.rules.work import workloads

NAME = "balance"
KIND = "roster"
MORE = "{helper} works {work_minutes} minutes, {distance_minutes} more than the mean of {mean_minutes}."
LESS = "{helper} works {work_minutes} minutes, {distance_minutes} less than the mean of {mean_minutes}."
TEXTS = (MORE, LESS)


def model(problem: Problem, draft: Model) -> None:
    draft.balance_weight = problem.weights.balance


def distance(work: int, total: int, helpers: int) -> int:
    """Ticks between one workload and the mean of all, rounded up."""
    return -(-abs(work * helpers - total) // helpers)


def judge(problem: Problem, plan: Plan) -> Iterator[Breach]:
    if not problem.weights.balance:
        return
    work = workloads(problem, plan)
    total, count = sum(work.values()), len(problem.helpers)
    for number, helper in enumerate(problem.helpers):
        mine = work.get(number, 0)
        far = distance(mine, total, count)
        if far:
            values = {
                "helper": helper.key,
                "work_minutes": problem.minutes(mine),
                "distance_minutes": problem.minutes(far),
                "mean_minutes": problem.minutes(total // count),
            }
            text = MORE if mine * count > total else LESS
            yield Breach(NAME, text, values, problem.weights.balance * far, helpers=(number,))
