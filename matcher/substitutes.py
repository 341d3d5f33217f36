"""Substitutes (代班人): who comes to a resident while their regular helper is on leave, the same one if it can be."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from matcher import areas, clock, concerned, feedback, visits
from matcher.errors import InvalidError
from matcher.keys import new_key
from matcher.pages import one
from matcher.registers import must_exist
from matcher.tables.people import Helper, Resident, TimeOff, Volunteer
from matcher.tables.proof import Substitute
from matcher.tables.requests import Barring, Pairing, Request, Visit
from matcher.tables.versions import Promise

LOOKED_BACK = timedelta(days=90)
SHOWN = 5


@dataclass(frozen=True, slots=True)
class Leave:
    """One resident whose regular helper is on leave: on which days they expect somebody, and who may stand in."""

    time_off_id: str
    start_at: datetime
    end_at: datetime
    resident_id: str
    resident: str
    days: tuple[date, ...]
    named: str | None
    """The helper whom somebody named."""
    came: tuple[str, ...]
    """Who has a promise within this leave, most visits first."""
    candidates: tuple[str, ...]
    """Whom the resident knows and who is not on leave then, most visits first."""


def standing_in(
    session: Session, resident_ids: Iterable[str], start: datetime, end: datetime, zone: ZoneInfo
) -> set[tuple[str, str]]:
    """Residents whose regular helper is on leave between these moments, and whoever counts as known to them meanwhile:
    the one who was named, otherwise whoever came since the leave began."""
    wanted = sorted(set(resident_ids))
    found: set[tuple[str, str]] = set()
    for resident_id, off in _leaves(session, wanted, start, end):
        named = _named(session, off.id, resident_id)
        before = start.astimezone(zone).date()
        found |= {
            (resident_id, helper_id)
            for helper_id in ([named] if named else _came(session, off, resident_id, zone, before))
            if helper_id != off.helper_id
        }
    return found


def plan(session: Session, helper_id: str) -> list[Leave]:
    """The leaves of a regular helper that are not over, by resident. UnknownError: no such helper."""
    helper = one(session, Helper, helper_id, "helper")
    zone = areas.zone(areas.get(session, helper.area_id))
    paired = select(Pairing.resident_id).join(Volunteer).where(Volunteer.helper_id == helper_id)
    residents = session.exec(select(Resident).where(col(Resident.id).in_(paired)).order_by(Resident.id)).all()
    offs = session.exec(
        select(TimeOff)
        .where(TimeOff.helper_id == helper_id, TimeOff.end_at > clock.now())
        .order_by(col(TimeOff.start_at))
    ).all()
    return [
        Leave(
            time_off_id=off.id,
            start_at=off.start_at,
            end_at=off.end_at,
            resident_id=resident.id,
            resident=resident.name,
            days=tuple(_days(session, resident.id, off, zone)),
            named=_named(session, off.id, resident.id),
            came=tuple(_came(session, off, resident.id, zone, None)),
            candidates=tuple(_candidates(session, off, resident.id)),
        )
        for off in offs
        for resident in residents
    ]


def name(session: Session, time_off_id: str, resident_id: str, helper_id: str, by: str) -> Substitute:
    """Let this helper count as known to the resident for the whole leave; named again, another one.

    UnknownError: no such time off. InvalidError: whoever is on leave is not paired with the resident, or the substitute
    is barred from them, or on leave too.
    """
    off = one(session, TimeOff, time_off_id, "time off")
    must_exist(session, Resident, resident_id, "resident_id")
    must_exist(session, Helper, helper_id, "helper_id")
    paired = (
        select(Pairing).join(Volunteer).where(Volunteer.helper_id == off.helper_id, Pairing.resident_id == resident_id)
    )
    if session.exec(paired).first() is None:
        raise InvalidError("The helper on leave is not paired with this resident.", field="resident_id")
    if helper_id in _away(session, off, resident_id):
        raise InvalidError("This helper is on leave too, or must not meet the resident.", field="helper_id")
    concerned.by_resident(session, resident_id)
    statement = select(Substitute).where(Substitute.time_off_id == time_off_id, Substitute.resident_id == resident_id)
    row = session.exec(statement).one_or_none() or Substitute(
        id=new_key("sub"),
        time_off_id=time_off_id,
        resident_id=resident_id,
        helper_id=helper_id,
        named_by=by,
        named_at=clock.now(),
    )
    row.helper_id, row.named_by, row.named_at = helper_id, by, clock.now()
    session.add(row)
    session.flush()
    return row


def _leaves(session: Session, resident_ids: Sequence[str], start: datetime, end: datetime) -> list[tuple[str, TimeOff]]:
    return [
        (resident_id, off)
        for begin in range(0, len(resident_ids), 500)
        for resident_id, off in session.exec(
            select(Pairing.resident_id, TimeOff)
            .join(Volunteer, col(Pairing.volunteer_id) == col(Volunteer.id))
            .join(TimeOff, col(TimeOff.helper_id) == col(Volunteer.helper_id))
            .where(
                col(Pairing.resident_id).in_(resident_ids[begin : begin + 500]),
                TimeOff.start_at < end,
                TimeOff.end_at > start,
            )
            .order_by(Pairing.resident_id, TimeOff.id)
        )
    ]


def _named(session: Session, time_off_id: str, resident_id: str) -> str | None:
    return session.exec(
        select(Substitute.helper_id).where(Substitute.time_off_id == time_off_id, Substitute.resident_id == resident_id)
    ).one_or_none()


def _came(session: Session, off: TimeOff, resident_id: str, zone: ZoneInfo, before: date | None) -> list[str]:
    """Helpers who promised to come within the leave, those with most visits first."""
    first, last = off.start_at.astimezone(zone).date(), off.end_at.astimezone(zone).date()
    rows = session.exec(
        select(Promise.helper_id)
        .join(Visit, col(Promise.visit_id) == col(Visit.id))
        .join(Request, col(Visit.request_id) == col(Request.id))
        .where(
            Request.resident_id == resident_id,
            col(Visit.day).between(first, last),
            Visit.day < before if before is not None else col(Visit.day).is_not(None),
            col(Visit.cancelled_at).is_(None),
            col(Promise.until).is_(None),
            Promise.helper_id != off.helper_id,
        )
    )
    return _by_count(Counter(rows))


def _days(session: Session, resident_id: str, off: TimeOff, zone: ZoneInfo) -> Iterable[date]:
    """On which days of the leave the resident expects somebody; a month at most, from today on."""
    requests = session.exec(
        select(Request).where(Request.resident_id == resident_id, col(Request.withdrawn_at).is_(None))
    ).all()
    first, last = (moment.astimezone(zone).date() for moment in (max(off.start_at, clock.now()), off.end_at))
    workdays = visits.Workdays(session)
    for number in range(31):
        day = first + timedelta(days=number)
        if day <= last and any(visits.falls_on(request, day, workdays) for request in requests):
            yield day


def _candidates(session: Session, off: TimeOff, resident_id: str) -> list[str]:
    today = clock.now().date()
    rows = session.exec(
        select(Promise.helper_id)
        .join(Visit, col(Promise.visit_id) == col(Visit.id))
        .join(Request, col(Visit.request_id) == col(Request.id))
        .where(Request.resident_id == resident_id, Visit.day >= today - LOOKED_BACK, col(Promise.until).is_(None))
    )
    counted = Counter(rows)
    counted.update(helper_id for _, helper_id in feedback.liked(session, [resident_id], today))
    counted.update(
        session.exec(select(Volunteer.helper_id).join(Pairing).where(Pairing.resident_id == resident_id)).all()
    )
    away = _away(session, off, resident_id)
    return [helper_id for helper_id in _by_count(counted) if helper_id not in away][:SHOWN]


def _away(session: Session, off: TimeOff, resident_id: str) -> set[str]:
    """Who is on leave at some time of this leave, or must not meet the resident."""
    absent = session.exec(
        select(TimeOff.helper_id).where(TimeOff.start_at < off.end_at, TimeOff.end_at > off.start_at)
    ).all()
    barred = session.exec(select(Barring.helper_id).where(Barring.resident_id == resident_id)).all()
    apart = {helper_id for resident, helper_id in feedback.kept_apart(session) if resident == resident_id}
    return {*absent, *barred, *apart}


def _by_count(counted: Counter[str]) -> list[str]:
    return sorted(counted, key=lambda helper_id: (-counted[helper_id], helper_id))
