"""Offers: who is asked, and their answers, by a signed link without an account or by a coordinator on the telephone."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import Field, StringConstraints, model_validator

from api.doors import Reading, Shape, Where, Writing
from matcher import answers, offers, openings, rosters
from matcher.database import Database
from matcher.errors import AnsweredError, UnknownError
from matcher.tables.offers import Offer
from matcher.types import AwareTime, Key, Name, OfferState, Readable

router = APIRouter(tags=["offers"])
Token = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.~-]{1,200}$")]
Reason = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500), Readable]


class AnswerIn(Shape):
    """One of: the helper's own link, or the name of who answers on their behalf."""

    link: Token | None = None
    by: Name | None = None

    @model_validator(mode="after")
    def _is_one(self) -> "AnswerIn":
        if (self.link is None) == (self.by is None):
            raise ValueError("Give one of: link, or by.")
        return self


class DeclineIn(AnswerIn):
    reason: Reason = ""


class OpenIn(Shape):
    helper_ids: Annotated[list[Key], Field(min_length=1, max_length=50)]
    start_at: AwareTime


class OfferOut(Shape):
    id: str
    visit_id: str
    helper_id: str
    state: OfferState
    start_at: AwareTime
    end_at: AwareTime
    rank: Annotated[int, Field(description="0: the first who was asked")]
    due: Annotated[float, Field(description="Until when an answer counts, in seconds since 1970")]
    is_open: Annotated[bool, Field(description="Several were asked at once; the first who accepts has it")]
    answered_at: AwareTime | None
    reason: str


class OffersOut(Shape):
    rows: list[OfferOut]


@router.get("/rosters/{roster_id}/offers")
def listed(roster_id: Key, session: Reading) -> OffersOut:
    rosters.get(session, roster_id)
    return OffersOut(rows=[_out(row) for row in offers.of_roster(session, roster_id)])


@router.post("/rosters/{roster_id}/visits/{visit_id}/open", status_code=201)
def open_to(roster_id: Key, visit_id: Key, body: OpenIn, session: Writing) -> OffersOut:
    """Ask several helpers at once (抢单): the first who accepts has the visit."""
    made = openings.open_to(session, roster_id, visit_id, body.helper_ids, body.start_at)
    return OffersOut(rows=[_out(row) for row in made])


@router.post("/offers/{offer_id}/accept")
def accept(offer_id: Key, body: AnswerIn, where: Where) -> OfferOut:
    """200 once, 409 after."""
    check(where, offer_id, body.link)
    with where.transaction() as session:
        return _out(offers.accept(session, offer_id))


@router.post("/offers/{offer_id}/decline")
def decline(offer_id: Key, body: DeclineIn, where: Where) -> OfferOut:
    """200 once, 409 after; somebody else is asked then, by itself."""
    check(where, offer_id, body.link)
    with where.transaction() as session:
        return _out(offers.decline(session, offer_id, body.reason))


def check(where: Database, offer_id: str, link: str | None) -> None:
    """Refuse a link of another, and at once what was answered before, so that who comes too late waits for nobody."""
    with where.reading() as session:
        offer = offers.get(session, offer_id)
        if link is not None and answers.opened(session, link) != (offer.roster_id, offer.helper_id):
            raise UnknownError("This link is for another offer.", cure="Open the newest one that you were sent.")
        if offer.state not in offers.OPEN_STATES:
            raise AnsweredError(f"The offer waits for no answer any more: it is {offer.state.replace('_', ' ')}.")


def _out(row: Offer) -> OfferOut:
    return OfferOut.model_validate(row.model_dump(include=set(OfferOut.model_fields)))
