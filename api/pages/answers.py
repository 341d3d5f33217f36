"""The page behind a link: what a helper is asked, and one tap to answer, without an account."""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import StringConstraints

from api.doors import Reading, Where
from api.pages import layout
from api.routes import offers as doors
from api.routes import standbys as standby_doors
from api.words import Voice, wanted
from matcher import answers, areas, offers, rosters, standbys
from matcher.errors import AnsweredError
from matcher.types import Key, OfferState, Readable, StandbyState

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
Token = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.~-]{1,200}$")]
Reason = Annotated[str, Form(max_length=500), Readable]


@router.get("/o/{token}")
def page(request: Request, token: Token, session: Reading) -> HTMLResponse:
    """Looking changes nothing: programs that open links ahead of people accept nothing."""
    roster_id, helper_id = answers.opened(session, token)
    roster = rosters.get(session, roster_id)
    area = areas.get(session, roster.area_id)
    voice = Voice(wanted(request), areas.zone(area))
    lines = rosters.lines(session, roster_id)
    mine = [(offer, lines.get(offer.visit_id)) for offer in offers.of_helper(session, roster_id, helper_id)]
    waits = [(row, lines.get(row.visit_id)) for row in standbys.of_helper(session, roster_id, helper_id)]
    told = {"token": token, "day": roster.day, "mine": mine, "states": OfferState}
    beside = {"waits": [one for one in waits if one[1]], "kept": StandbyState.ACCEPTED}
    values = {**told, **beside, "too_late": "late" in request.query_params}
    return layout.page(request, voice, "answer.html", values)


@router.post("/o/{token}/{offer_id}/accept")
def accept(token: Token, offer_id: Key, where: Where) -> RedirectResponse:
    return _answered(token, lambda: doors.accept(offer_id, doors.AnswerIn(link=token), where))


@router.post("/o/{token}/{offer_id}/decline")
def decline(token: Token, offer_id: Key, where: Where, reason: Reason = "") -> RedirectResponse:
    return _answered(token, lambda: doors.decline(offer_id, doors.DeclineIn(link=token, reason=reason), where))


@router.post("/o/{token}/standbys/{standby_id}/accept")
def stand_by(token: Token, standby_id: Key, where: Where) -> RedirectResponse:
    return _answered(token, lambda: standby_doors.accept(standby_id, doors.AnswerIn(link=token), where))


@router.post("/o/{token}/standbys/{standby_id}/decline")
def stand_down(token: Token, standby_id: Key, where: Where) -> RedirectResponse:
    return _answered(token, lambda: standby_doors.decline(standby_id, doors.AnswerIn(link=token), where))


def _answered(token: str, act: Callable[[], object]) -> RedirectResponse:
    """Back to the page, which says how it stands now."""
    try:
        act()
    except AnsweredError:
        return RedirectResponse(f"/o/{token}?late", 303)
    return RedirectResponse(f"/o/{token}", 303)
