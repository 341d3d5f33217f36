"""When helpers can come: a weekly pattern, single days that differ, and time off, which wins over both."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, delete, select

from matcher import concerned, sent
from matcher.errors import InvalidError
from matcher.keys import new_key
from matcher.pages import one
from matcher.tables.people import Availability, ExceptionalDay, Helper, TimeOff

Span = tuple[datetime, datetime]
SHORTEST = timedelta(minutes=15)
"""A stretch shorter than this is no shift: nobody is called out for it."""


@dataclass(frozen=True, slots=True, order=True)
class Stretch:
    """One stretch of a helper's week, in the area's own time; weekday 0 is Monday."""

    weekday: int
    start: time
    end: time


@dataclass(frozen=True, slots=True)
class Pattern:
    """A helper's week, the days that differ from it, and the time off."""

    week: tuple[Stretch, ...]
    days: Mapping[date, tuple[tuple[time, time], ...]]
    time_off: tuple[TimeOff, ...]


def pattern(session: Session, helper_id: str) -> Pattern:
    """UnknownError: no such helper."""
    one(session, Helper, helper_id, "helper")
    week = session.exec(select(Availability).where(Availability.helper_id == helper_id)).all()
    days = session.exec(
        select(ExceptionalDay).where(ExceptionalDay.helper_id == helper_id).order_by(col(ExceptionalDay.day))
    )
    off = session.exec(select(TimeOff).where(TimeOff.helper_id == helper_id).order_by(col(TimeOff.start_at)))
    return Pattern(
        tuple(sorted(Stretch(row.weekday, row.start_at, row.end_at) for row in week)),
        {row.day: tuple(_spans(row.stretches)) for row in days},
        tuple(off.all()),
    )


def set_pattern(
    session: Session,
    helper_id: str,
    week: Sequence[Stretch],
    days: Mapping[date, Sequence[tuple[time, time]]],
) -> Pattern:
    """Replace the week and the days that differ. InvalidError: stretches that run backward or overlap."""
    one(session, Helper, helper_id, "helper")
    if unknown := [stretch.weekday for stretch in week if not 0 <= stretch.weekday <= 6]:
        raise InvalidError(f"There is no weekday {unknown[0]}; Monday is 0 and Sunday 6.", field="week")
    for weekday in range(7):
        _check_apart("week", [(stretch.start, stretch.end) for stretch in week if stretch.weekday == weekday])
    for spans in days.values():
        _check_apart("days", spans)
    concerned.by_helper(session, helper_id)
    sent.hold(session, helper_id)
    session.exec(delete(Availability).where(col(Availability.helper_id) == helper_id))
    session.exec(delete(ExceptionalDay).where(col(ExceptionalDay.helper_id) == helper_id))
    for stretch in week:
        session.add(
            Availability(
                id=new_key("ava"),
                helper_id=helper_id,
                weekday=stretch.weekday,
                start_at=stretch.start,
                end_at=stretch.end,
            )
        )
    for day, spans in days.items():
        stretches = [{"start": f"{start:%H:%M}", "end": f"{end:%H:%M}"} for start, end in spans]
        session.add(ExceptionalDay(id=new_key("exc"), helper_id=helper_id, day=day, stretches=stretches))
    session.flush()
    return pattern(session, helper_id)


def take_time_off(session: Session, helper_id: str, start: datetime, end: datetime, reason: str = "") -> TimeOff:
    """Said again from the same start, it takes the new end. InvalidError: it ends before it starts."""
    one(session, Helper, helper_id, "helper")
    if end <= start:
        raise InvalidError(f"The time off ends at {end:%Y-%m-%d %H:%M}, not after it starts.", field="end")
    concerned.by_helper(session, helper_id, start, end)
    sent.hold(session, helper_id)
    again = select(TimeOff).where(TimeOff.helper_id == helper_id, TimeOff.start_at == start)
    row = session.exec(again).one_or_none() or TimeOff(
        id=new_key("off"), helper_id=helper_id, start_at=start, end_at=end
    )
    row.end_at, row.reason = end, reason
    session.add(row)
    session.flush()
    return row


def shifts(session: Session, helper_ids: Iterable[str], day: date, zone: ZoneInfo) -> dict[str, list[Span]]:
    """Each helper's shifts on a day, in UTC and in order; helpers who cannot come are left out."""
    wanted = set(helper_ids)
    begin = datetime.combine(day, time(), zone).astimezone(UTC)
    end = datetime.combine(day + timedelta(days=1), time(), zone).astimezone(UTC)
    stretches: dict[str, list[tuple[time, time]]] = defaultdict(list)
    for row in session.exec(select(Availability).where(Availability.weekday == day.weekday())):
        stretches[row.helper_id].append((row.start_at, row.end_at))
    for different in session.exec(select(ExceptionalDay).where(ExceptionalDay.day == day)):
        stretches[different.helper_id] = list(_spans(different.stretches))
    off: dict[str, list[Span]] = defaultdict(list)
    for absence in session.exec(select(TimeOff).where(TimeOff.start_at < end, TimeOff.end_at > begin)):
        off[absence.helper_id].append((absence.start_at, absence.end_at))
    found = {}
    for helper_id in sorted(wanted & stretches.keys()):
        spans = [(_moment(day, start, zone), _moment(day, stop, zone)) for start, stop in stretches[helper_id]]
        free = without(_joined(spans), off[helper_id])
        if kept := [(start, stop) for start, stop in free if stop - start >= SHORTEST]:
            found[helper_id] = kept
    return found


def without(spans: Iterable[Span], absences: Iterable[Span]) -> list[Span]:
    """The spans less the absences."""
    left = list(spans)
    for gone_from, gone_to in absences:
        left = (
            [
                part
                for start, end in left
                for part in ((start, min(end, gone_from)), (max(start, gone_to), end))
                if part[0] < part[1]
            ]
            if gone_from < gone_to
            else left
        )
    return sorted(set(left))


def _joined(spans: Iterable[Span]) -> list[Span]:
    joined: list[Span] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def _moment(day: date, at: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, at, zone).astimezone(UTC)


def _spans(stretches: Iterable[Mapping[str, str]]) -> Iterable[tuple[time, time]]:
    return ((time.fromisoformat(stretch["start"]), time.fromisoformat(stretch["end"])) for stretch in stretches)


def _check_apart(field: str, spans: Sequence[tuple[time, time]]) -> None:
    before = None
    for start, end in sorted(spans):
        if end <= start:
            raise InvalidError(f"The stretch {start:%H:%M} to {end:%H:%M} does not run forward.", field=field)
        if before is not None and start < before:
            raise InvalidError(f"The stretch from {start:%H:%M} begins before {before:%H:%M}.", field=field)
        before = end
