"""Coverage: a visit is staffed whole or not at all, by as many different helpers as it needs, who start together."""

from collections.abc import Iterator

from solver.model import MANDATORY, Model
from solver.plan import Assignment, Breach, Plan
from solver.problem import Problem

NAME = "coverage"
KIND = "roster"
LEFT = "Nobody makes {visit}."
LEFT_MANDATORY = "Nobody makes {visit}, and it may not be left."
TOO_FEW = "{count} of the {people} people whom {visit} needs are there."
TOO_MANY = "{count} people are sent to {visit}, which needs {people}."
TWICE = "{helper} is sent to {visit} twice."
NOT_TOGETHER = "The helpers of {visit} do not start together: the first at {first_at}, the last at {last_at}."
TEXTS = (LEFT, LEFT_MANDATORY, TOO_FEW, TOO_MANY, TWICE, NOT_TOGETHER)


def model(problem: Problem, draft: Model) -> None:
    draft.priority[:] = [MANDATORY if visit.mandatory else visit.priority for visit in problem.visits]


def judge(problem: Problem, plan: Plan) -> Iterator[Breach]:
    made = plan.made()
    for number, visit in enumerate(problem.visits):
        if number in made:
            yield from _staffed(problem, number, made[number])
        elif visit.mandatory:
            yield Breach(NAME, LEFT_MANDATORY, {"visit": visit.key}, hard=True, visits=(number,))
        else:
            yield Breach(NAME, LEFT, {"visit": visit.key}, visit.priority, visits=(number,))


def _staffed(problem: Problem, number: int, assignments: list[Assignment]) -> Iterator[Breach]:
    visit = problem.visits[number]
    helpers = tuple(assignment.helper for assignment in assignments)
    if len(helpers) != visit.people:
        text = TOO_FEW if len(helpers) < visit.people else TOO_MANY
        values = {"visit": visit.key, "count": len(helpers), "people": visit.people}
        yield Breach(NAME, text, values, hard=True, visits=(number,), helpers=helpers)
    for helper in sorted({helper for helper in helpers if helpers.count(helper) > 1}):
        values = {"visit": visit.key, "helper": problem.helpers[helper].key}
        yield Breach(NAME, TWICE, values, hard=True, visits=(number,), helpers=(helper,))
    starts = [assignment.start for assignment in assignments]
    if min(starts) < max(starts):
        moments = {"first_at": problem.minutes(min(starts)), "last_at": problem.minutes(max(starts))}
        yield Breach(NAME, NOT_TOGETHER, {"visit": visit.key, **moments}, hard=True, visits=(number,), helpers=helpers)
