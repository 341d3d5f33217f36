"""Pins (锁定): decisions of a person that the solver keeps."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlmodel import Session, col, delete, select

from matcher import areas, checks, clock, rosters, snapshot
from matcher.errors import InvalidError, UnknownError
from matcher.keys import new_key
from matcher.registers import must_exist
from matcher.sentences import Said
from matcher.snapshot import Snapshot
from matcher.tables.people import Helper
from matcher.tables.requests import Visit
from matcher.tables.rosters import Pin, Roster
from solver import judge
from solver.explain import Explainer
from solver.plan import Breach, Plan

OF_OTHERS = {"coverage", "linked"}
"""Rules that ask who else comes: a pin of one helper leaves that to the solver."""


def of_roster(session: Session, roster_id: str) -> list[Pin]:
    return list(session.exec(select(Pin).where(Pin.roster_id == roster_id).order_by(Pin.id)))


def check(
    session: Session, roster_id: str, visit_id: str, helper_ids: Sequence[str], start_at: datetime | None
) -> Visit:
    """UnknownError: no such roster or visit. InvalidError names the field."""
    roster = rosters.get(session, roster_id)
    visit = rosters.visit_of(session, roster, visit_id)
    if not helper_ids and start_at is None:
        raise InvalidError("The pin names neither a helper nor a start.", field="helper_ids")
    if len(set(helper_ids)) != len(helper_ids) or len(helper_ids) > visit.people:
        raise InvalidError(f"The visit needs {visit.people}, each once.", field="helper_ids")
    for helper_id in helper_ids:
        must_exist(session, Helper, helper_id, "helper_ids")
    _check_day(session, roster, start_at)
    return visit


def weigh(
    session: Session, roster_id: str, visit_id: str, helper_ids: Sequence[str], start_at: datetime | None
) -> tuple[Said, ...]:
    """What stands against a pin on an otherwise empty day, for the solver arranges the rest around it. Writes nothing.

    UnknownError: no such roster or visit. InvalidError names the field.
    """
    check(session, roster_id, visit_id, helper_ids, start_at)
    seen = snapshot.problem(session, roster_id, whole=True, helper_ids=helper_ids)
    if visit_id not in seen.visit_ids:
        return ()
    bare = replace(seen, problem=replace(seen.problem, pins=(), published=()))
    number = seen.visit_ids.index(visit_id)
    return checks.said(seen, (one for one in _alone(bare, number, helper_ids, start_at) if one.rule not in OF_OTHERS))


def _alone(seen: Snapshot, number: int, helper_ids: Sequence[str], start_at: datetime | None) -> list[Breach]:
    if start_at is None:
        explainer = Explainer(seen.problem, Plan(()))
        return [
            breach
            for helper_id in helper_ids
            for breach in explainer.why_not(number, seen.helper_ids.index(helper_id))
            if breach.rule
        ]
    visit_id = seen.visit_ids[number]
    anybody = helper_ids or seen.helper_ids[:1]
    plan = snapshot.planned(seen, ((visit_id, helper_id, start_at) for helper_id in anybody))
    found = [breach for breach in judge.judge(seen.problem, plan) if number in breach.visits]
    return found if helper_ids else [breach for breach in found if breach.rule == "windows"]


def put(
    session: Session,
    roster_id: str,
    visit_id: str,
    helper_ids: Sequence[str],
    start_at: datetime | None,
    version: int,
    breaches: Sequence[Said] = (),
    *,
    override: str | None = None,
) -> Pin:
    """Pin a visit to helpers, or to a start, or to both; a second pin of the visit replaces the first. `breaches` is
    what `weigh` said; an override says everything: who, when and why.

    UnknownError: no such roster or visit. InvalidError names the field. StaleError: the roster is at another version.
    HardBreachError: it breaks rules that may not be broken, and nobody overrides them.
    """
    check(session, roster_id, visit_id, helper_ids, start_at)
    is_hard = any(breach["hard"] for breach in breaches)
    if not override:
        checks.refuse(breaches, "Decide otherwise, or override it with a reason.")
    elif is_hard and start_at is None:
        raise InvalidError("An override says when the visit starts.", field="start_at")
    elif is_hard and not helper_ids:
        raise InvalidError("An override says who makes the visit.", field="helper_ids")
    rosters.move_on(session, roster_id, version)
    why = override if is_hard else None
    return set_down(session, roster_id, visit_id, helper_ids, start_at, override=why, breaches=breaches)


def set_down(
    session: Session,
    roster_id: str,
    visit_id: str,
    helper_ids: Sequence[str],
    start_at: datetime | None,
    *,
    override: str | None = None,
    breaches: Sequence[Said] = (),
) -> Pin:
    """Write the pin; whoever calls has moved the roster on."""
    pin = find(session, roster_id, visit_id) or Pin(
        id=new_key("pin"), roster_id=roster_id, visit_id=visit_id, pinned_at=clock.now()
    )
    pin.helper_ids, pin.start_at, pin.pinned_at = list(helper_ids), start_at, clock.now()
    pin.override, pin.breaches = override, [dict(breach) for breach in breaches]
    session.add(pin)
    session.flush()
    return pin


def find(session: Session, roster_id: str, visit_id: str) -> Pin | None:
    return session.exec(select(Pin).where(Pin.roster_id == roster_id, Pin.visit_id == visit_id)).one_or_none()


def lift(session: Session, roster_id: str, visit_id: str, version: int) -> None:
    """UnknownError: the visit is not pinned. StaleError: the roster is at another version."""
    if find(session, roster_id, visit_id) is None:
        raise UnknownError(f"Visit {visit_id} is not pinned in this roster.")
    rosters.move_on(session, roster_id, version)
    session.exec(delete(Pin).where(col(Pin.roster_id) == roster_id, col(Pin.visit_id) == visit_id))


def _check_day(session: Session, roster: Roster, start_at: datetime | None) -> None:
    zone = areas.zone(areas.get(session, roster.area_id))
    if start_at is not None and start_at.astimezone(zone).date() != roster.day:
        raise InvalidError(f"The start is not on the roster's day, {roster.day}.", field="start_at")
