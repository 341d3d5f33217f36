"""Reminders: the evening before and an hour before, made from the promises that stand.

Nobody has to withdraw one: it is written when its moment has come, for what stands then, and read again when sent.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import Session, and_, col, exists, select

from matcher import routines
from matcher.notices.telling import notify
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
    *(OfferState.DRAFT, OfferState.OFFERED, OfferState.DECLINED, OfferState.LAPSED, OfferState.WITHDRAWN),
    *(OfferState.CHECKED_IN, OfferState.DONE, OfferState.NO_SHOW),
)
"""Offers whose helper need not be reminded: not agreed, or already there."""

Due = tuple[Promise, datetime]
"""A promise, and when it was told."""


def write(session: Session, now: datetime) -> int:
    """Write the reminders whose moment has come; how many were new. Twice does no harm."""
    days: dict[tuple[str, date], list[Due]] = defaultdict(list)
    helpers: dict[str, Helper] = {}
    for promise, version, roster, helper in _standing(session, now):
        helpers[helper.id] = helper
        days[helper.id, roster.day].append((promise, version.published_at))
    offices = routines.Offices(session)
    return sum(
        _evening(session, now, day, mine, *offices.of(helpers[helper_id].area_id))
        + _hour(session, now, day, mine, offices.of(helpers[helper_id].area_id)[0])
        for (helper_id, day), mine in sorted(days.items())
    )


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


def _evening(session: Session, now: datetime, day: date, mine: Sequence[Due], routine: Routine, zone: ZoneInfo) -> int:
    """The whole next day at once, for whoever heard of it before that evening."""
    moment = datetime.combine(day - timedelta(days=1), routine.evening_at, zone).astimezone(UTC)
    told = [promise for promise, told_at in mine if told_at < moment]
    if now < moment or not told:
        return 0
    return _remind(session, day, told, f"evening:{day}")


def _hour(session: Session, now: datetime, day: date, mine: Sequence[Due], routine: Routine) -> int:
    """Each visit by itself; not where the visit was only told of within that hour."""
    if not routine.reminder_minutes:
        return 0
    ahead = timedelta(minutes=routine.reminder_minutes)
    due = [promise for promise, told_at in mine if told_at < promise.start_at - ahead <= now]
    return sum(
        _remind(session, day, [promise], f"hour:{promise.visit_id}:{promise.start_at:%Y%m%dT%H%MZ}") for promise in due
    )


def _remind(session: Session, day: date, promises: Sequence[Promise], occasion: str) -> int:
    visits = [{"visit_id": promise.visit_id, "start": promise.start_at, "end": promise.end_at} for promise in promises]
    return notify(
        session,
        kind=NoticeKind.REMINDER,
        helper_id=promises[0].helper_id,
        values={"day": day, "visits": visits},
        subject_key=occasion,
        expires_at=promises[0].start_at,
    )
