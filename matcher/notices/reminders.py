"""Reminders: the evening before and an hour before, made from the promises that stand.

Nobody has to withdraw one: it is written when its moment has come, for what stands then, and read again when sent.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import Session, and_, col, exists, select

from matcher import routines
from matcher.notices.telling import notify, written
from matcher.tables.notices import Routine
from matcher.tables.offers import Offer
from matcher.tables.people import Helper
from matcher.tables.requests import Visit
from matcher.tables.rosters import Roster
from matcher.tables.versions import Promise, Version
from matcher.types import NoticeKind, OfferState

AHEAD = timedelta(hours=40)
"""From the earliest evening before to the latest end of the next day."""
UNANSWERED = (
    *(OfferState.DRAFT, OfferState.OFFERED, OfferState.DECLINED),
    *(OfferState.CHECKED_IN, OfferState.DONE, OfferState.NO_SHOW),
)
"""Offers whose helper need not be reminded: not agreed, or already there. One that lapsed may have a later one."""

Due = tuple[Promise, datetime]
"""A promise, and when it was told."""


@dataclass(frozen=True, slots=True)
class Reminder:
    """One reminder whose moment has come."""

    helper_id: str
    day: date
    occasion: str
    promises: tuple[Promise, ...]


def write(session: Session, now: datetime) -> int:
    """Write the reminders whose moment has come; how many were new. Twice does no harm."""
    return sum(_remind(session, reminder) for reminder in due(session, now))


def due(session: Session, now: datetime) -> list[Reminder]:
    """Those that are not written yet; asking holds nobody up."""
    days: dict[tuple[str, date], list[Due]] = defaultdict(list)
    helpers: dict[str, Helper] = {}
    for promise, version, roster, helper in _standing(session, now):
        helpers[helper.id] = helper
        days[helper.id, roster.day].append((promise, version.published_at))
    offices, found = routines.Offices(session), list[Reminder]()
    for (helper_id, day), mine in sorted(days.items()):
        routine, zone = offices.of(helpers[helper_id].area_id)
        found += [*_evening(now, day, mine, routine, zone), *_hour(now, day, mine, routine)]
    there = written(session, [(NoticeKind.REMINDER, one.helper_id, one.occasion) for one in found])
    return [one for one in found if (NoticeKind.REMINDER, one.helper_id, one.occasion) not in there]


def _standing(session: Session, now: datetime) -> Sequence[Any]:
    unanswered = exists().where(
        col(Offer.roster_id) == Promise.roster_id,
        col(Offer.visit_id) == Promise.visit_id,
        col(Offer.helper_id) == Promise.helper_id,
        col(Offer.state).in_(UNANSWERED),
    )
    return session.exec(
        select(Promise, Version, Roster, Helper)
        .join(Roster, col(Promise.roster_id) == col(Roster.id))
        .join(
            Version, and_(col(Version.roster_id) == col(Promise.roster_id), col(Version.number) == col(Promise.since))
        )
        .join(Visit, col(Promise.visit_id) == col(Visit.id))
        .join(Helper, col(Promise.helper_id) == col(Helper.id))
        .where(
            col(Promise.until).is_(None),
            Promise.start_at > now,
            Promise.start_at <= now + AHEAD,
            col(Visit.cancelled_at).is_(None),
            ~unanswered,
        )
        .order_by(col(Promise.start_at), Promise.id)
    ).all()


def _evening(now: datetime, day: date, mine: Sequence[Due], routine: Routine, zone: ZoneInfo) -> Iterable[Reminder]:
    """The whole next day at once, for whoever heard of it before that evening."""
    moment = datetime.combine(day - timedelta(days=1), routine.evening_at, zone).astimezone(UTC)
    told = tuple(promise for promise, told_at in mine if told_at < moment)
    if now >= moment and told:
        yield Reminder(told[0].helper_id, day, f"evening:{day}", told)


def _hour(now: datetime, day: date, mine: Sequence[Due], routine: Routine) -> Iterable[Reminder]:
    """Each visit by itself; not where the visit was only told of within that hour."""
    if not routine.reminder_minutes:
        return
    ahead = timedelta(minutes=routine.reminder_minutes)
    for promise, told_at in mine:
        if told_at < promise.start_at - ahead <= now:
            occasion = f"hour:{promise.visit_id}:{promise.start_at:%Y%m%dT%H%MZ}"
            yield Reminder(promise.helper_id, day, occasion, (promise,))


def _remind(session: Session, reminder: Reminder) -> int:
    visits = [
        {"visit_id": promise.visit_id, "start": promise.start_at, "end": promise.end_at}
        for promise in reminder.promises
    ]
    return notify(
        session,
        kind=NoticeKind.REMINDER,
        helper_id=reminder.helper_id,
        values={"day": reminder.day, "visits": visits},
        subject_key=reminder.occasion,
        expires_at=reminder.promises[0].start_at,
    )
