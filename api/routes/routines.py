"""An office's hours and days: quiet, reminders, the nightly roster, workdays and the days that it declared itself."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from api.doors import Reading, Shape, TimeOfDay, Writing
from matcher import holidays, nightly, routines, visits
from matcher.errors import InvalidError
from matcher.types import AwareTime, Day, EmailOrBlank, Key, NameOrBlank, PhoneOrBlank, Tongue

router = APIRouter(tags=["telling"])
MOST_DAYS = timedelta(days=400)


class RoutineIn(Shape):
    quiet_from: TimeOfDay
    quiet_to: TimeOfDay
    evening_at: TimeOfDay
    reminder_minutes: Annotated[int, Field(ge=0, le=720)] = 60
    nightly_at: TimeOfDay | None = None
    is_for_workdays: bool = False
    language: Tongue = Tongue.CHINESE
    email: EmailOrBlank = ""
    """Where the office itself is told, for example that nobody is left to ask."""
    phone: PhoneOrBlank = ""


class RoutineOut(RoutineIn):
    email: str
    phone: str
    area_id: str
    """Whose routine it is: the area's own, or that of the nearest area around it."""


class SpecialDayIn(Shape):
    is_workday: bool
    name: NameOrBlank = ""


class WorkdayOut(Shape):
    day: Day
    is_workday: bool
    name: str
    """The holiday, or what the office called it."""
    is_special: bool


class WorkdaysOut(Shape):
    rows: list[WorkdayOut]


class NightlyOut(Shape):
    day: Day
    run_id: str | None
    rung_at: AwareTime
    sentence: str


class NightliesOut(Shape):
    rows: list[NightlyOut]


@router.get("/areas/{area_id}/routine")
def one(area_id: Key, session: Reading) -> RoutineOut:
    """The hours that hold in this area."""
    routines.must_be_there(session, area_id)
    return RoutineOut.model_validate(routines.of(session, area_id))


@router.put("/areas/{area_id}/routine")
def put(area_id: Key, body: RoutineIn, session: Writing) -> RoutineOut:
    return RoutineOut.model_validate(routines.put(session, area_id, body.model_dump()))


@router.get("/areas/{area_id}/workdays")
def workdays(area_id: Key, first: Day, last: Day, session: Reading) -> WorkdaysOut:
    """Which days are workdays here: holidays and make-up days of China, and what the office said."""
    routines.must_be_there(session, area_id)
    if not first <= last <= first + MOST_DAYS:
        raise InvalidError("The last day lies before the first, or more than 400 days after it.", field="last")
    return WorkdaysOut(rows=[WorkdayOut.model_validate(day) for day in holidays.listed(session, area_id, first, last)])


@router.put("/areas/{area_id}/special-days/{day}")
def say(area_id: Key, day: Day, body: SpecialDayIn, session: Writing) -> WorkdayOut:
    """Declare a day a workday or a day off, whatever the table says."""
    row = visits.declare(session, area_id, day, is_workday=body.is_workday, name=body.name)
    return WorkdayOut(day=row.day, is_workday=row.is_workday, name=row.name, is_special=True)


@router.delete("/areas/{area_id}/special-days/{day}", status_code=204)
def unsay(area_id: Key, day: Day, session: Writing) -> None:
    visits.undeclare(session, area_id, day)


@router.get("/areas/{area_id}/nightly")
def rung(area_id: Key, session: Reading) -> NightliesOut:
    """What the daily trigger did lately, newest first."""
    return NightliesOut(rows=[NightlyOut.model_validate(row) for row in nightly.rung(session, area_id)])
