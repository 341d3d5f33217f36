"""Lending: a community lends its helpers to another at most so many times a day."""

from collections import Counter
from collections.abc import Iterator

from solver.model import Model
from solver.plan import Breach, Plan
from solver.problem import Problem

NAME = "lending"
KIND = "roster"
TOO_MANY = "{lender} would lend {borrower} {count} assignments; at most {most} were agreed."
TEXTS = (TOO_MANY,)


def model(problem: Problem, draft: Model) -> None:
    draft.helper_community[:] = [-1 if one.community is None else one.community for one in problem.helpers]
    draft.visit_community[:] = [-1 if one.community is None else one.community for one in problem.visits]
    for number, lending in enumerate(problem.lendings):
        draft.lending_most[number] = lending.most
        before = draft.lending_of[lending.lender, lending.borrower]
        if before < 0 or lending.most < draft.lending_most[before]:
            draft.lending_of[lending.lender, lending.borrower] = number


def lent(problem: Problem, plan: Plan) -> Counter[tuple[int | None, int | None]]:
    """Assignments by the helper's and the visit's community."""
    return Counter(
        (problem.helpers[assignment.helper].community, problem.visits[assignment.visit].community)
        for assignment in plan.assignments
    )


def judge(problem: Problem, plan: Plan) -> Iterator[Breach]:
    counts = lent(problem, plan)
    for lending in problem.lendings:
        count = counts[lending.lender, lending.borrower]
        if count > lending.most:
            values = {
                "lender": problem.communities[lending.lender],
                "borrower": problem.communities[lending.borrower],
                "count": count,
                "most": lending.most,
            }
            yield Breach(NAME, TOO_MANY, values, hard=True)
