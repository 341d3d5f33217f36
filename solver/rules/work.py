"""Work: all service and travel together, weighed per tick."""

from collections.abc import Iterator

from solver.model import Model
from solver.plan import Breach, Plan
from solver.problem import Problem
from solver.timetable import timetable

NAME = "work"
KIND = "roster"
WORKS = "{helper} serves and travels for {work_minutes} minutes."
TEXTS = (WORKS,)


def model(problem: Problem, draft: Model) -> None:
    draft.work_weight = problem.weights.work


def workloads(problem: Problem, plan: Plan) -> dict[int, int]:
    """Ticks of service and travel of every helper who makes a visit."""
    work: dict[int, int] = {}
    for day in timetable(problem, plan):
        work[day.helper] = work.get(day.helper, 0) + day.service + day.travel
    return work


def judge(problem: Problem, plan: Plan) -> Iterator[Breach]:
    if not problem.weights.work:
        return
    for helper, ticks in workloads(problem, plan).items():
        if ticks:
            values = {"helper": problem.helpers[helper].key, "work_minutes": problem.minutes(ticks)}
            yield Breach(NAME, WORKS, values, problem.weights.work * ticks, helpers=(helper,))
