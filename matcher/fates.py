"""What became of what a resident asked for: visit by visit, from being asked for to being done."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlmodel import Session, col, select

from matcher import attendance, rosters
from matcher.rosters import Names
from matcher.tables.offers import Offer
from matcher.tables.requests import Request, Visit
from matcher.tables.rosters import Assignment, Roster, Unassigned
from matcher.tables.services import Service
from matcher.tables.versions import Promise
from matcher.types import OfferState

PAST = timedelta(days=30)
MOST = 40


class Fate(StrEnum):
    """已申请, 已排入草稿, 已邀约, 已约定, 服务中, 已完成, 未到, 暂无人可派, 已取消."""

    ASKED = "asked"
    PLANNED = "planned"
    OFFERED = "offered"
    AGREED = "agreed"
    UNDER_WAY = "under_way"
    DONE = "done"
    MISSED = "missed"
    LEFT = "left"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Told:
    """One visit, or a request that has none yet, as the resident may be told of it."""

    request_id: str
    day: date
    service: Names
    fate: Fate
    start_at: datetime | None = None
    who: tuple[str, Names | None] | None = None
    reasons: Mapping[str, Any] | None = None


def of_resident(session: Session, resident_id: str, today: date) -> list[Told]:
    """What is to come without a day's roster yet, then the visits of the last month and to come, the latest first."""
    rows = session.exec(
        select(Visit, Service)
        .join(Request, col(Visit.request_id) == col(Request.id))
        .join(Service, col(Request.service_id) == col(Service.id))
        .where(Request.resident_id == resident_id, Visit.day >= today - PAST)
        .order_by(col(Visit.day).desc(), Visit.id)
        .limit(MOST)
    ).all()
    keys = [visit.id for visit, _ in rows]
    promised = _promised(session, keys)
    planned = _planned(session, keys, promised)
    left = dict(session.exec(_real(select(Unassigned.visit_id, Unassigned.reasons), Unassigned, keys)).all())
    called = rosters.called(
        session, {row.helper_id for row in promised.values()} | {row.helper_id for row in planned.values()}
    )
    stays = attendance.of_visits(session, keys)
    answers = _answers(session, keys)
    told = []
    for visit, service in rows:
        row = promised.get(visit.id) or planned.get(visit.id)
        pair = (visit.id, row.helper_id) if row else ("", "")
        fate = Fate.CANCELLED if visit.cancelled_at else Fate.LEFT if visit.id in left else Fate.ASKED
        if row is not None and not visit.cancelled_at:
            fate = _fate(visit.id in promised, stays.get(pair), answers.get(pair))
        who = called.get(row.helper_id) if row else None
        start = row.start_at if row else None
        told.append(Told(visit.request_id, visit.day, rosters.names(service), fate, start, who, left.get(visit.id)))
    return [*_to_come(session, resident_id, today, [visit for visit, _ in rows]), *told]


def _to_come(session: Session, resident_id: str, today: date, made: Sequence[Visit]) -> list[Told]:
    """Open requests without a visit to come: visits are made when the roster of their day is opened."""
    seen = {visit.request_id for visit in made if visit.day >= today}
    rows = session.exec(
        select(Request, Service)
        .join(Service, col(Request.service_id) == col(Service.id))
        .where(Request.resident_id == resident_id, col(Request.withdrawn_at).is_(None))
        .order_by(col(Request.day).desc(), Request.id)
    )
    open_still = [(row, service) for row, service in rows if row.id not in seen and _lasts(row, today)]
    return [Told(row.id, max(row.day, today), rosters.names(service), Fate.ASKED) for row, service in open_still]


def _lasts(row: Request, today: date) -> bool:
    return row.day >= today or (bool(row.repeat) and (row.until is None or row.until >= today))


def _fate(is_promised: bool, stay: Any, answer: str | None) -> Fate:
    if stay is not None and stay.left_at is not None:
        return Fate.DONE
    if stay is not None and stay.has_begun:
        return Fate.UNDER_WAY
    if stay is not None and stay.missed:
        return Fate.MISSED
    if not is_promised:
        return Fate.PLANNED
    return Fate.OFFERED if answer == OfferState.OFFERED else Fate.AGREED


def _promised(session: Session, keys: list[str]) -> dict[str, Promise]:
    standing = select(Promise).where(col(Promise.visit_id).in_(keys), col(Promise.until).is_(None))
    return {row.visit_id: row for row in session.exec(standing.order_by(col(Promise.id).desc()))}


def _planned(session: Session, keys: list[str], promised: Mapping[str, Promise]) -> dict[str, Assignment]:
    rest = [key for key in keys if key not in promised]
    rows = session.exec(_real(select(Assignment), Assignment, rest).order_by(col(Assignment.id).desc()))
    return {row.visit_id: row for row in rows}


def _real(statement: Any, table: Any, keys: list[str]) -> Any:
    """Of the rosters that count, not of what-if copies."""
    return statement.join(Roster, col(table.roster_id) == col(Roster.id)).where(
        col(table.visit_id).in_(keys), col(Roster.fork_of_id).is_(None)
    )


def _answers(session: Session, keys: list[str]) -> dict[tuple[str, str], str]:
    rows = session.exec(select(Offer).where(col(Offer.visit_id).in_(keys)).order_by(Offer.id))
    return {(row.visit_id, row.helper_id): row.state for row in rows}
