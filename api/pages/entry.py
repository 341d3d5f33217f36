"""The page at the front door: signing in, and out again."""

import re
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api import seals
from api.doors import Acting, Configured, Where, Writing
from api.entry import must_come_from_here
from api.pages import layout
from api.words import Voice, wanted
from matcher import signins
from matcher.errors import SignInError, ThrottledError
from matcher.types import Readable

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
HERE = re.compile(r"/(?![/\\])[A-Za-z0-9_/.?=&%-]*")
"""An address of our own, so that nobody is led elsewhere after signing in."""
WRONG = "The name or the password is wrong."
TOO_OFTEN = "Too many tries went wrong. Wait a quarter of an hour, then try again."
TROUBLES = (WRONG, TOO_OFTEN)
Typed = Annotated[str, Form(max_length=200), Readable]


@router.get("/sign-in")
def page(request: Request, configured: Configured, to: str = "/") -> Response:
    return _page(request, configured, to)


@router.post("/sign-in")
def sign_in(
    request: Request,
    where: Where,
    configured: Configured,
    name: Typed = "",
    password: Typed = "",
    to: Annotated[str, Form(max_length=500)] = "/",
) -> Response:
    """Whoever was signed in on this device is not any more; the token is a new one."""
    must_come_from_here(request)
    address = request.client.host if request.client else ""
    before = request.cookies.get(seals.cookie(configured), "")
    try:
        token = signins.sign_in(where, name, password, address, before)
    except ThrottledError:
        return _page(request, configured, to, TOO_OFTEN, 429)
    except SignInError:
        return _page(request, configured, to, WRONG, 401)
    answer = RedirectResponse(_ours(to), 303)
    answer.set_cookie(
        seals.cookie(configured),
        token,
        int(signins.IN_A_POCKET.total_seconds()),
        secure=seals.is_tls(configured),
        httponly=True,
        samesite="lax",
    )
    return answer


@router.post("/sign-out")
def sign_out(request: Request, session: Writing, configured: Configured, _who: Acting) -> Response:
    signins.sign_out(session, request.cookies.get(seals.cookie(configured), ""))
    answer = RedirectResponse("/sign-in", 303)
    answer.delete_cookie(seals.cookie(configured), secure=seals.is_tls(configured), httponly=True, samesite="lax")
    return answer


def _page(request: Request, configured: Any, to: str, trouble: str = "", status: int = 200) -> HTMLResponse:
    voice = Voice(wanted(request), ZoneInfo(configured.time_zone))
    values = {"to": _ours(to), "trouble": voice.say(trouble) if trouble else ""}
    return layout.page(request, voice, "sign_in.html", values, status)


def _ours(to: str) -> str:
    return to if HERE.fullmatch(to) else "/"
