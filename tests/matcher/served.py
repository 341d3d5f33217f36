"""A published promise around now, with as little said as it takes."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlmodel import Session, select

from matcher import clock, visits
from matcher.keys import new_key
from matcher.tables.areas import Area
from matcher.tables.requests import Visit
from matcher.tables.rosters import Roster
from matcher.tables.versions import Promise, Version
from matcher.types import RosterState
from tests.matcher.builders import a_request, a_resident, a_volunteer, an_area

HOUR = timedelta(hours=1)
DAYTIME = [{"start": "00:00", "end": "23:59"}]


def a_moment(**back: float) -> datetime:
    """So long ago, on a whole minute."""
    return (clock.now() - timedelta(**back)).replace(second=0, microsecond=0)


def a_promise(
    session: Session,
    *,
    start_at: datetime | None = None,
    minutes: int = 60,
    helper_id: str | None = None,
    visit_id: str | None = None,
    area_id: str | None = None,
    travel_minutes: int = 0,
    **said: Any,
) -> Promise:
    """Of a visit that began two hours ago and took one, unless said otherwise."""
    start = start_at or a_moment(hours=2)
    area = area_id or an_area(session, time_zone="UTC")
    helper = helper_id or a_volunteer(session, area)
    visit = visit_id or a_visit(session, area, start, minutes=minutes, **said)
    roster = a_published_roster(session, area, start)
    row = Promise(
        id=new_key("pro"),
        roster_id=roster.id,
        visit_id=visit,
        helper_id=helper,
        start_at=start,
        end_at=start + timedelta(minutes=minutes),
        shift_start_at=start - HOUR,
        shift_end_at=start + timedelta(minutes=minutes) + HOUR,
        travel_minutes=travel_minutes,
        since=1,
    )
    session.add(row)
    session.flush()
    return row


def a_visit(session: Session, area_id: str, start: datetime, **said: Any) -> str:
    if "resident_id" not in said:
        said["resident_id"] = a_resident(session, area_id)
    day = start.astimezone(UTC).date()
    request = a_request(session, area_id, day=day, windows=DAYTIME, **said)
    visits.make(session, day)
    return session.exec(select(Visit.id).where(Visit.request_id == request.id)).one()


def a_published_roster(session: Session, area_id: str, start: datetime) -> Roster:
    """The roster of the area and the day of this moment, published once."""
    assert session.get(Area, area_id) is not None
    day = start.astimezone(UTC).date()
    found = session.exec(select(Roster).where(Roster.area_id == area_id, Roster.day == day)).one_or_none()
    if found is not None:
        return found
    roster = Roster(
        **{"id": new_key("ros"), "area_id": area_id, "day": day, "state": RosterState.PUBLISHED, "published": 1},
        opened_at=clock.now(),
    )
    session.add(roster)
    session.flush()
    session.add(Version(id=new_key("ver"), roster_id=roster.id, number=1, roster_version=1, published_at=clock.now()))
    session.flush()
    return roster
