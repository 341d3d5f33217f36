"""Standbys (替补): who could take each visit over, in lists that are chosen together for the whole day.

The first of each list who is neither asked already nor has declined is told that they stand by, when and for what, but
not at whose door: nobody needs to know more until they are asked to come.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, insert, update
from sqlmodel import Session, col, delete, select

from matcher import answers, clock, rosters
from matcher.errors import AnsweredError
from matcher.keys import new_key
from matcher.notices.telling import notify
from matcher.pages import one
from matcher.snapshot import Snapshot
from matcher.tables.offers import Fallback
from matcher.tables.requests import Visit
from matcher.tables.rosters import Roster
from matcher.tables.versions import Promise
from matcher.types import NoticeKind, StandbyState
from solver.plan import Plan
from solver.standbys import standbys as chosen

MOST_STANDBYS = 3
KNOWING = (StandbyState.TOLD, StandbyState.ACCEPTED)
"""Who knows that they stand by."""
Span = tuple[str, datetime, datetime]
"""A visit, and when somebody would be needed there."""


@dataclass(frozen=True, slots=True)
class Standby:
    """Who is asked next for a visit; `rank` 1 first."""

    visit_id: str
    helper_id: str
    rank: int


def choose(session: Session, seen: Snapshot, plan: Plan) -> tuple[Standby, ...]:
    """Who is asked next for every visit of the plan, chosen together for the whole day; who declined to stand by for a
    visit is not chosen for it again."""
    problem = replace(seen.problem, visits=_without_decliners(session, seen))
    return tuple(
        Standby(seen.visit_ids[visit], seen.helper_ids[helper], rank)
        for visit, helpers in sorted(chosen(problem, plan, MOST_STANDBYS).items())
        for rank, helper in enumerate(helpers, 1)
    )


def _without_decliners(session: Session, seen: Snapshot) -> tuple[Any, ...]:
    gone = _rows(session, seen.roster_id, col(Fallback.state) == StandbyState.DECLINED)
    index = {helper_id: number for number, helper_id in enumerate(seen.helper_ids)}
    barred: dict[str, set[int]] = {}
    for row in gone:
        if row.helper_id in index:
            barred.setdefault(row.visit_id, set()).add(index[row.helper_id])
    return tuple(
        replace(visit, barred=tuple(sorted({*visit.barred, *barred[visit_id]}))) if visit_id in barred else visit
        for visit_id, visit in zip(seen.visit_ids, seen.problem.visits, strict=True)
    )


def keep(
    session: Session,
    roster: Roster,
    lists: Iterable[Standby],
    standing: Mapping[tuple[str, str], Promise],
    occasion: str,
) -> None:
    """The day's lists take the place of the earlier ones; whoever stands by from now on, or no more, is told once."""
    spans = {visit_id: (row.start_at, row.end_at) for (visit_id, _), row in standing.items()}
    known = _rows(session, roster.id, col(Fallback.state) != StandbyState.LISTED)
    before = _of_helpers(row for row in known if row.state in KNOWING and not row.used)
    answered = {(row.visit_id, row.helper_id, row.start_at, row.end_at): row for row in known if not row.used}
    wanted = [one for one in lists if one.visit_id in spans]
    rows = [_row(roster.id, one, spans[one.visit_id], answered) for one in wanted]
    there = {(one.visit_id, one.helper_id) for one in wanted}
    rows += [
        row.model_dump()
        for row in known
        if row.state == StandbyState.DECLINED and (row.visit_id, row.helper_id) not in there
    ]
    session.exec(delete(Fallback).where(col(Fallback.roster_id) == roster.id))
    _tell_first(rows)
    if rows:
        session.connection().execute(insert(Fallback), rows)
    after = _of_helpers(Fallback(**row) for row in rows if row["state"] in KNOWING)
    for helper_id in sorted({*before, *after}):
        now, was = after.get(helper_id, set()), before.get(helper_id, set())
        gone = {span for span in was - now if (span[0], helper_id) not in standing}
        if now - was or gone:
            _tell(session, roster, helper_id, now, gone, occasion)


def _row(
    roster_id: str,
    wanted: Standby,
    span: tuple[datetime, datetime],
    answered: Mapping[tuple[str, str, datetime, datetime], Fallback],
) -> dict[str, Any]:
    """A place of the new lists; who stands by for the same time already is not told again."""
    known = answered.get((wanted.visit_id, wanted.helper_id, *span))
    return {
        **{"id": known.id if known else new_key("fal"), "roster_id": roster_id, "rank": wanted.rank, "used": False},
        **{"visit_id": wanted.visit_id, "helper_id": wanted.helper_id, "start_at": span[0], "end_at": span[1]},
        "state": known.state if known else StandbyState.LISTED,
        "changed_at": known.changed_at if known else None,
    }


def _tell_first(rows: Sequence[dict[str, Any]]) -> None:
    """Of each visit the first who may still be asked stands by."""
    firsts: dict[str, dict[str, Any]] = {}
    for row in sorted(rows, key=lambda row: row["rank"]):
        if row["state"] != StandbyState.DECLINED and not row["used"]:
            firsts.setdefault(row["visit_id"], row)
    for row in firsts.values():
        if row["state"] == StandbyState.LISTED:
            row["state"], row["changed_at"] = StandbyState.TOLD, clock.now()


def step_up(session: Session, roster: Roster, visit_id: str) -> None:
    """Somebody of a visit's list was asked, or cannot stand by: the next one of it stands by and is told."""
    session.flush()
    may = (col(Fallback.visit_id) == visit_id, col(Fallback.used).is_(False))
    first = next(iter(_rows(session, roster.id, *may, col(Fallback.state) != StandbyState.DECLINED)), None)
    if first is None or first.state != StandbyState.LISTED:
        return
    first.state, first.changed_at = StandbyState.TOLD, clock.now()
    session.add(first)
    session.flush()
    now = _of_helpers(of_helper(session, roster.id, first.helper_id))
    _tell(session, roster, first.helper_id, now[first.helper_id], set(), new_key("sby"))


def _tell(
    session: Session, roster: Roster, helper_id: str, now: Iterable[Span], gone: Iterable[Span], occasion: str
) -> None:
    """What somebody stands by for, whole, and for what no more."""
    soon = clock.now()
    visits, over = ([_shown(span) for span in sorted(spans, key=_when) if span[1] > soon] for spans in (now, gone))
    if not visits and not over:
        return
    where = answers.path(session, roster, helper_id)
    notify(
        session,
        kind=NoticeKind.STANDBY,
        helper_id=helper_id,
        values={"day": roster.day, "visits": visits, "gone": over, "path": where},
        subject_key=occasion,
        expires_at=max(span["end"] for span in [*visits, *over]),
    )


def _when(span: Span) -> tuple[datetime, str]:
    return span[1], span[0]


def _shown(span: Span) -> dict[str, Any]:
    return {"visit_id": span[0], "start": span[1], "end": span[2]}


def remaining(session: Session, roster_id: str) -> dict[str, list[str]]:
    """Who may still be asked, by visit, in order."""
    found: dict[str, list[str]] = {}
    for row in _rows(session, roster_id, col(Fallback.used).is_(False), col(Fallback.state) != StandbyState.DECLINED):
        found.setdefault(row.visit_id, []).append(row.helper_id)
    return found


def of_roster(session: Session, roster_id: str) -> list[Fallback]:
    """The lists of a roster's visits, each in order, with what became of everybody on them."""
    return sorted(_rows(session, roster_id), key=lambda row: (row.start_at, row.visit_id, row.rank, row.id))


def of_helper(session: Session, roster_id: str, helper_id: str) -> list[Fallback]:
    """What somebody knows that they stand by for, in order of time."""
    mine = (col(Fallback.helper_id) == helper_id, col(Fallback.used).is_(False), col(Fallback.state).in_(KNOWING))
    return sorted(_rows(session, roster_id, *mine), key=lambda row: (row.start_at, row.id))


def everywhere(session: Session, helper_id: str, since: datetime) -> list[Fallback]:
    """What somebody stands by for on any day, of visits that are still wanted."""
    mine = select(Fallback).join(Visit, col(Fallback.visit_id) == col(Visit.id))
    mine = mine.where(Fallback.helper_id == helper_id, col(Fallback.used).is_(False), Fallback.end_at >= since)
    mine = mine.where(col(Fallback.state).in_(KNOWING), col(Visit.cancelled_at).is_(None))
    return list(session.exec(mine.order_by(col(Fallback.start_at), Fallback.id)))


def get(session: Session, standby_id: str) -> Fallback:
    """UnknownError: nobody stands by under this id."""
    return one(session, Fallback, standby_id, "standby")


def accept(session: Session, standby_id: str) -> Fallback:
    """They keep the time free. AnsweredError: they do not stand by any more, or said so before."""
    _answer(session, standby_id, StandbyState.ACCEPTED, StandbyState.TOLD)
    return get(session, standby_id)


def decline(session: Session, standby_id: str) -> Fallback:
    """They cannot stand by: the next one does. AnsweredError: they do not stand by any more."""
    row = _answer(session, standby_id, StandbyState.DECLINED, *KNOWING)
    step_up(session, rosters.get(session, row.roster_id), row.visit_id)
    return get(session, standby_id)


def leave(session: Session, helper_id: str, start: datetime, end: datetime) -> None:
    """Who is away does not stand by; the next one of each list does."""
    within = (col(Fallback.start_at) < end, col(Fallback.end_at) > start, col(Fallback.used).is_(False))
    mine = select(Fallback).where(Fallback.helper_id == helper_id, *within)
    for row in session.exec(mine.order_by(Fallback.roster_id, Fallback.id)).all():
        if row.state != StandbyState.DECLINED:
            _answer(session, row.id, StandbyState.DECLINED, StandbyState.LISTED, *KNOWING)
            step_up(session, rosters.get(session, row.roster_id), row.visit_id)


def _answer(session: Session, standby_id: str, state: StandbyState, *known: StandbyState) -> Fallback:
    """Under the roster's row, so that answers, publishing and closing gaps come one by one."""
    row = get(session, standby_id)
    session.flush()
    held = update(Roster).where(col(Roster.id) == row.roster_id).values(acts=Roster.acts + 1)
    session.connection().execute(held)
    may = (col(Fallback.id) == standby_id, col(Fallback.used).is_(False), col(Fallback.state).in_(known))
    met = session.connection().execute(update(Fallback).where(*may).values(state=state, changed_at=clock.now()))
    session.expire_all()
    if met.rowcount != 1:
        raise AnsweredError(
            "This was answered before, or nobody stands by here any more.", cure="Look at the page again."
        )
    return get(session, standby_id)


def _rows(session: Session, roster_id: str, *where: ColumnElement[bool]) -> list[Fallback]:
    """By visit in order of rank."""
    session.flush()
    found = select(Fallback).where(Fallback.roster_id == roster_id, *where)
    return list(session.exec(found.order_by(col(Fallback.rank), Fallback.id)))


def _of_helpers(rows: Iterable[Fallback]) -> dict[str, set[Span]]:
    found: dict[str, set[Span]] = {}
    for row in rows:
        found.setdefault(row.helper_id, set()).add((row.visit_id, row.start_at, row.end_at))
    return found
