"""Swaps (换班): a volunteer's promise goes to another volunteer, perhaps for one of theirs; both agree, and the judge.

Judging reads the whole day, so it happens before the transaction; the swap stands only if the roster and its answers
are still what was judged.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import insert, update
from sqlmodel import Session, col, delete, select

from matcher import (
    asking,
    attendance,
    checks,
    clock,
    days,
    exchanges,
    links,
    offers,
    plans,
    publishing,
    registers,
    rosters,
    snapshot,
    versions,
)
from matcher.days import Line
from matcher.errors import ConflictError, InvalidError, StaleError
from matcher.keys import new_key
from matcher.notices import exchanges as tellings
from matcher.notices.telling import notify
from matcher.pages import Page, one, page
from matcher.registers import must_exist
from matcher.sentences import Said
from matcher.tables.exchanges import Swap
from matcher.tables.offers import Offer
from matcher.tables.people import Helper
from matcher.tables.rosters import Assignment, Pin, Roster
from matcher.tables.versions import Promise, Version
from matcher.types import HelperKind, NoticeKind, OfferState, SwapState
from solver import judge

PURPOSE = "swap"
CURE = "Ask somebody else."
WAITING = (SwapState.ASKED, SwapState.ACCEPTED)


@dataclass(frozen=True, slots=True)
class Handed:
    """One promise that goes to another helper."""

    promise: Promise
    helper_id: str


@dataclass(frozen=True, slots=True)
class Looked:
    """What the judge says of a swap beside everything that is promised, and of which day it speaks."""

    roster_id: str
    version: int
    acts: int
    breaches: tuple[Said, ...]
    rows: Mapping[tuple[str, str], Mapping[str, Any]]
    """The assignments of the day with the swap in it, by visit and helper."""
    told: tuple[Mapping[str, Any], ...]
    """What each of the two would be told."""


def look(session: Session, assignment_id: str, helper_id: str, for_assignment_id: str | None) -> Looked:
    """Judge what a swap would come to. Writes nothing. UnknownError, InvalidError: it cannot be one."""
    return _look(session, _handed(session, assignment_id, helper_id, for_assignment_id))


def look_again(session: Session, swap_id: str) -> Looked:
    """Judge a swap that was asked for, on the day as it is now."""
    return _look(session, _of(session, get(session, swap_id)))


def ask(
    session: Session,
    looked: Looked,
    assignment_id: str,
    helper_id: str,
    for_assignment_id: str | None = None,
    reason: str = "",
) -> Swap:
    """Ask another volunteer to take a promise over, perhaps for one of theirs.

    HardBreachError: it would break rules that hold. ConflictError: it is too late, or a swap is under way.
    """
    checks.refuse(looked.breaches, CURE)
    handed = _handed(session, assignment_id, helper_id, for_assignment_id)
    mine = exchanges.hold(session, handed[0].promise)
    _check(session, handed)
    row = Swap(
        id=new_key("swp"),
        roster_id=mine.roster_id,
        promise_id=mine.id,
        visit_id=mine.visit_id,
        helper_id=mine.helper_id,
        other_helper_id=helper_id,
        other_promise_id=handed[1].promise.id if len(handed) > 1 else None,
        state=SwapState.ASKED,
        reason=reason,
        asked_at=clock.now(),
    )
    made = registers.add(session, row, "swap of this promise")
    tellings.of_swap(session, made, SwapState.ASKED, helper_id, path=f"/x/{link(session, made.id)}")
    return made


def accept(session: Session, looked: Looked, swap_id: str) -> Swap:
    """The other agrees; it stands at once, unless a coordinator must agree too.

    ConflictError: it waits for no answer, or it is too late. HardBreachError, StaleError: as `approve`.
    """
    swap = _held(session, swap_id)
    rules = exchanges.rules_of(session, swap.visit_id)
    if not rules.needs_approval:
        return _make(session, looked, swap, SwapState.ASKED, "")
    checks.refuse(looked.breaches, CURE)
    _check(session, _of(session, swap))
    swap = _move(session, swap_id, SwapState.ASKED, SwapState.ACCEPTED)
    tellings.of_swap(session, swap, SwapState.ACCEPTED, swap.helper_id)
    tellings.of_swap(session, swap, tellings.WAITS)
    return swap


def approve(session: Session, looked: Looked, swap_id: str, by: str) -> Swap:
    """A coordinator agrees to what both agreed to.

    ConflictError: nothing waits for it, or it is too late. HardBreachError: it would break rules that hold by now.
    StaleError: the day is no longer what was judged.
    """
    return _make(session, looked, _held(session, swap_id), SwapState.ACCEPTED, by)


def end(session: Session, swap_id: str, state: SwapState, by: str = "") -> Swap:
    """Declined by the other, refused by a coordinator, or withdrawn by whoever asked. ConflictError: it has ended."""
    _held(session, swap_id)
    before = {SwapState.DECLINED: (SwapState.ASKED,), SwapState.REFUSED: (SwapState.ACCEPTED,)}.get(state, WAITING)
    swap = _move(session, swap_id, before, state, by)
    concerned = {
        SwapState.DECLINED: (swap.helper_id,),
        SwapState.REFUSED: (swap.helper_id, swap.other_helper_id),
        SwapState.WITHDRAWN: (swap.other_helper_id,),
    }
    tellings.of_swap(session, swap, state, *concerned[state])
    return swap


def opened(session: Session, token: str) -> str:
    """The swap that a link answers. UnknownError: it leads nowhere, or its time is over."""
    return links.opened(session, PURPOSE, token).partition(".")[0]


def shown(session: Session, swap: Swap) -> tuple[Promise, Promise | None]:
    """What would be taken over, and what is given in return."""
    mine = one(session, Promise, swap.promise_id, "promise")
    return mine, one(session, Promise, swap.other_promise_id, "promise") if swap.other_promise_id else None


def link(session: Session, swap_id: str) -> str:
    """The token with which the other, and nobody else, answers."""
    swap = get(session, swap_id)
    promise = one(session, Promise, swap.promise_id, "promise")
    return links.sign(session, PURPOSE, f"{swap.id}.{swap.other_helper_id}", promise.end_at)


def is_others(session: Session, swap_id: str, token: str) -> bool:
    """Whether this is the link of whoever is asked. UnknownError: it leads nowhere."""
    return links.opened(session, PURPOSE, token) == f"{swap_id}.{get(session, swap_id).other_helper_id}"


def get(session: Session, swap_id: str) -> Swap:
    return one(session, Swap, swap_id, "swap")


def listed(
    session: Session, *, after: str | None = None, limit: int = 50, state: SwapState | None = None
) -> Page[Swap]:
    where = [] if state is None else [Swap.state == state]
    return page(session, Swap, after=after, limit=limit, where=where)


def _handed(session: Session, assignment_id: str, helper_id: str, for_assignment_id: str | None) -> tuple[Handed, ...]:
    """What goes to whom. InvalidError: it cannot be a swap."""
    mine = attendance.promised(session, assignment_id)
    if helper_id == mine.helper_id:
        raise InvalidError("Nobody swaps with themselves.", field="helper_id")
    for who, field in ((mine.helper_id, "assignment_id"), (helper_id, "helper_id")):
        if must_exist(session, Helper, who, field).kind != HelperKind.VOLUNTEER:
            raise InvalidError("Only volunteers swap among themselves.", field=field)
    if for_assignment_id is None:
        return (Handed(mine, helper_id),)
    theirs = attendance.promised(session, for_assignment_id)
    if theirs.helper_id != helper_id or theirs.roster_id != mine.roster_id or theirs.visit_id == mine.visit_id:
        raise InvalidError("What is given in return must be another visit of theirs, on this day.", field="for_id")
    return Handed(mine, helper_id), Handed(theirs, mine.helper_id)


def _of(session: Session, swap: Swap) -> tuple[Handed, ...]:
    mine = one(session, Promise, swap.promise_id, "promise")
    if swap.other_promise_id is None:
        return (Handed(mine, swap.other_helper_id),)
    theirs = one(session, Promise, swap.other_promise_id, "promise")
    return Handed(mine, swap.other_helper_id), Handed(theirs, swap.helper_id)


def _look(session: Session, handed: Sequence[Handed]) -> Looked:
    roster = rosters.get(session, handed[0].promise.roster_id)
    seen = snapshot.problem(session, roster.id, whole=True, helper_ids=[one.helper_id for one in handed])
    seen = replace(seen, problem=replace(seen.problem, pins=(), published=()))
    goes = {one.promise.id: one.helper_id for one in handed}
    standing = versions.standing(session, roster.id)
    was = [Line(row.visit_id, row.helper_id, row.start_at, row.end_at) for row in standing]
    now = [replace(line, helper_id=goes.get(row.id, row.helper_id)) for line, row in zip(was, standing, strict=True)]
    before, after = (
        snapshot.planned(seen, ((line.visit_id, line.helper_id, line.start_at) for line in lines))
        for lines in (was, now)
    )
    there = judge.hard(judge.judge(seen.problem, before))
    added = [breach for breach in judge.hard(judge.judge(seen.problem, after)) if breach not in there]
    told = tuple(
        {
            "helper_id": helper_id,
            "name": seen.names[helper_id],
            "changes": [publishing.words(seen, session, change) for change in changes],
        }
        for helper_id, changes in sorted(days.changes(was, now).items())
    )
    rows = {} if added else {(row["visit_id"], row["helper_id"]): row for row in plans.rows(seen, after)}
    return Looked(roster.id, roster.version, roster.acts, checks.said(seen, added), rows, told)


def _held(session: Session, swap_id: str) -> Swap:
    """The swap, with its roster's row held."""
    rosters.hold(session, get(session, swap_id).roster_id)
    return get(session, swap_id)


def _check(session: Session, handed: Sequence[Handed]) -> None:
    for one_handed in handed:
        rules = exchanges.rules_of(session, one_handed.promise.visit_id)
        exchanges.check(session, one_handed.promise, rules.swap_minutes)


def _move(
    session: Session, swap_id: str, before: SwapState | Sequence[SwapState], state: SwapState, by: str = ""
) -> Swap:
    known = [before] if isinstance(before, SwapState) else list(before)
    values: dict[str, Any] = {"state": state, "decided_by": by}
    if state not in WAITING:
        values["ended_at"] = clock.now()
    moved = update(Swap).where(col(Swap.id) == swap_id, col(Swap.state).in_(known)).values(**values)
    if session.connection().execute(moved).rowcount != 1:
        raise ConflictError(f"The swap waits for nothing of this kind: it is {get(session, swap_id).state}.")
    session.expire_all()
    return get(session, swap_id)


def _make(session: Session, looked: Looked, swap: Swap, before: SwapState, by: str) -> Swap:
    """Let the promises change hands, in a new version of which both are told."""
    swap = _move(session, swap.id, before, SwapState.SWAPPED, by)
    swap_id = swap.id
    roster = rosters.get(session, swap.roster_id)
    handed = _of(session, swap)
    _check(session, handed)
    checks.refuse(looked.breaches, CURE)
    if (looked.roster_id, looked.version, looked.acts) != (roster.id, roster.version, roster.acts):
        raise StaleError("The day has changed meanwhile.", cure="Try again.")
    version = versions.make(session, roster, looked.told, by)
    for one_handed in handed:
        _hand(session, roster, one_handed, version.number, looked)
    for told in looked.told:
        _tell(session, roster, version, told)
    return get(session, swap_id)


def _hand(session: Session, roster: Roster, handed: Handed, number: int, looked: Looked) -> None:
    """The promise, the draft, the pin and the offer go to the other."""
    old, helper_id = handed.promise, handed.helper_id
    pair = (col(Assignment.roster_id) == roster.id, col(Assignment.visit_id) == old.visit_id)
    row = {name: value for name, value in looked.rows[old.visit_id, helper_id].items() if name != "id"}
    old.until = number
    session.add(old)
    session.flush()
    session.add(Promise(id=new_key("pro"), since=number, **row))
    gone = session.exec(delete(Assignment).where(*pair, col(Assignment.helper_id) == old.helper_id))
    if gone.rowcount:
        session.connection().execute(insert(Assignment), [{"id": new_key("asg"), **row}])
    pin = session.exec(select(Pin).where(Pin.roster_id == roster.id, Pin.visit_id == old.visit_id)).one_or_none()
    if pin is not None:
        pin.helper_ids = [helper_id if one == old.helper_id else one for one in pin.helper_ids]
        session.add(pin)
    mine = update(Offer).where(
        col(Offer.roster_id) == roster.id, col(Offer.visit_id) == old.visit_id, col(Offer.helper_id) == old.helper_id
    )
    withdrawn = mine.where(col(Offer.state).in_(offers.OPEN_STATES))
    session.flush()
    session.connection().execute(withdrawn.values(state=OfferState.WITHDRAWN, answered_at=clock.now()))
    session.expire_all()
    made = asking.offer_to(session, roster, old.visit_id, helper_id, (old.start_at, old.end_at), {})
    made.state, made.answered_at = OfferState.ACCEPTED, clock.now()
    session.add(made)
    session.flush()


def _tell(session: Session, roster: Roster, version: Version, told: Mapping[str, Any]) -> None:
    names = {"before": "from", "after": "to"}
    changes = [
        {names.get(name, name): change[name] for name in ("kind", "visit_id", "before", "after")}
        for change in told["changes"]
    ]
    values = {"day": roster.day, "changes": changes}
    notify(session, kind=NoticeKind.PUBLISHED, helper_id=told["helper_id"], values=values, subject_key=version.id)
