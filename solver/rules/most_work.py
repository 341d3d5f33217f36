"""Most work: nobody serves longer in a day than they can; travel does not count."""

from collections import defaultdict
from collections.abc import Iterator

from solver.model import Model
from solver.plan import Breach, Plan
from solver.problem import MOST_TICKS, Problem

NAME = "most_work"
KIND = "day"
TOO_LONG = "{helper} would serve {service_minutes} minutes, {over_minutes} more than the {most_minutes} a day they can."
TEXTS = (TOO_LONG,)


def model(problem: Problem, draft: Model) -> None:
    draft.most_work[:] = [MOST_TICKS if helper.most_work is None else helper.most_work for helper in problem.helpers]


def judge(problem: Problem, plan: Plan) -> Iterator[Breach]:
    service: dict[int, int] = defaultdict(int)
    for assignment in plan.assignments:
        service[assignment.helper] += problem.visits[assignment.visit].duration
    for number in sorted(service):
        helper = problem.helpers[number]
        if helper.most_work is not None and service[number] > helper.most_work:
            values = {
                "helper": helper.key,
                "service_minutes": problem.minutes(service[number]),
                "over_minutes": problem.minutes(service[number] - helper.most_work),
                "most_minutes": problem.minutes(helper.most_work),
            }
            yield Breach(NAME, TOO_LONG, values, hard=True, helpers=(number,))
