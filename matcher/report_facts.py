"""What reports are made of: one fact a visit, a helper, an answer or a way, with the area that it belongs to."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import func
from sqlmodel import Session, col, select

from matcher import areas, availability, burdens
from matcher.tables.offers import Offer
from matcher.tables.people import Helper, Resident
from matcher.tables.proof import Hours
from matcher.tables.requests import Request, Visit
from matcher.tables.versions import Promise
from matcher.types import HelperKind


@dataclass(frozen=True, slots=True)
class Asked:
    """Which areas and days are asked about, both days included."""

    areas: frozenset[str]
    since: date
    until: date


@dataclass(frozen=True, slots=True)
class VisitFact:
    """How many people a visit needs, how many have promised it, and whether somebody was there."""

    people: int
    promised: int
    served: bool


@dataclass(frozen=True, slots=True)
class ServedFact:
    """What counts of one helper's visit."""

    helper_id: str
    is_crew: bool
    minutes: int


@dataclass(frozen=True, slots=True)
class DaysFact:
    """One helper's minutes in the whole time: when they could come, and what they promised."""

    free: int
    promised: int


@dataclass(frozen=True, slots=True)
class AnswerFact:
    """What became of an offer, and after how many minutes it was answered."""

    state: str
    minutes: float | None


def visits(session: Session, asked: Asked) -> list[tuple[str, VisitFact]]:
    """By where the resident lives; what was cancelled or withdrawn is left out."""
    rows = session.exec(
        select(Visit.id, Resident.area_id, Visit.people)
        .join(Request, col(Visit.request_id) == col(Request.id))
        .join(Resident, col(Request.resident_id) == col(Resident.id))
        .where(Visit.day >= asked.since, Visit.day <= asked.until, col(Visit.cancelled_at).is_(None))
        .where(col(Request.withdrawn_at).is_(None))
    ).all()
    standing = (col(Promise.until).is_(None), Visit.day >= asked.since, Visit.day <= asked.until)
    promised = dict(
        session.exec(
            select(Promise.visit_id, func.count(func.distinct(col(Promise.helper_id))))
            .join(Visit, col(Promise.visit_id) == col(Visit.id))
            .where(*standing)
            .group_by(col(Promise.visit_id))
        ).all()
    )
    there = {visit_id for visit_id, _, minutes in _counted(session, asked) if minutes > 0}
    return [
        (area_id, VisitFact(people, promised.get(visit_id, 0), visit_id in there))
        for visit_id, area_id, people in rows
        if area_id in asked.areas
    ]


def served(session: Session, asked: Asked) -> list[tuple[str, ServedFact]]:
    """By where the resident lives."""
    lived = dict(
        session.exec(
            select(Visit.id, Resident.area_id)
            .join(Request, col(Visit.request_id) == col(Request.id))
            .join(Resident, col(Request.resident_id) == col(Resident.id))
            .where(Visit.day >= asked.since, Visit.day <= asked.until)
        ).all()
    )
    kinds = dict(session.exec(select(Helper.id, Helper.kind)).all())
    return [
        (lived[visit_id], ServedFact(helper_id, kinds[helper_id] == HelperKind.CREW, minutes))
        for visit_id, helper_id, minutes in _counted(session, asked)
        if minutes > 0 and lived.get(visit_id) in asked.areas
    ]


def borne(session: Session, asked: Asked) -> list[tuple[str, tuple[str, int]]]:
    """Each volunteer's visits with their burden, by where the volunteer lives."""
    volunteers = _living(session, asked, HelperKind.VOLUNTEER)
    return [
        (volunteers[one.helper_id], (one.helper_id, one.burden))
        for one in burdens.borne(session, asked.since, asked.until + timedelta(days=1))
        if one.helper_id in volunteers
    ]


def days(session: Session, asked: Asked) -> list[tuple[str, DaysFact]]:
    """Of everybody who may be sent, by where they start from."""
    people = _living(session, asked)
    free: dict[str, float] = dict.fromkeys(people, 0)
    zones = {area.id: areas.zone(area) for area in areas.everything(session)}
    by_zone = {zones[area_id]: [who for who, at in people.items() if zones[at] == zones[area_id]] for area_id in zones}
    for number in range((asked.until - asked.since).days + 1):
        for zone, mine in by_zone.items():
            shifts = availability.shifts(session, mine, asked.since + timedelta(days=number), zone)
            for who, spans in shifts.items():
                free[who] += sum((end - start).total_seconds() for start, end in spans) / 60
    promised: dict[str, float] = dict.fromkeys(people, 0)
    for promise in _promises(session, asked):
        if promise.helper_id in promised:
            promised[promise.helper_id] += (promise.end_at - promise.start_at).total_seconds() / 60
    return [(at, DaysFact(round(free[who]), round(promised[who]))) for who, at in people.items()]


def answers(session: Session, asked: Asked) -> list[tuple[str, AnswerFact]]:
    """Of offers that were made on these days, by where the resident lives."""
    zone = next((areas.zone(area) for area in areas.everything(session) if area.id in asked.areas), UTC)
    begin, end = (
        datetime.combine(day, time(), zone).astimezone(UTC) for day in (asked.since, asked.until + timedelta(days=1))
    )
    rows = session.exec(
        select(Offer, Resident.area_id)
        .join(Visit, col(Offer.visit_id) == col(Visit.id))
        .join(Request, col(Visit.request_id) == col(Request.id))
        .join(Resident, col(Request.resident_id) == col(Resident.id))
        .where(Offer.offered_at >= begin, Offer.offered_at < end)
    )
    return [
        (area_id, AnswerFact(offer.state, _minutes(offer.offered_at, offer.answered_at)))
        for offer, area_id in rows
        if area_id in asked.areas
    ]


def ways(session: Session, asked: Asked) -> list[tuple[str, int]]:
    """The minutes on the way to each promised visit, by where the resident lives."""
    rows = session.exec(
        select(Promise.travel_minutes, Resident.area_id)
        .join(Visit, col(Promise.visit_id) == col(Visit.id))
        .join(Request, col(Visit.request_id) == col(Request.id))
        .join(Resident, col(Request.resident_id) == col(Resident.id))
        .where(Visit.day >= asked.since, Visit.day <= asked.until)
        .where(col(Promise.until).is_(None), col(Visit.cancelled_at).is_(None))
    )
    return [(area_id, minutes) for minutes, area_id in rows if area_id in asked.areas]


def _counted(session: Session, asked: Asked) -> list[tuple[str, str, int]]:
    """Visit, helper, and the minutes that count by now."""
    rows = session.exec(
        select(Hours.visit_id, Hours.helper_id, func.sum(col(Hours.minutes)))
        .where(Hours.day >= asked.since, Hours.day <= asked.until)
        .group_by(col(Hours.visit_id), col(Hours.helper_id))
    )
    return [(visit_id, helper_id, int(minutes)) for visit_id, helper_id, minutes in rows]


def _living(session: Session, asked: Asked, kind: HelperKind | None = None) -> dict[str, str]:
    """The area of each helper who may be sent."""
    where = [] if kind is None else [Helper.kind == kind]
    rows = session.exec(select(Helper.id, Helper.area_id).where(col(Helper.is_active), *where).order_by(Helper.id))
    return {helper_id: area_id for helper_id, area_id in rows if area_id in asked.areas}


def _promises(session: Session, asked: Asked) -> list[Promise]:
    rows = session.exec(
        select(Promise)
        .join(Visit, col(Promise.visit_id) == col(Visit.id))
        .where(Visit.day >= asked.since, Visit.day <= asked.until)
        .where(col(Promise.until).is_(None), col(Visit.cancelled_at).is_(None))
    )
    return list(rows)


def _minutes(start: datetime, end: datetime | None) -> float | None:
    return None if end is None else (end - start).total_seconds() / 60
