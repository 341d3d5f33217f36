"""The rules: one file each, one list. A rule speaks to the search as `model` and to people as `judge`."""

from collections.abc import Iterator
from typing import Protocol

from solver.model import Bools, Model, blank
from solver.plan import Breach, Plan
from solver.problem import Problem
from solver.rules import (
    allowed,
    balance,
    barred,
    certified,
    coverage,
    fairness,
    fee,
    gender,
    known,
    lending,
    linked,
    most_visits,
    most_work,
    nearby,
    overlap,
    pinned,
    purse,
    rest,
    shift,
    skilled,
    speaks,
    stability,
    travel,
    waiting,
    windows,
    work,
)


class Rule(Protocol):
    """What every rule's file holds."""

    @property
    def NAME(self) -> str: ...  # noqa: N802

    @property
    def KIND(self) -> str:  # noqa: N802
        """pair, leg, day or roster: what the rule looks at."""

    @property
    def TEXTS(self) -> tuple[str, ...]:  # noqa: N802
        """Every sentence that the rule can say; a template for `Breach.values`."""

    def model(self, problem: Problem, draft: Model, /) -> None: ...

    def judge(self, problem: Problem, plan: Plan, /) -> Iterator[Breach]: ...


class PairRule(Rule, Protocol):
    """A rule that can tell from a visit and a helper alone."""

    def stands(self, problem: Problem, /) -> Bools:
        """(V, H): True where this rule lets the helper make the visit."""

    def breach(self, problem: Problem, visit: int, helper: int, /) -> Breach | None:
        """What this rule says of the pair, hard or not."""


PAIRS: tuple[PairRule, ...] = (skilled, certified, speaks, gender, barred, allowed, known, fee, nearby, pinned)

RULES: tuple[Rule, ...] = (
    # pair
    skilled,
    certified,
    speaks,
    gender,
    barred,
    allowed,
    known,
    fee,
    # leg
    nearby,
    travel,
    # day
    windows,
    shift,
    overlap,
    rest,
    most_work,
    most_visits,
    waiting,
    # roster
    coverage,
    linked,
    pinned,
    fairness,
    purse,
    lending,
    stability,
    work,
    balance,
)


def model(problem: Problem) -> Model:
    """Everything that the rules tell the search, in numbers."""
    draft = blank(problem)
    for rule in RULES:
        rule.model(problem, draft)
    return draft
