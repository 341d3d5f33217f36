"""Requests: what residents ask for, once or repeating, themselves or through somebody else."""

from collections.abc import Mapping, Sequence
from datetime import date, time
from typing import Any

from sqlmodel import Session

from matcher import areas, clock, registers, visits
from matcher.errors import ConflictError, InvalidError
from matcher.keys import new_key
from matcher.pages import Page, one, page
from matcher.tables.people import Resident
from matcher.tables.requests import Purse, Request
from matcher.tables.services import Service

MOST_WEEKS = 52


def take(session: Session, values: Mapping[str, Any]) -> Request:
    """Store a request; what it leaves open (minutes, people) is the service's. InvalidError names the field."""
    registers.must_exist(session, Resident, values["resident_id"], "resident_id")
    service = registers.must_exist(session, Service, values["service_id"], "service_id")
    whole = dict(values)
    whole["minutes"] = values.get("minutes") or service.minutes
    whole["people"] = values.get("people") or service.people
    _check(session, whole)
    request = Request(id=new_key("req"), taken_at=clock.now(), **whole)
    taken = registers.add(session, request, "request")
    visits.appear(session, taken, _today(session, taken))
    return taken


def change(session: Session, request_id: str, values: Mapping[str, Any]) -> Request:
    """Change an open request; visits that are still to come change along. ConflictError: it was withdrawn."""
    before = get(session, request_id)
    if before.withdrawn_at is not None:
        raise ConflictError("The request was withdrawn.", cure="Take a new one.")
    if values.get("together_with_id") == request_id:
        raise InvalidError("A request does not start together with itself.", field="together_with_id")
    _check(session, {**before.model_dump(), **values})
    request = registers.change(session, Request, request_id, values, "request")
    visits.follow(session, [request_id], _today(session, request))
    return request


def withdraw(session: Session, request_id: str) -> Request:
    """Take a request back, with its visits to come; doing so twice changes nothing."""
    request = get(session, request_id)
    if request.withdrawn_at is None:
        request = registers.change(session, Request, request_id, {"withdrawn_at": clock.now()}, "request")
        visits.follow(session, [request_id], _today(session, request))
    return request


def get(session: Session, request_id: str) -> Request:
    return one(session, Request, request_id, "request")


def listed(
    session: Session,
    *,
    after: str | None = None,
    limit: int = 50,
    resident_id: str | None = None,
    day: date | None = None,
) -> Page[Request]:
    where: list[Any] = []
    if resident_id is not None:
        where.append(Request.resident_id == resident_id)
    if day is not None:
        where.append(Request.day == day)
    return page(session, Request, after=after, limit=limit, where=where)


def _today(session: Session, request: Request) -> date:
    """On the calendar of the area in which the resident lives."""
    resident = one(session, Resident, request.resident_id, "resident")
    return clock.now().astimezone(areas.zone(areas.get(session, resident.area_id))).date()


def _check(session: Session, values: Mapping[str, Any]) -> None:
    _check_windows(values["windows"], values["minutes"])
    if values.get("until") is not None and values["until"] < values["day"]:
        raise InvalidError(f"The last day {values['until']} is before the first, {values['day']}.", field="until")
    if values.get("repeat"):
        _check_repeat(values["repeat"])
    if values.get("gender_required") and values.get("gender") is None:
        raise InvalidError("A gender is required, and none is named.", cure="Name it.", field="gender")
    if values.get("purse_id") is not None:
        registers.must_exist(session, Purse, values["purse_id"], "purse_id")
    if values.get("together_with_id") is not None:
        registers.must_exist(session, Request, values["together_with_id"], "together_with_id")


def _check_repeat(repeat: Mapping[str, Any]) -> None:
    weekdays, every = repeat["weekdays"], repeat.get("every_weeks", 1)
    if not weekdays or not set(weekdays) <= set(range(7)):
        raise InvalidError(f"The weekdays are {weekdays}; Monday is 0 and Sunday 6.", field="repeat.weekdays")
    if not 1 <= every <= MOST_WEEKS:
        raise InvalidError(f"every_weeks is {every}; it must be from 1 to {MOST_WEEKS}.", field="repeat.every_weeks")


def _check_windows(windows: Sequence[Mapping[str, str]], minutes: int) -> None:
    if not windows:
        raise InvalidError("There is no window.", cure="Say from when to when the visit suits.", field="windows")
    for number, window in enumerate(windows):
        start, end = time.fromisoformat(window["start"]), time.fromisoformat(window["end"])
        span = (end.hour - start.hour) * 60 + end.minute - start.minute
        field = f"windows.{number}"
        if span <= 0:
            raise InvalidError(f"The window ends at {end:%H:%M}, not after its start at {start:%H:%M}.", field=field)
        if span < minutes:
            sentence = f"The window {start:%H:%M} to {end:%H:%M} is shorter than the {minutes} minutes of the visit."
            raise InvalidError(sentence, cure="Widen it.", field=field)
