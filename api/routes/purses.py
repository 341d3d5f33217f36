"""Purses: subsidy budgets."""

from fastapi import APIRouter, Response

from api.doors import UNSAID, After, Limit, Listed, Reading, Shape, Writing, given
from matcher import purses
from matcher.types import Day, Key, Money, Name, Number

router = APIRouter(tags=["registers"])


class PurseIn(Shape):
    number: Number | None = None
    name: Name
    first_day: Day
    last_day: Day
    budget: Money


class PursePatch(PurseIn):
    """What is named is changed, the rest stays."""

    name: Name = UNSAID
    first_day: Day = UNSAID
    last_day: Day = UNSAID
    budget: Money = UNSAID


class PurseOut(PurseIn):
    id: str


class PursesOut(Listed):
    rows: list[PurseOut]


@router.post("/purses", status_code=201)
def open_purse(body: PurseIn, session: Writing, response: Response) -> PurseOut:
    """A programme's budget in fen; both days belong to the period."""
    row = purses.open_purse(session, body.model_dump())
    response.headers["Location"] = f"/v1/purses/{row.id}"
    return PurseOut.model_validate(row)


@router.get("/purses")
def listed(session: Reading, after: After = None, limit: Limit = 50) -> PursesOut:
    page = purses.listed(session, after=after, limit=limit)
    return PursesOut(rows=[PurseOut.model_validate(row) for row in page.rows], after=page.after)


@router.get("/purses/{purse_id}")
def one(purse_id: Key, session: Reading) -> PurseOut:
    return PurseOut.model_validate(purses.get(session, purse_id))


@router.patch("/purses/{purse_id}")
def change(purse_id: Key, body: PursePatch, session: Writing) -> PurseOut:
    return PurseOut.model_validate(purses.change(session, purse_id, given(body)))
