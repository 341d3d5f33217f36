"""What cannot be quite right about who says they were where, and when. Pure; it accuses nobody, a person looks.

The way between two doors is taken as the crow flies at the pace of the helper's own mode, so that no true claim is
doubted for a short cut.
"""

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from matcher import streets
from matcher.stays import LONGER, Promised, Stay, minutes
from matcher.types import Doubt

ASTRAY = timedelta(minutes=60)
"""By which a check-in may lie before or after the promised start, or a check-out after the promised end."""
FORGOTTEN = timedelta(days=3)
"""After which an entry that nobody vouches for was written long after what it tells."""
SLACK = 2
"""Minutes that two clocks may differ by."""
SAME_PLACE = 50
"""Metres within which two doors are one place."""
PACES = {"walk": streets.WALK, "bike": streets.BIKE, "bus": streets.BUS, "car": streets.CAR}
"""Metres a minute."""
TEXTS: Mapping[Doubt, str] = {
    Doubt.EARLY: "{helper} checked in at {visit} {minutes} minutes before the promised start.",
    Doubt.LATE: "{helper} checked in or out at {visit} {minutes} minutes later than promised.",
    Doubt.BEYOND: "{helper} stayed {minutes} minutes at {visit}; {promised} minutes were promised.",
    Doubt.WRITTEN_LATE: "{helper} wrote down the attendance at {visit} {days} days later.",
    Doubt.NOBODY_CAME: "The resident says that nobody came to {visit}, and {helper} checked in or out.",
    Doubt.TWO_PLACES: "{helper} says to have been at {visit} and at {other} at the same time.",
    Doubt.TOO_FAST: "{helper} got from {other} to {visit} in {minutes} minutes; {metres} metres take {needed}.",
}


@dataclass(frozen=True, slots=True)
class Claim:
    """One helper's stay at one visit, as it is claimed."""

    visit_id: str
    stay: Stay
    promised: Promised
    latitude: float
    longitude: float
    written_after: timedelta = timedelta()
    """How long after the fact the helper wrote it down alone."""
    is_denied: bool = False
    """The resident says that nobody came."""

    @property
    def span(self) -> tuple[datetime, datetime]:
        """From the first to the last moment that is known; a moment where only one is."""
        known = [moment for moment in (self.stay.came_at, self.stay.left_at) if moment is not None]
        return known[0], known[-1]


@dataclass(frozen=True, slots=True)
class Doubted:
    """One thing that cannot be quite right, and what fills its sentence; `other` is the other visit."""

    kind: Doubt
    visit_id: str
    other: str
    values: Mapping[str, Any]


def doubts(claims: Iterable[Claim], mode: str) -> list[Doubted]:
    """Everything doubtful about one helper's claims."""
    begun = sorted((claim for claim in claims if claim.stay.has_begun), key=lambda claim: (claim.span, claim.visit_id))
    found = [doubt for claim in begun for doubt in _alone(claim)]
    for number, later in enumerate(begun):
        for earlier in begun[:number]:
            found += _between(earlier, later, mode)
    return found


def _alone(claim: Claim) -> Iterator[Doubted]:
    stay, promised = claim.stay, claim.promised
    if stay.came_at is not None and promised.start_at - stay.came_at > ASTRAY:
        yield _doubted(Doubt.EARLY, claim, minutes=minutes(promised.start_at - stay.came_at))
    late = max(
        (stay.came_at or promised.start_at) - promised.start_at,
        (stay.left_at or promised.end_at) - promised.end_at,
    )
    if late > ASTRAY:
        yield _doubted(Doubt.LATE, claim, minutes=minutes(late))
    if stay.came_at is not None and stay.left_at is not None:
        actual = stay.left_at - stay.came_at
        if actual > promised.end_at - promised.start_at + LONGER:
            yield _doubted(Doubt.BEYOND, claim, minutes=minutes(actual), promised=promised.minutes)
    if claim.written_after > FORGOTTEN:
        yield _doubted(Doubt.WRITTEN_LATE, claim, days=claim.written_after.days)
    if claim.is_denied:
        yield _doubted(Doubt.NOBODY_CAME, claim)


def _between(earlier: Claim, later: Claim, mode: str) -> Iterator[Doubted]:
    metres = _metres(earlier, later)
    if metres <= SAME_PLACE:
        return
    (starts, ends), (next_starts, next_ends) = earlier.span, later.span
    if starts < next_ends and next_starts < ends:
        yield _doubted(Doubt.TWO_PLACES, later, earlier)
        return
    taken, needed = minutes(next_starts - ends), math.ceil(metres / PACES[mode])
    if taken + SLACK < needed:
        yield _doubted(Doubt.TOO_FAST, later, earlier, minutes=taken, needed=needed, metres=round(metres))


def _doubted(kind: Doubt, claim: Claim, other: Claim | None = None, **values: int) -> Doubted:
    return Doubted(kind, claim.visit_id, other.visit_id if other else "", values)


def _metres(one: Claim, other: Claim) -> float:
    """As the crow flies."""
    north = math.radians(other.latitude - one.latitude)
    east = math.radians(other.longitude - one.longitude) * math.cos(math.radians(one.latitude))
    return streets.EARTH * math.hypot(north, east)
