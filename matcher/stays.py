"""Stays: what is true of one helper's visit now, folded from the entries of attendance. Pure."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from matcher.tables.proof import Attendance
from matcher.types import AttendanceKind, Basis

LONGER = timedelta(minutes=30)
"""By which a stay may pass what was promised and still counts whole; what is longer waits for a person."""


@dataclass(frozen=True, slots=True)
class Promised:
    """When a helper had promised to be at a visit."""

    start_at: datetime
    end_at: datetime

    @property
    def minutes(self) -> int:
        return minutes(self.end_at - self.start_at)


@dataclass(frozen=True, slots=True)
class Stay:
    """When somebody came and left, as far as it is known; `missed` says that they never came."""

    came_at: datetime | None = None
    left_at: datetime | None = None
    missed: bool = False

    @property
    def has_begun(self) -> bool:
        return self.came_at is not None or self.left_at is not None


def current(entries: Iterable[Attendance]) -> dict[AttendanceKind, Attendance]:
    """The entry of each kind that counts now: the last of its chain of corrections."""
    corrected = {entry.corrects_id: entry for entry in entries if entry.corrects_id}
    found = {}
    for entry in entries:
        if entry.corrects_id is None:
            last = entry
            while last.id in corrected:
                last = corrected[last.id]
            found[AttendanceKind(entry.kind)] = last
    return found


def fold(entries: Iterable[Attendance]) -> Stay:
    """Who came after all did not miss it."""
    now = current(list(entries))
    came, left, missed = (now[kind].at if kind in now else None for kind in AttendanceKind)
    return Stay(came, left, missed is not None and came is None and left is None)


def by_pair(entries: Iterable[Attendance]) -> dict[tuple[str, str], Stay]:
    """Stays by visit and helper."""
    apart: dict[tuple[str, str], list[Attendance]] = defaultdict(list)
    for entry in entries:
        apart[entry.visit_id, entry.helper_id].append(entry)
    return {pair: fold(mine) for pair, mine in apart.items()}


def credited(stay: Stay, promised: Promised, *, is_vouched: bool) -> tuple[int, Basis] | None:
    """The minutes that count, and on what they rest; nothing while it is not over.

    Whoever forgot to check in is believed the promised time; so is whoever forgot to check out, once the resident has
    vouched for them. What passes the promised time by more than `LONGER` waits for a person to look at.
    """
    if stay.came_at is not None and stay.left_at is not None:
        actual = stay.left_at - stay.came_at
        if actual <= promised.end_at - promised.start_at + LONGER:
            return minutes(actual), Basis.MEASURED
        return promised.minutes, Basis.PLANNED
    if stay.left_at is not None or is_vouched:
        return promised.minutes, Basis.PLANNED
    return None


def minutes(span: timedelta) -> int:
    """Whole minutes, half ones rounded up."""
    return int((span.total_seconds() + 30) // 60)
