"""An office's hours: when it is quiet, when helpers are reminded, when the nightly roster is made."""

from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from matcher import areas
from matcher.pages import one
from matcher.tables.areas import Area
from matcher.tables.notices import Routine

Hours = tuple[time, time]


def usual(area_id: str) -> Routine:
    """What holds where nobody has said anything: quiet from 21:30 to 07:00, no nightly roster."""
    return Routine(area_id=area_id, quiet_from=time(21, 30), quiet_to=time(7), evening_at=time(19))


def of(session: Session, area_id: str) -> Routine:
    """The area's own, otherwise that of the nearest area around it."""
    around = [area_id, *areas.enclosing(session, area_id)]
    said = {row.area_id: row for row in session.exec(select(Routine).where(col(Routine.area_id).in_(around)))}
    return next((said[name] for name in around if name in said), usual(area_id))


class Offices:
    """The routine and the zone of each area, read once."""

    def __init__(self, session: Session) -> None:
        self._session, self._known = session, dict[str, tuple[Routine, ZoneInfo]]()

    def of(self, area_id: str) -> tuple[Routine, ZoneInfo]:
        if area_id not in self._known:
            area = one(self._session, Area, area_id, "area")
            self._known[area_id] = of(self._session, area_id), areas.zone(area)
        return self._known[area_id]


def must_be_there(session: Session, area_id: str) -> None:
    """UnknownError: no such area."""
    one(session, Area, area_id, "area")


def put(session: Session, area_id: str, values: Mapping[str, Any]) -> Routine:
    """Say an area's hours anew. UnknownError: no such area."""
    one(session, Area, area_id, "area")
    return session.merge(Routine(area_id=area_id, **values))


def nightly(session: Session) -> list[tuple[Routine, ZoneInfo]]:
    """The areas that have a nightly roster, with their zones."""
    rows = session.exec(
        select(Routine, Area)
        .join(Area, col(Routine.area_id) == col(Area.id))
        .where(col(Routine.nightly_at).is_not(None))
        .order_by(Routine.area_id)
    )
    return [(routine, areas.zone(area)) for routine, area in rows]


def quiet_until(now: datetime, zone: ZoneInfo, hours: Hours) -> datetime | None:
    """When the quiet ends in which `now` lies; None: it is not quiet. Hours may lie across midnight."""
    begin, end = hours
    local = now.astimezone(zone)
    at = local.time()
    across = begin > end
    if begin == end or not ((at >= begin or at < end) if across else begin <= at < end):
        return None
    day = local.date() + timedelta(days=1) if across and at >= begin else local.date()
    return datetime.combine(day, end, zone).astimezone(UTC)
