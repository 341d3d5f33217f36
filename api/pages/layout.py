"""What every page shares: the templates, the choice of language, and the page that says what went wrong."""

from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from api.seals import cookie, seal
from api.words import LANGUAGES, Voice, wanted
from matcher.rights import Act, Actor

TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent.parent / "templates"),
    autoescape=select_autoescape(default=True),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
WAYS: tuple[tuple[str, str, Act], ...] = (
    ("/", "Today", Act.SEE_ROSTERS),
    ("/desk", "Desk", Act.KEEP_REQUESTS),
    ("/reports", "Reports", Act.SEE_ROSTERS),
    ("/provider", "Provider", Act.RUN_PROVIDER),
)
"""The rooms that the head of every page leads to: address, word, and the act that opens it to a role."""
REMEMBERED = 365 * 24 * 3600


def page(request: Request, voice: Voice, template: str, values: dict[str, Any], status: int = 200) -> HTMLResponse:
    """The template drawn in the voice's language; a language that was asked for is remembered on the device."""
    query = {name: value for name, value in request.query_params.items() if name != "lang"}
    shared = {"voice": voice, "say": voice.say, "languages": LANGUAGES, "path": request.url.path, "query": query}
    drawn = TEMPLATES.get_template(template).render(**shared, **_sealed(request), **values)
    answer = HTMLResponse(drawn, status)
    if request.query_params.get("lang") in LANGUAGES:
        answer.set_cookie("lang", voice.language, REMEMBERED, httponly=True, samesite="lax")
    return answer


def _sealed(request: Request) -> dict[str, Any]:
    """Who looks at the page, and by what its forms and scripts are known as ours."""
    actor: Actor | None = getattr(request.state, "actor", None)
    token = request.cookies.get(cookie(request.app.state.settings), "") if actor is not None else ""
    if actor is None or not token:
        return {"actor": actor, "seal": "", "sealed": "", "ways": ()}
    made = seal(token)
    field = Markup('<input type="hidden" name="seal" value="{}">').format(made)
    return {"actor": actor, "seal": made, "sealed": field, "ways": _ways(actor, request.url.path)}


def _ways(actor: Actor, path: str) -> list[tuple[str, str, bool]]:
    """Address and word of each room that is open to somebody, and whether they stand in it."""
    return [
        (address, word, path == address or (address != "/" and path.startswith(f"{address}/")))
        for address, word, act in WAYS
        if actor.may(act)
    ]


def to_sign_in(request: Request) -> RedirectResponse:
    """To the page where one signs in, and back from there, unless something was being sent."""
    back = request.url.path if request.method == "GET" else "/"
    query = {"to": back, **({"lang": request.query_params["lang"]} if "lang" in request.query_params else {})}
    return RedirectResponse(f"/sign-in?{urlencode(query)}", 303)


def wants_a_page(request: Request) -> bool:
    """Whether a person looks at a page, and no program reads the API."""
    is_page = not request.scope["path"].startswith(("/v1/", "/static/"))
    return is_page and "text/html" in request.headers.get("accept", "")


def trouble(request: Request, status: int) -> HTMLResponse:
    """The page for people where a program gets a problem."""
    values = {"unknown": status < 500, "forbidden": status == 403}
    return page(request, Voice(wanted(request), ZoneInfo("UTC")), "trouble.html", values, status)
