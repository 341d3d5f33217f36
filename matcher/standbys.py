"""Standbys (替补): who could take each visit over, in lists that are chosen together for the whole day."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import insert
from sqlmodel import Session, col, delete, select

from matcher.keys import new_key
from matcher.snapshot import Snapshot
from matcher.tables.offers import Fallback
from matcher.tables.rosters import Roster
from matcher.tables.versions import Promise
from solver.plan import Plan
from solver.standbys import standbys as chosen

MOST_STANDBYS = 3


@dataclass(frozen=True, slots=True)
class Standby:
    """Who is asked next for a visit; `rank` 1 first."""

    visit_id: str
    helper_id: str
    rank: int


def choose(seen: Snapshot, plan: Plan) -> tuple[Standby, ...]:
    """Who is asked next for every visit of the plan, chosen together for the whole day."""
    return tuple(
        Standby(seen.visit_ids[visit], seen.helper_ids[helper], rank)
        for visit, helpers in sorted(chosen(seen.problem, plan, MOST_STANDBYS).items())
        for rank, helper in enumerate(helpers, 1)
    )


def keep(
    session: Session,
    roster: Roster,
    lists: Iterable[Standby],
    standing: Mapping[tuple[str, str], Promise],
    occasion: str,
) -> None:
    """The day's lists take the place of the earlier ones."""
    spans = {visit_id: (row.start_at, row.end_at) for (visit_id, _), row in standing.items()}
    session.exec(delete(Fallback).where(col(Fallback.roster_id) == roster.id))
    rows = [
        {
            **{"id": new_key("fal"), "roster_id": roster.id, "visit_id": one.visit_id, "helper_id": one.helper_id},
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
