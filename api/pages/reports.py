"""Reports as pages: a chart drawn on the server, the table it is drawn from, and both to be printed or taken along."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import BeforeValidator
from sqlmodel import Session

from api.doors import Acting, Configured, Reading
from api.pages import layout
from api.routes.reports import of
from api.words import Voice, wanted
from matcher import areas, clock, exports, reports
from matcher.errors import InvalidError
from matcher.reports import Report, ReportName, Row, Unit
from matcher.rights import Actor
from matcher.rosters import Names, names
from matcher.types import Day, Key

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
Chosen = Annotated[Key | None, BeforeValidator(lambda said: said or None)]
"""An area, or all of them where the form says nothing."""
BACKWARD = "The last day must not lie before the first, nor more than three months after it."
TITLES: Mapping[ReportName, tuple[str, str]] = {
    ReportName.COVERAGE: (
        "Coverage",
        "Visits that were asked for, and how many somebody has promised to make.",
    ),
    ReportName.HOURS: ("Service hours", "Confirmed hours, by where they were served."),
    ReportName.FAIRNESS: ("Fair shares", "How burden is spread among the volunteers who served, by where they live."),
    ReportName.UTILISATION: ("Use of people's time", "Promised hours beside those in which people could come."),
    ReportName.RESPONSE: ("Answers", "What became of offers, and how long answers took."),
    ReportName.CIRCLE: ("Ten-minute circle", "Minutes on the way to each promised visit."),
}
LABELS: Mapping[str, str] = {
    **{"visits": "Visits", "covered": "Covered", "left": "Left", "served": "Served", "covered_share": "Share covered"},
    **{"volunteers_minutes": "Volunteers' hours", "crews_minutes": "Providers' hours", "helpers": "People"},
    **{"served_visits": "Visits served", "mean_burden": "Mean burden", "median_burden": "Median burden"},
    **{"most_burden": "Most burden", "top_fifth_share": "Borne by the busiest fifth"},
    **{"free_minutes": "Hours free", "promised_minutes": "Hours promised", "used_share": "Share used"},
    **{"offers": "Offers", "accepted": "Accepted", "declined": "Declined", "lapsed": "Not answered"},
    **{"median_answer": "Minutes to answer (median)", "within_ten": "Within ten minutes"},
    **{"within_share": "Share within ten minutes", "median_way": "Minutes on the way (median)"},
    "farthest_way": "Longest way (minutes)",
}
CHARTS: Mapping[ReportName, tuple[str, ...]] = {
    ReportName.COVERAGE: ("covered", "left"),
    ReportName.HOURS: ("volunteers_minutes", "crews_minutes"),
    ReportName.FAIRNESS: ("median_burden",),
    ReportName.UTILISATION: ("used_share",),
    ReportName.RESPONSE: ("median_answer",),
    ReportName.CIRCLE: ("within_share",),
}
"""Which figures are drawn, one after the other on each bar."""
IN_HOURS = {"volunteers_minutes", "crews_minutes", "free_minutes", "promised_minutes"}
SAID = (BACKWARD, *(text for pair in TITLES.values() for text in pair), *LABELS.values())


class Form(StrEnum):
    """As which file a report is taken along."""

    CSV = "csv"
    XLSX = "xlsx"


TYPES = {
    Form.CSV: "text/csv; charset=utf-8",
    Form.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@dataclass(frozen=True, slots=True)
class Bar:
    """One area's line of a chart: a place and a width in per cent, and a figure, for each of its parts."""

    row: Row
    parts: tuple[tuple[str, float, float, str], ...]


@router.get("/reports")
def first(request: Request) -> RedirectResponse:
    chosen = f"?lang={wanted(request)}" if "lang" in request.query_params else ""
    return RedirectResponse(f"/reports/{ReportName.COVERAGE}{chosen}", 303)


@router.get("/reports/{name}")
def page(
    request: Request,
    name: ReportName,
    session: Reading,
    who: Acting,
    configured: Configured,
    since: Day | None = None,
    until: Day | None = None,
    area_id: Chosen = None,
) -> HTMLResponse:
    voice = Voice(wanted(request), ZoneInfo(configured.time_zone))
    first_day, last_day = reports.period(clock.now().astimezone(voice.zone).date(), since, until)
    values: dict[str, Any] = {
        **{"name": name, "titles": TITLES, "labels": LABELS, "since": first_day, "until": last_day},
        **{"area_id": area_id, "places": _places(session, who), "found": None, "bars": (), "trouble": ""},
        **{"figure": figure, "drawn": CHARTS[name]},
    }
    try:
        values["found"] = found = of(session, who, name, (first_day, last_day), area_id)
        values["bars"] = bars(found, rtl=voice.rtl)
    except InvalidError:
        values["trouble"] = BACKWARD
    return layout.page(request, voice, "report.html", values, 422 if values["trouble"] else 200)


@router.get("/reports/{name}/{form}")
def taken(
    request: Request,
    name: ReportName,
    form: Form,
    session: Reading,
    who: Acting,
    configured: Configured,
    since: Day,
    until: Day,
    area_id: Chosen = None,
) -> Response:
    voice = Voice(wanted(request), ZoneInfo(configured.time_zone))
    found = of(session, who, name, (since, until), area_id)
    head = [voice.say("Area"), *(voice.say(LABELS[key]) for key in found.columns)]
    rows = [_cells(voice.name(row.area), row.values, found) for row in found.rows]
    rows.append(_cells(voice.say("All together"), found.total, found))
    title = voice.say(TITLES[name][0])
    told = exports.as_csv(head, rows) if form is Form.CSV else exports.as_xlsx(title, head, rows, rtl=voice.rtl)
    named = {"Content-Disposition": f'attachment; filename="{name}-{since}-{until}.{form}"'}
    return Response(told, media_type=TYPES[form], headers=named)


def figure(key: str, value: float | None) -> str:
    """A value as people read it."""
    if value is None:
        return "–"
    if key in IN_HOURS:
        return f"{value / 60:,.1f}"
    return f"{value:g} %" if key.endswith("_share") else f"{value:,g}"


def bars(found: Report, *, rtl: bool) -> tuple[Bar, ...]:
    """The longest bar fills the drawing; shares are drawn against the whole."""
    keys = CHARTS[found.name]
    longest = max([1.0, *(sum(row.values[key] or 0 for key in keys) for row in found.rows)])
    if found.columns[keys[0]] is Unit.PERCENT:
        longest = max(longest, 100.0)
    return tuple(_bar(row, keys, longest, rtl=rtl) for row in found.rows)


def _bar(row: Row, keys: tuple[str, ...], longest: float, *, rtl: bool) -> Bar:
    parts, begun = [], 0.0
    for key in keys:
        width = 100 * (row.values[key] or 0) / longest
        x = 100 - begun - width if rtl else begun
        parts.append((key, round(x, 2), round(width, 2), figure(key, row.values[key])))
        begun += width
    return Bar(row, tuple(parts))


def _cells(area: str, values: Mapping[str, float | None], found: Report) -> list[exports.Cell]:
    figures = ((key, values[key]) for key in found.columns)
    return [area, *(round(value / 60, 2) if value is not None and key in IN_HOURS else value for key, value in figures)]


def _places(session: Session, who: Actor) -> list[tuple[str, Names]]:
    """Areas within reach, by which a report can be narrowed."""
    every = areas.everything(session)
    return [(area.id, names(area)) for area in every if who.reach.everything or area.id in who.reach.areas]
