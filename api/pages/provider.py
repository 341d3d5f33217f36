"""The dispatcher's page: what waits for an answer, what became of the rest, and the crews' days."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from pydantic import StringConstraints
from sqlmodel import Session

from api.doors import Acting, Reading, Where
from api.pages import layout
from api.pages.strips import axis
from api.routes.offers import check
from api.words import WEEKDAYS, Voice, wanted
from matcher import areas, certificates, clock, crews, offers, providers, reach
from matcher.certificates import Validity
from matcher.crews import Asked
from matcher.database import Database
from matcher.errors import AnsweredError
from matcher.rights import Actor
from matcher.rosters import names
from matcher.tables.people import Provider
from matcher.types import Day, Key, OfferState, Readable

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
Chosen = Annotated[list[Key], Form(max_length=200)]
Reason = Annotated[str, StringConstraints(strip_whitespace=True), Form(max_length=500), Readable]
SOON = timedelta(hours=1)
"""Before an answer is due it is urgent."""
NOTHING_CHOSEN = "Choose at least one visit first."
NO_REASON = "Say in a few words why not, so that the office can plan better."
TROUBLES = (NOTHING_CHOSEN, NO_REASON)
ROOMS = (
    *(("/provider", "Offers and days"), ("/provider/crews", "Crews")),
    *(("/provider/prices", "Prices"), ("/provider/owed", "What is owed")),
)
REASONS = ("The crew is ill", "No time at that hour", "Too far", "The car is broken")
"""Offered to whoever declines, beside their own words."""
FASTER = "Somebody else was faster: the visit is taken."
ENDED = {
    OfferState.OFFERED: "The time to answer is over.",
    OfferState.LAPSED: "The time to answer is over.",
    OfferState.DECLINED: "Your side declined it.",
    OfferState.WITHDRAWN: "The office took it back.",
}
AGREED = "Your side had accepted it already."
STOPS = {
    OfferState.CHECKED_IN: "at the door",
    OfferState.DONE: "done",
    OfferState.NO_SHOW: "did not come",
}
VALIDITIES = {Validity.HOLDS: "holds", Validity.ENDS_SOON: "ends soon", Validity.EXPIRED: "has expired"}
SAID = (
    *(*TROUBLES, *REASONS, FASTER, AGREED, *ENDED.values(), *STOPS.values(), *VALIDITIES.values()),
    *(word for _, word in ROOMS),
)


@router.get("/provider")
def page(
    request: Request,
    session: Reading,
    who: Acting,
    day: Day | None = None,
    accepted: Annotated[int, Query(ge=0, le=200)] = 0,
    declined: Annotated[int, Query(ge=0, le=200)] = 0,
    late: Annotated[list[Key], Query(max_length=200)] = [],  # noqa: B006 - never changed
) -> HTMLResponse:
    values = shown(session, who, request, day)
    values |= {"accepted": accepted, "declined": declined, "late": crews.named(session, values["provider"].id, late)}
    return layout.page(request, values.pop("voice"), "provider.html", values)


@router.get("/provider/pulse")
def pulse(session: Reading, who: Acting) -> PlainTextResponse:
    """What the page asks every few seconds, to learn whether it should be drawn anew."""
    return PlainTextResponse(crews.pulse(session, own(session, who).id))


@router.post("/provider/accept")
def accept(
    request: Request,
    where: Where,
    who: Acting,
    offer_id: Chosen = [],  # noqa: B006 - never changed
    one: Annotated[Key | None, Form()] = None,
) -> Response:
    """One, or all that were chosen; each counts by itself, so that what somebody faster took spoils nothing else."""
    chosen = [one] if one else offer_id
    if not chosen:
        return _again(request, where, who, NOTHING_CHOSEN)
    return _answered("accepted", where, who, chosen, offers.accept)


@router.post("/provider/decline")
def decline(request: Request, where: Where, who: Acting, offer_id: Chosen = [], reason: Reason = "") -> Response:  # noqa: B006
    if not offer_id or not reason:
        return _again(request, where, who, NO_REASON if offer_id else NOTHING_CHOSEN, offer_id, reason)
    return _answered("declined", where, who, offer_id, lambda session, key: offers.decline(session, key, reason))


def own(session: Session, who: Actor) -> Provider:
    return providers.get(session, who.reach.provider_id or "")


def spoken(session: Session, request: Request, provider: Provider) -> Voice:
    return Voice(wanted(request), areas.zone(areas.get(session, provider.area_id)))


def shown(session: Session, who: Actor, request: Request, day: Any = None) -> dict[str, Any]:
    provider = own(session, who)
    voice = spoken(session, request, provider)
    today = clock.now().astimezone(voice.zone).date()
    ahead = crews.days(session, provider.id)
    chosen = day or (ahead[0][0] if ahead else today)
    going = crews.day(session, provider.id, chosen)
    spans = [(*one.shifts, *((visit.start, visit.end) for visit in one.visits)) for one in going]
    held = certificates.of_provider(session, provider.id, today)
    return {
        "voice": voice,
        "provider": provider,
        "name": names(provider),
        "waiting": crews.waiting(session, provider.id),
        "gone": crews.gone(session, provider.id),
        "pulse": crews.pulse(session, provider.id),
        "soon": clock.now() + SOON,
        "today": today,
        "days": ahead if chosen in dict(ahead) else [*ahead, (chosen, sum(len(one.visits) for one in going))],
        "day": chosen,
        "going": going,
        "axis": axis(spans, voice.zone, rtl=voice.rtl),
        "ending": [one for one in held if one.validity is not Validity.HOLDS],
        **{"rooms": ROOMS, "reasons": REASONS, "stops": STOPS, "validities": VALIDITIES, "weekdays": WEEKDAYS},
        **{"became": became, "accepted": 0, "declined": 0, "late": (), "trouble": "", "chosen": (), "reason": ""},
    }


def became(line: Asked) -> str:
    """What has become of an offer that waits no more."""
    if line.is_open and line.taken and line.state is OfferState.WITHDRAWN:
        return FASTER
    return ENDED.get(line.state, AGREED)


def _again(
    request: Request, where: Database, who: Actor, trouble: str, chosen: Sequence[str] = (), reason: str = ""
) -> HTMLResponse:
    """The page once more, with what was typed and what is missing."""
    with where.reading() as session:
        values = shown(session, who, request) | {"trouble": trouble, "chosen": set(chosen), "reason": reason}
    return layout.page(request, values.pop("voice"), "provider.html", values, 422)


def _answered(
    said: str, where: Database, who: Actor, chosen: Sequence[str], act: Callable[[Session, str], object]
) -> RedirectResponse:
    with where.reading() as session:
        reach.must_hold(session, who.reach, chosen)
    late = []
    for offer_id in dict.fromkeys(chosen):
        try:
            check(where, offer_id, None)
            with where.transaction() as session:
                act(session, offer_id)
        except AnsweredError:
            late.append(offer_id)
    told = urlencode({said: len(set(chosen)) - len(late), "late": late}, doseq=True)
    return RedirectResponse(f"/provider?{told}", 303)
