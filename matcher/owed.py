"""Owed (应付): what a provider's crews have earned in a period, and who pays which part of it.

What a crew charges is per visit and per hour of the agreed time, as the roster was weighed. A purse pays it whole,
within its period. Without one the resident pays, but never more than the catalogue's price; what is beyond is open, for
the office and the provider to settle.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Self

from sqlalchemy import func
from sqlmodel import Session, col, select

from matcher import areas, clock, providers
from matcher.errors import InvalidError
from matcher.rosters import Names, names
from matcher.tables.offers import Offer
from matcher.tables.people import Helper, Resident
from matcher.tables.proof import Hours
from matcher.tables.requests import Purse, Request, Visit
from matcher.tables.services import Service
from matcher.tables.versions import Promise
from matcher.types import OfferState

LONGEST = 366
"""Days of a period."""
Pair = tuple[str, str]
"""A visit and a helper."""
AGREED = (OfferState.ACCEPTED, OfferState.CHECKED_IN, OfferState.DONE, OfferState.NO_SHOW)


class Standing(StrEnum):
    """How far a visit has come towards being owed: 已服务, 待确认, 待服务, 未到."""

    SERVED = "served"
    UNCONFIRMED = "unconfirmed"
    TO_COME = "to_come"
    MISSED = "missed"


@dataclass(frozen=True, slots=True)
class Parts:
    """Fen: what is charged, and who pays it."""

    fee: int = 0
    purse: int = 0
    resident: int = 0
    open: int = 0

    def __add__(self, other: Self) -> "Parts":
        return Parts(
            self.fee + other.fee, self.purse + other.purse, self.resident + other.resident, self.open + other.open
        )


@dataclass(frozen=True, slots=True)
class Line:
    """One visit that a crew has agreed to."""

    visit_id: str
    helper_id: str
    crew: str
    day: date
    start: datetime
    end: datetime
    minutes: int
    """As agreed; what is charged goes by it."""
    service: Names
    resident: str
    purse: str | None
    standing: Standing
    parts: Parts


@dataclass(frozen=True, slots=True)
class Statement:
    """A provider's period: its visits in order of time, and the sums of those that were served."""

    since: date
    until: date
    lines: tuple[Line, ...]
    total: Parts
    by_crew: tuple[tuple[str, int, Parts], ...]
    """Name, visits and parts."""
    by_purse: tuple[tuple[str, int, int], ...]
    """Name, visits and what the purse pays."""

    def count(self, standing: Standing) -> int:
        return sum(line.standing is standing for line in self.lines)


def fee(helper: Helper, minutes: int) -> int:
    """What a crew charges for a visit of so many minutes, in fen."""
    return helper.visit_fee + helper.hour_fee * minutes // 60


def parts(charged: int, price: int, people: int, *, has_purse: bool) -> Parts:
    """Who pays what is charged; `price` is the catalogue's for the visit, shared among the people it needs."""
    if has_purse:
        return Parts(charged, purse=charged)
    resident = min(charged, price // people)
    return Parts(charged, resident=resident, open=charged - resident)


def of_provider(session: Session, provider_id: str, since: date, until: date) -> Statement:
    """Both days included. UnknownError: no such provider. InvalidError: the days run backward, or are too many."""
    if until < since:
        raise InvalidError(f"{until} is before {since}.", field="until")
    if (until - since).days >= LONGEST:
        raise InvalidError(f"The days are more than {LONGEST}.", cure="Ask for a year at most.", field="until")
    lines = _lines(session, provider_id, since, until)
    served = [line for line in lines if line.standing is Standing.SERVED]
    by_crew: dict[tuple[str, str], list[Line]] = defaultdict(list)
    by_purse: dict[str, list[Line]] = defaultdict(list)
    for line in served:
        by_crew[line.crew, line.helper_id].append(line)
        if line.purse is not None:
            by_purse[line.purse].append(line)
    return Statement(
        since=since,
        until=until,
        lines=tuple(lines),
        total=total(served),
        by_crew=tuple((crew, len(mine), total(mine)) for (crew, _), mine in sorted(by_crew.items())),
        by_purse=tuple((purse, len(paid), total(paid).purse) for purse, paid in sorted(by_purse.items())),
    )


def total(lines: Iterable[Line]) -> Parts:
    return sum((line.parts for line in lines), Parts())


def _lines(session: Session, provider_id: str, since: date, until: date) -> list[Line]:
    today = clock.now().astimezone(areas.zone(areas.get(session, providers.get(session, provider_id).area_id))).date()
    helpers = {helper.id: helper for _, helper in providers.crews(session, provider_id)}
    rows = session.exec(
        select(Promise, Visit, Request, Service)
        .join(Visit, col(Promise.visit_id) == col(Visit.id))
        .join(Request, col(Visit.request_id) == col(Request.id))
        .join(Service, col(Request.service_id) == col(Service.id))
        .where(col(Promise.helper_id).in_(list(helpers)), col(Promise.until).is_(None))
        .where(Visit.day >= since, Visit.day <= until, col(Visit.cancelled_at).is_(None))
        .order_by(col(Promise.start_at), Promise.id)
    ).all()
    agreed, served = _agreed(session, list(helpers), since, until), _served(session, list(helpers), since, until)
    purses = {purse.id: purse for purse in session.exec(select(Purse))}
    lived = {request.resident_id for _, _, request, _ in rows}
    called = dict(session.exec(select(Resident.id, Resident.name).where(col(Resident.id).in_(sorted(lived)))).all())
    found: dict[Pair, Line] = {}
    for promise, visit, request, service in rows:
        helper, pair = helpers[promise.helper_id], (visit.id, promise.helper_id)
        if pair not in agreed:
            continue
        purse = _pays(purses.get(request.purse_id or ""), visit.day)
        found[pair] = Line(
            visit_id=visit.id,
            helper_id=helper.id,
            crew=helper.name,
            day=visit.day,
            start=promise.start_at,
            end=promise.end_at,
            minutes=visit.minutes,
            service=names(service),
            resident=called[request.resident_id],
            purse=purse,
            standing=_standing(visit.day, today, agreed[pair], served.get(pair, 0)),
            parts=parts(fee(helper, visit.minutes), service.price, visit.people, has_purse=purse is not None),
        )
    return list(found.values())


def _agreed(session: Session, helper_ids: list[str], since: date, until: date) -> dict[Pair, str]:
    """What crews have said yes to, and what has become of it."""
    rows = session.exec(
        select(Offer.visit_id, Offer.helper_id, Offer.state)
        .join(Visit, col(Offer.visit_id) == col(Visit.id))
        .where(col(Offer.helper_id).in_(helper_ids), col(Offer.state).in_(AGREED))
        .where(Visit.day >= since, Visit.day <= until)
    )
    return {(visit_id, helper_id): state for visit_id, helper_id, state in rows}


def _served(session: Session, helper_ids: list[str], since: date, until: date) -> dict[Pair, int]:
    """Minutes that count."""
    rows = session.exec(
        select(Hours.visit_id, Hours.helper_id, func.sum(col(Hours.minutes)))
        .where(col(Hours.helper_id).in_(helper_ids), Hours.day >= since, Hours.day <= until)
        .group_by(col(Hours.visit_id), col(Hours.helper_id))
    )
    return {(visit_id, helper_id): int(minutes) for visit_id, helper_id, minutes in rows}


def _pays(purse: Purse | None, day: date) -> str | None:
    """The name of a purse that pays on this day."""
    return purse.name if purse is not None and purse.first_day <= day <= purse.last_day else None


def _standing(day: date, today: date, state: str, minutes: int) -> Standing:
    if minutes > 0:
        return Standing.SERVED
    if state == OfferState.NO_SHOW:
        return Standing.MISSED
    return Standing.TO_COME if day >= today else Standing.UNCONFIRMED
