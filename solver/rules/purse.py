"""Purse: the fees of the visits that a purse pays stay within its budget."""

from collections import defaultdict
from collections.abc import Iterator

from solver.model import Model
from solver.plan import Breach, Plan
from solver.problem import Problem
from solver.rules.fee import charged

NAME = "purse"
KIND = "roster"
EMPTY = "The purse {purse} would pay {spent_fen} yuan, {over_fen} more than the {budget_fen} it holds."
TEXTS = (EMPTY,)


def model(problem: Problem, draft: Model) -> None:
    draft.visit_purse[:] = [-1 if visit.purse is None else visit.purse for visit in problem.visits]
    draft.purse_budget[:] = [purse.budget for purse in problem.purses]


def judge(problem: Problem, plan: Plan) -> Iterator[Breach]:
    spent: dict[int, int] = defaultdict(int)
    visits: dict[int, set[int]] = defaultdict(set)
    for assignment in plan.assignments:
        purse = problem.visits[assignment.visit].purse
        if purse is not None:
            spent[purse] += charged(problem, assignment.visit, assignment.helper)
            visits[purse].add(assignment.visit)
    for number in sorted(spent):
        purse_held = problem.purses[number]
        over = spent[number] - purse_held.budget
        if over > 0:
            values = {
                "purse": purse_held.key,
                "spent_fen": spent[number],
                "over_fen": over,
                "budget_fen": purse_held.budget,
            }
            yield Breach(NAME, EMPTY, values, hard=True, visits=tuple(sorted(visits[number])))
