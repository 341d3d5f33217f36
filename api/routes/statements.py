"""What a helper may hold in hand: a statement of what they did, and an attestation of their hours."""

from typing import Any

from fastapi import APIRouter, Response

from api.doors import Configured, Reading, Shape, Where
from matcher import attestations, clock, statements
from matcher.types import Day, Key, Tongue

router = APIRouter(tags=["proof"])
TEXT: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/plain": {"schema": {"type": "string"}}}, "description": "A sentence a line"}
}
PDF: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/pdf": {"schema": {"type": "string", "format": "binary"}}}, "description": "PDF"}
}


class DidOut(Shape):
    visits: int
    minutes: int
    heavy: int
    evening: int
    far: int
    unpopular: int
    burden: int


class MedianOut(Shape):
    helpers: int
    visits: float
    minutes: float
    burden: float


class StatementOut(Shape):
    """`team` and `community`: the median of those who served, null where fewer than three did."""

    helper_id: str
    month: Day
    did: DidOut
    team: MedianOut | None
    community: MedianOut | None
    declined: int
    carried: int


@router.get("/helpers/{helper_id}/statement")
def statement(helper_id: Key, session: Reading, month: Day | None = None) -> StatementOut:
    """What a helper did in the month of this day, how heavy it was, and how it compares."""
    return StatementOut.model_validate(statements.of_helper(session, helper_id, month or clock.now().date()))


@router.get("/helpers/{helper_id}/statement/text", response_class=Response, responses=TEXT)
def text(helper_id: Key, session: Reading, month: Day | None = None, language: Tongue = Tongue.CHINESE) -> Response:
    """The same in words."""
    found = statements.of_helper(session, helper_id, month or clock.now().date())
    return Response(statements.told(session, found, language), media_type="text/plain; charset=utf-8")


@router.get("/helpers/{helper_id}/attestation", response_class=Response, responses=PDF)
def attestation(
    helper_id: Key, where: Where, configured: Configured, since: Day, until: Day, language: Tongue = Tongue.CHINESE
) -> Response:
    """A paper that says how many hours somebody has served, both days included, and where that can be checked."""
    with where.transaction() as session:
        said = attestations.paper(session, helper_id, since, until, language, office=configured.public_url)
    named = {"Content-Disposition": f'inline; filename="attestation-{since}-{until}.pdf"'}
    return Response(attestations.printed(said), media_type="application/pdf", headers=named)
