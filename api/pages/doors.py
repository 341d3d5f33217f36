"""The page behind the QR code at a door: whoever has promised to come checks in and out, without an account."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import StringConstraints

from api.doors import Where
from api.pages import layout
from api.routes import attendance as proof
from api.words import Voice, wanted
from matcher import areas, attendance, codes, rosters
from matcher.errors import ConflictError, UnknownError
from matcher.types import AttendanceKind, Key

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
Code = Annotated[str, StringConstraints(pattern=r"^[0-9]{6}$")]
ACTS = {"check-in": AttendanceKind.CHECK_IN, "check-out": AttendanceKind.CHECK_OUT}


@router.get("/doors/{visit_id}")
def page(request: Request, visit_id: Key, code: Code, where: Where) -> HTMLResponse:
    """Shown to whoever has the code; wrong ones are counted."""
    with where.transaction() as session:
        fits = codes.fits(session, visit_id, code)
    if not fits:
        raise UnknownError("This code leads nowhere.", cure="Ask the resident to show it again.")
    with where.reading() as session:
        expected = attendance.expected(session, visit_id)
        if not expected:
            raise UnknownError("Nobody has promised to come here.")
        roster = rosters.get(session, expected[0].roster_id)
        line = rosters.lines(session, roster.id).get(visit_id)
        voice = Voice(wanted(request), areas.zone(areas.get(session, roster.area_id)))
    values: dict[str, Any] = {"visit_id": visit_id, "code": code, "visit": line, "day": roster.day}
    return layout.page(
        request, voice, "door.html", {**values, "expected": expected, "too_late": "late" in request.query_params}
    )


@router.post("/doors/{visit_id}/{promise_id}/{act}")
def note(
    visit_id: Key, promise_id: Key, act: Literal["check-in", "check-out"], code: Annotated[Code, Form()], where: Where
) -> RedirectResponse:
    """Back to the page, which says how it stands now."""
    here = f"/doors/{visit_id}?code={code}"
    try:
        proof.noted(where, promise_id, ACTS[act], proof.ProofIn(code=code))
    except ConflictError:
        return RedirectResponse(f"{here}&late", 303)
    return RedirectResponse(here, 303)
