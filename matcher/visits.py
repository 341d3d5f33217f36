"""Visits: the dated occurrences of requests, made for a day when its roster is opened."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import Table, insert
from sqlmodel import Session, col, or_, select

from matcher.keys import new_key
from matcher.tables.people import Resident
from matcher.tables.requests import Request, Visit


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
    """Make the visits that requests ask for on a day and that are not there yet; how many came."""
    asked = select(Request).where(
        Request.day <= day,
        or_(col(Request.until).is_(None), col(Request.until) >= day),
        col(Request.withdrawn_at).is_(None),
    )
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
    if rows:
        table: Table = Visit.__table__  # type: ignore[attr-defined]
        session.connection().execute(insert(table), rows)
    return len(rows)


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
