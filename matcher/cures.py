"""Cures of an unassigned visit: asked for, worked out by a worker, and kept beside the reasons why it is left.

The answer belongs to one version of the roster. It is kept with the reasons, which go when another plan is stored; what
people decide by hand in between makes it stale, and it is asked for anew.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import update
from sqlmodel import Session, select

from matcher import clock, outbox, rosters, snapshot
from matcher.errors import ConflictError
from matcher.sentences import told
from matcher.snapshot import Snapshot
from matcher.tables.rosters import Assignment, Roster, Unassigned
from solver.plan import Plan

PATIENCE = timedelta(seconds=60)
"""After so long a question is taken for lost, and asked again."""
KEPT = "cures"


@dataclass(frozen=True, slots=True)
class Cures:
    """What is known: `ready` with what was found, `working` while a worker is at it, `failed` with its sentence."""

    state: str
    version: int
    start: datetime | None = None
    """The moment from which minutes count."""
    found: Sequence[Mapping[str, Any]] = ()
    failure: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """One question as a worker takes it up."""

    unassigned_id: str
    seen: Snapshot
    plan: Plan
    visit: int


def of_visit(session: Session, roster_id: str, visit_id: str) -> tuple[Cures, str | None]:
    """What is known of the visit's cures; with the id of a question where a worker is to be rung for it.

    UnknownError: no such roster or visit. ConflictError: somebody makes it, or no run has looked at it yet.
    """
    roster = rosters.get(session, roster_id)
    rosters.visit_of(session, roster, visit_id)
    row = session.exec(
        select(Unassigned).where(Unassigned.roster_id == roster_id, Unassigned.visit_id == visit_id)
    ).one_or_none()
    made = select(Assignment.id).where(Assignment.roster_id == roster_id, Assignment.visit_id == visit_id)
    if session.exec(made).first() is not None:
        raise ConflictError("Somebody makes this visit; there is nothing to cure.")
    if row is None:
        raise ConflictError("No run has looked at this visit yet.", cure="Start a run of the roster first.")
    kept = row.reasons.get(KEPT, {})
    if kept.get("version") != roster.version or _is_lost(kept):
        return _ask(session, row, roster.version)
    if "failure" in kept:
        return Cures("failed", roster.version, failure=kept["failure"]), None
    if "found" not in kept:
        return Cures("working", roster.version), None
    return Cures("ready", roster.version, datetime.fromisoformat(kept["start"]), kept["found"]), None


def _is_lost(kept: Mapping[str, Any]) -> bool:
    waits = "found" not in kept and "failure" not in kept
    return waits and clock.now() - datetime.fromisoformat(kept["asked_at"]) > PATIENCE


def _ask(session: Session, row: Unassigned, version: int) -> tuple[Cures, str]:
    _keep(session, row, {"version": version, "asked_at": clock.now().isoformat()})
    outbox.put(session, outbox.CURES, row.id)
    return Cures("working", version), row.id


def take_up(session: Session, unassigned_id: str) -> Question | None:
    """The question with the day that it is about; None when there is nothing to answer any more."""
    row = session.get(Unassigned, unassigned_id)
    if row is None or not {"found", "failure"}.isdisjoint(row.reasons.get(KEPT, {"found": ()})):
        return None
    seen = snapshot.problem(session, row.roster_id)
    plan = snapshot.drafted(session, seen)
    if row.visit_id not in seen.visit_ids or seen.version != row.reasons[KEPT]["version"]:
        return None
    return Question(unassigned_id, seen, plan, seen.visit_ids.index(row.visit_id))


def answer(session: Session, question: Question, found: Sequence[Mapping[str, Any]]) -> bool:
    """Keep what was found, in words and with ids; False: the roster has moved on, or the visit is no longer left."""
    seen = question.seen
    kept = {"start": seen.start.isoformat(), "found": [_told(seen, cure) for cure in found]}
    return _answered(session, question, kept)


def fail(session: Session, question: Question, sentence: str) -> bool:
    return _answered(session, question, {"failure": sentence})


def _answered(session: Session, question: Question, more: Mapping[str, Any]) -> bool:
    row = session.get(Unassigned, question.unassigned_id)
    version = session.exec(select(Roster.version).where(Roster.id == question.seen.roster_id)).one()
    if row is None or version != question.seen.version:
        return False
    return _keep(session, row, {"version": version, **more})


def _keep(session: Session, row: Unassigned, kept: Mapping[str, Any]) -> bool:
    """Write it beside the reasons, if they are still there."""
    reasons = {**row.reasons, KEPT: dict(kept)}
    table = Unassigned.__table__  # type: ignore[attr-defined]
    written = session.connection().execute(update(table).where(table.c.id == row.id).values(reasons=reasons))
    session.expire_all()
    return bool(written.rowcount == 1)


def _told(seen: Snapshot, cure: Mapping[str, Any]) -> dict[str, Any]:
    """One cure as it is kept: the sentence with names put in, and ids for numbers."""
    helper = cure["helper"]
    return {
        "kind": cure["kind"],
        **told(cure["text"], cure["values"], seen.names, seen.wall),
        "points": cure["points"],
        "price": cure["price"],
        "changes": cure["changes"],
        "helper_id": None if helper is None else seen.helper_ids[helper],
        "start": cure["start"],
        "left": [seen.visit_ids[visit] for visit in cure["left"]],
        "made": [[seen.visit_ids[v], seen.helper_ids[h], at] for v, h, at in cure["made"] if h < len(seen.helper_ids)],
        "gone": [[seen.visit_ids[visit], seen.helper_ids[helper]] for visit, helper in cure["gone"]],
        "notices": [
            {
                "visit_id": seen.visit_ids[one["visit"]],
                "helper_id": seen.helper_ids[one["helper"]],
                "before": one["before"],
                "after": one["after"],
                "counts": one["counts"],
            }
            for one in cure["notices"]
            if one["helper"] < len(seen.helper_ids)
        ],
    }
