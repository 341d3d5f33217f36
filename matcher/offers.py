"""Offers (邀约): a promise is made with whoever agrees to it.

Everybody who is promised something is asked. Who declines, or does not answer in time, is let go at once; who is asked
next is decided by `matcher.gaps`, beside the whole day. An answer counts once: by a conditional UPDATE, against the
database's clock, under the roster's row.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, update
from sqlmodel import Session, col, delete, select

from matcher import areas, availability, clock, rosters, versions
from matcher.database import insert_new, seconds_now
from matcher.errors import AnsweredError
from matcher.keys import new_key
from matcher.notices.telling import notify
from matcher.pages import one
from matcher.tables.offers import Offer
from matcher.tables.requests import Visit
from matcher.tables.rosters import Assignment, Roster, Unassigned
from matcher.tables.versions import Promise
from matcher.types import NoticeKind, OfferState

OPEN_STATES = (OfferState.OFFERED, OfferState.ACCEPTED)
BEGUN = (OfferState.CHECKED_IN, OfferState.DONE, OfferState.NO_SHOW)


def get(session: Session, offer_id: str) -> Offer:
    """UnknownError: no such offer."""
    return one(session, Offer, offer_id, "offer")


def of_roster(session: Session, roster_id: str) -> Sequence[Offer]:
    """Every offer of a roster, in order of its making."""
    return session.exec(select(Offer).where(Offer.roster_id == roster_id).order_by(Offer.id)).all()


def of_helper(session: Session, roster_id: str, helper_id: str) -> Sequence[Offer]:
    """One helper's offers of a roster that were not taken back, in order of time."""
    mine = select(Offer).where(Offer.roster_id == roster_id, Offer.helper_id == helper_id)
    return session.exec(mine.where(Offer.state != OfferState.WITHDRAWN).order_by(col(Offer.start_at), Offer.id)).all()


def accept(session: Session, offer_id: str) -> Offer:
    """UnknownError: no such offer. AnsweredError: it was answered, taken back, or its time is over."""
    offer = _held(session, offer_id)
    in_time = col(Offer.due) > seconds_now(session)
    if not end(session, offer_id, OfferState.ACCEPTED, col(Offer.state) == OfferState.OFFERED, in_time):
        raise _too_late(session, offer_id)
    if offer.is_open:
        _win(session, offer)
    return get(session, offer_id)


def decline(session: Session, offer_id: str, reason: str = "") -> Offer:
    """Say no, or no longer; somebody else is asked then. UnknownError: no such offer. AnsweredError: it was declined,
    taken back, begun, or its time is over."""
    offer = _held(session, offer_id)
    in_time = (col(Offer.state) == OfferState.ACCEPTED) | (col(Offer.due) > seconds_now(session))
    open_still = col(Offer.state).in_(OPEN_STATES)
    if not end(session, offer_id, OfferState.DECLINED, open_still, in_time, reason=reason):
        raise _too_late(session, offer_id)
    _let_go(session, offer)
    return get(session, offer_id)


def overdue(session: Session, limit: int = 100) -> list[str]:
    """Offers whose time is over and that nobody answered."""
    late = select(Offer.id).where(Offer.state == OfferState.OFFERED, col(Offer.due) <= seconds_now(session))
    return list(session.exec(late.order_by(col(Offer.due)).limit(limit)).all())


def lapse(session: Session, offer_id: str) -> bool:
    """Let an offer run out, if it still waits and its time is over; the helper is told that they need not come."""
    offer = _held(session, offer_id)
    late = col(Offer.due) <= seconds_now(session)
    if not end(session, offer_id, OfferState.LAPSED, col(Offer.state) == OfferState.OFFERED, late):
        return False
    _let_go(session, offer)
    span = {"visit_id": offer.visit_id, "start": offer.start_at, "end": offer.end_at}
    notify(session, kind=NoticeKind.WITHDRAWN, helper_id=offer.helper_id, values=span, subject_key=offer.id)
    return True


def _held(session: Session, offer_id: str) -> Offer:
    """The offer, with its roster's row held first of all: so answers, publishing and lapsing come one by one."""
    offer = get(session, offer_id)
    session.flush()
    session.connection().execute(update(Roster).where(col(Roster.id) == offer.roster_id).values(acts=Roster.acts + 1))
    session.expire_all()
    return get(session, offer_id)


def end(
    session: Session, offer_id: str, state: OfferState, *where: ColumnElement[bool], reason: str | None = None
) -> bool:
    """Whether the offer was as asked, and is now in this state."""
    values: dict[str, Any] = {"state": state, "answered_at": clock.now()}
    if reason is not None:
        values["reason"] = reason
    session.flush()
    met = session.connection().execute(update(Offer).where(col(Offer.id) == offer_id, *where).values(**values))
    session.expire_all()
    return met.rowcount == 1


def _too_late(session: Session, offer_id: str) -> AnsweredError:
    state = get(session, offer_id).state
    if state in (OfferState.OFFERED, OfferState.LAPSED):
        return AnsweredError("The time to answer is over.", cure="Ask the coordinator whether you are still needed.")
    return AnsweredError(f"The offer waits for no answer any more: it is {state.replace('_', ' ')}.")


def _let_go(session: Session, offer: Offer) -> None:
    """The promise is taken back, and the draft no longer sends the helper there; a gap is left, to be closed next."""
    pair = (offer.visit_id, offer.helper_id)
    standing = {(row.visit_id, row.helper_id): row for row in versions.standing(session, offer.roster_id)}
    promise = standing.get(pair)
    if promise is None:
        return
    roster = rosters.get(session, offer.roster_id)
    promise.until = versions.make(session, roster, ()).number
    session.add(promise)
    mine = delete(Assignment).where(col(Assignment.roster_id) == offer.roster_id, col(Assignment.visit_id) == pair[0])
    session.exec(mine.where(col(Assignment.helper_id) == pair[1]))
    session.flush()


def _win(session: Session, offer: Offer) -> None:
    """The first who accepts an open visit has it; whoever else was asked is told that it is taken."""
    roster, visit = rosters.get(session, offer.roster_id), one(session, Visit, offer.visit_id, "visit")
    promise_to(session, roster, offer, ())
    if len(makers(session, roster.id, offer.visit_id)) < visit.people:
        return
    for other in of_roster(session, roster.id):
        if other.visit_id == offer.visit_id and other.is_open and other.state == OfferState.OFFERED:
            end(session, other.id, OfferState.WITHDRAWN, col(Offer.state) == OfferState.OFFERED)
            span = {"visit_id": other.visit_id, "start": other.start_at, "end": other.end_at}
            notify(session, kind=NoticeKind.WITHDRAWN, helper_id=other.helper_id, values=span, subject_key=other.id)


def promise_to(session: Session, roster: Roster, offer: Offer, told: Sequence[Mapping[str, Any]]) -> None:
    """What was offered is promised from a new version on, and the draft holds it too."""
    version = versions.make(session, roster, told)
    row: dict[str, Any] = {
        **{"roster_id": roster.id, "visit_id": offer.visit_id, "helper_id": offer.helper_id},
        **{"start_at": offer.start_at, "end_at": offer.end_at, "travel_minutes": 0},
        **dict(zip(("shift_start_at", "shift_end_at"), _shift(session, roster, offer), strict=True)),
    }
    session.add(Promise(id=new_key("pro"), **row, since=version.number))
    session.connection().execute(insert_new(session, Assignment), [{"id": new_key("asg"), **row}])
    left = delete(Unassigned).where(col(Unassigned.roster_id) == roster.id)
    session.exec(left.where(col(Unassigned.visit_id) == offer.visit_id))
    session.flush()


def _shift(session: Session, roster: Roster, offer: Offer) -> tuple[datetime, datetime]:
    found = availability.shifts(session, [offer.helper_id], roster.day, areas.zone(areas.get(session, roster.area_id)))
    around = (span for span in found.get(offer.helper_id, ()) if span[0] <= offer.start_at <= span[1])
    return next(around, (offer.start_at, offer.end_at))


def makers(session: Session, roster_id: str, visit_id: str) -> list[str]:
    return [row.helper_id for row in versions.standing(session, roster_id) if row.visit_id == visit_id]
