"""The office's word, by one press: on promises given back or swapped, on doubts, on who should not meet again."""

from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import StringConstraints

from api.doors import Acting, Where, Writing
from matcher import feedback, flags, releases, swaps
from matcher.errors import ConflictError, HardBreachError, StaleError
from matcher.types import FlagState, Key, Readable, SwapState

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
Yes = Annotated[bool, Form()]
Reason = Annotated[str, Form(), StringConstraints(strip_whitespace=True, min_length=1, max_length=500), Readable]


@router.post("/waiting/releases/{release_id}")
def release(release_id: Key, session: Writing, who: Acting, agrees: Yes) -> RedirectResponse:
    releases.decide(session, release_id, agrees=agrees, by=who.name)
    return _back()


@router.post("/waiting/swaps/{swap_id}")
def swap(swap_id: Key, where: Where, who: Acting, agrees: Yes) -> RedirectResponse:
    """Judged on the day as it is now."""
    if not agrees:
        with where.transaction() as session:
            swaps.end(session, swap_id, SwapState.REFUSED, who.name)
        return _back()
    with where.reading() as session:
        looked = swaps.look_again(session, swap_id)
    try:
        with where.transaction() as session:
            swaps.approve(session, looked, swap_id, who.name)
    except (HardBreachError, StaleError, ConflictError):
        return _back("?swap=late#waits")
    return _back()


@router.post("/waiting/flags/{flag_id}")
def flag(flag_id: Key, session: Writing, who: Acting, reason: Reason) -> RedirectResponse:
    """It was fine; whoever finds the entries wrong corrects those."""
    flags.resolve(session, flag_id, FlagState.FINE, reason, who.name)
    return _back()


@router.post("/waiting/proposals/{proposal_id}")
def proposal(proposal_id: Key, session: Writing, who: Acting, agrees: Yes, reason: Reason) -> RedirectResponse:
    """Keep helper and resident apart, or let them meet again."""
    feedback.decide(session, proposal_id, bar=agrees, by=who.name, reason=reason)
    return _back()


def _back(to: str = "#waits") -> RedirectResponse:
    return RedirectResponse(f"/{to}", 303)
