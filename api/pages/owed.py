"""What a provider is owed for a period, and who pays which part; to be read, printed and taken along as a table."""

from datetime import date, timedelta
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from api.doors import Acting, Reading
from api.pages import layout
from api.pages.provider import ROOMS, own, spoken
from api.words import Voice
from matcher import clock, exports, owed
from matcher.errors import InvalidError
from matcher.owed import Line, Standing
from matcher.rosters import names
from matcher.types import Day

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
BACKWARD = "The last day must not lie before the first, nor more than a year after it."
TROUBLES = (BACKWARD,)
STANDINGS = {
    Standing.SERVED: "served",
    Standing.UNCONFIRMED: "not confirmed yet",
    Standing.TO_COME: "to come",
    Standing.MISSED: "did not come",
}
HEAD = (
    *("Day", "From", "To", "Minutes", "Crew", "Service", "Resident", "How it stands"),
    *("Fee (yuan)", "Purse", "Purse's part (yuan)", "Resident's part (yuan)", "Not covered (yuan)"),
)
SAID = (*TROUBLES, *STANDINGS.values(), *HEAD)


@router.get("/provider/owed")
def page(
    request: Request, session: Reading, who: Acting, since: Day | None = None, until: Day | None = None
) -> HTMLResponse:
    provider = own(session, who)
    voice = spoken(session, request, provider)
    today = clock.now().astimezone(voice.zone).date()
    first, last = _month(today, since, until)
    values: dict[str, Any] = {"name": names(provider), "since": first, "until": last, "trouble": "", "found": None}
    values |= {"standings": STANDINGS, "months": _months(today), "rooms": ROOMS}
    try:
        values["found"] = owed.of_provider(session, provider.id, first, last)
    except InvalidError:
        values["trouble"] = BACKWARD
    return layout.page(request, voice, "owed.html", values, 422 if values["trouble"] else 200)


@router.get("/provider/owed.csv")
def as_csv(request: Request, session: Reading, who: Acting, since: Day, until: Day) -> Response:
    provider = own(session, who)
    voice = spoken(session, request, provider)
    found = owed.of_provider(session, provider.id, since, until)
    told = exports.as_csv([voice.say(name) for name in HEAD], (_cells(line, voice) for line in found.lines))
    named = {"Content-Disposition": f'attachment; filename="owed-{since}-{until}.csv"'}
    return Response(told, media_type="text/csv; charset=utf-8", headers=named)


def _cells(line: Line, voice: Voice) -> list[exports.Cell]:
    charged = line.parts
    return [
        *(line.day.isoformat(), voice.clock(line.start), voice.clock(line.end), line.minutes),
        *(line.crew, voice.name(line.service), line.resident, voice.say(STANDINGS[line.standing])),
        *(charged.fee / 100, line.purse, charged.purse / 100, charged.resident / 100, charged.open / 100),
    ]


def _month(today: date, since: date | None, until: date | None) -> tuple[date, date]:
    """This month, where nothing else was asked for."""
    first = since or (until or today).replace(day=1)
    return first, until or _last(first)


def _months(today: date) -> list[tuple[date, date]]:
    """This month and the two before it, the newest first."""
    found = [(today.replace(day=1), _last(today))]
    while len(found) < 3:
        before = found[-1][0] - timedelta(days=1)
        found.append((before.replace(day=1), before))
    return found


def _last(day: date) -> date:
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
