"""Most visits: nobody makes more visits in a day than they agreed to."""

from collections import Counter
from collections.abc import Iterator

from solver.model import Model
from solver.plan import Breach, Plan
from solver.problem import MOST_TICKS, Problem

NAME = "most_visits"
KIND = "day"
TOO_MANY = "{helper} would make {count} visits; they make at most {most} a day."
TEXTS = (TOO_MANY,)


def model(problem: Problem, draft: Model) -> None:
    draft.most_visits[:] = [
        MOST_TICKS if helper.most_visits is None else helper.most_visits for helper in problem.helpers
    ]


def judge(problem: Problem, plan: Plan) -> Iterator[Breach]:
    counts = Counter(assignment.helper for assignment in plan.assignments)
    for number in sorted(counts):
        helper = problem.helpers[number]
        if helper.most_visits is not None and counts[number] > helper.most_visits:
            values = {"helper": helper.key, "count": counts[number], "most": helper.most_visits}
            yield Breach(NAME, TOO_MANY, values, hard=True, helpers=(number,))
