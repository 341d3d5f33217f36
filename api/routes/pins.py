"""Pins: decisions of a person that the solver keeps."""

from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import Field

from api.doors import Reading, Shape, Version, Where, Writing
from api.routes.checks import BreachOut, Reason
from matcher import pins, rosters
from matcher.tables.rosters import Pin
from matcher.types import AwareTime, Key

router = APIRouter(tags=["rosters"])


class PinIn(Shape):
    """To these helpers, at this start, or both."""

    helper_ids: Annotated[list[Key], Field(max_length=50)] = []
    start_at: AwareTime | None = None
    override: Annotated[Reason | None, Field(description="Why it is to hold although it breaks rules")] = None


class PinOut(Shape):
    visit_id: str
    helper_ids: list[str]
    start_at: AwareTime | None
    override: str | None
    breaches: Annotated[list[BreachOut], Field(description="What the judge said of it when it was made")]


class PinsOut(Shape):
    rows: list[PinOut]


@router.get("/rosters/{roster_id}/pins")
def listed(roster_id: Key, session: Reading) -> PinsOut:
    rosters.get(session, roster_id)
    return PinsOut(rows=[_out(row) for row in pins.of_roster(session, roster_id)])


@router.put("/rosters/{roster_id}/pins/{visit_id}")
def put(roster_id: Key, visit_id: Key, body: PinIn, version: Version, where: Where, response: Response) -> PinOut:
    """Needs If-Match with the roster's ETag: a decision is made on what was seen. It is judged at once; what breaks
    rules that hold is refused, unless it names helpers, a start and the reason of an override."""
    with where.reading() as session:
        weighed = pins.weigh(session, roster_id, visit_id, body.helper_ids, body.start_at)
    with where.transaction() as session:
        row = pins.put(
            session, roster_id, visit_id, body.helper_ids, body.start_at, version, weighed, override=body.override
        )
        moved_to = rosters.get(session, roster_id).version
    response.headers["ETag"] = f'"{moved_to}"'
    return _out(row)


@router.delete("/rosters/{roster_id}/pins/{visit_id}", status_code=204)
def lift(roster_id: Key, visit_id: Key, version: Version, session: Writing) -> Response:
    pins.lift(session, roster_id, visit_id, version)
    return Response(status_code=204, headers={"ETag": f'"{version + 1}"'})


def _out(row: Pin) -> PinOut:
    return PinOut(
        visit_id=row.visit_id,
        helper_ids=row.helper_ids,
        start_at=row.start_at,
        override=row.override,
        breaches=[BreachOut.model_validate(breach) for breach in row.breaches],
    )
