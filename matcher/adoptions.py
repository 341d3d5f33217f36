"""Adopting a cure or a candidate: one press makes a left visit's fix, or the choice of a helper, the roster's draft.

Where nothing has to give, the plan is stored as it is. Where a rule gives way within what people can agree to (a later
start, a longer walk), the visit is pinned with an override that says so in the cure's own words.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session

from matcher import changes, cures, pins, rosters
from matcher.candidates import Asked
from matcher.errors import ConflictError, InvalidError, StaleError
from matcher.tables.rosters import Roster

AS_IT_IS = {"after_all", "shuffle", "instead"}
AGREED = {"later", "sooner", "farther", "stays", "comes", "one_more", "works", "accepts"}
"""Kinds that need somebody's word and nothing else; the others need a register changed first."""


def is_adoptable(cure: Mapping[str, Any]) -> bool:
    """Whether the cure can be adopted by itself, without anything being registered first."""
    return cure["kind"] in AS_IT_IS | AGREED and bool(cure.get("made"))


def adopt(session: Session, roster_id: str, visit_id: str, row: int, version: int) -> Roster:
    """Let the roster's draft be what the cure says.

    UnknownError: no such roster or visit. InvalidError: no such cure. ConflictError: it is not worked out, or needs
    something registered first. StaleError: the roster has moved on. HardBreachError: the rest would break a rule.
    """
    roster = rosters.hold(session, roster_id)
    if roster.version != version:
        raise StaleError(f"The roster is no longer at version {version}.", cure="Read it again, then decide.")
    known, _ = cures.of_visit(session, roster_id, visit_id)
    if known.state != "ready" or known.start is None:
        raise ConflictError("The fixes of this visit are not worked out yet.", cure="Wait until they are ready.")
    if row >= len(known.found):
        raise InvalidError("There is no such fix.", field="row")
    cure = dict(known.found[row])
    if not is_adoptable(cure):
        raise ConflictError("This fix needs something registered first.", cure="Register it, then solve again.")
    if cure["kind"] in AGREED:
        _agree(session, roster_id, visit_id, cure, known.start)
    return changes.put(session, roster_id, cure, known.start)


def choose(
    session: Session, asked: Asked, helper_id: str, lines: Mapping[str, Sequence[Sequence[Any]]], version: int
) -> Roster:
    """Send this helper, with all that it displaces as `candidates.lines` says, and pin that they come.

    StaleError: the roster is no longer the one that was looked at. HardBreachError: the plan breaks a rule that holds.
    """
    roster_id = asked.seen.roster_id
    if not rosters.hold(session, roster_id).version == version == asked.seen.version:
        raise StaleError(f"The roster is no longer at version {version}.", cure="Read it again, then decide.")
    gone = {helper for visit, helper in lines["gone"] if visit == asked.visit_id}
    coming = {helper for visit, helper, _ in lines["made"] if visit == asked.visit_id}
    helpers = sorted((set(_makers(asked)) - gone) | coming | {helper_id})
    pins.set_down(session, roster_id, asked.visit_id, helpers, None)
    return changes.put(session, roster_id, lines, asked.seen.start)


def _makers(asked: Asked) -> list[str]:
    """Who makes the visit as it stands."""
    ids = asked.seen.visit_ids, asked.seen.helper_ids
    return [ids[1][one.helper] for one in asked.plan.assignments if ids[0][one.visit] == asked.visit_id]


def _agree(session: Session, roster_id: str, visit_id: str, cure: Mapping[str, Any], start: datetime) -> None:
    """Pin the visit as the cure has it, with the cure's own sentence as the reason why it holds."""
    mine = [(helper_id, at) for visit, helper_id, at in cure["made"] if visit == visit_id]
    if not mine:
        raise ConflictError("This fix needs something registered first.", cure="Register it, then solve again.")
    moment = start + timedelta(minutes=mine[0][1])
    helpers = [helper_id for helper_id, _ in mine]
    pins.set_down(session, roster_id, visit_id, helpers, moment, override=str(cure["sentence"])[:500])
