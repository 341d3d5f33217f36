"""Candidates of a visit: whom to send, and what each choice would cost."""

from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query, Response
from pydantic import Field

from api.doors import Shape, Where
from api.routes.checks import BreachOut
from matcher import areas, candidates, rosters
from matcher.candidates import Offered
from matcher.types import AwareTime, Key

router = APIRouter(tags=["rosters"])


class DisplacedOut(Shape):
    visit_id: str
    helper_id: Annotated[str | None, Field(description="Who would make it then; null: it would be left")]
    start: AwareTime | None


class ChoiceOut(Shape):
    helper_id: str
    name: str
    start: AwareTime
    points: Annotated[int, Field(description="What the roster would cost more than now; negative: it is better")]
    with_helper_ids: Annotated[list[str], Field(description="Who comes too, where more people are needed")]
    instead_of_ids: Annotated[list[str], Field(description="Who makes it now and no longer would")]
    moves: Annotated[int, Field(description="Other visits of theirs that would start at another time")]
    displaces: list[DisplacedOut]


class UnsuitedOut(Shape):
    helper_id: str
    name: str
    breaches: list[BreachOut]


class CandidatesOut(Shape):
    visit_id: str
    choices: Annotated[list[ChoiceOut], Field(description="The cheapest first; each was judged as a whole plan")]
    unsuited: Annotated[list[UnsuitedOut], Field(description="The nearest of those who cannot come, and why")]


@router.get("/rosters/{roster_id}/visits/{visit_id}/candidates")
def listed(
    roster_id: Key,
    visit_id: Key,
    where: Where,
    response: Response,
    limit: Annotated[int, Query(ge=1, le=20)] = 8,
) -> CandidatesOut:
    """The best helpers for a visit with what each would cost and displace, and why others cannot come."""
    with where.reading() as session:
        zone = areas.zone(areas.get(session, rosters.get(session, roster_id).area_id))
        asked = candidates.read(session, roster_id, visit_id)
    offered = candidates.answer(asked, limit)
    response.headers["ETag"] = f'"{offered.version}"'
    return _out(offered, zone)


def _out(offered: Offered, zone: ZoneInfo) -> CandidatesOut:
    return CandidatesOut(
        visit_id=offered.visit_id,
        choices=[
            ChoiceOut(
                helper_id=one.helper_id,
                name=one.name,
                start=one.start.astimezone(zone),
                points=one.points,
                with_helper_ids=list(one.with_helper_ids),
                instead_of_ids=list(one.instead_of_ids),
                moves=one.moves,
                displaces=[
                    DisplacedOut(
                        visit_id=gone.visit_id,
                        helper_id=gone.helper_id,
                        start=gone.start.astimezone(zone) if gone.start else None,
                    )
                    for gone in one.displaces
                ],
            )
            for one in offered.choices
        ],
        unsuited=[
            UnsuitedOut(
                helper_id=one.helper_id,
                name=one.name,
                breaches=[BreachOut.model_validate(breach) for breach in one.breaches],
            )
            for one in offered.unsuited
        ],
    )
