"""A day at a glance: what is uncovered, whose answer is awaited, what is at risk, what changed of late."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlmodel import Session

from matcher import attendance, offers, rosters, standbys, versions
from matcher.rosters import Names, RosterResult, VisitLine
from matcher.tables.offers import Offer
from matcher.tables.versions import Promise
from matcher.types import OfferState

NEAR = timedelta(hours=1)
"""An answer that is due within it is at risk."""
LATE = timedelta(minutes=10)
"""So long after its start a visit is at risk if nobody has checked in."""
SOON = timedelta(hours=2)
"""Starts that are told."""
ANSWERS = (OfferState.ACCEPTED, OfferState.DECLINED, OfferState.LAPSED)


@dataclass(frozen=True, slots=True)
class Asked:
    """An offer that waits for its answer."""

    offer: Offer
    visit: VisitLine
    due_at: datetime
    after: int
    """How many stand by if it is declined."""
    is_near: bool
    """Whether its time is nearly over."""


@dataclass(frozen=True, slots=True)
class Due:
    """A promise, with the visit that it is about."""

    promise: Promise
    visit: VisitLine


@dataclass(frozen=True, slots=True)
class Glance:
    """What a coordinator reads first."""

    result: RosterResult
    asked: Sequence[Asked]
    """Whose answer is due first comes first."""
    late: Sequence[Due]
    """It should have begun, and nobody has checked in."""
    soon: Sequence[Due]
    answered: Sequence[tuple[Offer, VisitLine]]
    """The newest answer first."""
    states: Counter[str]
    """How many offers there are of each state."""
    called: Mapping[str, tuple[str, Names | None]]


def of_day(session: Session, roster_id: str, now: datetime) -> Glance:
    """UnknownError: no such roster."""
    result = rosters.result(session, roster_id)
    lines = _lines(result)
    made = [row for row in offers.of_roster(session, roster_id) if row.visit_id in lines]
    waiting = _not_begun(session, roster_id, lines)
    answered = [row for row in made if row.state in ANSWERS and row.answered_at is not None]
    return Glance(
        result=result,
        asked=_asked(session, roster_id, [row for row in made if row.state == OfferState.OFFERED], lines, now),
        late=[Due(row, lines[row.visit_id]) for row in waiting if row.start_at + LATE <= now],
        soon=[Due(row, lines[row.visit_id]) for row in waiting if now <= row.start_at < now + SOON],
        answered=[
            (row, lines[row.visit_id])
            for row in sorted(answered, key=lambda row: (row.answered_at or now, row.id), reverse=True)
        ],
        states=Counter(row.state for row in made),
        called=rosters.called(session, {row.helper_id for row in made} | {row.helper_id for row in waiting}),
    )


def _lines(result: RosterResult) -> dict[str, VisitLine]:
    """Every visit of the day, whatever became of it."""
    made = (line.visit for day in result.days for line in day.assignments)
    left = (line.visit for line in result.unassigned)
    return {visit.visit_id: visit for visit in (*made, *left, *result.waiting)}


def _not_begun(session: Session, roster_id: str, lines: Mapping[str, VisitLine]) -> list[Promise]:
    """What was promised and nobody has come to so far, in order of time; the office marks who did not come at all."""
    standing = [row for row in versions.standing(session, roster_id) if row.visit_id in lines]
    stays = attendance.of_visits(session, {row.visit_id for row in standing})
    known = {pair for pair, stay in stays.items() if stay.has_begun or stay.missed}
    rows = [row for row in standing if (row.visit_id, row.helper_id) not in known]
    return sorted(rows, key=lambda row: (row.start_at, row.id))


def _asked(
    session: Session, roster_id: str, made: Sequence[Offer], lines: Mapping[str, VisitLine], now: datetime
) -> list[Asked]:
    after = standbys.remaining(session, roster_id)
    rows = sorted(made, key=lambda row: (row.due, row.id))
    near = (now + NEAR).timestamp()
    return [
        Asked(
            row,
            lines[row.visit_id],
            due_at=datetime.fromtimestamp(row.due, UTC),
            after=len(after.get(row.visit_id, ())),
            is_near=row.due <= near,
        )
        for row in rows
    ]
