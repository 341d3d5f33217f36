"""The front door: who is there, whether they may do this act, and whether what they name is within their reach.

One dependency of the whole application. Who comes with a cookie to change something shows that the request comes from
one of our own pages: by the browser's own word, and by a seal that only our pages know.
"""

import asyncio
import hmac
import re
from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Iterator
from json import JSONDecodeError
from time import monotonic
from typing import Annotated, Any, TypeVar
from urllib.parse import urlsplit

from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi.routing import APIRoute
from sqlmodel import Session

from api.acts import ACT_OF, BY_LINK, OPEN
from api.doors import Configured, Where
from api.seals import SEAL, cookie, seal
from matcher import reach, rights, signins
from matcher.database import Database
from matcher.errors import ForbiddenError, SignInError, UnknownError
from matcher.rights import Act, Actor
from matcher.settings import Settings

KEY = re.compile(r"[a-z]{3}_[0-9A-Z]{26}")
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
CURSORS = frozenset({"after"})
"""They name a place in a list, not a thing."""
FORM = ("application/x-www-form-urlencoded", "multipart/form-data")
AGAIN = 5.0
"""Seconds after which whoever listens to live events is looked at again."""
Told = TypeVar("Told")
REFUSED, ASK = "Your account may not do this.", "Ask whoever keeps the accounts."


SCHEMES = {
    "token": {"type": "http", "scheme": "bearer", "description": "A program's key, or the token of a sign-in"},
    "cookie": {"type": "apiKey", "in": "cookie", "name": "matcher", "description": "Changes need X-Seal as well"},
}
SECURITY: list[dict[str, list[str]]] = [{name: []} for name in SCHEMES]


def describe(app: FastAPI, routers: Iterable[APIRouter]) -> None:
    """Let the contract tell how one shows who one is, and where nobody need."""
    for route in (route for router in routers for route in router.routes if isinstance(route, APIRoute)):
        name = name_of(route.endpoint)
        if name in OPEN or name in BY_LINK:
            route.openapi_extra = {"security": [] if name in OPEN else [{}, *SECURITY]}
    told = app.openapi

    def with_security() -> dict[str, Any]:
        contract = told()
        contract["components"]["securitySchemes"] = SCHEMES
        contract["security"] = SECURITY
        return contract

    app.openapi = with_security  # type: ignore[method-assign]


async def sent(request: Request) -> dict[str, Any]:
    """What came in the body, as far as it is an object; the framework has read it already or will not."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if request.method in SAFE or kind not in ("application/json", *FORM):
        return {}
    try:
        said: Any = dict(await request.form()) if kind in FORM else await request.json()
    except (JSONDecodeError, UnicodeDecodeError):
        return {}
    return said if isinstance(said, dict) else {"": said}


def come_in(
    request: Request, said: Annotated[dict[str, Any], Depends(sent)], where: Where, configured: Configured
) -> None:
    """SignInError, ForbiddenError, UnknownError: not at all, not this, not that."""
    name = name_of(request.scope["endpoint"])
    if name in OPEN:
        return
    if name in BY_LINK and (said.get("link") or said.get("code")):
        return
    with where.reading() as session:
        who, by_cookie = known(session, request, configured)
        if by_cookie and request.method not in SAFE:
            must_be_ours(request, said, configured)
        must_be_allowed(session, request, who)
        if who.reach.areas:
            reach.must_hold(session, who.reach, set(_keys(said)), sent=True)
    request.state.actor = who


def must_be_allowed(session: Session, request: Request, who: Actor) -> None:
    """ForbiddenError, UnknownError: not this act, not what the address names."""
    act = ACT_OF.get(name_of(request.scope["endpoint"]))
    if act is None:
        raise ForbiddenError(REFUSED, cure=ASK)
    must_be_able(who, act)
    in_path = {value for value in request.path_params.values() if _is_key(value)}
    asked = {value for name, value in request.query_params.multi_items() if name not in CURSORS and _is_key(value)}
    reach.must_hold(session, who.reach, in_path | asked, sent="roster_id" in request.path_params)


def must_be_able(who: Actor, act: Act) -> None:
    """ForbiddenError: nobody of this role does that."""
    if not who.may(act):
        raise ForbiddenError(REFUSED, cure=ASK)


async def while_in(request: Request, where: Database, events: AsyncGenerator[Told]) -> AsyncIterator[Told]:
    """Pass on what comes for as long as whoever asked may ask: they are looked at again every few seconds."""
    looked, coming = monotonic(), asyncio.ensure_future(anext(events, None))
    try:
        while True:
            await asyncio.wait({coming}, timeout=AGAIN)
            if monotonic() - looked >= AGAIN:
                looked = monotonic()
                if not await asyncio.to_thread(_is_in, request, where):
                    return
            if coming.done():
                event = coming.result()
                if event is None:
                    return
                yield event
                coming = asyncio.ensure_future(anext(events, None))
    finally:
        coming.cancel()
        await asyncio.gather(coming, return_exceptions=True)
        await events.aclose()


def _is_in(request: Request, where: Database) -> bool:
    try:
        with where.reading() as session:
            must_be_allowed(session, request, known(session, request, request.app.state.settings)[0])
    except (SignInError, ForbiddenError, UnknownError):
        return False
    return True


def name_of(endpoint: Any) -> str:
    """`routes.residents.one`: how a route is called in the table of acts."""
    return f"{endpoint.__module__.removeprefix('api.')}.{endpoint.__name__}"


def known(session: Session, request: Request, configured: Settings) -> tuple[Actor, bool]:
    """Who it is, and whether a cookie says so. SignInError: nobody."""
    kind, _, shown = request.headers.get("authorization", "").partition(" ")
    if kind.lower() == "bearer" and shown.startswith(signins.KEY_PREFIX):
        account, scopes = signins.shown(session, shown)
        return rights.actor(session, account, scopes), False
    if kind.lower() == "bearer":
        return rights.actor(session, signins.signed_in(session, shown)), False
    return rights.actor(session, signins.signed_in(session, request.cookies.get(cookie(configured), ""))), True


def must_be_ours(request: Request, said: dict[str, Any], configured: Settings) -> None:
    """ForbiddenError: another site's page sent this."""
    must_come_from_here(request)
    shown = request.headers.get("x-seal") or said.get(SEAL) or ""
    token = request.cookies.get(cookie(configured), "")
    if not isinstance(shown, str) or not hmac.compare_digest(shown.encode(), seal(token).encode()):
        raise ForbiddenError("This did not come from a page of ours.", cure="Load the page anew and try again.")


def must_come_from_here(request: Request) -> None:
    """By what the browser says of itself, where it says something."""
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    foreign = site not in (None, "same-origin", "none")
    if origin is not None and urlsplit(origin).netloc != request.headers.get("host"):
        foreign = True
    if foreign:
        raise ForbiddenError("This did not come from a page of ours.", cure="Load the page anew and try again.")


def _is_key(value: object) -> bool:
    return isinstance(value, str) and KEY.fullmatch(value) is not None


def _keys(said: Any) -> Iterator[str]:
    """Every id that is named anywhere in a body."""
    if isinstance(said, dict):
        for value in said.values():
            yield from _keys(value)
    elif isinstance(said, list):
        for value in said:
            yield from _keys(value)
    elif _is_key(said):
        yield said
