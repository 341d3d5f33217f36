"""Calendars: each helper's promises as a feed at one secret address, which can be renewed."""

import hashlib
from typing import Annotated

from fastapi import APIRouter, Header, Path, Response

from api.doors import Configured, Reading, Shape, Writing
from matcher import calendars
from matcher.types import AwareTime, Key

router = APIRouter(tags=["telling"])
feeds = APIRouter(tags=["telling"])
MEDIA = "text/calendar"
Token = Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{20,100}$", description="The secret of the address")]


class CalendarLinkOut(Shape):
    """The address itself is told once, when it is made."""

    helper_id: str
    renewed_at: AwareTime


class NewCalendarLinkOut(CalendarLinkOut):
    url: str


@router.post("/helpers/{helper_id}/calendar", status_code=201)
def renew(helper_id: Key, session: Writing, configured: Configured, response: Response) -> NewCalendarLinkOut:
    """A secret address for this helper's calendar; one that was there before leads nowhere from now on."""
    token = calendars.renew(session, helper_id)
    response.headers["Location"] = f"/v1/helpers/{helper_id}/calendar"
    response.headers["Cache-Control"] = "no-store"
    url = f"{configured.public_url.rstrip('/')}/calendars/{token}.ics"
    row = calendars.link(session, helper_id)
    return NewCalendarLinkOut(helper_id=helper_id, renewed_at=row.renewed_at, url=url)


@router.get("/helpers/{helper_id}/calendar")
def one(helper_id: Key, session: Reading) -> CalendarLinkOut:
    """Whether the helper has an address, and since when."""
    row = calendars.link(session, helper_id)
    return CalendarLinkOut(helper_id=row.helper_id, renewed_at=row.renewed_at)


@router.delete("/helpers/{helper_id}/calendar", status_code=204)
def forget(helper_id: Key, session: Writing) -> None:
    calendars.forget(session, helper_id)


@feeds.get(
    "/calendars/{token}.ics",
    response_class=Response,
    responses={
        200: {"content": {MEDIA: {"schema": {"type": "string"}}}},
        304: {"description": "It is as it was"},
    },
)
def feed(token: Token, session: Reading, if_none_match: Annotated[str, Header()] = "") -> Response:
    """The calendar (RFC 5545) of whoever holds this address."""
    body = calendars.feed(session, token)
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {"ETag": etag, "Cache-Control": "private, no-cache", "X-Robots-Tag": "noindex"}
    if etag in [said.strip().removeprefix("W/") for said in if_none_match.split(",")]:
        return Response(status_code=304, headers=headers)
    return Response(body, headers=headers, media_type=f"{MEDIA}; charset=utf-8")


feeds.add_api_route("/calendars/{token}.ics", feed, methods=["HEAD"], include_in_schema=False)
