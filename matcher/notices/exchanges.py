"""Who is told of a swap or a release: whoever is asked, whoever waits for the answer, and the office that decides."""

from typing import Any

from sqlmodel import Session

from matcher.notices.telling import notify
from matcher.pages import one
from matcher.tables.exchanges import Release, Swap
from matcher.tables.rosters import Roster
from matcher.tables.versions import Promise
from matcher.types import NoticeKind

WAITS = "waits"
"""What the office reads: it decides."""


def of_swap(session: Session, swap: Swap, state: str, *helper_ids: str, path: str = "") -> None:
    """These helpers hear what became of the swap, each with the name of the other; nobody named: the office."""
    mine = one(session, Promise, swap.promise_id, "promise")
    theirs = one(session, Promise, swap.other_promise_id, "promise") if swap.other_promise_id else None
    values = {"state": state, **_span(mine), "in_return": _span(theirs) if theirs else None}
    occasion = f"{swap.id}.{state}"
    for helper_id in helper_ids:
        who = swap.helper_id if helper_id == swap.other_helper_id else swap.other_helper_id
        more = {"who": who, **({"path": path} if path else {})}
        _tell_helper(session, NoticeKind.SWAP, helper_id, {**values, **more}, occasion)
    if not helper_ids:
        _tell_office(session, NoticeKind.SWAP, swap.roster_id, values, occasion)


def of_release(session: Session, release: Release, state: str) -> None:
    """The helper hears what was decided, or the office that it decides."""
    promise = one(session, Promise, release.promise_id, "promise")
    values, occasion = {"state": state, **_span(promise)}, f"{release.id}.{state}"
    if state == WAITS:
        _tell_office(session, NoticeKind.RELEASE, release.roster_id, values, occasion)
        return
    _tell_helper(session, NoticeKind.RELEASE, release.helper_id, values, occasion)


def _tell_helper(session: Session, kind: NoticeKind, helper_id: str, values: dict[str, Any], occasion: str) -> None:
    """Nobody needs to hear it once the visit is over."""
    over = values["end"]
    notify(session, kind=kind, helper_id=helper_id, values=values, subject_key=occasion, expires_at=over)


def _tell_office(session: Session, kind: NoticeKind, roster_id: str, values: dict[str, Any], occasion: str) -> None:
    area_id = one(session, Roster, roster_id, "roster").area_id
    notify(session, kind=kind, area_id=area_id, values=values, subject_key=occasion)


def _span(promise: Promise) -> dict[str, Any]:
    return {"visit_id": promise.visit_id, "start": promise.start_at, "end": promise.end_at}
