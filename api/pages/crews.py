"""A provider's crews: certificates, when they can come and when not, and what they charge for which service."""

from datetime import date, datetime, time
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlmodel import Session

from api.doors import Acting, Reading, Where
from api.entry import sent
from api.pages import layout
from api.pages.provider import ROOMS, VALIDITIES, own, spoken
from api.words import WEEKDAYS
from matcher import availability, certificates, clock, prices, providers, releases
from matcher.availability import Pattern, Stretch
from matcher.errors import InvalidError
from matcher.rights import Actor
from matcher.rosters import names
from matcher.tables.people import Helper
from matcher.types import Key, Readable

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
SPANS, MOST_SPANS = 2, 6
"""Stretches a day that the form holds: before and after noon, or as many as there are."""
NO_CLOCK = "A time is missing or is no time: write both ends of a stretch, like 09:00."
CROSSED = "A stretch must end after it starts, and two of one day may not overlap."
NO_SPAN = "The end must come after the beginning: write the day and the time of both."
TROUBLES = (NO_CLOCK, CROSSED, NO_SPAN)
Said = Annotated[dict[str, Any], Depends(sent)]
Typed = Annotated[str, Form(max_length=40), Readable]


@router.get("/provider/crews")
def page(request: Request, session: Reading, who: Acting) -> HTMLResponse:
    provider = own(session, who)
    voice = spoken(session, request, provider)
    today = clock.now().astimezone(voice.zone).date()
    crews = providers.crews(session, provider.id)
    patterns = {helper.id: availability.pattern(session, helper.id) for _, helper in crews}
    values = {
        "name": names(provider),
        "crews": crews,
        "patterns": patterns,
        "now": clock.now(),
        **{"weekdays": WEEKDAYS, "validities": VALIDITIES, "rooms": ROOMS},
        "certificates": certificates.of_provider(session, provider.id, today),
    }
    return layout.page(request, voice, "crews.html", values)


@router.get("/provider/crews/{helper_id}")
def one(request: Request, helper_id: Key, session: Reading, who: Acting, kept: int = 0) -> HTMLResponse:
    return _drawn(request, session, who, helper_id, kept=bool(kept))


@router.post("/provider/crews/{helper_id}/week")
def set_week(request: Request, helper_id: Key, said: Said, where: Where, who: Acting) -> Response:
    """The whole week anew; what was promised outside of it is given back, and somebody else is asked."""
    typed = {name: str(value)[:5] for name, value in said.items() if name.startswith("w")}
    try:
        with where.transaction() as session:
            before = availability.pattern(session, helper_id)
            releases.change_pattern(session, helper_id, _week(typed), before.days, keep=False)
    except (ValueError, InvalidError) as error:
        trouble = CROSSED if isinstance(error, InvalidError) else NO_CLOCK
        with where.reading() as session:
            return _drawn(request, session, who, helper_id, trouble=trouble, typed=typed)
    return RedirectResponse(f"/provider/crews/{helper_id}?kept=1", 303)


@router.post("/provider/crews/{helper_id}/time-off")
def take_time_off(
    request: Request,
    helper_id: Key,
    where: Where,
    who: Acting,
    first_day: Typed = "",
    first_time: Typed = "00:00",
    last_day: Typed = "",
    last_time: Typed = "23:59",
    reason: Annotated[str, Form(max_length=500), Readable] = "",
) -> Response:
    typed = {"first_day": first_day, "first_time": first_time, "last_day": last_day, "last_time": last_time}
    try:
        with where.transaction() as session:
            zone = spoken(session, request, own(session, who)).zone
            start, end = (
                datetime.combine(date.fromisoformat(day), time.fromisoformat(at), zone)
                for day, at in ((first_day, first_time), (last_day, last_time))
            )
            releases.take_time_off(session, helper_id, start, end, reason.strip())
    except (ValueError, InvalidError):
        with where.reading() as session:
            return _drawn(request, session, who, helper_id, trouble=NO_SPAN, off=typed | {"reason": reason})
    return RedirectResponse(f"/provider/crews/{helper_id}?kept=1", 303)


@router.get("/provider/prices")
def prices_page(request: Request, session: Reading, who: Acting) -> HTMLResponse:
    provider = own(session, who)
    voice = spoken(session, request, provider)
    today = clock.now().astimezone(voice.zone).date()
    crews = [helper for _, helper in providers.crews(session, provider.id) if helper.is_active]
    values = {"name": names(provider), "crews": crews, "rooms": ROOMS}
    values["rows"] = prices.of_provider(session, provider.id, today)
    return layout.page(request, voice, "prices.html", values)


def _week(typed: dict[str, str]) -> list[Stretch]:
    """ValueError: half a stretch, or no time at all."""
    found = []
    for weekday in range(7):
        for number in range(MOST_SPANS):
            start, end = (typed.get(f"w{weekday}_{number}_{side}", "").strip() for side in ("from", "to"))
            if start or end:
                found.append(Stretch(weekday, time.fromisoformat(start), time.fromisoformat(end)))
    return found


def _typed(pattern: Pattern) -> dict[str, str]:
    """The week as the form holds it."""
    found = {}
    for weekday in range(7):
        mine = [stretch for stretch in pattern.week if stretch.weekday == weekday]
        for number, stretch in enumerate(mine):
            found[f"w{weekday}_{number}_from"] = f"{stretch.start:%H:%M}"
            found[f"w{weekday}_{number}_to"] = f"{stretch.end:%H:%M}"
    return found


def _drawn(
    request: Request,
    session: Session,
    who: Actor,
    helper_id: str,
    *,
    trouble: str = "",
    typed: dict[str, str] | None = None,
    off: dict[str, str] | None = None,
    kept: bool = False,
) -> HTMLResponse:
    provider = own(session, who)
    voice = spoken(session, request, provider)
    pattern = availability.pattern(session, helper_id)
    spans = max([SPANS, *(sum(row.weekday == day for row in pattern.week) for day in range(7))])
    empty = {"first_day": "", "first_time": "00:00", "last_day": "", "last_time": "23:59", "reason": ""}
    values: dict[str, Any] = {
        "name": names(provider),
        "helper": session.get_one(Helper, helper_id),
        "pattern": pattern,
        "typed": typed if typed is not None else _typed(pattern),
        "off": off or empty,
        "coming": [row for row in pattern.time_off if row.end_at > clock.now()],
        **{"weekdays": WEEKDAYS, "spans": range(spans), "trouble": trouble, "kept": kept, "rooms": ROOMS},
        "wrong_week": trouble in (NO_CLOCK, CROSSED),
    }
    return layout.page(request, voice, "crew.html", values, 422 if trouble else 200)
