"""Repairs of an unassigned visit: the cheapest fixes, each worked out whole and judged."""

from datetime import timedelta
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from fastapi import APIRouter, BackgroundTasks, Response
from pydantic import Field

from api.doors import Configured, Shape, Version, Where
from api.routes.changes import AdoptedOut, AdoptIn
from matcher import adoptions, areas, cures, rosters
from matcher.cures import Cures
from matcher.types import AwareTime, Key
from workers import queues

router = APIRouter(tags=["rosters"])


class NoticeOut(Shape):
    visit_id: str
    helper_id: str
    before: Annotated[AwareTime | None, Field(description="What they were told; null: it is new to them")]
    after: Annotated[AwareTime | None, Field(description="What they would be told; null: no longer theirs")]
    counts: Annotated[bool, Field(description="It changes what somebody was told")]


class RepairOut(Shape):
    kind: str
    sentence: str
    text: str
    values: dict[str, Any]
    points: Annotated[int, Field(description="What the roster would cost more than now; negative: it is better")]
    price: Annotated[int, Field(description="Points of what is asked for: minutes more, a skill, one more person")]
    changes: Annotated[int, Field(description="Things told already that would change")]
    adoptable: Annotated[bool, Field(description="It can be adopted as it is; otherwise something is registered first")]
    helper_id: Annotated[str | None, Field(description="Who would come; null: somebody who is not there yet")]
    start: AwareTime
    left_visit_ids: Annotated[list[str], Field(description="Visits that would be left instead")]
    notices: Annotated[list[NoticeOut], Field(description="Everybody whose day would be another")]


class RepairsOut(Shape):
    visit_id: str
    state: Literal["working", "ready", "failed"]
    failure: str | None
    repairs: Annotated[
        list[RepairOut], Field(description="The cheapest first; empty when nothing that was tried helps")
    ]


@router.get("/rosters/{roster_id}/visits/{visit_id}/repairs", responses={202: {"model": RepairsOut}})
def listed(
    roster_id: Key, visit_id: Key, where: Where, configured: Configured, response: Response, later: BackgroundTasks
) -> RepairsOut:
    """The cheapest fixes of a visit that is left. 202 while a worker works them out: ask again at Location."""
    with where.transaction() as session:
        zone = areas.zone(areas.get(session, rosters.get(session, roster_id).area_id))
        found, question = cures.of_visit(session, roster_id, visit_id)
    response.headers["ETag"] = f'"{found.version}"'
    if found.state == "working":
        response.status_code = 202
        response.headers["Location"] = f"/v1/rosters/{roster_id}/visits/{visit_id}/repairs"
        response.headers["Retry-After"] = "1"
    if question is not None:
        later.add_task(queues.ring_for_cures, question, configured)
    return _out(visit_id, found, zone)


@router.post("/rosters/{roster_id}/visits/{visit_id}/repairs/adopt")
def adopt(
    roster_id: Key, visit_id: Key, body: AdoptIn, version: Version, where: Where, response: Response
) -> AdoptedOut:
    """Make one fix the roster's draft. Where a rule gives way, the visit is pinned with an override that says so."""
    with where.transaction() as session:
        roster = adoptions.adopt(session, roster_id, visit_id, body.row, version)
    response.headers["ETag"] = f'"{roster.version}"'
    return AdoptedOut(roster_id=roster.id, version=roster.version, measures=dict(roster.measures))


def _out(visit_id: str, found: Cures, zone: ZoneInfo) -> RepairsOut:
    def at(minutes: int | None) -> Any:
        return (
            None
            if minutes is None or found.start is None
            else (found.start + timedelta(minutes=minutes)).astimezone(zone)
        )

    return RepairsOut.model_validate(
        {
            "visit_id": visit_id,
            "state": found.state,
            "failure": found.failure or None,
            "repairs": [
                {
                    **{
                        name: cure[name]
                        for name in ("kind", "sentence", "text", "values", "points", "price", "changes")
                    },
                    "adoptable": adoptions.is_adoptable(cure),
                    "helper_id": cure["helper_id"],
                    "start": at(cure["start"]),
                    "left_visit_ids": cure["left"],
                    "notices": [
                        {**one, "before": at(one["before"]), "after": at(one["after"])} for one in cure["notices"]
                    ],
                }
                for cure in found.found
            ],
        }
    )
