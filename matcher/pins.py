"""Pins (锁定): decisions of a person that the solver keeps."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, delete, select

from matcher import areas, clock, rosters
from matcher.errors import InvalidError, UnknownError
from matcher.keys import new_key
from matcher.registers import must_exist
from matcher.tables.people import Helper
from matcher.tables.rosters import Pin, Roster


def of_roster(session: Session, roster_id: str) -> list[Pin]:
    return list(session.exec(select(Pin).where(Pin.roster_id == roster_id).order_by(Pin.id)))


def put(
    session: Session, roster_id: str, visit_id: str, helper_ids: Sequence[str], start_at: datetime | None, version: int
) -> Pin:
    """Pin a visit to helpers, or to a start, or to both; a second pin of the visit replaces the first.

    UnknownError: no such roster or visit. InvalidError names the field. StaleError: the roster is at another version.
    """
    roster = rosters.get(session, roster_id)
    visit = rosters.visit_of(session, roster, visit_id)
    if not helper_ids and start_at is None:
        raise InvalidError("The pin names neither a helper nor a start.", field="helper_ids")
    if len(set(helper_ids)) != len(helper_ids) or len(helper_ids) > visit.people:
        raise InvalidError(f"The visit needs {visit.people}, each once.", field="helper_ids")
    for helper_id in helper_ids:
        must_exist(session, Helper, helper_id, "helper_ids")
    _check_day(session, roster, start_at)
    rosters.move_on(session, roster_id, version)
    pin = find(session, roster_id, visit_id) or Pin(
        id=new_key("pin"), roster_id=roster_id, visit_id=visit_id, pinned_at=clock.now()
    )
    pin.helper_ids, pin.start_at, pin.pinned_at = list(helper_ids), start_at, clock.now()
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
