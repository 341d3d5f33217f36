"""The ledger of hours: what counts, by month, and corrections that say why."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from api.doors import After, Limit, Listed, Reading, Shape, Writing
from api.routes.attendance import Said
from matcher import hours
from matcher.tables.proof import Hours
from matcher.types import AwareTime, Basis, Day, Key

router = APIRouter(tags=["proof"])


class HoursEntryOut(Shape):
    id: str
    visit_id: str
    helper_id: str
    day: Day
    minutes: int
    basis: Basis
    by: str
    reason: str
    corrects_id: str | None
    entered_at: AwareTime


class MonthOut(Shape):
    """`month` is its first day."""

    month: Day
    minutes: int
    visits: int


class HoursOut(Listed):
    """Totals by month over the whole time that was asked for; `rows` are a page of the entries behind them."""

    helper_id: str
    minutes: int
    months: list[MonthOut]
    rows: list[HoursEntryOut]


class MinutesIn(Said):
    """How many minutes of the visit count from now on."""

    minutes: Annotated[int, Field(ge=0, le=1440)]


@router.get("/helpers/{helper_id}/hours")
def of_helper(
    helper_id: Key,
    session: Reading,
    after: After = None,
    limit: Limit = 50,
    since: Day | None = None,
    until: Day | None = None,
) -> HoursOut:
    """What a helper served; both days are included."""
    page = hours.listed(session, helper_id, after=after, limit=limit, since=since, until=until)
    months = [MonthOut.model_validate(month) for month in hours.months(session, helper_id, since, until)]
    total = sum(month.minutes for month in months)
    rows = [_out(row) for row in page.rows]
    return HoursOut(helper_id=helper_id, minutes=total, months=months, rows=rows, after=page.after)


@router.post("/hours/{hours_id}/correction", status_code=201)
def correct(hours_id: Key, body: MinutesIn, session: Writing) -> HoursEntryOut:
    """Write a counter-entry after the last entry of a visit; 409 if it was corrected meanwhile."""
    return _out(hours.correct(session, hours_id, body.minutes, body.reason, body.by))


def _out(row: Hours) -> HoursEntryOut:
    return HoursEntryOut.model_validate(row.model_dump())
