"""Attendance (签到): who came, left, or did not come. Entries are only ever added; what is true now is folded of them.

An entry belongs to a visit and a helper, so that it outlives every new version of the roster.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import update
from sqlmodel import Session, col, select

from matcher import clock, codes, flags, hours, links, registers
from matcher.database import insert_new
from matcher.errors import ConflictError, InvalidError, UnknownError
from matcher.keys import new_key
from matcher.pages import one
from matcher.stays import Promised, Stay, by_pair, current, fold
from matcher.tables.offers import Offer
from matcher.tables.people import Helper
from matcher.tables.proof import Attendance, Feedback
from matcher.tables.requests import Visit
from matcher.tables.rosters import Assignment
from matcher.tables.versions import Promise
from matcher.types import AttendanceKind, OfferState, Way

PURPOSE = "attendance"
AHEAD = timedelta(minutes=5)
"""By which somebody's clock may be fast."""
FARTHEST = timedelta(days=7)
"""From the promised time; farther away it is another visit that is meant."""
AFTER = timedelta(days=3)
"""How long after the visit a helper's own link still opens."""
WAITING = (OfferState.OFFERED, OfferState.ACCEPTED)
"""Offers that a deed answers: who comes without having said yes has said it."""
MET = (OfferState.CHECKED_IN, OfferState.DONE, OfferState.NO_SHOW)


@dataclass(frozen=True, slots=True)
class Proof:
    """How somebody shows that they may write an entry; a person gives their name and a reason."""

    way: Way
    by: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Seen:
    """One helper's visit as it is now, with every entry behind it."""

    visit_id: str
    helper_id: str
    promised: Promised
    stay: Stay
    entries: Sequence[Attendance]


@dataclass(frozen=True, slots=True)
class Expected:
    """One helper who is expected at a visit, or came."""

    promise_id: str
    roster_id: str
    name: str
    promised: Promised
    stay: Stay


def promised(session: Session, assignment_id: str) -> Promise:
    """The promise behind an assignment of a draft, or behind a promise's own id: the one that stands, otherwise the
    last one. UnknownError: there is no such assignment, or it was never published."""
    named = session.get(Promise, assignment_id) or session.get(Assignment, assignment_id)
    if named is None:
        raise UnknownError(f"There is no assignment {assignment_id}.", cure="Read your assignments again.")
    return _last(session, named.visit_id, named.helper_id)


def _last(session: Session, visit_id: str, helper_id: str) -> Promise:
    rows = session.exec(
        select(Promise)
        .where(Promise.visit_id == visit_id, Promise.helper_id == helper_id)
        .order_by(col(Promise.until).is_(None), col(Promise.since), Promise.id)
    ).all()
    if not rows:
        raise UnknownError("This helper was never promised to make this visit.", cure="Publish the roster first.")
    return rows[-1]


def link(session: Session, promise: Promise) -> str:
    """The token with which this helper, and nobody else, checks in and out by a link."""
    return links.sign(session, PURPOSE, _pair(promise), promise.end_at + AFTER)


def is_shown(session: Session, assignment_id: str, *, code: str | None, token: str | None) -> Way | None:
    """How the proof that was shown holds: by the door's code, by the helper's link, or (None) not at all.

    Commit it whatever it says, for wrong codes are counted. UnknownError: no such assignment, or a wrong link.
    ConflictError: too many wrong codes.
    """
    promise = promised(session, assignment_id)
    if code is not None:
        return Way.CODE if codes.fits(session, promise.visit_id, code) else None
    if links.opened(session, PURPOSE, token or "") != _pair(promise):
        raise UnknownError("This link is another visit's.", cure="Open the one that you were sent for this visit.")
    return Way.LINK


def note(session: Session, assignment_id: str, kind: AttendanceKind, proof: Proof, at: datetime | None = None) -> Seen:
    """Check in, check out, or note that nobody came, now or at an earlier moment.

    ConflictError: it is there already, or nothing of this kind was promised. InvalidError names the field.
    """
    promise = promised(session, assignment_id)
    _hold(session, promise.visit_id)
    entries = of_pair(session, promise.visit_id, promise.helper_id)
    moment = at or clock.now()
    _check_moment(promise, moment)
    _check(promise, kind, fold(entries), moment)
    row = {
        **{"id": new_key("att"), "visit_id": promise.visit_id, "helper_id": promise.helper_id, "kind": kind},
        **{"at": moment, "way": proof.way, "by": proof.by, "reason": proof.reason},
        **{"corrects_id": None, "written_at": clock.now()},
    }
    written = session.connection().execute(insert_new(session, Attendance).returning(Attendance.id), [row]).all()
    if not written:
        raise ConflictError(
            f"This was noted already: {kind.replace('_', ' ')}.", cure="A coordinator may correct it, with a reason."
        )
    answered = fold(of_pair(session, promise.visit_id, promise.helper_id))
    _answer(session, promise, WAITING, state=_state(answered), answered_at=clock.now())
    _answer(session, promise, MET, state=_state(answered))
    follow(session, promise.visit_id, promise.helper_id)
    return seen(session, promise)


def correct(session: Session, entry_id: str, at: datetime | None, by: str, reason: str) -> Seen:
    """Write a new entry in whose light the named one no longer counts; without a moment, it did not happen.

    UnknownError: no such entry. ConflictError: somebody has corrected it. InvalidError names the field.
    """
    entry = one(session, Attendance, entry_id, "entry of attendance")
    _hold(session, entry.visit_id)
    promise = _last(session, entry.visit_id, entry.helper_id)
    entries = of_pair(session, entry.visit_id, entry.helper_id)
    if current(entries)[AttendanceKind(entry.kind)].id != entry_id:
        raise ConflictError("This entry was corrected already.", cure="Read them again, then correct the last.")
    if at is not None:
        _check_moment(promise, at)
    row = Attendance(
        id=new_key("att"),
        visit_id=entry.visit_id,
        helper_id=entry.helper_id,
        kind=entry.kind,
        at=at,
        way=Way.PERSON,
        by=by,
        reason=reason,
        corrects_id=entry_id,
        written_at=clock.now(),
    )
    _check_order(fold([*entries, row]))
    registers.add(session, row, "correction of this entry")
    _answer(session, promise, MET, state=_state(fold([*entries, row])))
    follow(session, entry.visit_id, entry.helper_id)
    return seen(session, promise)


def seen(session: Session, promise: Promise) -> Seen:
    entries = of_pair(session, promise.visit_id, promise.helper_id)
    span = Promised(promise.start_at, promise.end_at)
    return Seen(promise.visit_id, promise.helper_id, span, fold(entries), entries)


def expected(session: Session, visit_id: str) -> list[Expected]:
    """Whoever has promised to make a visit, or has come, in order of name."""
    rows = session.exec(
        select(Promise, Helper.name)
        .join(Helper, col(Promise.helper_id) == col(Helper.id))
        .where(Promise.visit_id == visit_id)
        .order_by(col(Promise.until).is_(None), col(Promise.since), Promise.id)
    )
    stays, last = of_visits(session, [visit_id]), {}
    for promise, name in rows:
        stay = stays.get((visit_id, promise.helper_id), Stay())
        if promise.until is None or stay.has_begun:
            span = Promised(promise.start_at, promise.end_at)
            last[promise.helper_id] = Expected(promise.id, promise.roster_id, name, span, stay)
    return sorted(last.values(), key=lambda one: (one.name, one.promise_id))


def of_pair(session: Session, visit_id: str, helper_id: str) -> list[Attendance]:
    """Every entry of one helper's visit, in the order in which they were written."""
    statement = select(Attendance).where(Attendance.visit_id == visit_id, Attendance.helper_id == helper_id)
    return list(session.exec(statement.order_by(col(Attendance.written_at), Attendance.id)))


def of_visits(session: Session, visit_ids: Collection[str]) -> dict[tuple[str, str], Stay]:
    """What is true of these visits now, by visit and helper."""
    wanted = sorted(visit_ids)
    return by_pair(
        row
        for begin in range(0, len(wanted), 500)
        for row in session.exec(select(Attendance).where(col(Attendance.visit_id).in_(wanted[begin : begin + 500])))
    )


def begun(session: Session, visit_ids: Collection[str]) -> set[tuple[str, str]]:
    """Visits and helpers of whom somebody has come: no plan may take those away."""
    return {pair for pair, stay in of_visits(session, visit_ids).items() if stay.has_begun}


def follow(session: Session, visit_id: str, helper_id: str) -> None:
    """Let the ledger of hours and the flags say what the attendance says now. Whoever calls holds the visit."""
    promise = _last(session, visit_id, helper_id)
    entries = of_pair(session, visit_id, helper_id)
    span, stay = Promised(promise.start_at, promise.end_at), fold(entries)
    hours.settle(session, visit_id, helper_id, stay, span, is_vouched=_is_vouched(session, promise, stay))
    flags.look(session, visit_id, helper_id)


def _is_vouched(session: Session, promise: Promise, stay: Stay) -> bool:
    """Whether the resident says that this helper came: whoever checked in, or whoever alone was to come."""
    said = session.exec(select(Feedback).where(Feedback.visit_id == promise.visit_id)).one_or_none()
    if said is None or not said.happened:
        return False
    standing = select(Promise.helper_id).where(Promise.visit_id == promise.visit_id, col(Promise.until).is_(None))
    alone = session.exec(standing).all() == [promise.helper_id]
    return stay.came_at is not None or (alone and not stay.missed)


def hold(session: Session, visit_id: str) -> Visit:
    """Keep the visit's row until the end of the transaction: what is written of it is written one after the other.
    UnknownError: no such visit."""
    _hold(session, visit_id)
    return one(session, Visit, visit_id, "visit")


def _hold(session: Session, visit_id: str) -> None:
    session.flush()
    session.connection().execute(update(Visit).where(col(Visit.id) == visit_id).values(minutes=Visit.minutes))
    session.expire_all()


def _pair(promise: Promise) -> str:
    return f"{promise.visit_id}.{promise.helper_id}"


def _check_moment(promise: Promise, moment: datetime) -> None:
    if moment > clock.now() + AHEAD:
        raise InvalidError("The moment lies in the future.", field="at")
    if not promise.start_at - FARTHEST <= moment <= promise.end_at + FARTHEST:
        raise InvalidError(
            "The moment lies more than a week from the promised time.", cure="Look for the right visit.", field="at"
        )


def _check(promise: Promise, kind: AttendanceKind, stay: Stay, moment: datetime) -> None:
    """Whether this may be the next entry."""
    if kind == AttendanceKind.NO_SHOW:
        if stay.has_begun:
            raise ConflictError("They have come: there is a check-in or a check-out.", cure="Correct that first.")
        if moment < promise.start_at:
            raise InvalidError("It has not begun yet.", cure="Release the visit instead.", field="at")
    elif promise.until is not None and not stay.has_begun:
        raise ConflictError("This visit is no longer promised by this helper.", cure="Ask the coordinator.")
    elif kind == AttendanceKind.CHECK_IN and stay.came_at is None:
        _check_order(Stay(moment, stay.left_at))
    elif kind == AttendanceKind.CHECK_OUT and stay.left_at is None:
        _check_order(Stay(stay.came_at, moment))


def _check_order(stay: Stay) -> None:
    if stay.came_at is not None and stay.left_at is not None and stay.left_at < stay.came_at:
        raise InvalidError("The check-out lies before the check-in.", field="at")


def _answer(session: Session, promise: Promise, states: Collection[OfferState], **values: object) -> None:
    """Let the offer say what was done of it, where there was one."""
    moved = (
        update(Offer)
        .where(
            col(Offer.roster_id) == promise.roster_id,
            col(Offer.visit_id) == promise.visit_id,
            col(Offer.helper_id) == promise.helper_id,
            col(Offer.state).in_(states),
        )
        .values(**values)
    )
    session.connection().execute(moved)
    session.expire_all()


def _state(stay: Stay) -> OfferState:
    """What an accepted offer has come to."""
    if stay.left_at is not None:
        return OfferState.DONE
    if stay.came_at is not None:
        return OfferState.CHECKED_IN
    return OfferState.NO_SHOW if stay.missed else OfferState.ACCEPTED
