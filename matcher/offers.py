"""Offers (邀约): a promise is made with whoever agrees to it.

Everybody who is promised something is asked. Who declines, or does not answer in time, is let go at once; who is asked
next is decided by `matcher.gaps`, beside the whole day. An answer counts once: by a conditional UPDATE, against the
database's clock, under the roster's row.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, insert, update
from sqlmodel import Session, col, delete, select

from matcher import answers, areas, availability, clock, links, pins, rosters, versions
from matcher.answers import REFUSED
from matcher.database import insert_new, seconds_now
from matcher.errors import AnsweredError, ConflictError, ForkError
from matcher.keys import new_key
from matcher.notices.telling import notify
from matcher.pages import one
from matcher.registers import must_exist
from matcher.snapshot import Snapshot
from matcher.tables.offers import Fallback, Offer
from matcher.tables.people import Helper
from matcher.tables.requests import Visit
from matcher.tables.rosters import Assignment, Roster, Unassigned
from matcher.tables.versions import Promise, Version
from matcher.types import NoticeKind, OfferState
from solver.plan import Plan
from solver.standbys import standbys as chosen

PURPOSE = "answer"
OPEN_STATES = (OfferState.OFFERED, OfferState.ACCEPTED)
BEGUN = (OfferState.CHECKED_IN, OfferState.DONE, OfferState.NO_SHOW)
MOST_STANDBYS = 3
BEFORE = timedelta(hours=1)
"""By then before the start somebody should have agreed."""
SHORTEST, LONGEST = timedelta(minutes=10), timedelta(hours=24)
"""To answer in."""
AWAKE_FROM, AWAKE_TO = 8, 22
"""Hours of the area's day in which an offer may run out."""


@dataclass(frozen=True, slots=True)
class Standby:
    """Who is asked next for a visit; `rank` 1 first."""

    visit_id: str
    helper_id: str
    rank: int


# reading


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


def standbys(seen: Snapshot, plan: Plan) -> tuple[Standby, ...]:
    """Who is asked next for every visit of the plan, chosen together for the whole day."""
    return tuple(
        Standby(seen.visit_ids[visit], seen.helper_ids[helper], rank)
        for visit, helpers in sorted(chosen(seen.problem, plan, MOST_STANDBYS).items())
        for rank, helper in enumerate(helpers, 1)
    )


# asking


def ask(session: Session, roster: Roster, version: Version, lists: Iterable[Standby]) -> None:
    """After a version was made: ask whoever is promised something new, take back what is promised no more, and tell
    everybody whose day changed, once."""
    standing = {(row.visit_id, row.helper_id): row for row in versions.standing(session, roster.id)}
    there: set[tuple[str, str]] = set()
    for offer in of_roster(session, roster.id):
        pair = (offer.visit_id, offer.helper_id)
        promise = standing.get(pair)
        holds = promise is not None and (promise.start_at, promise.end_at) == (offer.start_at, offer.end_at)
        if offer.state in BEGUN or (offer.state in OPEN_STATES and (holds or offer.is_open)):
            there.add(pair)
        elif offer.state in OPEN_STATES:
            _end(session, offer.id, OfferState.WITHDRAWN, col(Offer.state).in_(OPEN_STATES))
    _keep_lists(session, roster.id, lists, standing)
    new = [promise for pair, promise in sorted(standing.items(), key=lambda one: one[0]) if pair not in there]
    _ask_all(session, roster, new)
    waiting: dict[str, list[float]] = {}
    for offer in of_roster(session, roster.id):
        if offer.state == OfferState.OFFERED:
            waiting.setdefault(offer.helper_id, []).append(offer.due)
    for told in version.told:
        _tell(session, roster, version, told, min(waiting.get(told["helper_id"], []), default=None))


def _ask_all(session: Session, roster: Roster, promises: Sequence[Promise]) -> None:
    """Many at once, in few statements: a whole sub-district is published while others wait."""
    left, refused = remaining(session, roster.id), answers.of_roster(session, roster.id).refused
    now, zone = _now(session), _zone(session, roster)
    rows = []
    for one_promised in promises:
        visit_id, helper_id = one_promised.visit_id, one_promised.helper_id
        if helper_id in refused.get(visit_id, {}):
            _ask_again(session, roster.id, visit_id, helper_id)
        span = (one_promised.start_at, one_promised.end_at)
        until = due(now, span[0], len(left.get(visit_id, ())), zone)
        made = _new(roster.id, visit_id, helper_id, span, until)
        rows.append(made.model_dump())
    session.flush()
    if rows:
        session.connection().execute(insert(Offer), rows)


def offer_to(
    session: Session,
    roster: Roster,
    visit_id: str,
    helper_id: str,
    span: tuple[datetime, datetime],
    left: Mapping[str, Sequence[str]],
    *,
    rank: int = 0,
    is_open: bool = False,
) -> Offer:
    """One helper is asked; told by whoever calls. A coordinator who sends somebody again who declined asks again."""
    _ask_again(session, roster.id, visit_id, helper_id)
    until = due(_now(session), span[0], len(left.get(visit_id, ())), _zone(session, roster))
    made = _new(roster.id, visit_id, helper_id, span, until, rank=rank, is_open=is_open)
    session.add(made)
    session.flush()
    return made


def _new(
    roster_id: str,
    visit_id: str,
    helper_id: str,
    span: tuple[datetime, datetime],
    until: float,
    *,
    rank: int = 0,
    is_open: bool = False,
) -> Offer:
    return Offer(
        id=new_key("ofr"),
        roster_id=roster_id,
        visit_id=visit_id,
        helper_id=helper_id,
        start_at=span[0],
        end_at=span[1],
        rank=rank,
        due=until,
        offered_at=clock.now(),
        is_open=is_open,
    )


def _ask_again(session: Session, roster_id: str, visit_id: str, helper_id: str) -> None:
    """A coordinator sends somebody who refused: their refusal is taken back, and they are asked once more."""
    pair = (col(Offer.roster_id) == roster_id, col(Offer.visit_id) == visit_id, col(Offer.helper_id) == helper_id)
    again = update(Offer).where(*pair, col(Offer.state).in_(REFUSED))
    session.connection().execute(again.values(state=OfferState.WITHDRAWN, followed=True))


def _now(session: Session) -> datetime:
    """By the database's clock."""
    return datetime.fromtimestamp(float(session.connection().execute(select(seconds_now(session))).scalar_one()), UTC)


def due(now: datetime, start: datetime, left: int, zone: ZoneInfo) -> float:
    """Until when an answer counts, in seconds since 1970.

    What time there is until an hour before the start is shared among whoever may still be asked; an offer does not run
    out at night, unless the visit would be lost by waiting for the morning.
    """
    share = (start - BEFORE - now) / (left + 1)
    moment = now + min(LONGEST, max(SHORTEST, share))
    local = moment.astimezone(zone)
    if not AWAKE_FROM <= local.hour < AWAKE_TO:
        morning = local.replace(hour=AWAKE_FROM, minute=0, second=0, microsecond=0)
        morning += timedelta(days=1 if local.hour >= AWAKE_TO else 0)
        moment = max(moment, min(morning, start - BEFORE))
    return moment.timestamp()


def path(session: Session, roster: Roster, helper_id: str) -> str:
    """Where this helper, and nobody else, answers what they are asked of this roster."""
    until = datetime.combine(roster.day + timedelta(days=2), datetime.min.time(), UTC)
    return f"/o/{links.sign(session, PURPOSE, f'{roster.id}.{helper_id}', max(until, clock.now() + LONGEST))}"


def opened(session: Session, token: str) -> tuple[str, str]:
    """The roster and the helper of a link. UnknownError: it leads nowhere, or its time is over."""
    roster_id, _, helper_id = links.opened(session, PURPOSE, token).partition(".")
    return roster_id, helper_id


def tell(session: Session, roster: Roster, offer: Offer) -> None:
    """Ask one helper about one visit."""
    span = {"visit_id": offer.visit_id, "start": offer.start_at, "end": offer.end_at}
    values = {**span, "due": datetime.fromtimestamp(offer.due, UTC), "path": path(session, roster, offer.helper_id)}
    notify(
        session,
        kind=NoticeKind.OFFER,
        helper_id=offer.helper_id,
        values=values,
        subject_key=offer.id,
        urgent=offer.due - clock.now().timestamp() < SHORTEST.total_seconds() * 6,
        expires_at=datetime.fromtimestamp(offer.due, UTC),
    )


def _tell(session: Session, roster: Roster, version: Version, told: Mapping[str, Any], answer_by: float | None) -> None:
    names = {"before": "from", "after": "to"}
    changes = [
        {names.get(name, name): change[name] for name in ("kind", "visit_id", "before", "after")}
        for change in told["changes"]
    ]
    values: dict[str, Any] = {"day": roster.day, "changes": changes}
    if answer_by is not None:
        values["path"] = path(session, roster, told["helper_id"])
        values["due"] = datetime.fromtimestamp(answer_by, UTC)
    notify(session, kind=NoticeKind.PUBLISHED, helper_id=told["helper_id"], values=values, subject_key=version.id)


# answering


def accept(session: Session, offer_id: str) -> Offer:
    """UnknownError: no such offer. AnsweredError: it was answered, taken back, or its time is over."""
    offer = _held(session, offer_id)
    in_time = col(Offer.due) > seconds_now(session)
    if not _end(session, offer_id, OfferState.ACCEPTED, col(Offer.state) == OfferState.OFFERED, in_time):
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
    if not _end(session, offer_id, OfferState.DECLINED, open_still, in_time, reason=reason):
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
    if not _end(session, offer_id, OfferState.LAPSED, col(Offer.state) == OfferState.OFFERED, late):
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


def _end(
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


def open_to(
    session: Session, roster_id: str, visit_id: str, helper_ids: Sequence[str], start_at: datetime
) -> list[Offer]:
    """Ask several at once; the first who accepts has the visit (抢单), as many as it needs.

    UnknownError: no such roster or visit. InvalidError names the field. ConflictError: everybody whom the visit needs
    is promised already.
    """
    visit = pins.check(session, roster_id, visit_id, (), start_at)
    roster = rosters.hold(session, roster_id)
    if roster.fork_of_id is not None:
        raise ForkError("Nobody is asked for a fork.", cure="Adopt it first.")
    for helper_id in helper_ids:
        must_exist(session, Helper, helper_id, "helper_ids")
    if len(_makers(session, roster_id, visit_id)) >= visit.people:
        raise ConflictError("Everybody whom the visit needs is promised already.")
    refused = answers.of_roster(session, roster_id).refused.get(visit_id, {})
    asked = {offer.helper_id for offer in of_roster(session, roster_id) if offer.visit_id == visit_id and _waits(offer)}
    span = (start_at, start_at + timedelta(minutes=visit.minutes))
    made = [
        offer_to(session, roster, visit_id, helper_id, span, {}, is_open=True)
        for helper_id in dict.fromkeys(helper_ids)
        if helper_id not in {*refused, *asked}
    ]
    for offer in made:
        tell(session, roster, offer)
    return made


def _win(session: Session, offer: Offer) -> None:
    """The first who accepts an open visit has it; whoever else was asked is told that it is taken."""
    roster, visit = rosters.get(session, offer.roster_id), one(session, Visit, offer.visit_id, "visit")
    promise_to(session, roster, offer, ())
    if len(_makers(session, roster.id, offer.visit_id)) < visit.people:
        return
    for other in of_roster(session, roster.id):
        if other.visit_id == offer.visit_id and other.is_open and other.state == OfferState.OFFERED:
            _end(session, other.id, OfferState.WITHDRAWN, col(Offer.state) == OfferState.OFFERED)
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
    found = availability.shifts(session, [offer.helper_id], roster.day, _zone(session, roster))
    around = (span for span in found.get(offer.helper_id, ()) if span[0] <= offer.start_at <= span[1])
    return next(around, (offer.start_at, offer.end_at))


def _makers(session: Session, roster_id: str, visit_id: str) -> list[str]:
    return [row.helper_id for row in versions.standing(session, roster_id) if row.visit_id == visit_id]


def _waits(offer: Offer) -> bool:
    return offer.state in OPEN_STATES


def _keep_lists(
    session: Session, roster_id: str, lists: Iterable[Standby], standing: Mapping[tuple[str, str], Promise]
) -> None:
    """The day's lists take the place of the earlier ones."""
    spans = {visit_id: (row.start_at, row.end_at) for (visit_id, _), row in standing.items()}
    session.exec(delete(Fallback).where(col(Fallback.roster_id) == roster_id))
    rows = [
        {
            **{"id": new_key("fal"), "roster_id": roster_id, "visit_id": one.visit_id, "helper_id": one.helper_id},
            **{"rank": one.rank, "start_at": spans[one.visit_id][0], "end_at": spans[one.visit_id][1], "used": False},
        }
        for one in lists
        if one.visit_id in spans
    ]
    if rows:
        session.connection().execute(insert(Fallback), rows)


def remaining(session: Session, roster_id: str) -> dict[str, list[str]]:
    """Who may still be asked, by visit, in order."""
    found: dict[str, list[str]] = {}
    rows = select(Fallback).where(Fallback.roster_id == roster_id, col(Fallback.used).is_(False))
    for row in session.exec(rows.order_by(col(Fallback.rank), Fallback.id)):
        found.setdefault(row.visit_id, []).append(row.helper_id)
    return found


def _zone(session: Session, roster: Roster) -> ZoneInfo:
    return areas.zone(areas.get(session, roster.area_id))
