"""What one more helper would be worth to a roster: where, when, and with which skills."""

from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

from fastapi import APIRouter, BackgroundTasks, Response
from pydantic import Field

from api.doors import Configured, Shape, Where
from matcher import areas, questions, rosters, worths
from matcher.types import AwareTime, Key
from workers import queues

router = APIRouter(tags=["rosters"])


class WorthOut(Shape):
    sentence: str
    text: str
    values: dict[str, Any]
    points: Annotated[int, Field(description="What the whole roster would cost less, worked out in a real plan")]
    area_id: Annotated[str, Field(description="The community where they would start")]
    skills: list[str]
    languages: list[str]
    gender: str | None
    start: AwareTime
    end: AwareTime
    made_visit_ids: Annotated[list[str], Field(description="Visits that are left now and would be made")]


class WorthsOut(Shape):
    state: Literal["working", "ready", "failed"]
    failure: str | None
    rows: Annotated[list[WorthOut], Field(description="The most valuable first; empty where nobody new saves anything")]


@router.get("/rosters/{roster_id}/worth", responses={202: {"model": WorthsOut}})
def listed(
    roster_id: Key, where: Where, configured: Configured, response: Response, later: BackgroundTasks
) -> WorthsOut:
    """What one more helper would save. 202 while a worker works it out: ask again at Location."""
    with where.transaction() as session:
        zone = areas.zone(areas.get(session, rosters.get(session, roster_id).area_id))
        row, rings = worths.ask(session, roster_id)
        state = questions.state(row)
    if rings:
        later.add_task(queues.ring_for_answer, row.id, configured)
    response.headers["ETag"] = f'"{row.version}"'
    if state == "working":
        response.status_code = 202
        response.headers["Location"] = f"/v1/rosters/{roster_id}/worth"
        response.headers["Retry-After"] = "1"
    answer = row.answer or {"rows": [], "start": row.asked_at.isoformat()}
    start = datetime.fromisoformat(answer["start"]).astimezone(zone)
    told = ("sentence", "text", "values", "points", "area_id", "skills", "languages", "gender")
    rows = [
        {
            **{name: found[name] for name in told},
            "start": start + timedelta(minutes=found["from"]),
            "end": start + timedelta(minutes=found["until"]),
            "made_visit_ids": found["made"],
        }
        for found in answer["rows"]
    ]
    return WorthsOut.model_validate({"state": state, "failure": row.failure or None, "rows": rows})
