"""A crew's day as one narrow drawing: when it can come, and when it is at somebody's door."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

Span = tuple[datetime, datetime]
FIRST, LAST = 8, 20
"""The hours that are always shown."""
WHOLE = 100
"""The drawing's width, in per cent: letters stay as large as they are on a telephone too."""


@dataclass(frozen=True, slots=True)
class Axis:
    """Hours of a day on a line; right to left, time runs leftward."""

    first: int
    last: int
    zone: ZoneInfo
    rtl: bool

    def at(self, minute: float) -> float:
        x = (minute - 60 * self.first) * WHOLE / (60 * (self.last - self.first))
        return round(WHOLE - x if self.rtl else x, 2)

    def bar(self, span: Span) -> tuple[float, float]:
        """Where it begins on the drawing, and how wide it is."""
        start, end = (self.at(self._minute(moment)) for moment in span)
        return min(start, end), round(abs(end - start), 2)

    @property
    def marks(self) -> list[tuple[int, float]]:
        return [(hour, self.at(60 * hour)) for hour in range(self.first, self.last + 1, 2)]

    def _minute(self, moment: datetime) -> int:
        local = moment.astimezone(self.zone)
        return 60 * local.hour + local.minute


def axis(spans: Iterable[Sequence[Span]], zone: ZoneInfo, *, rtl: bool) -> Axis:
    """One for all crews of a day, so that they can be compared."""
    moments = [moment.astimezone(zone) for mine in spans for span in mine for moment in span]
    first = min([FIRST, *(moment.hour for moment in moments)])
    last = max([LAST, *(moment.hour + (moment.minute > 0) for moment in moments)])
    return Axis(first, last, zone, rtl)
