"""Releases (退回): a helper gives a promise back in time, and somebody else is asked as after a decline.

Time off gives back by itself what stands in it, however late it is said: who is away does not come.
"""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date, datetime, time

from sqlalchemy import update
from sqlmodel import Session, col, select

from matcher import areas, asking, attendance, availability, clock, exchanges, offers, registers, rosters, standbys
from matcher.availability import Pattern, Stretch
from matcher.errors import ConflictError
from matcher.keys import new_key
from matcher.notices import exchanges as tellings
from matcher.notices.telling import notify
from matcher.pages import Page, one, page
from matcher.tables.exchanges import Release
from matcher.tables.offers import Fallback, Offer
from matcher.tables.people import TimeOff
from matcher.tables.versions import Promise
from matcher.types import NoticeKind, OfferState, ReleaseState

OUTSIDE = "Outside of the new hours"


@dataclass(frozen=True, slots=True)
class Outside:
    """A promise that lies outside of a helper's new hours."""

    assignment_id: str
    roster_id: str
    visit_id: str
    start_at: datetime
    end_at: datetime
    released: bool
    """Given back, so that somebody else is asked; otherwise it was kept."""


def ask(session: Session, assignment_id: str, reason: str, by: str = "") -> Release:
    """Give a promise back; where the area's rules say so, a coordinator must agree first.

    UnknownError: no such assignment. ConflictError: it does not stand, has begun, was released, or it is too late.
    """
    promise = exchanges.hold(session, attendance.promised(session, assignment_id))
    rules = exchanges.rules_of(session, promise.visit_id)
    exchanges.check(session, promise, rules.release_minutes)
    now = clock.now()
    row = Release(
        id=new_key("rel"),
        promise_id=promise.id,
        roster_id=promise.roster_id,
        visit_id=promise.visit_id,
        helper_id=promise.helper_id,
        state=ReleaseState.ASKED if rules.needs_approval else ReleaseState.RELEASED,
        reason=reason,
        asked_at=now,
        decided_at=None if rules.needs_approval else now,
        decided_by=by,
    )
    release_id = registers.add(session, row, "release of this promise").id
    if rules.needs_approval:
        tellings.of_release(session, get(session, release_id), tellings.WAITS)
    else:
        _let_go(session, promise, reason)
    return get(session, release_id)


def decide(session: Session, release_id: str, *, agrees: bool, by: str) -> Release:
    """A coordinator agrees, or not. UnknownError: no such release. ConflictError: it was decided already, or the
    promise does not stand any more."""
    row = get(session, release_id)
    promise = exchanges.hold(session, one(session, Promise, row.promise_id, "promise"))
    state = ReleaseState.RELEASED if agrees else ReleaseState.REFUSED
    decided = (
        update(Release)
        .where(col(Release.id) == release_id, col(Release.state) == ReleaseState.ASKED)
        .values(state=state, decided_at=clock.now(), decided_by=by)
    )
    if session.connection().execute(decided).rowcount != 1:
        raise ConflictError("This release was decided already.")
    session.expire_all()
    if agrees:
        exchanges.check(session, promise, 0)
        _let_go(session, promise, row.reason)
    decided_row = get(session, release_id)
    tellings.of_release(session, decided_row, state)
    return decided_row


def take_time_off(
    session: Session,
    helper_id: str,
    start: datetime,
    end: datetime,
    reason: str = "",
    *,
    decided: Set[str] = frozenset(),
) -> TimeOff:
    """The helper is away: what they are promised in that time, is not over and has not begun, is given back at once,
    and so is what they were asked beside others; they are told that they need not come. For visits that are `decided`
    a coordinator has chosen somebody: nobody is asked by itself.

    UnknownError: no such helper. InvalidError: it ends before it starts."""
    row = availability.take_time_off(session, helper_id, start, end, reason)
    since = max(start, clock.now())
    mine = select(Promise).where(Promise.helper_id == helper_id, col(Promise.until).is_(None))
    within = mine.where(Promise.start_at < end, Promise.end_at > since)
    for found in session.exec(within.order_by(Promise.roster_id, Promise.id)).all():
        promise = exchanges.hold(session, found)
        begun = attendance.begun(session, [promise.visit_id])
        if promise.until is None and (promise.visit_id, helper_id) not in begun:
            offer_id = _let_go(session, promise, reason)
            if promise.visit_id in decided:
                session.connection().execute(update(Offer).where(col(Offer.id) == offer_id).values(followed=True))
            _tell(session, promise, promise.id)
    _take_back_open(session, helper_id, since, end)
    standbys.leave(session, helper_id, since, end)
    session.expire_all()
    return session.get_one(TimeOff, row.id)


def change_pattern(
    session: Session,
    helper_id: str,
    week: Sequence[Stretch],
    on_days: Mapping[date, Sequence[tuple[time, time]]],
    *,
    keep: bool = False,
) -> tuple[Pattern, list[Outside]]:
    """A new week, and what the helper is promised outside of it that lay within the old one: given back as by time
    off, with a notice, or kept where a coordinator wishes so. What has begun stays.

    UnknownError: no such helper. InvalidError: stretches that run backward or overlap."""
    before = _within_hours(session, helper_id)
    found = availability.set_pattern(session, helper_id, week, on_days)
    gone = sorted(before.keys() - _within_hours(session, helper_id).keys())
    outside = []
    for promise in sorted((before[one_gone] for one_gone in gone), key=lambda one_out: (one_out.start_at, one_out.id)):
        span = (promise.id, promise.roster_id, promise.visit_id, promise.start_at, promise.end_at)
        held = exchanges.hold(session, promise)
        begun = (held.visit_id, helper_id) in attendance.begun(session, [held.visit_id])
        if held.until is not None or begun:
            continue
        if not keep:
            _let_go(session, held, OUTSIDE)
            _tell(session, held, held.id)
        outside.append(Outside(*span, released=not keep))
    if not keep:
        _leave_what_is_outside(session, helper_id)
    session.expire_all()
    return found, outside


def _within_hours(session: Session, helper_id: str) -> dict[str, Promise]:
    """The helper's promises to come that lie within their hours, by id."""
    mine = select(Promise).where(Promise.helper_id == helper_id, col(Promise.until).is_(None))
    rows = session.exec(mine.where(Promise.end_at > clock.now()).order_by(Promise.roster_id, Promise.id)).all()
    return {row.id: row for row in rows if _is_within(session, helper_id, row)}


def _is_within(session: Session, helper_id: str, span: Promise | Offer | Fallback) -> bool:
    roster = rosters.get(session, span.roster_id)
    zone = areas.zone(areas.get(session, roster.area_id))
    found = availability.shifts(session, [helper_id], roster.day, zone).get(helper_id, ())
    return any(start <= span.start_at and span.end_at <= end for start, end in found)


def _leave_what_is_outside(session: Session, helper_id: str) -> None:
    """What they are asked beside others, or stand by for, outside of their hours."""
    open_still = (col(Offer.is_open), col(Offer.state) == OfferState.OFFERED, col(Offer.helper_id) == helper_id)
    asked = session.exec(select(Offer).where(*open_still, Offer.end_at > clock.now())).all()
    mine = select(Fallback).where(Fallback.helper_id == helper_id, Fallback.end_at > clock.now())
    stands = session.exec(mine.where(col(Fallback.used).is_(False))).all()
    for span in [(row.start_at, row.end_at) for row in asked if not _is_within(session, helper_id, row)]:
        _take_back_open(session, helper_id, *span)
    for span in [(row.start_at, row.end_at) for row in stands if not _is_within(session, helper_id, row)]:
        standbys.leave(session, helper_id, *span)


def _take_back_open(session: Session, helper_id: str, start: datetime, end: datetime) -> None:
    """They were asked at once with others, and can no longer come: the others are left to answer."""
    waits = col(Offer.is_open) & (col(Offer.state) == OfferState.OFFERED)
    mine = select(Offer).where(waits, Offer.helper_id == helper_id, Offer.start_at < end, Offer.end_at > start)
    for offer in session.exec(mine.order_by(Offer.roster_id, Offer.id)).all():
        rosters.hold(session, offer.roster_id)
        gone = update(Offer).where(col(Offer.id) == offer.id, waits)
        gone = gone.values(state=OfferState.WITHDRAWN, answered_at=clock.now())
        if session.connection().execute(gone).rowcount == 1:
            _tell(session, offer, offer.id)


def _tell(session: Session, was: Promise | Offer, subject_key: str) -> None:
    """That they need not come."""
    span = {"visit_id": was.visit_id, "start": was.start_at, "end": was.end_at}
    notify(session, kind=NoticeKind.WITHDRAWN, helper_id=was.helper_id, values=span, subject_key=subject_key)


def get(session: Session, release_id: str) -> Release:
    return one(session, Release, release_id, "release")


def listed(
    session: Session, *, after: str | None = None, limit: int = 50, state: ReleaseState | None = None
) -> Page[Release]:
    where = [] if state is None else [Release.state == state]
    return page(session, Release, after=after, limit=limit, where=where)


def _let_go(session: Session, promise: Promise, reason: str) -> str:
    """As after a decline, of the offer whose id comes back; whoever was promised something without having been asked
    is taken to have been asked."""
    asked = select(Offer).where(
        Offer.roster_id == promise.roster_id,
        Offer.visit_id == promise.visit_id,
        Offer.helper_id == promise.helper_id,
        col(Offer.state).in_(offers.OPEN_STATES),
    )
    offer = session.exec(asked).one_or_none()
    if offer is None:
        roster = rosters.get(session, promise.roster_id)
        span = (promise.start_at, promise.end_at)
        offer = asking.offer_to(session, roster, promise.visit_id, promise.helper_id, span, {})
    accepted = update(Offer).where(col(Offer.id) == offer.id, col(Offer.state) == OfferState.OFFERED)
    session.connection().execute(accepted.values(state=OfferState.ACCEPTED, answered_at=clock.now()))
    session.expire_all()
    return offers.decline(session, offer.id, reason).id
