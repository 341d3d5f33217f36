"""The roster's page: everybody's day as a timeline, the measures, what is left and why, and the run under way."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from sqlmodel import Session

from api.doors import Reading
from api.pages import layout
from api.pages.timeline import timeline
from api.routes.runs import gap
from api.words import Voice, wanted
from matcher import areas, rosters, standbys
from matcher.rosters import AssignmentLine, HelperDay, Names, RosterResult, UnassignedLine
from matcher.types import Key, RunState

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
ACTIVE = {RunState.QUEUED, RunState.RUNNING}
SHOWN_AT_ONCE = 12
"""Unassigned visits opened on the page; the rest follows behind a line that unfolds."""


@router.get("/rosters/{roster_id}")
def page(request: Request, roster_id: Key, session: Reading, community: Key | None = None) -> HTMLResponse:
    result = rosters.result(session, roster_id)
    voice = Voice(wanted(request), areas.zone(result.area))
    return layout.page(request, voice, "roster.html", shown(session, result, voice, community))


def shown(session: Session, result: RosterResult, voice: Voice, community: str | None) -> dict[str, Any]:
    days = [day for day in result.days if any(community in (None, _of(line)) for line in day.assignments)]
    left = [line for line in result.unassigned if community in (None, line.visit.community_id)]
    run = result.run
    return {
        "roster": result.roster,
        "area": result.area,
        "area_name": rosters.names(result.area),
        "run": run,
        "active": run is not None and run.state in ACTIVE,
        "gap": gap(run.objective, run.bound) if run else None,
        "measures": result.measures,
        "timeline": timeline(days, voice.zone, rtl=voice.rtl),
        "kinds": Counter(day.kind for day in days),
        "travel": sum(line.travel_minutes for day in days for line in day.assignments),
        "assigned": len(_visits(days, community)),
        "left": left,
        "unassigned": len(left),
        "waiting": len(result.waiting),
        "waiting_lines": result.waiting[:SHOWN_AT_ONCE],
        "shown_at_once": SHOWN_AT_ONCE,
        "standbys": _standbys(session, result, community),
        "causes": _causes(left),
        "communities": _communities(session, result),
        "community": community,
    }


def _standbys(session: Session, result: RosterResult, community: str | None) -> list[dict[str, Any]]:
    """Who stands by for each visit, in order of time: who knows it, and who comes next."""
    made = {line.visit.visit_id: line.visit for day in result.days for line in day.assignments}
    rows = [row for row in standbys.of_roster(session, result.roster.id) if not row.used and row.visit_id in made]
    called = rosters.called(session, sorted({row.helper_id for row in rows}))
    found: dict[str, dict[str, Any]] = {}
    for row in rows:
        if community in (None, made[row.visit_id].community_id):
            plain = {"visit": made[row.visit_id], "start": row.start_at, "end": row.end_at, "people": []}
            people = found.setdefault(row.visit_id, plain)["people"]
            people.append({"name": called.get(row.helper_id), "helper_id": row.helper_id, "state": row.state})
    return list(found.values())


def _of(line: AssignmentLine) -> str:
    return line.visit.community_id


def _visits(days: Sequence[HelperDay], community: str | None) -> set[str]:
    """The visits of a community that somebody makes; the days may hold visits elsewhere too."""
    return {line.visit.visit_id for day in days for line in day.assignments if community in (None, _of(line))}


def _causes(left: Sequence[UnassignedLine]) -> list[tuple[str, int]]:
    """For how many of the visits that are left each rule keeps even the likeliest helper away."""
    found: Counter[str] = Counter()
    for line in left:
        nearest = line.reasons.get("nearest") or [{"rules": []}]
        found.update(nearest[0]["rules"][:1])
    return found.most_common(6)


def _communities(session: Session, result: RosterResult) -> list[tuple[str, Names]]:
    inside = set(areas.subtree(session, result.area.id))
    return [
        (row.id, rosters.names(row))
        for row in areas.everything(session)
        if row.id in inside and row.id != result.area.id
    ]
