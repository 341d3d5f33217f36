"""Assignments changed by hand: judged at once, and kept by a pin from then on.

Judging reads the whole day and takes a moment, so it happens before the transaction; the version that was judged is
the version that is changed, or nothing is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, delete, select

from matcher import checks, pins, plans, rosters, snapshot
from matcher.errors import InvalidError, StaleError, UnknownError
from matcher.sentences import Said
from matcher.snapshot import Snapshot
from matcher.tables.rosters import Assignment, Unassigned
from matcher.verdicts import measured
from solver import judge
from solver.plan import Plan

CURE = "Decide otherwise, or override it with a reason."


@dataclass(frozen=True, slots=True)
class Decision:
    """These helpers, and nobody else, make this visit at this start."""

    visit_id: str
    helper_ids: tuple[str, ...]
    start_at: datetime


@dataclass(frozen=True, slots=True)
class Weighed:
    """What a decision would do to the draft: the breaches that it adds, and the day in numbers with it."""

    seen: Snapshot
    decision: Decision
    plan: Plan
    breaches: tuple[Said, ...]
    points: int
    """What it costs more than the draft as it stands; negative: it is better."""
    measures: Mapping[str, Any]


def moved(
    session: Session, roster_id: str, assignment_id: str, helper_id: str | None, start_at: datetime | None
) -> Decision:
    """The decision to give one assignment to another helper, or to move its visit in time, or both.

    UnknownError: no such roster or assignment in it.
    """
    rosters.get(session, roster_id)
    row = session.get(Assignment, assignment_id)
    if row is None or row.roster_id != roster_id:
        raise UnknownError(f"There is no assignment {assignment_id} in this roster.", cure="Read the roster again.")
    if helper_id is None and start_at is None:
        raise InvalidError("The change names neither a helper nor a start.", field="helper_id")
    together = session.exec(
        select(Assignment.helper_id)
        .where(Assignment.roster_id == roster_id, Assignment.visit_id == row.visit_id)
        .order_by(Assignment.helper_id)
    ).all()
    helper_ids = tuple(helper_id or one if one == row.helper_id else one for one in together)
    return Decision(row.visit_id, helper_ids, start_at or row.start_at)


def weigh(session: Session, roster_id: str, decision: Decision) -> Weighed:
    """Judge the draft with the decision in it, against the draft as it stands. Writes nothing.

    UnknownError: no such roster or visit. InvalidError names the field.
    """
    pins.check(session, roster_id, decision.visit_id, decision.helper_ids, decision.start_at)
    seen = snapshot.problem(session, roster_id, whole=True, helper_ids=decision.helper_ids)
    if decision.visit_id not in seen.visit_ids:
        raise InvalidError("No window of the visit is as long as the visit.", field="visit_id")
    number = seen.visit_ids.index(decision.visit_id)
    others = tuple(pin for pin in seen.problem.pins if pin.visit != number)
    seen = replace(seen, problem=replace(seen.problem, pins=others))
    before = snapshot.drafted(session, seen)
    lines = ((decision.visit_id, helper_id, decision.start_at) for helper_id in decision.helper_ids)
    kept = [one for one in before.assignments if one.visit != number]
    after = Plan(tuple(sorted([*kept, *snapshot.planned(seen, lines).assignments])))
    old, new = judge.judge(seen.problem, before), judge.judge(seen.problem, after)
    added = [breach for breach in new if breach not in old]
    points = sum(breach.points for breach in new) - sum(breach.points for breach in old)
    return Weighed(seen, decision, after, checks.said(seen, added), points, measured(seen, after, new))


def decide(session: Session, weighed: Weighed, version: int, override: str | None = None) -> int:
    """Change the draft as weighed, and pin the visit; the roster's next version.

    HardBreachError: it breaks rules that may not be broken, and `override` gives no reason why it holds all the same.
    StaleError: the roster is at another version than `version`, or than the one that was weighed.
    """
    if not override:
        checks.refuse(weighed.breaches, CURE)
    roster_id, decision = weighed.seen.roster_id, weighed.decision
    if version != weighed.seen.version:
        raise StaleError(f"The roster is no longer at version {version}.", cure="Read it again, then decide.")
    moved_to = rosters.move_on(session, roster_id, version)
    hard = [breach for breach in weighed.breaches if breach["hard"]]
    pins.set_down(
        session,
        roster_id,
        decision.visit_id,
        decision.helper_ids,
        decision.start_at,
        override=override if hard else None,
        breaches=weighed.breaches,
    )
    plans.settle(session, roster_id, plans.rows(weighed.seen, weighed.plan))
    gone = delete(Unassigned).where(
        col(Unassigned.roster_id) == roster_id, col(Unassigned.visit_id) == decision.visit_id
    )
    session.exec(gone)
    roster = rosters.get(session, roster_id)
    roster.measures = {**roster.measures, **weighed.measures}
    session.add(roster)
    session.flush()
    return moved_to


def of_visit(session: Session, roster_id: str, visit_id: str) -> Sequence[Assignment]:
    """Who makes a visit in the draft, in order of helper."""
    return session.exec(
        select(Assignment)
        .where(Assignment.roster_id == roster_id, Assignment.visit_id == visit_id)
        .order_by(Assignment.helper_id)
    ).all()
