"""The page before publishing: who will be told what, what stands in the way, and the versions that were."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from api.doors import Reading
from api.pages import layout
from api.words import Voice, wanted
from matcher import areas, publishing, rosters, versions
from matcher.publishing import Told
from matcher.rosters import HelperDay, RosterResult, VisitLine
from matcher.sentences import Said
from matcher.types import Key

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)


@router.get("/rosters/{roster_id}/publish")
def page(request: Request, roster_id: Key, session: Reading) -> HTMLResponse:
    seen = publishing.look(session, roster_id)
    result = rosters.result(session, roster_id)
    voice = Voice(wanted(request), areas.zone(result.area))
    lines, days = _visits(result), {day.helper_id: day for day in result.days}
    values: dict[str, Any] = {
        "roster": result.roster,
        "area_name": rosters.names(result.area),
        "version": seen.version,
        "told": [_told(voice, one, lines, days.get(one.helper_id)) for one in seen.told],
        "changes": sum(len(one.changes) for one in seen.told),
        "breaches": [_words(voice, breach, _about(breach, lines)) for breach in seen.breaches],
        "overrides": [
            {**override, "breaches": [_words(voice, breach, _about(breach, lines)) for breach in override["breaches"]]}
            for override in seen.overrides
        ],
        "left": len(result.unassigned) + len(result.waiting),
        "versions": versions.listed(session, roster_id),
    }
    return layout.page(request, voice, "publish.html", values)


def _visits(result: RosterResult) -> dict[str, VisitLine]:
    made = {line.visit.visit_id: line.visit for day in result.days for line in day.assignments}
    return made | {line.visit.visit_id: line.visit for line in result.unassigned}


def _told(voice: Voice, told: Told, lines: dict[str, VisitLine], day: HelperDay | None) -> dict[str, Any]:
    """One person and their changes, with where they belong to, as far as they go out that day."""
    changes = [_words(voice, change, lines.get(change["visit_id"])) for change in told.changes]
    return {"name": told.name, "of": voice.name(day.provider or day.community) if day else "", "changes": changes}


def _about(breach: Said, lines: dict[str, VisitLine]) -> VisitLine | None:
    """The one visit that a breach is about."""
    about: list[str] = breach.get("visit_ids", [])
    return lines.get(about[0]) if len(about) == 1 else None


def _words(voice: Voice, said: Mapping[str, Any], visit: VisitLine | None) -> dict[str, str]:
    return {"kind": said.get("kind", ""), "text": voice.told(said, visit)}
