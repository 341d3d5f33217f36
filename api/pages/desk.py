"""The desk at the one-stop hall: find or register a resident, take down what they ask for, see what became of it."""

from datetime import date, timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import ValidationError
from sqlmodel import Session
from starlette.datastructures import FormData

from api.doors import Configured, Reading, Where
from api.pages import layout
from api.routes.requests import RequestIn, values_of
from api.routes.residents import ResidentIn
from api.words import Voice, wanted
from matcher import areas, clock, fates, finding, requests, residents, rosters, services
from matcher.database import Database
from matcher.errors import MatcherError
from matcher.finding import spelt
from matcher.tables.people import Resident
from matcher.tables.services import Service
from matcher.types import Gender, Key, NeedGroup

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
URGENT = 500
"""The priority of what cannot wait; of the rest, 100."""
ONCE, WORKDAYS = "once", "workdays"
FACTS = ("name", "gender", "born", "phone", "address")
WISHES = ("service_id", "day", "on_behalf", "note", "gender", "language")
TROUBLES = {
    "name": "Write the name.",
    "phone": "Write the telephone number with its digits only.",
    "born": "Write the day of birth as a date.",
    "area_id": "Choose the community.",
    "service_id": "Choose a service.",
    "day": "Choose the day.",
    "until": "The last day is before the first.",
    "windows": "The times do not fit: the end must be after the start, and the service must fit in between.",
    "repeat": "Choose at least one weekday.",
    "note": "The note is too long.",
}
OTHER = "This cannot be taken as it is. Look at what was typed and try again."


async def form(request: Request) -> FormData:
    return await request.form()


Typed = Annotated[FormData, Depends(form)]


@router.get("/desk")
def page(
    request: Request,
    session: Reading,
    configured: Configured,
    find: Annotated[str, Query(max_length=60)] = "",
) -> HTMLResponse:
    """Whom the clerk looks for."""
    voice = Voice(wanted(request), ZoneInfo(configured.time_zone))
    found = finding.residents(session, find)
    places = {row.id: rosters.names(row) for row in areas.everything(session)}
    return layout.page(request, voice, "desk.html", {"find": find, "found": found, "places": places})


@router.get("/desk/new")
def new(request: Request, session: Reading, configured: Configured) -> HTMLResponse:
    return _new(request, session, configured, {})


@router.post("/desk/new")
def register(request: Request, typed: Typed, where: Where, configured: Configured) -> Response:
    """Where the address is not on the map yet, the community's own place stands for it."""
    with where.reading() as session:
        places = {row.id: row for row in areas.seen(session)}
    try:
        resident_id = _registered(where, typed, places)
    except (ValidationError, MatcherError) as error:
        with where.reading() as session:
            again = {**typed, "need_groups": typed.getlist("need_groups")}
            return _new(request, session, configured, again, _trouble(error))
    return RedirectResponse(f"/desk/residents/{resident_id}", 303)


def _registered(where: Database, typed: FormData, places: dict[str, Any]) -> str:
    place = places.get(str(typed.get("area_id", "")))
    plain = {name: str(typed[name]).strip() for name in FACTS if typed.get(name)}
    point = {"latitude": place.latitude, "longitude": place.longitude} if place else {}
    groups = [str(one) for one in typed.getlist("need_groups")]
    sent = ResidentIn.model_validate({**plain, **point, "area_id": typed.get("area_id"), "need_groups": groups})
    with where.transaction() as session:
        return residents.register(session, sent.model_dump()).id


def _new(request: Request, session: Session, configured: Any, typed: dict[str, Any], trouble: str = "") -> HTMLResponse:
    voice = Voice(wanted(request), ZoneInfo(configured.time_zone))
    values = {
        "typed": typed,
        "trouble": voice.say(trouble) if trouble else "",
        "places": [(row.id, rosters.names(row)) for row in areas.seen(session) if row.tier == "community"],
        "genders": list(Gender),
        "groups": list(NeedGroup),
    }
    return layout.page(request, voice, "desk_new.html", values, 422 if trouble else 200)


@router.get("/desk/residents/{resident_id}")
def resident(request: Request, resident_id: Key, session: Reading) -> HTMLResponse:
    """What became of what they asked for, and what they ask for now."""
    return _resident(request, session, resident_id, {})


@router.post("/desk/residents/{resident_id}")
def take(request: Request, resident_id: Key, typed: Typed, where: Where) -> Response:
    """Back with all that was typed where something does not fit."""
    try:
        sent = RequestIn.model_validate(_asked(resident_id, typed))
        with where.transaction() as session:
            taken = requests.take(session, values_of(sent)).id
    except (ValidationError, MatcherError) as error:
        with where.reading() as session:
            again = {**typed, "weekdays": typed.getlist("weekdays")}
            return _resident(request, session, resident_id, again, _trouble(error))
    return RedirectResponse(f"/desk/requests/{taken}", 303)


def _asked(resident_id: str, typed: FormData) -> dict[str, Any]:
    """The form as the API would be sent it."""
    said = {name: str(typed[name]).strip() for name in typed if typed.get(name)}
    how = said.get("how", ONCE)
    weekdays = [int(str(day)) for day in typed.getlist("weekdays") if str(day).isdecimal()]
    repeat: dict[str, Any] = {"weekdays": weekdays}
    if how == WORKDAYS:
        repeat = {"weekdays": [0, 1, 2, 3, 4], "workdays": True}
    return {
        "resident_id": resident_id,
        **{name: said[name] for name in WISHES if name in said},
        **({"until": said["until"]} if "until" in said and how != ONCE else {}),
        **({"minutes": int(said["minutes"])} if said.get("minutes", "").isdecimal() else {}),
        "windows": [{"start": said.get("from"), "end": said.get("to")}],
        "repeat": None if how == ONCE else repeat,
        "gender_required": "gender" in said and "gender_required" in said,
        "priority": URGENT if "urgent" in said else 100,
    }


def _resident(
    request: Request, session: Session, resident_id: str, typed: dict[str, Any], trouble: str = ""
) -> HTMLResponse:
    row = residents.get(session, resident_id)
    area = areas.get(session, row.area_id)
    voice = Voice(wanted(request), areas.zone(area))
    today = clock.now().astimezone(voice.zone).date()
    values = {
        "resident": row,
        "area_name": rosters.names(area),
        "told": fates.of_resident(session, resident_id, today),
        "typed": {"day": (today + timedelta(days=1)).isoformat(), "from": "09:00", "to": "11:00", "how": ONCE, **typed},
        "trouble": voice.say(trouble) if trouble else "",
        "shelves": _shelves(session, voice),
        "today": today,
        "genders": list(Gender),
        "languages_known": _languages(row),
    }
    return layout.page(request, voice, "desk_resident.html", values, 422 if trouble else 200)


def _languages(row: Resident) -> list[str]:
    return list(dict.fromkeys([*row.languages, "汉语", "维吾尔语", "哈萨克语"]))


def _shelves(session: Session, voice: Voice) -> list[tuple[str, list[tuple[str, str, str]]]]:
    """The catalogue by category: id, name, and all that it may be looked for by."""
    categories = services.categories(session)
    found: dict[str, list[tuple[str, str, str]]] = {identity: [] for identity in categories}
    for row in services.everything(session):
        found[row.category_id].append((row.id, voice.name(rosters.names(row)), _sought(row)))
    return [(voice.name(rosters.names(categories[key])), rows) for key, rows in found.items() if rows]


def _sought(row: Service) -> str:
    return " ".join((row.name, row.name_en, row.name_ug, *spelt(row.name))).lower()


@router.get("/desk/requests/{request_id}")
def slip(request: Request, request_id: Key, session: Reading, configured: Configured) -> HTMLResponse:
    """What the resident takes home."""
    row = requests.get(session, request_id)
    who = residents.get(session, row.resident_id)
    area = areas.get(session, who.area_id)
    voice = Voice(wanted(request), areas.zone(area))
    values = {
        "row": row,
        "resident": who,
        "area_name": rosters.names(area),
        "service": rosters.names(services.get(session, row.service_id)),
        "day": row.day,
        "weekdays": _weekdays(voice, row.repeat),
    }
    return layout.page(request, voice, "slip.html", values)


def _weekdays(voice: Voice, repeat: dict[str, Any] | None) -> list[str]:
    monday = date(2024, 1, 1)
    return [voice.day(monday + timedelta(days=day)).split(" ", 1)[1] for day in (repeat or {}).get("weekdays", ())]


@router.post("/desk/requests/{request_id}/withdraw")
def withdraw(request_id: Key, where: Where) -> RedirectResponse:
    with where.transaction() as session:
        row = requests.withdraw(session, request_id)
        return RedirectResponse(f"/desk/residents/{row.resident_id}", 303)


def _trouble(error: ValidationError | MatcherError) -> str:
    """The sentence for the field at fault."""
    if isinstance(error, MatcherError):
        field = (error.field or "").partition(".")[0]
    else:
        field = next((str(one["loc"][0]) for one in error.errors() if one["loc"]), "")
    return TROUBLES.get(field, OTHER)
