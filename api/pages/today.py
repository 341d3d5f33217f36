"""Today at a glance: what is uncovered, at risk, waiting for an answer or for the office's word, and what changed."""

from datetime import date, datetime, timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from sqlmodel import Session

from api.doors import Acting, Configured, Reading, Writing
from api.pages import layout
from api.routes.runs import gap
from api.words import Voice, wanted
from matcher import areas, awaited, clock, glance, rosters, runs, versions
from matcher.glance import Glance
from matcher.rights import Act, Actor
from matcher.tables.areas import Area
from matcher.tables.rosters import Roster
from matcher.types import Key, RunState

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
ACTIVE = {RunState.QUEUED, RunState.RUNNING}
MOST_LINES = 8
"""Of each list; the roster's page has all."""
LOOKED = "looked"
"""The cookie that remembers when this device looked last."""
Day = Annotated[date | None, Query(description="Of the roster; today if it is not said")]


@router.get("/")
def page(
    request: Request, session: Reading, configured: Configured, who: Acting, day: Day = None, area_id: Key | None = None
) -> Response:
    """The day where one works, or what to do while there is none."""
    voice = Voice(wanted(request), ZoneInfo(configured.time_zone))
    if not who.may(Act.SEE_ROSTERS):
        rooms = [address for address, _, act in layout.WAYS if who.may(act)]
        to = f"{rooms[0]}?{request.url.query}" if rooms else ""
        return RedirectResponse(to, 303) if to else layout.page(request, voice, "welcome.html", {})
    area = _area(session, who, area_id)
    if area is None:
        return layout.page(request, voice, "empty.html", {})
    voice, now = Voice(wanted(request), areas.zone(area)), clock.now()
    today = now.astimezone(voice.zone).date()
    day = day or today
    roster = rosters.find(session, area.id, day)
    answer = layout.page(
        request,
        voice,
        "today.html",
        {
            **_frame(session, area, day, today),
            "may": {act.value: who.may(act) for act in (Act.PLAN, Act.PUBLISH, Act.DECIDE_EXCHANGES, Act.JUDGE)},
            "waits": awaited.everything(session) if who.may(Act.SEE_EXCHANGES) else None,
            "roster": roster,
            "pulse": _pulse(session, roster),
            "looked": _looked(request),
            **(_shown(session, glance.of_day(session, roster.id, now)) if roster else {}),
        },
    )
    answer.set_cookie(LOOKED, now.isoformat(), layout.REMEMBERED, httponly=True, samesite="lax")
    return answer


@router.post("/rosters")
def open_day(session: Writing, area_id: Annotated[Key, Form()], day: Annotated[date, Form()]) -> RedirectResponse:
    """Open the roster of a day, to be solved."""
    return RedirectResponse(f"/rosters/{rosters.open_roster(session, area_id, day).id}", 303)


@router.get("/rosters/{roster_id}/helpers")
def helper(roster_id: Key, helper_id: Key) -> RedirectResponse:
    """The helper who was chosen from the list."""
    return RedirectResponse(f"/rosters/{roster_id}/helpers/{helper_id}", 303)


@router.get("/rosters/{roster_id}/pulse")
def pulse(roster_id: Key, session: Reading) -> JSONResponse:
    """Another word whenever something changed that pages of the roster show."""
    return JSONResponse({"pulse": _pulse(session, rosters.get(session, roster_id))})


def _area(session: Session, who: Actor, area_id: str | None) -> Area | None:
    """The one that is asked for, else where one works, else the first there is."""
    if area_id is not None:
        return areas.get(session, area_id)
    return areas.get(session, who.reach.areas[0]) if who.reach.areas else areas.first_subdistrict(session)


def _frame(session: Session, area: Area, day: date, today: date) -> dict[str, Any]:
    return {
        "area": area,
        "area_name": rosters.names(area),
        "areas": [(row.id, rosters.names(row)) for row in areas.seen(session)],
        "day": day,
        "today": today,
        "before": day - timedelta(days=1),
        "after": day + timedelta(days=1),
    }


def _shown(session: Session, seen: Glance) -> dict[str, Any]:
    result, run = seen.result, seen.result.run
    return {
        "seen": seen,
        "run": run,
        "active": run is not None and run.state in ACTIVE,
        "gap": gap(run.objective, run.bound) if run else None,
        "visits": len({line.visit.visit_id for day in result.days for line in day.assignments}),
        "left": result.unassigned,
        "is_ahead": bool(result.measures) and _is_ahead(session, result.roster),
        "most": MOST_LINES,
    }


def _is_ahead(session: Session, roster: Roster) -> bool:
    """Whether the draft has moved on since it was published, if it ever was."""
    return (
        not roster.published or roster.version > versions.get(session, roster.id, roster.published).roster_version + 1
    )


def _looked(request: Request) -> datetime | None:
    """When this device looked last; None if it never did."""
    try:
        moment = datetime.fromisoformat(request.cookies.get(LOOKED, ""))
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def _pulse(session: Session, roster: Roster | None) -> str:
    waiting = awaited.count(session)
    if roster is None:
        return f"-.{waiting}"
    run = runs.latest(session, roster.id)
    return f"{roster.version}.{roster.acts}.{waiting}.{f'{run.id}.{run.state}' if run else '-'}"
