"""Somebody falls ill, a visit is cancelled or must be made: asked on a page, answered as a short list, adopted by one
press. And what one more helper would be worth."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Annotated, Any, Literal

from fastapi import APIRouter, BackgroundTasks, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.doors import Configured, Reading, Where
from api.pages import layout
from api.pages.visits import MOVED_ON, title, trouble
from api.words import Voice, shown, wanted
from matcher import areas, changes, questions, rosters, worths
from matcher.errors import ConflictError, HardBreachError, InvalidError, MatcherError, StaleError, UnknownError
from matcher.rosters import HelperDay, RosterResult, VisitLine
from matcher.types import Key, QuestionKind
from workers import queues

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
WHOLE_DAY = ""


@router.get("/rosters/{roster_id}/helpers/{helper_id}")
def helper(request: Request, roster_id: Key, helper_id: Key, session: Reading) -> HTMLResponse:
    """One helper's day, and the way to say that they cannot come."""
    return _helper(request, rosters.result(session, roster_id), helper_id)


def _helper(request: Request, result: RosterResult, helper_id: str, error: MatcherError | None = None) -> HTMLResponse:
    day = next((one for one in result.days if one.helper_id == helper_id), None)
    if day is None:
        raise UnknownError("This helper goes nowhere in this roster.")
    voice = Voice(wanted(request), areas.zone(result.area))
    trouble_said = voice.say(error.sentence) if error else ""
    values = {"roster": result.roster, "day": day, "starts": _starts(voice, day), "trouble": trouble_said}
    return layout.page(request, voice, "helper.html", values, 409 if error else 200)


def _starts(voice: Voice, day: HelperDay) -> list[str]:
    """Moments from which somebody may be away: the half hours of their day after the first visit begins."""
    first, last = day.assignments[0].start.astimezone(voice.zone), day.assignments[-1].end.astimezone(voice.zone)
    moment = first.replace(minute=0 if first.minute < 30 else 30) + timedelta(minutes=30)
    found = []
    while moment < last:
        found.append(f"{moment:%H:%M}")
        moment += timedelta(minutes=30)
    return found


@router.post("/rosters/{roster_id}/changes")
def ask(
    request: Request,
    roster_id: Key,
    kind: Annotated[Literal["away", "cancelled", "urgent"], Form()],
    where: Where,
    configured: Configured,
    later: BackgroundTasks,
    helper_id: Annotated[Key | None, Form()] = None,
    visit_id: Annotated[Key | None, Form()] = None,
    since: Annotated[str, Form(pattern=r"^$|^([01]\d|2[0-3]):[0-5]\d$")] = WHOLE_DAY,
) -> Response:
    """Ask, and go to where the answer will stand."""
    try:
        with where.transaction() as session:
            roster = rosters.get(session, roster_id)
            zone = areas.zone(areas.get(session, roster.area_id))
            from_then = datetime.combine(roster.day, time.fromisoformat(since), zone) if since else None
            row, rings = changes.ask(
                session, roster_id, QuestionKind(kind), helper_id=helper_id, visit_id=visit_id, since=from_then
            )
    except (ConflictError, InvalidError) as error:
        if helper_id is None:
            return RedirectResponse(f"/rosters/{roster_id}", 303)
        with where.reading() as session:
            return _helper(request, rosters.result(session, roster_id), helper_id, error)
    if rings:
        later.add_task(queues.ring_for_answer, row.id, configured)
    return RedirectResponse(f"/rosters/{roster_id}/changes/{row.id}", 303)


@router.get("/rosters/{roster_id}/changes/{change_id}")
def answer(request: Request, roster_id: Key, change_id: Key, where: Where) -> HTMLResponse:
    return _answer(request, roster_id, change_id, where)


@router.post("/rosters/{roster_id}/changes/{change_id}/adopt")
def adopt(
    request: Request,
    roster_id: Key,
    change_id: Key,
    row: Annotated[int, Form(ge=0, le=20)],
    version: Annotated[int, Form(ge=1)],
    where: Where,
) -> Response:
    """One press: the row becomes the draft, with the fact that it answers to."""
    try:
        with where.transaction() as session:
            changes.adopt(session, roster_id, change_id, row, version)
    except (ConflictError, StaleError, HardBreachError) as error:
        return _answer(request, roster_id, change_id, where, error)
    return RedirectResponse(f"/rosters/{roster_id}?adopted", 303)


def _answer(
    request: Request, roster_id: str, change_id: str, where: Where, error: MatcherError | None = None
) -> HTMLResponse:
    with where.reading() as session:
        row = questions.get(session, roster_id, change_id)
        if row.kind not in changes.KINDS:
            raise UnknownError(f"There is no change {change_id} of this roster.")
        result, lines = rosters.result(session, roster_id), rosters.lines(session, roster_id)
        told = row.answer or {"rows": [], "hole": []}
        heard = {one["helper_id"] for found in told["rows"] for one in found["notices"]}
        called = rosters.called(session, {*heard, row.asked.get("helper_id", "")})
        current = questions.is_current(session, row)
    voice = Voice(wanted(request), areas.zone(result.area))
    people = {helper_id: voice.helper(one) for helper_id, one in called.items()}
    since = datetime.fromisoformat(row.asked["since"]).astimezone(voice.zone) if "since" in row.asked else None
    values = {
        "roster": result.roster,
        "question": row,
        "state": questions.state(row),
        "current": current,
        "who": people.get(row.asked.get("helper_id", ""), ""),
        "since": f"{since:%H:%M}" if since and since.time() != time() else "",
        "visit": title(voice, lines.get(row.asked.get("visit_id", ""))),
        "hole": [title(voice, lines.get(visit_id)) for visit_id in told["hole"]],
        "rows": [_row(voice, one, lines, people) for one in told["rows"]],
        "trouble": voice.say(trouble(error)) if error else "",
        "moved_on": voice.say(MOVED_ON),
    }
    return layout.page(request, voice, "change.html", values, 409 if error else 200)


def _row(
    voice: Voice, row: Mapping[str, Any], lines: Mapping[str, VisitLine], people: Mapping[str, str]
) -> dict[str, Any]:
    """One line of the trade-off: its sentence, its price, what is left, and what each person hears."""
    heard: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for one in row["notices"]:
        text = voice.told(one, lines.get(one["visit_id"]))
        heard[one["helper_id"]].append({"kind": one["kind"], "text": text, "counts": one["counts"]})
    return {
        "text": voice.told(row, None),
        "changes": row["changes"],
        "points": row["points"],
        "left": [title(voice, lines.get(visit_id)) for visit_id in row["left"]],
        "heard": [(people[helper_id], said) for helper_id, said in heard.items()],
    }


@router.get("/rosters/{roster_id}/one-more")
def one_more(
    request: Request, roster_id: Key, where: Where, configured: Configured, later: BackgroundTasks
) -> Response:
    """What one more helper would be worth, as a small list."""
    with where.transaction() as session:
        try:
            row, rings = worths.ask(session, roster_id)
        except ConflictError:
            return RedirectResponse(f"/rosters/{roster_id}", 303)
        state, found = questions.state(row), (row.answer or {"rows": []})["rows"]
    with where.reading() as session:
        result, lines = rosters.result(session, roster_id), rosters.lines(session, roster_id)
        communities = {area.id: rosters.names(area) for area in areas.everything(session)}
    if rings:
        later.add_task(queues.ring_for_answer, row.id, configured)
    voice = Voice(wanted(request), areas.zone(result.area))
    rows = []
    for one in found:
        area = voice.name(communities[one["area_id"]])
        said = {**one, "values": {**one["values"], "area": area}}
        made = [title(voice, lines.get(visit_id)) for visit_id in one["made"]]
        spans = tuple(shown("x_at", one[name]) for name in ("from", "until"))
        rows.append({"text": voice.told(said, None), "points": one["points"], "made": made, "span": spans})
    values = {"roster": result.roster, "state": state, "rows": rows, "left": len(result.unassigned)}
    return layout.page(request, voice, "one_more.html", values)
