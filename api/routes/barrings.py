"""Barrings: helpers and residents who must not meet."""

from fastapi import APIRouter, Response

from api.doors import After, Limit, Listed, Reading, Shape, Writing
from matcher import bonds
from matcher.types import Key, Text

router = APIRouter(tags=["registers"])


class BarringIn(Shape):
    resident_id: Key
    helper_id: Key
    reason: Text = ""


class BarringOut(BarringIn):
    id: str


class BarringsOut(Listed):
    rows: list[BarringOut]


@router.post("/barrings", status_code=201)
def bar(body: BarringIn, session: Writing, response: Response) -> BarringOut:
    row = bonds.bar(session, body.resident_id, body.helper_id, body.reason)
    response.headers["Location"] = f"/v1/barrings/{row.id}"
    return BarringOut.model_validate(row)


@router.get("/barrings")
def listed(session: Reading, after: After = None, limit: Limit = 50, resident_id: Key | None = None) -> BarringsOut:
    page = bonds.barrings(session, after=after, limit=limit, resident_id=resident_id)
    return BarringsOut(rows=[BarringOut.model_validate(row) for row in page.rows], after=page.after)


@router.get("/barrings/{barring_id}")
def one(barring_id: Key, session: Reading) -> BarringOut:
    return BarringOut.model_validate(bonds.barring(session, barring_id))


@router.delete("/barrings/{barring_id}", status_code=204)
def lift(barring_id: Key, session: Writing) -> None:
    bonds.lift_barring(session, barring_id)
