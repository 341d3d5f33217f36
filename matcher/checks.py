"""Checks: what the judge says of a plan that somebody made by hand, in words."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, select

from matcher import refusals, rosters, snapshot
from matcher.errors import HardBreachError, InvalidError
from matcher.registers import must_exist
from matcher.sentences import Said, told_breach
from matcher.snapshot import Snapshot
from matcher.tables.people import Helper
from matcher.tables.rosters import Pin
from matcher.verdicts import measured
from solver import judge
from solver.plan import Breach, Plan


@dataclass(frozen=True, slots=True)
class HandLine:
    """One line of a plan made by hand."""

    visit_id: str
    helper_id: str
    start_at: datetime


@dataclass(frozen=True, slots=True)
class Checked:
    """The judge's word on a plan: every breach, and the plan in numbers."""

    version: int
    breaches: tuple[Said, ...]
    measures: Mapping[str, Any]

    @property
    def may_be(self) -> bool:
        return not any(breach["hard"] for breach in self.breaches)


def check(session: Session, roster_id: str, lines: Sequence[HandLine]) -> Checked:
    """Judge a plan for the roster's whole day; a visit that no line names is left.

    UnknownError: no such roster, or a visit that is not in it. InvalidError: a helper who is not there, a line twice.
    """
    roster = rosters.get(session, roster_id)
    twice = [pair for pair, count in Counter((line.visit_id, line.helper_id) for line in lines).items() if count > 1]
    if twice:
        raise InvalidError("A helper is sent to the same visit twice.", field="assignments")
    for visit_id in sorted({line.visit_id for line in lines}):
        rosters.visit_of(session, roster, visit_id)
    helper_ids = {line.helper_id for line in lines}
    for helper_id in sorted(helper_ids):
        must_exist(session, Helper, helper_id, "assignments")
    seen = snapshot.problem(session, roster_id, whole=True, helper_ids=helper_ids)
    plan = snapshot.planned(seen, ((line.visit_id, line.helper_id, line.start_at) for line in lines))
    breaches = judge.judge(seen.problem, plan)
    return Checked(seen.version, said(seen, breaches), measured(seen, plan, breaches))


def said(seen: Snapshot, breaches: Iterable[Breach]) -> tuple[Said, ...]:
    """Breaches in words, hard ones first."""
    ordered = sorted(breaches, key=lambda breach: not breach.hard)
    named = (refusals.renamed(breach, seen.refused) for breach in ordered)
    return tuple(told_breach(breach, seen.names, seen.visit_ids, seen.helper_ids, seen.wall) for breach in named)


def unresolved(session: Session, seen: Snapshot, plan: Plan) -> tuple[Said, ...]:
    """The hard breaches of a plan of the whole day that nobody has overridden."""
    hard = said(seen, judge.hard(judge.judge(seen.problem, plan)))
    if not hard:
        return ()
    overriding = [pin for pin in session.exec(select(Pin).where(Pin.roster_id == seen.roster_id)) if pin.override]
    visits = {pin.visit_id for pin in overriding}
    helpers = {helper_id for pin in overriding for helper_id in pin.helper_ids}
    accepted = {_of(breach) for pin in overriding for breach in pin.breaches}
    return tuple(breach for breach in hard if not _is_overridden(breach, visits, helpers, accepted))


def _is_overridden(breach: Said, visits: set[str], helpers: set[str], accepted: set[tuple[Any, ...]]) -> bool:
    if breach["rule"] == "pinned":
        return False  # what was decided is not what the plan holds
    if _of(breach) in accepted or visits & set(breach["visit_ids"]):
        return True
    return not breach["visit_ids"] and bool(helpers & set(breach["helper_ids"]))


def _of(breach: Said) -> tuple[Any, ...]:
    return breach["rule"], tuple(sorted(breach["visit_ids"])), tuple(sorted(breach["helper_ids"]))


def refuse(breaches: Sequence[Said], cure: str) -> None:
    """HardBreachError, with every sentence, if a hard one is among them."""
    hard = [breach for breach in breaches if breach["hard"]]
    if hard:
        first = "; ".join(breach["sentence"] for breach in hard[:3])
        raise HardBreachError(f"It breaks {len(hard)} rules that hold: {first}", cure=cure, breaches=hard)
