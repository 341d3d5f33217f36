"""When helpers can come, and when they cannot."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from pydantic import Field

from api.doors import Reading, Shape, TimeOfDay, Writing
from matcher import availability, releases
from matcher.availability import Pattern, Stretch
from matcher.errors import InvalidError
from matcher.types import AwareTime, Day, Key, Text

router = APIRouter(tags=["availability"])


class StretchShape(Shape):
    weekday: Annotated[int, Field(ge=0, le=6, description="0 is Monday")]
    start: TimeOfDay
    end: TimeOfDay


class SpanShape(Shape):
    start: TimeOfDay
    end: TimeOfDay


class ExceptionalDayShape(Shape):
    day: Day
    spans: Annotated[list[SpanShape], Field(max_length=6, description="None: cannot come on this day")]


class AvailabilityIn(Shape):
    week: Annotated[list[StretchShape], Field(max_length=42)]
    days: Annotated[list[ExceptionalDayShape], Field(max_length=366)] = []


class TimeOffIn(Shape):
    start: AwareTime
    end: AwareTime
    reason: Text = ""


class TimeOffOut(Shape):
    id: str
    start: AwareTime
    end: AwareTime
    reason: str


class AvailabilityOut(AvailabilityIn):
    time_off: list[TimeOffOut]


class OutsideOut(Shape):
    assignment_id: str
    roster_id: str
    visit_id: str
    start_at: AwareTime
    end_at: AwareTime
    released: Annotated[bool, Field(description="Given back; otherwise it was kept")]


class ChangedOut(AvailabilityOut):
    outside: Annotated[list[OutsideOut], Field(description="Promises outside of the new hours, within the old ones")]


Keep = Annotated[bool, Query(description="Whether promises outside of the new hours stay with the helper")]


@router.get("/helpers/{helper_id}/availability")
def read(helper_id: Key, session: Reading) -> AvailabilityOut:
    return _out(availability.pattern(session, helper_id))


@router.put("/helpers/{helper_id}/availability")
def replace(helper_id: Key, body: AvailabilityIn, session: Writing, keep: Keep = False) -> ChangedOut:
    """The whole week and every day that differs from it; what is not named is gone.

    `outside` says which promises lie outside of the new hours: given back at once, so that somebody else is asked and
    the helper is told, or kept."""
    week = [Stretch(row.weekday, row.start, row.end) for row in body.week]
    days = {row.day: [(span.start, span.end) for span in row.spans] for row in body.days}
    if len(days) < len(body.days):
        raise InvalidError("A day is named twice.", cure="Name each day once, with all its spans.", field="days")
    found, outside = releases.change_pattern(session, helper_id, week, days, keep=keep)
    return ChangedOut(**_out(found).model_dump(), outside=[OutsideOut(**asdict(row)) for row in outside])


@router.post("/helpers/{helper_id}/time-off", status_code=201)
def take_time_off(helper_id: Key, body: TimeOffIn, session: Writing, response: Response) -> TimeOffOut:
    """What the helper is promised in that time is given back at once, and somebody else is asked."""
    row = releases.take_time_off(session, helper_id, body.start, body.end, body.reason)
    response.headers["Location"] = f"/v1/helpers/{helper_id}/availability"
    return TimeOffOut(id=row.id, start=row.start_at, end=row.end_at, reason=row.reason)


def _out(found: Pattern) -> AvailabilityOut:
    days: Mapping[date, Any] = found.days
    return AvailabilityOut(
        week=[StretchShape(weekday=row.weekday, start=row.start, end=row.end) for row in found.week],
        days=[
            ExceptionalDayShape(day=day, spans=[SpanShape(start=start, end=end) for start, end in spans])
            for day, spans in days.items()
        ],
        time_off=[
            TimeOffOut(id=row.id, start=row.start_at, end=row.end_at, reason=row.reason) for row in found.time_off
        ],
    )
