"""Burdens (负担): how heavy each visit was on whoever made it, and what each helper carries over from day to day.

A visit is a burden by its service (0 to 5 in the catalogue), and one point more each if it is in the evening, far, or
unpopular. Per day and roster, everybody who served is held against the mean of those who served: who bore more carries
the difference over, who bore less is owed it. Whoever did not serve, declined fairly or was on leave changes nothing.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from sqlalchemy import case, func
from sqlmodel import Session, col, select

from matcher import areas, attendance
from matcher.tables.areas import Area
from matcher.tables.offers import Offer
from matcher.tables.proof import Attendance
from matcher.tables.requests import Request, Visit
from matcher.tables.rosters import Roster
from matcher.tables.services import Service
from matcher.tables.versions import Promise
from matcher.types import AttendanceKind, OfferState

HEAVY = 3
"""The least burden of a service that a statement calls heavy."""
EVENING = time(18)
FAR = 15
"""Minutes on the way to a visit beyond which it is far."""
WINDOW = timedelta(days=28)
"""What is longer ago is forgotten."""
MOST = 20
"""The most points that anybody carries, or is owed."""
ASKED, LOOKED_BACK = 5, timedelta(days=90)
"""A service is unpopular if a third of at least five answers in these days were declines."""
ANSWERS = (OfferState.ACCEPTED, OfferState.CHECKED_IN, OfferState.DONE, OfferState.NO_SHOW, OfferState.DECLINED)


@dataclass(frozen=True, slots=True)
class Borne:
    """One visit that a helper made, and what made it heavy."""

    helper_id: str
    visit_id: str
    roster_id: str
    day: date
    minutes: int
    heavy: int
    evening: bool
    far: bool
    unpopular: bool

    @property
    def burden(self) -> int:
        return self.heavy + self.evening + self.far + self.unpopular


def borne(session: Session, since: date, before: date, helper_ids: Collection[str] | None = None) -> list[Borne]:
    """Visits from `since` up to but not on `before` that were promised and not missed, in order of day."""
    who = () if helper_ids is None else (col(Promise.helper_id).in_(sorted(helper_ids)),)
    rows = session.exec(
        select(Promise, Visit, Service, Area)
        .join(Visit, col(Promise.visit_id) == col(Visit.id))
        .join(Request, col(Visit.request_id) == col(Request.id))
        .join(Service, col(Request.service_id) == col(Service.id))
        .join(Roster, col(Promise.roster_id) == col(Roster.id))
        .join(Area, col(Roster.area_id) == col(Area.id))
        .where(
            Visit.day >= since,
            Visit.day < before,
            col(Promise.until).is_(None),
            col(Visit.cancelled_at).is_(None),
            *who,
        )
        .order_by(col(Visit.day), Promise.id)
    ).all()
    shunned, missed = unpopular(session, before), _missed(session, since, before)
    return [
        Borne(
            helper_id=promise.helper_id,
            visit_id=promise.visit_id,
            roster_id=promise.roster_id,
            day=visit.day,
            minutes=int((promise.end_at - promise.start_at).total_seconds() // 60),
            heavy=service.burden,
            evening=is_evening(promise.start_at, areas.zone(area)),
            far=promise.travel_minutes > FAR,
            unpopular=service.id in shunned,
        )
        for promise, visit, service, area in rows
        if (promise.visit_id, promise.helper_id) not in missed
    ]


def carried(session: Session, day: date) -> Mapping[str, int]:
    """What helpers carry into a day, in points: more than their share, or (below nothing) what they are owed."""
    balances: dict[str, int] = defaultdict(int)
    by_roster: dict[tuple[date, str], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for one in borne(session, day - WINDOW, day):
        by_roster[one.day, one.roster_id][one.helper_id] += one.burden
    for _, mine in sorted(by_roster.items()):
        share = sum(mine.values()) / len(mine)
        for helper_id, burden in mine.items():
            balances[helper_id] = max(-MOST, min(MOST, balances[helper_id] + round(burden - share)))
    return {helper_id: balance for helper_id, balance in sorted(balances.items()) if balance}


class Weighing:
    """How heavy the visits of a day are, and what everybody brings along; read once."""

    def __init__(self, session: Session, day: date) -> None:
        self.session, self.day = session, day

    @cached_property
    def balances(self) -> Mapping[str, int]:
        return carried(self.session, self.day)

    @cached_property
    def shunned(self) -> set[str]:
        return unpopular(self.session, self.day)

    def visit(self, visit: Visit, service: Service) -> int:
        """In points, as far as it is known before anybody is sent: an evening visit can only start in the evening."""
        evening = all(time.fromisoformat(window["start"]) >= EVENING for window in visit.windows)
        return service.burden + evening + (service.id in self.shunned)

    def helpers(self, bases: Mapping[str, int]) -> dict[str, int]:
        """What each helper carries, beside what the office says they do: never below nothing, for those who are owed
        most stand at nothing and all others as far above."""
        sums = {helper_id: base + self.balances.get(helper_id, 0) for helper_id, base in bases.items()}
        least = min([0, *sums.values()])
        return {helper_id: points - least for helper_id, points in sums.items()}


def unpopular(session: Session, day: date) -> set[str]:
    """Services that many of those who were asked before this day declined."""
    declined = func.sum(case((col(Offer.state) == OfferState.DECLINED, 1), else_=0))
    rows = session.exec(
        select(col(Request.service_id), func.count(), declined)
        .select_from(Offer)
        .join(Visit, col(Offer.visit_id) == col(Visit.id))
        .join(Request, col(Visit.request_id) == col(Request.id))
        .where(col(Offer.state).in_(ANSWERS), Visit.day >= day - LOOKED_BACK, Visit.day < day)
        .group_by(col(Request.service_id))
    )
    return {service_id for service_id, asked, no in rows if asked >= ASKED and 3 * no >= asked}


def is_evening(moment: datetime, zone: ZoneInfo) -> bool:
    return moment.astimezone(zone).time() >= EVENING


def _missed(session: Session, since: date, before: date) -> set[tuple[str, str]]:
    """Visits and helpers who did not come."""
    noted = session.exec(
        select(Attendance.visit_id)
        .join(Visit, col(Attendance.visit_id) == col(Visit.id))
        .where(Attendance.kind == AttendanceKind.NO_SHOW, Visit.day >= since, Visit.day < before)
    )
    stays = attendance.of_visits(session, set(noted))
    return {pair for pair, stay in stays.items() if stay.missed}
