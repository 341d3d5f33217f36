"""What releases and swaps have in common: the rules of an area, and whether a promise may still change hands."""

from dataclasses import dataclass
from datetime import timedelta

from sqlmodel import Session, col, select

from matcher import areas, attendance, clock, links, rosters
from matcher.errors import ConflictError, UnknownError
from matcher.pages import one
from matcher.tables.exchanges import ExchangeRule
from matcher.tables.people import Resident
from matcher.tables.requests import Request, Visit
from matcher.tables.versions import Promise

RELEASE_MINUTES, SWAP_MINUTES = 120, 60


@dataclass(frozen=True, slots=True)
class Rules:
    """Minutes before the start until which a promise may be released or swapped, and whether a coordinator agrees
    first."""

    release_minutes: int = RELEASE_MINUTES
    swap_minutes: int = SWAP_MINUTES
    needs_approval: bool = False


def rules(session: Session, area_id: str) -> Rules:
    """Of the area, otherwise of the nearest one around it that has some. UnknownError: no such area."""
    areas.get(session, area_id)
    around = [area_id, *areas.enclosing(session, area_id)]
    found = {
        row.area_id: row for row in session.exec(select(ExchangeRule).where(col(ExchangeRule.area_id).in_(around)))
    }
    for area in around:
        if (row := found.get(area)) is not None:
            return Rules(row.release_minutes, row.swap_minutes, row.needs_approval)
    return Rules()


def set_rules(session: Session, area_id: str, wanted: Rules) -> Rules:
    """UnknownError: no such area."""
    areas.get(session, area_id)
    row = session.get(ExchangeRule, area_id) or ExchangeRule(
        area_id=area_id, release_minutes=RELEASE_MINUTES, swap_minutes=SWAP_MINUTES
    )
    row.release_minutes, row.swap_minutes = wanted.release_minutes, wanted.swap_minutes
    row.needs_approval = wanted.needs_approval
    session.add(row)
    session.flush()
    return wanted


def rules_of(session: Session, visit_id: str) -> Rules:
    """The rules where the visit's resident lives."""
    visit = one(session, Visit, visit_id, "visit")
    resident_id = one(session, Request, visit.request_id, "request").resident_id
    return rules(session, one(session, Resident, resident_id, "resident").area_id)


def hold(session: Session, promise: Promise) -> Promise:
    """The promise with its roster's row held, so that answers, publishing and exchanges come one by one."""
    rosters.hold(session, promise.roster_id)
    return session.get_one(Promise, promise.id, populate_existing=True)


def check(session: Session, promise: Promise, minutes: int) -> None:
    """ConflictError: it was taken back, it has begun, or it is too late."""
    if promise.until is not None:
        raise ConflictError("This promise does not stand any more.", cure="Read your assignments again.")
    if (promise.visit_id, promise.helper_id) in attendance.begun(session, [promise.visit_id]):
        raise ConflictError("The visit has begun.", cure="Ask the coordinator.")
    if clock.now() > promise.start_at - timedelta(minutes=minutes):
        raise ConflictError(f"It is less than {minutes} minutes before the start.", cure="Telephone the coordinator.")


def is_own(session: Session, promise: Promise, token: str) -> None:
    """UnknownError: this is not the link of the promise's helper."""
    if links.opened(session, attendance.PURPOSE, token) != f"{promise.visit_id}.{promise.helper_id}":
        raise UnknownError("This link is another visit's.", cure="Open the one that you were sent for this visit.")
