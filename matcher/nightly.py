"""The daily trigger: the roster of the next day, made once per area and day at the area's own hour.

Whoever rings, and however often: the row of area and day decides. A trigger that was missed, because the machine was
off, is made up for until noon of the day itself.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from matcher import areas, clock, holidays, rosters, routines, runs, visits
from matcher.database import insert_new
from matcher.errors import ActiveRunError
from matcher.keys import new_key
from matcher.tables.notices import Nightly, Routine
from matcher.tables.rosters import Run
from matcher.types import RunState

TOO_LATE = time(12)
"""On the day itself."""
SECONDS = 60.0
DAY_OFF = "A day off: no roster is made for it."
NOTHING = "Nothing to staff: nobody asked for anything on this day."
UNDER_WAY = "A run was under way already."


@dataclass(frozen=True, slots=True)
class Rung:
    """What the trigger did for one area and day."""

    area_id: str
    day: date
    run_id: str | None
    sentence: str
    waits: bool
    """Whether a worker should hear of the run."""


def due_day(now: datetime, zone: ZoneInfo, at: time) -> date | None:
    """The day whose roster should be there by now; None: it is too late for today and too early for tomorrow."""
    local = now.astimezone(zone)
    if local.time() >= at:
        return local.date() + timedelta(days=1)
    return local.date() if local.time() < TOO_LATE else None


def due(session: Session, now: datetime) -> list[str]:
    """The areas for whose next day nothing rang yet."""
    found = []
    for routine, zone in routines.nightly(session):
        day = due_day(now, zone, routine.nightly_at) if routine.nightly_at else None
        if day is not None and session.get(Nightly, (routine.area_id, day)) is None:
            found.append(routine.area_id)
    return found


def ring(session: Session, area_id: str, now: datetime) -> Rung | None:
    """Start the area's nightly roster if it is due; None: it is not, or it rang already. Twice rung is one run."""
    routine = session.get(Routine, area_id)
    if routine is None or routine.nightly_at is None:
        return None
    area = areas.get(session, area_id)
    day = due_day(now, areas.zone(area), routine.nightly_at)
    if day is None or not _is_first(session, area_id, day):
        return None
    rung = _begin(session, routine, day)
    row = session.get_one(Nightly, (area_id, day), populate_existing=True)
    row.run_id, row.sentence = rung.run_id, rung.sentence
    session.add(row)
    return rung


def _is_first(session: Session, area_id: str, day: date) -> bool:
    """The row is what makes it ring once."""
    session.flush()
    values = {"area_id": area_id, "day": day, "run_id": None, "rung_at": clock.now(), "sentence": ""}
    made = session.connection().execute(insert_new(session, Nightly).returning(Nightly.area_id), values)
    return made.first() is not None


def _begin(session: Session, routine: Routine, day: date) -> Rung:
    area_id = routine.area_id
    if routine.is_for_workdays and not holidays.is_workday(session, area_id, day):
        return Rung(area_id, day, None, DAY_OFF, waits=False)
    roster = rosters.open_roster(session, area_id, day)
    session.flush()
    if not visits.of_day(session, day, areas.subtree(session, area_id)):
        return Rung(area_id, day, _ended(session, roster.id), NOTHING, waits=False)
    try:
        run = runs.start(session, roster.id, seconds=SECONDS, idempotency_key=f"nightly-{day}")
    except ActiveRunError:
        return Rung(area_id, day, None, UNDER_WAY, waits=False)
    return Rung(area_id, day, run.id, "", waits=True)


def _ended(session: Session, roster_id: str) -> str:
    """A run that has nothing to do is done as soon as it begins, and says so."""
    now = clock.now()
    run = Run(
        id=new_key("run"),
        roster_id=roster_id,
        state=RunState.DONE,
        seconds=SECONDS,
        progress=1.0,
        sentence=NOTHING,
        started_at=now,
        ended_at=now,
    )
    session.add(run)
    session.flush()
    return run.id


def rung(session: Session, area_id: str, limit: int = 31) -> list[Nightly]:
    """What the trigger did lately, newest first. UnknownError: no such area."""
    areas.get(session, area_id)
    rows = select(Nightly).where(Nightly.area_id == area_id)
    return list(session.exec(rows.order_by(col(Nightly.day).desc()).limit(limit)))
