"""Flags (疑点): claims that cannot be quite right, for a person to look at. They change nothing by themselves."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, update
from sqlmodel import Session, col, select

from matcher import clock, visits
from matcher.claims import TEXTS, Claim, Doubted, doubts
from matcher.database import insert_new
from matcher.errors import ConflictError, InvalidError
from matcher.keys import new_key
from matcher.pages import Page, one, page
from matcher.sentences import told
from matcher.stays import Promised, current, fold
from matcher.tables.people import Helper, Resident
from matcher.tables.proof import Attendance, Feedback, Flag
from matcher.tables.requests import Request, Visit
from matcher.tables.versions import Promise
from matcher.types import FlagState, Way

AROUND = timedelta(days=1)
"""How far around a visit claims of the same helper are looked at."""
MOOT = "What was claimed has been corrected since."
ENDS = {FlagState.FINE, FlagState.CORRECTED}


def look(session: Session, visit_id: str, helper_id: str) -> None:
    """Look at what a helper claims of a visit, and of those around it: flag what is doubtful, and let go what no
    longer is."""
    helper = one(session, Helper, helper_id, "helper")
    found = [one for one in doubts(_claims(session, visit_id, helper_id), helper.mode) if _concerns(one, visit_id)]
    standing = {(one.kind.value, one.visit_id, one.other) for one in found}
    mine = select(Flag).where(
        Flag.helper_id == helper_id, or_(col(Flag.visit_id) == visit_id, col(Flag.other) == visit_id)
    )
    for flag in session.exec(mine):
        stands = (flag.kind, flag.visit_id, flag.other) in standing
        if flag.state == FlagState.OPEN and not stands:
            _end(flag, FlagState.MOOT, MOOT, "")
        elif flag.state == FlagState.MOOT and stands:
            flag.state, flag.resolved_at, flag.reason = FlagState.OPEN, None, ""
        session.add(flag)
    session.flush()
    if found:
        rows = _rows(session, helper, found)
        session.connection().execute(insert_new(session, Flag), rows)


def listed(
    session: Session,
    *,
    after: str | None = None,
    limit: int = 50,
    state: FlagState | None = FlagState.OPEN,
    helper_id: str | None = None,
) -> Page[Flag]:
    where: list[Any] = [] if state is None else [Flag.state == state]
    if helper_id is not None:
        where.append(Flag.helper_id == helper_id)
    return page(session, Flag, after=after, limit=limit, where=where)


def get(session: Session, flag_id: str) -> Flag:
    return one(session, Flag, flag_id, "flag")


def resolve(session: Session, flag_id: str, state: FlagState, reason: str, by: str) -> Flag:
    """Say what it was: fine, or corrected. UnknownError: no such flag. ConflictError: somebody has resolved it."""
    get(session, flag_id)
    if state not in ENDS:
        raise InvalidError("A flag is resolved as fine or as corrected.", field="state")
    session.flush()
    ended = (
        update(Flag)
        .where(col(Flag.id) == flag_id, col(Flag.state) == FlagState.OPEN)
        .values(state=state, reason=reason, resolved_by=by, resolved_at=clock.now())
    )
    if session.connection().execute(ended).rowcount != 1:
        raise ConflictError("The flag has been resolved already.", cure="Read it again.")
    session.expire_all()
    return get(session, flag_id)


def _end(flag: Flag, state: FlagState, reason: str, by: str) -> None:
    flag.state, flag.reason, flag.resolved_by, flag.resolved_at = state, reason, by, clock.now()


def _concerns(doubt: Doubted, visit_id: str) -> bool:
    return visit_id in (doubt.visit_id, doubt.other)


def _rows(session: Session, helper: Helper, found: Sequence[Doubted]) -> list[dict[str, Any]]:
    names = visits.titles(session, sorted({one for doubt in found for one in (doubt.visit_id, doubt.other) if one}))
    names[helper.id] = helper.name
    rows = []
    for doubt in found:
        text = TEXTS[doubt.kind]
        values = {"helper": helper.id, "visit": doubt.visit_id, "other": doubt.other, **doubt.values}
        used = {name: value for name, value in values.items() if f"{{{name}}}" in text}
        rows.append(
            {
                **{"id": new_key("flg"), "kind": doubt.kind, "helper_id": helper.id, "visit_id": doubt.visit_id},
                **{"other": doubt.other, "text": text, "told": told(text, used, names), "state": FlagState.OPEN},
                **{"raised_at": clock.now(), "resolved_at": None, "resolved_by": "", "reason": ""},
            }
        )
    return rows


def _claims(session: Session, visit_id: str, helper_id: str) -> list[Claim]:
    """What the helper claims of this visit and of those of the days around it."""
    day = one(session, Visit, visit_id, "visit").day
    rows = session.exec(
        select(Attendance)
        .join(Visit, col(Attendance.visit_id) == col(Visit.id))
        .where(Attendance.helper_id == helper_id, col(Visit.day).between(day - AROUND, day + AROUND))
        .order_by(Attendance.visit_id, Attendance.id)
    ).all()
    by_visit: dict[str, list[Attendance]] = {}
    for row in rows:
        by_visit.setdefault(row.visit_id, []).append(row)
    promised = promises(session, list(by_visit), helper_id)
    doors = _doors(session, list(by_visit))
    denied = set(
        session.exec(
            select(Feedback.visit_id).where(
                col(Feedback.visit_id).in_(list(by_visit)), col(Feedback.happened).is_(False)
            )
        )
    )
    return [
        Claim(
            identity, fold(entries), promised[identity], *doors[identity], _written_after(entries), identity in denied
        )
        for identity, entries in by_visit.items()
        if identity in promised
    ]


def promises(session: Session, visit_ids: Sequence[str], helper_id: str) -> dict[str, Promised]:
    """When the helper had promised each of these visits, as it was last told; standing or taken back since."""
    rows = session.exec(
        select(Promise)
        .where(Promise.helper_id == helper_id, col(Promise.visit_id).in_(visit_ids))
        .order_by(col(Promise.since), Promise.id)
    )
    return {row.visit_id: Promised(row.start_at, row.end_at) for row in rows}


def _doors(session: Session, visit_ids: Sequence[str]) -> dict[str, tuple[float, float]]:
    rows = session.exec(
        select(Visit.id, Resident.latitude, Resident.longitude)
        .join(Request, col(Visit.request_id) == col(Request.id))
        .join(Resident, col(Request.resident_id) == col(Resident.id))
        .where(col(Visit.id).in_(visit_ids))
    )
    return {visit_id: (latitude, longitude) for visit_id, latitude, longitude in rows}


def _written_after(entries: Sequence[Attendance]) -> timedelta:
    """The longest time after the fact at which a helper alone wrote down what counts now."""
    late: list[timedelta] = [timedelta()]
    for entry in current(entries).values():
        at: datetime | None = entry.at
        if at is not None and entry.way != Way.PERSON:
            late.append(entry.written_at - at)
    return max(late)
