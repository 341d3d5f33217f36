"""Forks: what-if copies of a roster, and two rosters side by side."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from api.doors import Reading, Shape, Version, Writing
from matcher import forks
from matcher.forks import HelperChanges
from matcher.tables.rosters import Roster
from matcher.types import AwareTime, Key, NameOrBlank

router = APIRouter(tags=["rosters"])


class ForkIn(Shape):
    name: NameOrBlank = ""


class ForkOut(Shape):
    id: str
    fork_of_id: str | None
    name: str
    version: int
    measures: dict[str, Any]


class ForksOut(Shape):
    rows: list[ForkOut]


class PlaceOut(Shape):
    start: AwareTime
    end: AwareTime


class DifferenceOut(Shape):
    """One visit in one helper's day: `before` in the first roster, `after` in the second."""

    kind: str
    visit_id: str
    before: PlaceOut | None
    after: PlaceOut | None


class DayOut(Shape):
    helper_id: str
    name: str
    changes: list[DifferenceOut]


class SideOut(Shape):
    id: str
    name: str
    version: int
    measures: dict[str, Any]
    left: list[str]
    """Visits that only the other one makes."""


class ComparedOut(Shape):
    first: SideOut
    second: SideOut
    days: list[DayOut]


@router.post("/rosters/{roster_id}/fork", status_code=201)
def fork(roster_id: Key, session: Writing, response: Response, body: ForkIn | None = None) -> ForkOut:
    """A what-if copy of the draft: it can be solved, changed, compared, adopted or thrown away, but never published."""
    row = forks.fork(session, roster_id, body.name if body else "")
    response.headers["Location"] = f"/v1/rosters/{row.id}"
    response.headers["ETag"] = f'"{row.version}"'
    return ForkOut.model_validate(row.model_dump(include=set(ForkOut.model_fields)))


@router.get("/rosters/{roster_id}/forks")
def listed(roster_id: Key, session: Reading) -> ForksOut:
    rows = forks.listed(session, roster_id)
    return ForksOut(rows=[ForkOut.model_validate(row.model_dump(include=set(ForkOut.model_fields))) for row in rows])


@router.post("/rosters/{roster_id}/adopt")
def adopt(roster_id: Key, version: Version, session: Writing, response: Response) -> ForkOut:
    """Put this fork's plan in the place of its roster's, keeping what people did there since; the fork is gone then.
    Answers the roster."""
    row = forks.adopt(session, roster_id, version)
    response.headers["Location"] = f"/v1/rosters/{row.id}"
    response.headers["ETag"] = f'"{row.version}"'
    return ForkOut.model_validate(row.model_dump(include=set(ForkOut.model_fields)))


@router.delete("/rosters/{roster_id}", status_code=204)
def throw_away(roster_id: Key, session: Writing) -> Response:
    """Throw a fork away; a roster itself is not thrown away."""
    forks.throw_away(session, roster_id)
    return Response(status_code=204)


@router.get("/rosters/{roster_id}/compare")
def compare(
    roster_id: Key, other: Annotated[Key, Query(alias="with", description="The second roster")], session: Reading
) -> ComparedOut:
    """Two rosters of one area and day: their measures side by side, and whose day differs."""
    found = forks.compare(session, roster_id, other)
    return ComparedOut(
        first=_side(found.first, found.left_in_first),
        second=_side(found.second, found.left_in_second),
        days=[_day(one) for one in found.days],
    )


def _side(row: Roster, left: tuple[str, ...]) -> SideOut:
    return SideOut(id=row.id, name=row.name, version=row.version, measures=row.measures, left=list(left))


def _day(one: HelperChanges) -> DayOut:
    changes = [
        DifferenceOut(
            kind=change.kind,
            visit_id=change.visit_id,
            before=PlaceOut(start=change.before[0], end=change.before[1]) if change.before else None,
            after=PlaceOut(start=change.after[0], end=change.after[1]) if change.after else None,
        )
        for change in one.changes
    ]
    return DayOut(helper_id=one.helper_id, name=one.name, changes=changes)
