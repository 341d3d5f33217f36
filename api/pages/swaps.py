"""The page behind a swap's link: what another volunteer asks, and one tap to answer."""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import StringConstraints

from api.doors import Reading, Where
from api.pages import layout
from api.routes import exchanges as doors
from api.words import Voice, wanted
from matcher import areas, rosters, swaps
from matcher.errors import ConflictError, HardBreachError, StaleError
from matcher.types import SwapState

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
Token = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.~-]{1,200}$")]


@router.get("/x/{token}")
def page(request: Request, token: Token, session: Reading) -> HTMLResponse:
    """What, when and about where; the door is told to whoever takes it over."""
    swap = swaps.get(session, swaps.opened(session, token))
    roster = rosters.get(session, swap.roster_id)
    voice = Voice(wanted(request), areas.zone(areas.get(session, roster.area_id)))
    lines, called = rosters.lines(session, roster.id), rosters.called(session, [swap.helper_id])
    mine, theirs = swaps.shown(session, swap)
    told = {"token": token, "swap": swap, "states": SwapState, "day": roster.day, "who": called.get(swap.helper_id)}
    parts = {"mine": mine, "theirs": theirs, "lines": lines, "too_late": "late" in request.query_params}
    return layout.page(request, voice, "swap.html", {**told, **parts})


@router.post("/x/{token}/accept")
def accept(token: Token, where: Where) -> RedirectResponse:
    return _answered(token, where, lambda swap_id: doors.accept(swap_id, doors.AskerIn(link=token), where))


@router.post("/x/{token}/decline")
def decline(token: Token, where: Where) -> RedirectResponse:
    return _answered(token, where, lambda swap_id: doors.decline(swap_id, doors.AskerIn(link=token), where))


def _answered(token: str, where: Where, act: Callable[[str], object]) -> RedirectResponse:
    """Back to the page, which says how it stands now."""
    with where.reading() as session:
        swap_id = swaps.opened(session, token)
    try:
        act(swap_id)
    except (ConflictError, HardBreachError, StaleError):
        return RedirectResponse(f"/x/{token}?late", 303)
    return RedirectResponse(f"/x/{token}", 303)
