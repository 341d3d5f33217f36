"""What every page shares: the templates, the choice of language, and the page that says what went wrong."""

from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from api.words import LANGUAGES, Voice, wanted

TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent.parent / "templates"),
    autoescape=select_autoescape(default=True),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
REMEMBERED = 365 * 24 * 3600


def page(request: Request, voice: Voice, template: str, values: dict[str, Any], status: int = 200) -> HTMLResponse:
    """The template drawn in the voice's language; a language that was asked for is remembered on the device."""
    query = {name: value for name, value in request.query_params.items() if name != "lang"}
    drawn = TEMPLATES.get_template(template).render(
        voice=voice, say=voice.say, languages=LANGUAGES, path=request.url.path, query=query, **values
    )
    answer = HTMLResponse(drawn, status)
    if request.query_params.get("lang") in LANGUAGES:
        answer.set_cookie("lang", voice.language, REMEMBERED, httponly=True, samesite="lax")
    return answer


def wants_a_page(request: Request) -> bool:
    """Whether a person looks at a page, and no program reads the API."""
    is_page = not request.scope["path"].startswith(("/v1/", "/static/"))
    return is_page and "text/html" in request.headers.get("accept", "")


def trouble(request: Request, status: int) -> HTMLResponse:
    """The page for people where a program gets a problem."""
    return page(request, Voice(wanted(request), ZoneInfo("UTC")), "trouble.html", {"unknown": status < 500}, status)
