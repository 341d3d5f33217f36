"""The judge: plain Python over any plan, also one made by hand; it says what a plan costs and whether it may be."""

from collections.abc import Iterable
from dataclasses import dataclass

from solver.plan import Breach, Plan
from solver.problem import Problem
from solver.rules import RULES


class PlanError(ValueError):
    """The plan speaks of a helper or a visit that the problem does not have."""


@dataclass(frozen=True, slots=True)
class Measure:
    """What one rule found: how many breaches, how many of them hard, how many points in all."""

    count: int = 0
    hard: int = 0
    points: int = 0


def judge(problem: Problem, plan: Plan) -> list[Breach]:
    """Every breach of every rule, in the order of the rules. The sum of their points is what the plan costs."""
    _check(problem, plan)
    return [breach for rule in RULES for breach in rule.judge(problem, plan)]


def cost(problem: Problem, plan: Plan) -> int:
    """Points of the whole plan; unassigned visits included, hard breaches not."""
    return sum(breach.points for breach in judge(problem, plan))


def hard(breaches: Iterable[Breach]) -> list[Breach]:
    """Those that forbid the plan."""
    return [breach for breach in breaches if breach.hard]


def measures(breaches: Iterable[Breach]) -> dict[str, Measure]:
    """Per rule, in the order of the rules, also for those that found nothing."""
    found = {rule.NAME: Measure() for rule in RULES}
    for breach in breaches:
        before = found[breach.rule]
        found[breach.rule] = Measure(before.count + 1, before.hard + breach.hard, before.points + breach.points)
    return found


def _check(problem: Problem, plan: Plan) -> None:
    for assignment in plan.assignments:
        if not 0 <= assignment.helper < len(problem.helpers):
            raise PlanError(f"the plan names helper {assignment.helper}; there are {len(problem.helpers)}")
        if not 0 <= assignment.visit < len(problem.visits):
            raise PlanError(f"the plan names visit {assignment.visit}; there are {len(problem.visits)}")
