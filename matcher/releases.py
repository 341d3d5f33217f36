"""Releases (退回): a helper gives a promise back in time, and somebody else is asked as after a decline.

Time off gives back by itself what stands in it, however late it is said: who is away does not come.
"""

from collections.abc import Set
from datetime import datetime

from sqlalchemy import update
from sqlmodel import Session, col, select

from matcher import asking, attendance, availability, clock, exchanges, offers, registers, rosters, standbys
from matcher.errors import ConflictError
from matcher.keys import new_key
from matcher.notices import exchanges as tellings
from matcher.notices.telling import notify
from matcher.pages import Page, one, page
from matcher.tables.exchanges import Release
from matcher.tables.offers import Offer
from matcher.tables.people import TimeOff
from matcher.tables.versions import Promise
from matcher.types import NoticeKind, OfferState, ReleaseState


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
