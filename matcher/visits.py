"""Visits: the dated occurrences of requests, made for a day when its roster is opened."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlmodel import Session, and_, col, or_, select

from matcher import areas, clock, concerned, holidays
from matcher.database import insert_new
from matcher.keys import new_key
from matcher.tables.notices import SpecialDay
from matcher.tables.offers import Offer
from matcher.tables.people import Resident
from matcher.tables.requests import Request, Visit
from matcher.tables.rosters import Assignment, Roster
from matcher.tables.services import Service
from matcher.tables.versions import Promise

FRIDAY = 4
WEEK = frozenset(range(FRIDAY + 1))
"""Monday to Friday: who asks for all of them on workdays asks for make-up days (调休) too."""


class Workdays:
    """Whether people work on a day where a request's resident lives: what was read is kept."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._lives: dict[str, str] = {}
        self._known: dict[tuple[str, date], bool] = {}

    def __call__(self, request: Request, day: date) -> bool:
        if request.id not in self._lives:
            self._lives |= _communities(self._session, [request])
        place = (self._lives[request.id], day)
        if place not in self._known:
            self._known[place] = holidays.is_workday(self._session, *place)
        return self._known[place]


def falls_on(request: Request, day: date, workdays: Callable[[Request, date], bool]) -> bool:
    """Whether the request asks for a visit on this day. `workdays` is asked only where the request heeds them."""
    if request.withdrawn_at is not None or day < request.day or (request.until is not None and day > request.until):
        return False
    if not request.repeat:
        return day == request.day
    if day.isoformat() in request.repeat.get("without", ()):
        return False
    if day.isoformat() in request.repeat.get("also", ()):
        return True
    weekdays = set(request.repeat["weekdays"])
    if request.repeat.get("workdays"):
        made_up = day.weekday() > FRIDAY and weekdays >= WEEK
        if not (made_up or day.weekday() in weekdays) or not workdays(request, day):
            return False
    elif day.weekday() not in weekdays:
        return False
    weeks = (day.toordinal() - day.weekday() - request.day.toordinal() + request.day.weekday()) // 7
    return bool(weeks % int(request.repeat.get("every_weeks", 1)) == 0)


def make(session: Session, day: date) -> int:
    """Make the visits that requests ask for on a day and that are not there yet; how many came.

    In order of the requests, so that two who make the same day at once wait for one another instead of locking up.
    """
    asked = select(Request).where(
        or_(Request.day == day, and_(Request.day < day, col(Request.repeat).is_not(None))),
        or_(col(Request.until).is_(None), col(Request.until) >= day),
        col(Request.withdrawn_at).is_(None),
    )
    asked = asked.order_by(Request.id)
    there = set(session.exec(select(Visit.request_id).where(Visit.day == day)))
    workdays = Workdays(session)
    wanted = (request for request in session.exec(asked).all() if request.id not in there)
    rows = [_visit(request, day) for request in wanted if falls_on(request, day, workdays)]
    if not rows:
        return 0
    return len(session.connection().execute(insert_new(session, Visit).returning(Visit.id), rows).all())


def _visit(request: Request, day: date) -> dict[str, Any]:
    return {
        "id": new_key("vis"),
        "request_id": request.id,
        "day": day,
        "windows": request.windows,
        "minutes": request.minutes,
        "people": request.people,
        "priority": request.priority,
        "cancelled_at": None,
    }


def appear(session: Session, request: Request, today: date, last: date | None = None) -> None:
    """A new request is seen at once in every roster that is open already, and whoever is solving one hears of it."""
    community = _communities(session, [request])[request.id]
    covering = [community, *areas.enclosing(session, community)]
    opened = session.exec(select(col(Roster.day)).where(col(Roster.area_id).in_(covering), Roster.day >= today)).all()
    workdays = Workdays(session)
    days = [day for day in sorted(set(opened)) if (last is None or day <= last) and falls_on(request, day, workdays)]
    concerned.by_visits(session, {(community, day) for day in days})
    for day in days:
        session.connection().execute(insert_new(session, Visit), [_visit(request, day)])


def declare(session: Session, area_id: str, day: date, *, is_workday: bool, name: str = "") -> SpecialDay:
    """Say that a day is a workday or a day off in an area; visits of requests that heed workdays follow.

    UnknownError: no such area."""
    said = holidays.say(session, area_id, day, is_workday, name)
    _heed(session, area_id, day)
    return said


def undeclare(session: Session, area_id: str, day: date) -> None:
    """It is again what it is in the whole country. UnknownError: nothing was said of this day."""
    holidays.unsay(session, area_id, day)
    _heed(session, area_id, day)


def _heed(session: Session, area_id: str, day: date) -> None:
    """Visits of this day that are made already go, come back or are made, as it is a workday or not."""
    session.flush()
    if day < clock.now().astimezone(areas.zone(areas.get(session, area_id))).date():
        return
    mine = select(Request).join(Resident).where(col(Resident.area_id).in_(areas.subtree(session, area_id)))
    open_still = mine.where(col(Request.repeat).is_not(None), col(Request.withdrawn_at).is_(None), Request.day <= day)
    heeding = [row for row in session.exec(open_still.order_by(Request.id)) if (row.repeat or {}).get("workdays")]
    there = set(session.exec(select(Visit.request_id).where(Visit.day == day)))
    follow(session, [row.id for row in heeding], day)
    for row in heeding:
        if row.id not in there:
            appear(session, row, day, day)


def follow(session: Session, request_ids: Sequence[str], today: date) -> None:
    """Visits from today on follow their changed requests; one that is no longer asked for goes, or is cancelled where
    somebody was assigned to it. Rosters of those days move on, so that a run that is under way does not store a plan
    for what is no more."""
    workdays = Workdays(session)
    for begin in range(0, len(request_ids), 500):
        some = request_ids[begin : begin + 500]
        asked = {row.id: row for row in session.exec(select(Request).where(col(Request.id).in_(some)))}
        made = session.exec(select(Visit).where(col(Visit.request_id).in_(some), Visit.day >= today)).all()
        changed = [visit for visit in made if _differs(visit, asked[visit.request_id], workdays)]
        if changed:
            communities = _communities(session, asked.values())
            concerned.by_visits(session, {(communities[visit.request_id], visit.day) for visit in changed})
            _follow(session, changed, asked, workdays)
    session.flush()


def _differs(visit: Visit, request: Request, workdays: Workdays) -> bool:
    if not falls_on(request, visit.day, workdays):
        return visit.cancelled_at is None
    stands = (visit.windows, visit.minutes, visit.people, visit.priority, visit.cancelled_at)
    return stands != (request.windows, request.minutes, request.people, request.priority, None)


def _communities(session: Session, asked: Iterable[Request]) -> dict[str, str]:
    """Where each request's resident lives."""
    residents = {request.id: request.resident_id for request in asked}
    wanted = sorted(set(residents.values()))
    lives = dict(session.exec(select(Resident.id, Resident.area_id).where(col(Resident.id).in_(wanted))).all())
    return {request_id: lives[resident_id] for request_id, resident_id in residents.items()}


def _follow(session: Session, visits: Sequence[Visit], asked: Mapping[str, Request], workdays: Workdays) -> None:
    ids = [visit.id for visit in visits]
    staffed = {
        visit_id
        for table in (Assignment, Promise, Offer)
        for visit_id in session.exec(select(table.visit_id).where(col(table.visit_id).in_(ids)))
    }
    for visit in visits:
        request = asked[visit.request_id]
        if falls_on(request, visit.day, workdays):
            visit.windows, visit.minutes = request.windows, request.minutes
            visit.people, visit.priority = request.people, request.priority
            visit.cancelled_at = None
        elif visit.id in staffed:
            visit.cancelled_at = clock.now()
        else:
            session.delete(visit)


def cancel(session: Session, visit_id: str) -> None:
    """One visit falls away, whatever becomes of the other visits of its request."""
    visit = session.exec(select(Visit).where(Visit.id == visit_id)).one()
    request = session.exec(select(Request).where(Request.id == visit.request_id)).one()
    concerned.by_visits(session, {(_communities(session, [request])[request.id], visit.day)})
    visit = session.exec(select(Visit).where(Visit.id == visit_id)).one()
    visit.cancelled_at = clock.now()
    session.add(visit)
    session.flush()


def title(service: Service, resident: Resident) -> str:
    """What people call a visit."""
    return f"{service.name}（{resident.name}）"


def titles(session: Session, visit_ids: Sequence[str]) -> dict[str, str]:
    """What people call these visits, whether they are still wanted or not."""
    found = session.exec(
        select(Visit.id, Service, Resident)
        .join(Request, col(Visit.request_id) == col(Request.id))
        .join(Resident, col(Request.resident_id) == col(Resident.id))
        .join(Service, col(Request.service_id) == col(Service.id))
        .where(col(Visit.id).in_(visit_ids))
    )
    return {visit_id: title(service, resident) for visit_id, service, resident in found}


def of_day(session: Session, day: date, area_ids: Sequence[str]) -> list[tuple[Visit, Request]]:
    """The visits to staff on a day for residents of these areas, with the requests behind them, in order of id."""
    found = session.exec(
        select(Visit, Request)
        .join(Request, col(Visit.request_id) == col(Request.id))
        .join(Resident, col(Request.resident_id) == col(Resident.id))
        .where(
            Visit.day == day,
            col(Visit.cancelled_at).is_(None),
            col(Request.withdrawn_at).is_(None),
            col(Resident.area_id).in_(area_ids),
        )
        .order_by(Visit.id)
    )
    return [(visit, request) for visit, request in found]
