"""Visits: the dated occurrences of requests, made for a day when its roster is opened."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, or_, select

from matcher import clock
from matcher.keys import new_key
from matcher.tables.people import Resident
from matcher.tables.requests import Request, Visit
from matcher.tables.rosters import Assignment

INSERTS: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


def falls_on(request: Request, day: date) -> bool:
    """Whether the request asks for a visit on this day."""
    if request.withdrawn_at is not None or day < request.day or (request.until is not None and day > request.until):
        return False
    if not request.repeat:
        return day == request.day
    if day.weekday() not in request.repeat["weekdays"]:
        return False
    weeks = (day.toordinal() - day.weekday() - request.day.toordinal() + request.day.weekday()) // 7
    return bool(weeks % int(request.repeat.get("every_weeks", 1)) == 0)


def make(session: Session, day: date) -> int:
    """Make the visits that requests ask for on a day and that are not there yet; how many came.

    In order of the requests, so that two who make the same day at once wait for one another instead of locking up.
    """
    asked = select(Request).where(
        Request.day <= day,
        or_(col(Request.until).is_(None), col(Request.until) >= day),
        col(Request.withdrawn_at).is_(None),
    )
    asked = asked.order_by(Request.id)
    there = set(session.exec(select(Visit.request_id).where(Visit.day == day)))
    rows = [
        {
            "id": new_key("vis"),
            "request_id": request.id,
            "day": day,
            "windows": request.windows,
            "minutes": request.minutes,
            "people": request.people,
            "priority": request.priority,
            "cancelled_at": None,
        }
        for request in session.exec(asked)
        if request.id not in there and falls_on(request, day)
    ]
    if not rows:
        return 0
    table: Table = Visit.__table__  # type: ignore[attr-defined]
    statement = INSERTS[session.get_bind().dialect.name](table).on_conflict_do_nothing().returning(table.c.id)
    return len(session.connection().execute(statement, rows).all())


def follow(session: Session, request_ids: Sequence[str], today: date) -> None:
    """Visits from today on follow their changed requests; one that is no longer asked for goes, or is cancelled where
    somebody was assigned to it."""
    for begin in range(0, len(request_ids), 500):
        some = request_ids[begin : begin + 500]
        asked = {row.id: row for row in session.exec(select(Request).where(col(Request.id).in_(some)))}
        made = session.exec(select(Visit).where(col(Visit.request_id).in_(some), Visit.day >= today)).all()
        staffed = set(
            session.exec(select(Assignment.visit_id).where(col(Assignment.visit_id).in_([visit.id for visit in made])))
        )
        for visit in made:
            request = asked[visit.request_id]
            if falls_on(request, visit.day):
                visit.windows, visit.minutes = request.windows, request.minutes
                visit.people, visit.priority = request.people, request.priority
                visit.cancelled_at = None
            elif visit.id in staffed:
                visit.cancelled_at = clock.now()
            else:
                session.delete(visit)
    session.flush()


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
