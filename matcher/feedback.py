"""Feedback (反馈): what a resident says of a visit closes it, and tells the next roster whom they would like to see.

Not again is a barring proposal: nobody sends that helper until a person has decided, and only a person bars.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import update
from sqlmodel import Session, col, select

from matcher import attendance, bonds, clock, concerned
from matcher.database import insert_new
from matcher.errors import ConflictError, InvalidError, UnknownError
from matcher.keys import new_key
from matcher.pages import Page, one, page
from matcher.tables.proof import Feedback, Wish
from matcher.tables.requests import Barring, Request, Visit
from matcher.tables.versions import Promise
from matcher.types import WishKind

CONTENT = 4
"""The lowest rating that says, without more words: gladly again."""
REMEMBERED = timedelta(days=180)
"""How long a helper whom a resident liked counts as known to them."""


def give(
    session: Session,
    visit_id: str,
    *,
    rating: int,
    words: str = "",
    happened: bool = True,
    on_behalf: str = "",
    again: Collection[str] = (),
    not_again: Collection[str] = (),
) -> Feedback:
    """Take down what the resident says, once; the visit is closed by it. `on_behalf` names who wrote it down.

    UnknownError: no such visit. ConflictError: it was never promised, or feedback is there. InvalidError: it has not
    begun, or a wish names somebody who had not promised to come.
    """
    visit = attendance.hold(session, visit_id)
    promises = _promises(session, visit_id)
    _check(session, visit, promises, {*again, *not_again})
    if both := sorted({*again} & {*not_again}):
        raise InvalidError(f"Helper {both[0]} is wished for and not wished for.", field="not_again")
    row: dict[str, Any] = {
        **{"id": new_key("fdb"), "visit_id": visit_id, "rating": rating, "words": words, "happened": happened},
        **{"on_behalf": on_behalf, "given_at": clock.now()},
    }
    if not session.connection().execute(insert_new(session, Feedback).returning(Feedback.id), [row]).all():
        raise ConflictError("There is feedback on this visit already.")
    resident_id = one(session, Request, visit.request_id, "request").resident_id
    if not_again:
        concerned.by_resident(session, resident_id)
    helpers = sorted({promise.helper_id for promise in promises})
    for helper_id in helpers:
        attendance.follow(session, visit_id, helper_id)
    glad = {*again, *_content(session, visit_id, rating, happened, helpers)} - {*not_again}
    wishes = {**dict.fromkeys(sorted(glad), WishKind.AGAIN), **dict.fromkeys(sorted(not_again), WishKind.NOT_AGAIN)}
    for helper_id, kind in wishes.items():
        session.add(
            Wish(
                id=new_key("wsh"),
                feedback_id=row["id"],
                resident_id=resident_id,
                helper_id=helper_id,
                kind=kind,
                said_at=row["given_at"],
            )
        )
    session.flush()
    return session.get_one(Feedback, row["id"])


def of_visit(session: Session, visit_id: str) -> Feedback:
    """UnknownError: nothing was said of this visit."""
    found = session.exec(select(Feedback).where(Feedback.visit_id == visit_id)).one_or_none()
    if found is None:
        raise UnknownError(f"There is no feedback on visit {visit_id}.")
    return found


def wishes(session: Session, feedback_id: str) -> Sequence[Wish]:
    return session.exec(select(Wish).where(Wish.feedback_id == feedback_id).order_by(Wish.helper_id)).all()


def proposals(session: Session, *, after: str | None = None, limit: int = 50) -> Page[Wish]:
    """Barring proposals that wait for a decision."""
    where = [Wish.kind == WishKind.NOT_AGAIN, col(Wish.decided_at).is_(None)]
    return page(session, Wish, after=after, limit=limit, where=where)


def decide(session: Session, wish_id: str, *, bar: bool, by: str, reason: str) -> Wish:
    """Bar helper and resident from one another, or let the proposal rest.

    UnknownError: no such proposal. ConflictError: it was decided already.
    """
    wish = one(session, Wish, wish_id, "barring proposal")
    if wish.kind != WishKind.NOT_AGAIN:
        raise UnknownError(f"There is no barring proposal {wish_id}.")
    concerned.by_resident(session, wish.resident_id)
    decided = (
        update(Wish)
        .where(col(Wish.id) == wish_id, col(Wish.decided_at).is_(None))
        .values(barred=bar, decided_at=clock.now(), decided_by=by, reason=reason)
    )
    if session.connection().execute(decided).rowcount != 1:
        raise ConflictError("This proposal was decided already.")
    session.expire_all()
    pair = select(Barring).where(Barring.resident_id == wish.resident_id, Barring.helper_id == wish.helper_id)
    if bar and session.exec(pair).one_or_none() is None:
        bonds.bar(session, wish.resident_id, wish.helper_id, reason)
    return one(session, Wish, wish_id, "barring proposal")


def kept_apart(session: Session) -> Sequence[tuple[str, str]]:
    """Resident and helper of every barring proposal that nobody has decided yet."""
    waiting = select(Wish.resident_id, Wish.helper_id).where(
        Wish.kind == WishKind.NOT_AGAIN, col(Wish.decided_at).is_(None)
    )
    return session.exec(waiting.order_by(Wish.id)).all()


def liked(session: Session, resident_ids: Iterable[str], day: date) -> set[tuple[str, str]]:
    """Residents and the helpers whom they would gladly see again; what they said last counts."""
    wanted, since = sorted(set(resident_ids)), datetime.combine(day, time(), UTC) - REMEMBERED
    last: dict[tuple[str, str], str] = {}
    for begin in range(0, len(wanted), 500):
        rows = session.exec(
            select(Wish)
            .where(col(Wish.resident_id).in_(wanted[begin : begin + 500]), Wish.said_at >= since)
            .order_by(col(Wish.said_at), Wish.id)
        )
        last.update({(row.resident_id, row.helper_id): row.kind for row in rows})
    return {pair for pair, kind in last.items() if kind == WishKind.AGAIN}


def _check(session: Session, visit: Visit, promises: Sequence[Promise], named: set[str]) -> None:
    if not promises:
        raise ConflictError("Nobody was ever promised for this visit.", cure="Publish the roster first.")
    helpers = {promise.helper_id for promise in promises}
    if strange := sorted(named - helpers):
        raise InvalidError(f"Helper {strange[0]} had not promised to come.", field="again")
    has_begun = bool(attendance.begun(session, [visit.id]))
    if not has_begun and clock.now() < min(promise.start_at for promise in promises):
        raise InvalidError("The visit has not begun yet.", field="visit_id")


def _content(session: Session, visit_id: str, rating: int, happened: bool, helpers: Sequence[str]) -> Iterable[str]:
    """Whom a good rating speaks for: whoever came, or whoever alone was to come."""
    if rating < CONTENT or not happened:
        return ()
    came = {helper_id for _, helper_id in attendance.begun(session, [visit_id])}
    return came or (helpers if len(helpers) == 1 else ())


def _promises(session: Session, visit_id: str) -> Sequence[Promise]:
    return session.exec(select(Promise).where(Promise.visit_id == visit_id).order_by(Promise.id)).all()
