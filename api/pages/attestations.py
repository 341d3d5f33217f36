"""The page behind the code on an attestation: whether its hours still stand, told to whoever holds the paper."""

from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from pydantic import StringConstraints

from api.doors import Reading
from api.pages import layout
from api.words import Voice, wanted
from matcher import attestations
from matcher.errors import UnknownError
from matcher.languages import Pen
from matcher.types import Tongue

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
Token = Annotated[str, StringConstraints(max_length=300)]


@router.get("/attestations/{token}")
def page(request: Request, token: Token, session: Reading) -> HTMLResponse:
    """An unknown code is told as one, in the reader's language, so that an office elsewhere knows what it holds."""
    voice = Voice(wanted(request), ZoneInfo("UTC"))
    language, values, status = Tongue(voice.language), dict[str, Any](), 200
    try:
        values = attestations.standing(session, token, language)
    except UnknownError:
        pen = Pen(language, voice.zone)
        values, status = {"title": pen.write(attestations.TITLE), "verdict": pen.write(attestations.UNKNOWN)}, 404
    return layout.page(request, voice, "attestation.html", {"said": values, "known": status == 200}, status)
