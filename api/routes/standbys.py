"""Standbys: who could take each visit of a roster over, and whether they can; by their link, or by the desk."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from api.doors import Reading, Shape, Where
from api.routes.offers import AnswerIn
from matcher import answers, rosters, standbys
from matcher.database import Database
from matcher.errors import UnknownError
from matcher.tables.offers import Fallback
from matcher.types import AwareTime, Key, StandbyState

router = APIRouter(tags=["standbys"])


class StandbyOut(Shape):
    id: str
    visit_id: str
    helper_id: str
    rank: Annotated[int, Field(description="1: the first who is asked when somebody declines")]
    start_at: AwareTime
    end_at: AwareTime
    state: Annotated[StandbyState, Field(description="listed: they have not been told")]
    used: Annotated[bool, Field(description="They were asked to come")]
    changed_at: Annotated[AwareTime | None, Field(description="When they were told, or answered")]


class StandbysOut(Shape):
    rows: list[StandbyOut]


@router.get("/rosters/{roster_id}/standbys")
def listed(roster_id: Key, session: Reading) -> StandbysOut:
    """Every visit's list, as chosen together for the whole day when the roster was published."""
    rosters.get(session, roster_id)
    return StandbysOut(rows=[_out(row) for row in standbys.of_roster(session, roster_id)])


@router.post("/standbys/{standby_id}/accept")
def accept(standby_id: Key, body: AnswerIn, where: Where) -> StandbyOut:
    """They keep the time free: 200 once, 409 after."""
    check(where, standby_id, body.link)
    with where.transaction() as session:
        return _out(standbys.accept(session, standby_id))


@router.post("/standbys/{standby_id}/decline")
def decline(standby_id: Key, body: AnswerIn, where: Where) -> StandbyOut:
    """They cannot stand by: the next of the list does, and is told. 200 once, 409 after."""
    check(where, standby_id, body.link)
    with where.transaction() as session:
        return _out(standbys.decline(session, standby_id))


def check(where: Database, standby_id: str, link: str | None) -> None:
    with where.reading() as session:
        row = standbys.get(session, standby_id)
        if link is not None and answers.opened(session, link) != (row.roster_id, row.helper_id):
            raise UnknownError("This link is somebody else's.", cure="Open the newest one that you were sent.")


def _out(row: Fallback) -> StandbyOut:
    return StandbyOut.model_validate(row.model_dump(include=set(StandbyOut.model_fields)))
