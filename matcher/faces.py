"""Faces (面孔): how many different helpers a resident sees in a month, and the most they wish to see."""

import calendar
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, col, delete, select

from matcher import attendance, clock, concerned
from matcher.pages import one
from matcher.stays import Stay
from matcher.tables.people import Helper, Resident
from matcher.tables.proof import FaceCap
from matcher.tables.requests import Request, Visit
from matcher.tables.versions import Promise


@dataclass(frozen=True, slots=True)
class Face:
    """One helper whom a resident sees in the month, and how often."""

    helper_id: str
    name: str
    visits: int


def of_resident(session: Session, resident_id: str, month: date) -> tuple[list[Face], int | None]:
    """Everybody who came or has promised to come in the month of this day, those who come most first; and the cap.

    UnknownError: no such resident.
    """
    one(session, Resident, resident_id, "resident")
    counted = _counted(session, [resident_id], month, None).get(resident_id, {})
    names = dict(session.exec(select(Helper.id, Helper.name).where(col(Helper.id).in_(sorted(counted)))).all())
    faces = [Face(helper_id, names[helper_id], visits) for helper_id, visits in counted.items()]
    return sorted(faces, key=lambda face: (-face.visits, face.helper_id)), cap(session, resident_id)


def cap(session: Session, resident_id: str) -> int | None:
    found = session.get(FaceCap, resident_id)
    return found.most if found else None


def set_cap(session: Session, resident_id: str, most: int | None) -> None:
    """The most different helpers whom the resident wishes to see in a month; None: as many as come.

    UnknownError: no such resident.
    """
    one(session, Resident, resident_id, "resident")
    concerned.by_resident(session, resident_id)
    if most is None:
        session.exec(delete(FaceCap).where(col(FaceCap.resident_id) == resident_id))
        return
    row = session.get(FaceCap, resident_id) or FaceCap(resident_id=resident_id, most=most, said_at=clock.now())
    row.most, row.said_at = most, clock.now()
    session.add(row)
    session.flush()


def full(session: Session, resident_ids: Iterable[str], day: date) -> dict[str, set[str]]:
    """Whom residents see on the other days of this day's month, of those who see as many as they wish to: nobody new
    should come to them on this day."""
    wanted = sorted(set(resident_ids))
    caps = {
        row.resident_id: row.most
        for begin in range(0, len(wanted), 500)
        for row in session.exec(select(FaceCap).where(col(FaceCap.resident_id).in_(wanted[begin : begin + 500])))
    }
    counted = _counted(session, sorted(caps), day, day)
    met = {resident_id: set(counted.get(resident_id, {})) for resident_id in caps}
    return {resident_id: seen for resident_id, seen in met.items() if len(seen) >= caps[resident_id]}


def _counted(session: Session, resident_ids: list[str], month: date, without: date | None) -> dict[str, dict[str, int]]:
    """Visits by resident and helper in a month: promised and not missed, or made although no longer promised."""
    first, last = month.replace(day=1), month.replace(day=calendar.monthrange(month.year, month.month)[1])
    rows = [
        row
        for begin in range(0, len(resident_ids), 500)
        for row in session.exec(
            select(Request.resident_id, Promise.visit_id, Promise.helper_id, col(Promise.until))
            .join(Visit, col(Promise.visit_id) == col(Visit.id))
            .join(Request, col(Visit.request_id) == col(Request.id))
            .where(
                col(Request.resident_id).in_(resident_ids[begin : begin + 500]),
                col(Visit.day).between(first, last),
                Visit.day != without if without is not None else col(Visit.day).is_not(None),
                col(Visit.cancelled_at).is_(None),
            )
        )
    ]
    stays = attendance.of_visits(session, {visit_id for _, visit_id, _, _ in rows})
    pairs = set()
    for resident_id, visit_id, helper_id, until in rows:
        stay = stays.get((visit_id, helper_id), Stay())
        if stay.has_begun or (until is None and not stay.missed):
            pairs.add((resident_id, visit_id, helper_id))
    found: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for resident_id, _, helper_id in pairs:
        found[resident_id][helper_id] += 1
    return found
