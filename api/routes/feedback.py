"""What residents say of visits, and the barring proposals that come of it."""

from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import Field
from sqlmodel import Session

from api.doors import After, Limit, Listed, Reading, Shape, Writing
from api.routes.attendance import Said
from matcher import feedback
from matcher.tables.proof import Feedback, Wish
from matcher.types import AwareTime, Key, NameOrBlank, Text, WishKind

router = APIRouter(tags=["proof"])

Helpers = Annotated[list[Key], Field(max_length=50)]


class FeedbackIn(Shape):
    """The resident's own words; `on_behalf` names who wrote them down at the desk or on the telephone."""

    rating: Annotated[int, Field(ge=1, le=5)]
    words: Text = ""
    happened: bool = True
    on_behalf: NameOrBlank = ""
    again: Helpers = []
    not_again: Helpers = []


class WishOut(Shape):
    helper_id: str
    kind: WishKind


class FeedbackOut(Shape):
    id: str
    visit_id: str
    rating: int
    words: str
    happened: bool
    on_behalf: str
    given_at: AwareTime
    wishes: list[WishOut]


class ProposalOut(Shape):
    id: str
    feedback_id: str
    resident_id: str
    helper_id: str
    said_at: AwareTime
    barred: bool | None
    decided_at: AwareTime | None
    decided_by: str
    reason: str


class ProposalsOut(Listed):
    rows: list[ProposalOut]


@router.post("/visits/{visit_id}/feedback", status_code=201)
def give(visit_id: Key, body: FeedbackIn, session: Writing, response: Response) -> FeedbackOut:
    """Closes the visit: 201 once, 409 after. A rating of four or five speaks for whoever came."""
    row = feedback.give(session, visit_id, **body.model_dump())
    response.headers["Location"] = f"/v1/visits/{visit_id}/feedback"
    return _out(session, row)


@router.get("/visits/{visit_id}/feedback")
def one(visit_id: Key, session: Reading) -> FeedbackOut:
    return _out(session, feedback.of_visit(session, visit_id))


@router.get("/barring-proposals")
def proposals(session: Reading, after: After = None, limit: Limit = 50) -> ProposalsOut:
    """Those that wait for a decision; until then nobody sends these helpers to these residents."""
    page = feedback.proposals(session, after=after, limit=limit)
    return ProposalsOut(rows=[_proposal(row) for row in page.rows], after=page.after)


@router.post("/barring-proposals/{proposal_id}/accept")
def accept(proposal_id: Key, body: Said, session: Writing) -> ProposalOut:
    """Bar helper and resident from one another."""
    return _proposal(feedback.decide(session, proposal_id, bar=True, by=body.by, reason=body.reason))


@router.post("/barring-proposals/{proposal_id}/dismiss")
def dismiss(proposal_id: Key, body: Said, session: Writing) -> ProposalOut:
    """Let them meet again."""
    return _proposal(feedback.decide(session, proposal_id, bar=False, by=body.by, reason=body.reason))


def _out(session: Session, row: Feedback) -> FeedbackOut:
    wishes = [WishOut(helper_id=wish.helper_id, kind=WishKind(wish.kind)) for wish in feedback.wishes(session, row.id)]
    return FeedbackOut(**row.model_dump(), wishes=wishes)


def _proposal(row: Wish) -> ProposalOut:
    return ProposalOut.model_validate(row.model_dump(exclude={"kind"}))
