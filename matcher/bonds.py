"""Who should meet and who must not: pairings (结对) and barrings (回避)."""

from datetime import date

from sqlmodel import Session

from matcher import concerned, registers
from matcher.keys import new_key
from matcher.pages import Page, one, page, remove
from matcher.tables.people import Helper, Resident, Volunteer
from matcher.tables.requests import Barring, Pairing


def pair(session: Session, resident_id: str, volunteer_id: str, kind: str, since: date) -> Pairing:
    """InvalidError: one of them is unknown. ConflictError: they are paired."""
    registers.must_exist(session, Resident, resident_id, "resident_id")
    registers.must_exist(session, Volunteer, volunteer_id, "volunteer_id")
    row = Pairing(id=new_key("pai"), resident_id=resident_id, volunteer_id=volunteer_id, kind=kind, since=since)
    return registers.add(session, row, "pairing")


def pairing(session: Session, pairing_id: str) -> Pairing:
    return one(session, Pairing, pairing_id, "pairing")


def pairings(
    session: Session, *, after: str | None = None, limit: int = 50, resident_id: str | None = None
) -> Page[Pairing]:
    where = [] if resident_id is None else [Pairing.resident_id == resident_id]
    return page(session, Pairing, after=after, limit=limit, where=where)


def end_pairing(session: Session, pairing_id: str) -> None:
    """UnknownError: no such pairing, or it was ended already."""
    remove(session, Pairing, pairing_id, "pairing")


def bar(session: Session, resident_id: str, helper_id: str, reason: str) -> Barring:
    """InvalidError: one of them is unknown. ConflictError: they are barred from one another."""
    registers.must_exist(session, Resident, resident_id, "resident_id")
    registers.must_exist(session, Helper, helper_id, "helper_id")
    concerned.by_resident(session, resident_id)
    row = Barring(id=new_key("bar"), resident_id=resident_id, helper_id=helper_id, reason=reason)
    return registers.add(session, row, "barring")


def barring(session: Session, barring_id: str) -> Barring:
    return one(session, Barring, barring_id, "barring")


def barrings(
    session: Session, *, after: str | None = None, limit: int = 50, resident_id: str | None = None
) -> Page[Barring]:
    where = [] if resident_id is None else [Barring.resident_id == resident_id]
    return page(session, Barring, after=after, limit=limit, where=where)


def lift_barring(session: Session, barring_id: str) -> None:
    """UnknownError: no such barring, or it was lifted already."""
    remove(session, Barring, barring_id, "barring")
