"""Reports: figures by community and range of days."""

from datetime import date
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query
from sqlmodel import Session

from api.doors import Acting, Configured, Reading, Shape
from matcher import areas, clock, reports
from matcher.reports import Report, ReportName, Unit
from matcher.rights import Actor
from matcher.types import Day, Key

router = APIRouter(tags=["reports"])
Values = dict[str, float | None]


class ReportRowOut(Shape):
    area_id: str
    area: str
    values: Values


class ReportOut(Shape):
    """`columns` names the figures with their units; null: there is nothing to divide by."""

    name: ReportName
    since: Day
    until: Day
    columns: dict[str, Unit]
    rows: list[ReportRowOut]
    total: Values


@router.get("/reports/{name}")
def report(
    name: ReportName,
    session: Reading,
    who: Acting,
    configured: Configured,
    since: Annotated[Day | None, Query(description="The first day; four weeks, if it is not said")] = None,
    until: Annotated[Day | None, Query(description="The last day, today if it is not said; 92 days at most")] = None,
    area_id: Key | None = None,
) -> ReportOut:
    """Figures of each community within one's reach, and of all together; both days are included."""
    today = clock.now().astimezone(ZoneInfo(configured.time_zone)).date()
    found = of(session, who, name, reports.period(today, since, until), area_id)
    rows = [ReportRowOut(area_id=row.area_id, area=row.area.zh, values=dict(row.values)) for row in found.rows]
    columns, total = dict(found.columns), dict(found.total)
    return ReportOut(name=name, since=found.since, until=found.until, columns=columns, rows=rows, total=total)


def of(session: Session, who: Actor, name: ReportName, days: tuple[date, date], area_id: str | None) -> Report:
    """As far as it lies within reach, and in this area if one is named."""
    inside = None if area_id is None else areas.subtree(session, area_id)
    return reports.read(session, name, who.reach, *days, inside)
