"""Crews (班组) at work: what a provider is asked, what became of it, and whose day looks how.

Who lives behind a door, and where it is, is told once the crew has agreed, and not before.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import ColumnElement, case, func
from sqlmodel import Session, col, select

from matcher import areas, availability, clock, providers
from matcher.database import seconds_now
from matcher.owed import fee
from matcher.rosters import Names, names
from matcher.tables.offers import Offer
from matcher.tables.people import Crew, Resident
from matcher.tables.requests import Request, Visit
from matcher.tables.services import Service
from matcher.tables.versions import Promise
from matcher.types import OfferState

HELD = (OfferState.ACCEPTED, OfferState.CHECKED_IN, OfferState.DONE, OfferState.NO_SHOW)
"""Agreed to, whatever came of it."""
GONE = (OfferState.DECLINED, OfferState.LAPSED, OfferState.WITHDRAWN)
REMEMBERED = timedelta(days=3)
"""How long a provider sees what it no longer has."""
SHOWN = 50
DAYS_AHEAD = 14


@dataclass(frozen=True, slots=True)
class Door:
    """Who is visited, and where."""

    resident: str
    address: str
    phone: str
    note: str


@dataclass(frozen=True, slots=True)
class Asked:
    """One visit that a crew is or was asked to make."""

    offer_id: str
    visit_id: str
    helper_id: str
    crew: str
    state: OfferState
    is_open: bool
    """Several providers were asked at once; the first who accepts has it."""
    due: datetime
    reason: str
    day: date
    start: datetime
    end: datetime
    service: Names
    community: Names
    people: int
    fee: int
    """Fen."""
    door: Door | None
    """None until the crew has agreed."""
    taken: bool
    """Whether somebody has promised the visit by now."""


@dataclass(frozen=True, slots=True)
class CrewDay:
    """One crew's day: when it can come, and where it goes."""

    helper_id: str
    name: str
    members: int
    shifts: tuple[tuple[datetime, datetime], ...]
    visits: tuple[Asked, ...]


def waiting(session: Session, provider_id: str) -> list[Asked]:
    """What waits for the provider's answer, the most urgent first."""
    in_time = (col(Offer.state) == OfferState.OFFERED, col(Offer.due) > seconds_now(session))
    found = _asked(session, provider_id, *in_time, col(Visit.cancelled_at).is_(None), by=(col(Offer.due), Offer.id))
    return sorted(found, key=lambda line: (line.due.replace(second=0, microsecond=0), line.start))


def gone(session: Session, provider_id: str) -> list[Asked]:
    """What the provider lately declined, lost to somebody faster, or did not answer; the newest first."""
    lately = col(Offer.answered_at) >= clock.now() - REMEMBERED
    asked_again = (col(Offer.state) == OfferState.WITHDRAWN) & col(Offer.followed)
    newest = (col(Offer.answered_at).desc(), col(Offer.id).desc())
    return _asked(session, provider_id, lately, col(Offer.state).in_(GONE), ~asked_again, by=newest, limit=SHOWN)


def named(session: Session, provider_id: str, offer_ids: Collection[str]) -> list[Asked]:
    """These offers, as far as they are the provider's."""
    return _asked(session, provider_id, col(Offer.id).in_(sorted(offer_ids)), by=(col(Offer.start_at), Offer.id))


def days(session: Session, provider_id: str) -> list[tuple[date, int]]:
    """The days to come for which crews are asked or have agreed, with the visits that they have agreed to."""
    today = clock.now().astimezone(areas.zone(areas.get(session, providers.get(session, provider_id).area_id))).date()
    found = session.exec(
        select(col(Visit.day), func.sum(case((col(Offer.state).in_(HELD), 1), else_=0)))
        .join(Offer, col(Offer.visit_id) == col(Visit.id))
        .where(_of(provider_id), col(Offer.state).in_((OfferState.OFFERED, *HELD)))
        .where(Visit.day >= today, col(Visit.cancelled_at).is_(None))
        .group_by(col(Visit.day))
        .order_by(col(Visit.day))
        .limit(DAYS_AHEAD)
    )
    return [(day, int(count)) for day, count in found]


def day(session: Session, provider_id: str, on: date) -> list[CrewDay]:
    """Every crew's day, also of those who go nowhere."""
    zone = areas.zone(areas.get(session, providers.get(session, provider_id).area_id))
    agreed = (Visit.day == on, col(Offer.state).in_(HELD), col(Visit.cancelled_at).is_(None))
    mine: dict[str, list[Asked]] = defaultdict(list)
    for line in _asked(session, provider_id, *agreed, by=(col(Offer.start_at), Offer.id)):
        mine[line.helper_id].append(line)
    sent = [(crew, helper) for crew, helper in providers.crews(session, provider_id) if helper.is_active]
    sent.sort(key=lambda one: (one[0].number or "~", one[1].name))
    shifts = availability.shifts(session, [helper.id for _, helper in sent], on, zone)
    return [
        CrewDay(helper.id, helper.name, crew.members, tuple(shifts.get(helper.id, ())), tuple(mine[helper.id]))
        for crew, helper in sent
    ]


def pulse(session: Session, provider_id: str) -> str:
    """Changes whenever something that the provider is asked has changed; one small query, for pages that look often."""
    recent = (_of(provider_id), col(Offer.start_at) >= clock.now() - timedelta(days=1))
    rows = session.exec(
        select(Offer.state, func.count(), func.max(col(Offer.answered_at)), func.max(col(Offer.offered_at)))
        .where(*recent)
        .group_by(col(Offer.state))
        .order_by(col(Offer.state))
    ).all()
    over = select(func.count()).where(
        *recent, Offer.state == OfferState.OFFERED, col(Offer.due) <= seconds_now(session)
    )
    told = [*map(tuple, rows), session.exec(over).one()]
    return sha256(repr(told).encode()).hexdigest()[:16]


def _of(provider_id: str) -> ColumnElement[bool]:
    return col(Offer.helper_id).in_(select(Crew.helper_id).where(Crew.provider_id == provider_id))


def _asked(session: Session, provider_id: str, *where: Any, by: Sequence[Any], limit: int | None = None) -> list[Asked]:
    rows = session.exec(
        select(Offer, Visit, Request, Service)
        .join(Visit, col(Offer.visit_id) == col(Visit.id))
        .join(Request, col(Visit.request_id) == col(Request.id))
        .join(Service, col(Request.service_id) == col(Service.id))
        .where(_of(provider_id), *where)
        .order_by(*by)
        .limit(limit)
    ).all()
    helpers = {helper.id: helper for _, helper in providers.crews(session, provider_id)}
    places = {area.id: names(area) for area in areas.everything(session)}
    taken = _promised(session, {offer.visit_id for offer, *_ in rows})
    lived = {request.resident_id for _, _, request, _ in rows}
    residents = {row.id: row for row in session.exec(select(Resident).where(col(Resident.id).in_(sorted(lived))))}
    return [
        Asked(
            offer_id=offer.id,
            visit_id=offer.visit_id,
            helper_id=offer.helper_id,
            crew=helpers[offer.helper_id].name,
            state=OfferState(offer.state),
            is_open=offer.is_open,
            due=datetime.fromtimestamp(offer.due, UTC),
            reason=offer.reason,
            day=visit.day,
            start=offer.start_at,
            end=offer.end_at,
            service=names(service),
            community=places[residents[request.resident_id].area_id],
            people=visit.people,
            fee=fee(helpers[offer.helper_id], visit.minutes),
            door=_door(offer, request, residents[request.resident_id]),
            taken=offer.visit_id in taken,
        )
        for offer, visit, request, service in rows
    ]


def _door(offer: Offer, request: Request, resident: Resident) -> Door | None:
    if offer.state not in HELD:
        return None
    return Door(resident.name, resident.address, resident.phone, request.note)


def _promised(session: Session, visit_ids: Collection[str]) -> set[str]:
    """Visits that somebody has promised to make."""
    stands = (col(Promise.visit_id).in_(sorted(visit_ids)), col(Promise.until).is_(None))
    return set(session.exec(select(Promise.visit_id).where(*stands)))
