"""What happened to a day, and what to do about it: the trade-off, and one row of it adopted."""

from datetime import datetime, timedelta
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from fastapi import APIRouter, BackgroundTasks, Response
from pydantic import Field
from sqlmodel import Session

from api.doors import Configured, Reading, Shape, Version, Where
from matcher import areas, changes, questions, rosters
from matcher.errors import UnknownError
from matcher.tables.questions import Question
from matcher.types import AwareTime, Key, QuestionKind
from workers import queues

router = APIRouter(tags=["rosters"])


class ChangeIn(Shape):
    """A helper is away (all day where times are open), a visit is cancelled, or one that nobody makes must be made.
    An emergency is taken as a request first; then its visit is named here."""

    kind: Literal["away", "cancelled", "urgent"]
    helper_id: Annotated[Key | None, Field(description="Who is away")] = None
    visit_id: Annotated[Key | None, Field(description="What is cancelled, or must be made")] = None
    since: AwareTime | None = None
    until: AwareTime | None = None


class HeardOut(Shape):
    visit_id: str
    helper_id: str
    helper: str
    kind: Literal["new", "changed", "withdrawn"]
    sentence: str
    text: str
    values: dict[str, Any]
    before: Annotated[AwareTime | None, Field(description="When they come as it stands; null: it is new to them")]
    after: Annotated[AwareTime | None, Field(description="When they would come; null: no longer theirs")]
    counts: Annotated[bool, Field(description="It changes what they were told, and the change itself does not")]


class RowOut(Shape):
    """With so many changes to what people were told, this is what you get."""

    sentence: str
    text: str
    values: dict[str, Any]
    changes: int
    points: Annotated[int, Field(description="What the roster would cost more than now, broken promises not counted")]
    price: Annotated[int, Field(description="Points of the promises that it breaks")]
    left_visit_ids: Annotated[list[str], Field(description="Visits that nobody would make")]
    notices: Annotated[list[HeardOut], Field(description="Everybody whose day would be another")]


class ChangeOut(Shape):
    id: str
    kind: Literal["away", "cancelled", "urgent"]
    helper_id: str | None
    visit_id: str | None
    since: AwareTime | None
    until: AwareTime | None
    state: Literal["working", "ready", "failed"]
    failure: str | None
    version: Annotated[int, Field(description="Of the roster that it was asked about; upon a later one ask anew")]
    hole: Annotated[list[str], Field(description="Visits that lose who makes them, or must be made")]
    rows: Annotated[list[RowOut], Field(description="Fewest changes first, each cheaper than those before it")]


class AdoptIn(Shape):
    row: Annotated[int, Field(ge=0, le=20, description="Which row of the answer, the first is 0")]


class AdoptedOut(Shape):
    roster_id: str
    version: int
    measures: dict[str, Any]


@router.post("/rosters/{roster_id}/changes", status_code=202)
def ask(
    roster_id: Key, body: ChangeIn, where: Where, configured: Configured, response: Response, later: BackgroundTasks
) -> ChangeOut:
    """Ask what to do. A worker works it out: look at Location. The same question is worked out once."""
    with where.transaction() as session:
        named = body.model_dump(exclude={"kind"})
        row, rings = changes.ask(session, roster_id, QuestionKind(body.kind), **named)
        said = _out(row, _zone(session, roster_id))
    if rings:
        later.add_task(queues.ring_for_answer, row.id, configured)
    response.headers["Location"] = f"/v1/rosters/{roster_id}/changes/{row.id}"
    return said


@router.get("/rosters/{roster_id}/changes/{change_id}", responses={202: {"model": ChangeOut}})
def one(roster_id: Key, change_id: Key, session: Reading, response: Response) -> ChangeOut:
    """The trade-off; 202 while it is worked out."""
    row = questions.get(session, roster_id, change_id)
    if row.kind not in changes.KINDS:
        raise UnknownError(f"There is no change {change_id} of this roster.")
    if questions.state(row) == "working":
        response.status_code = 202
        response.headers["Retry-After"] = "1"
    response.headers["ETag"] = f'"{row.version}"'
    return _out(row, _zone(session, roster_id))


@router.post("/rosters/{roster_id}/changes/{change_id}/adopt")
def adopt(
    roster_id: Key, change_id: Key, body: AdoptIn, version: Version, where: Where, response: Response
) -> AdoptedOut:
    """Make one row the roster's draft, and note the absence or the cancellation with it: all of it, or nothing. Who is
    away is let go and told at once; whoever comes instead hears of it when the roster is published."""
    with where.transaction() as session:
        roster = changes.adopt(session, roster_id, change_id, body.row, version)
    response.headers["ETag"] = f'"{roster.version}"'
    return AdoptedOut(roster_id=roster.id, version=roster.version, measures=dict(roster.measures))


def _zone(session: Session, roster_id: str) -> ZoneInfo:
    return areas.zone(areas.get(session, rosters.get(session, roster_id).area_id))


def _out(row: Question, zone: ZoneInfo) -> ChangeOut:
    answer = row.answer or {"hole": [], "rows": [], "start": row.asked_at.isoformat()}
    start = datetime.fromisoformat(answer["start"])

    def at(minutes: int | None) -> datetime | None:
        return None if minutes is None else (start + timedelta(minutes=minutes)).astimezone(zone)

    shown = [
        {
            **{name: found[name] for name in ("sentence", "text", "values", "changes", "points", "price")},
            "left_visit_ids": found["left"],
            "notices": [{**one, "before": at(one["before"]), "after": at(one["after"])} for one in found["notices"]],
        }
        for found in answer["rows"]
    ]
    return ChangeOut.model_validate(
        {
            **{"id": row.id, "kind": row.kind, "version": row.version, "state": questions.state(row)},
            **{name: row.asked.get(name) for name in ("helper_id", "visit_id", "since", "until")},
            **{"failure": row.failure or None, "hole": answer["hole"], "rows": shown},
        }
    )
