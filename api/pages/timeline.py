"""A roster as a drawing: where each bar stands. Plain numbers in, plain numbers out; the template draws them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from matcher.rosters import AssignmentLine, HelperDay

PER_MINUTE = 1.5
"""Units of the drawing for one minute."""
URGENT = 400


@dataclass(frozen=True, slots=True)
class Bar:
    """A visit, or the way before it, from `x` on."""

    x: float
    width: float
    line: AssignmentLine
    urgent: bool


@dataclass(frozen=True, slots=True)
class Stretch:
    """A shift's background, or a way."""

    x: float
    width: float


@dataclass(frozen=True, slots=True)
class Row:
    """One helper's day."""

    day: HelperDay
    shifts: tuple[Stretch, ...]
    ways: tuple[Stretch, ...]
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class Timeline:
    """All rows under one axis of hours."""

    width: float
    hours: tuple[tuple[int, float], ...]
    rows: tuple[Row, ...]


def timeline(days: Sequence[HelperDay], zone: ZoneInfo, *, rtl: bool) -> Timeline:
    """Lay the days out from the first hour that anybody works to the last; right to left, time runs leftward."""
    moments = [moment.astimezone(zone) for day in days for span in day.shifts for moment in span]
    first = min((moment.hour for moment in moments), default=8)
    last = max((moment.hour + (moment.minute > 0) for moment in moments), default=20)
    scale = _Scale(first, max(last, first + 1), zone, rtl)
    marks = tuple((hour, scale.at(60 * hour)) for hour in range(first, scale.last + 1))
    return Timeline(scale.width, marks, tuple(_row(day, scale) for day in days))


class _Scale:
    def __init__(self, first: int, last: int, zone: ZoneInfo, rtl: bool) -> None:
        self.first, self.last, self.zone, self.rtl = first, last, zone, rtl
        self.width = (last - first) * 60 * PER_MINUTE

    def at(self, minute: float) -> float:
        x = (minute - 60 * self.first) * PER_MINUTE
        return round(self.width - x if self.rtl else x, 1)

    def stretch(self, start: float, end: float) -> Stretch:
        return Stretch(min(self.at(start), self.at(end)), round((end - start) * PER_MINUTE, 1))

    def minute(self, moment: datetime) -> int:
        local = moment.astimezone(self.zone)
        return 60 * local.hour + local.minute


def _row(day: HelperDay, scale: _Scale) -> Row:
    shifts = tuple(scale.stretch(scale.minute(start), scale.minute(end)) for start, end in day.shifts)
    ways, bars = [], []
    for line in day.assignments:
        start, end = scale.minute(line.start), scale.minute(line.end)
        if line.travel_minutes:
            ways.append(scale.stretch(start - line.travel_minutes, start))
        place = scale.stretch(start, end)
        bars.append(Bar(place.x, place.width, line, line.visit.priority >= URGENT))
    return Row(day, shifts, tuple(ways), tuple(bars))
