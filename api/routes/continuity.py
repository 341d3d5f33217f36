"""Continuity: how many faces a resident sees, and who stands in while a regular helper is on leave."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from api.doors import Reading, Shape, Writing
from matcher import clock, faces, substitutes
from matcher.types import AwareTime, Day, Key, Name

router = APIRouter(tags=["continuity"])


class FaceOut(Shape):
    helper_id: str
    name: str
    visits: int


class FacesOut(Shape):
    """The faces of one month; `most` is the resident's wish, null: as many as come."""

    resident_id: str
    month: Day
    most: int | None
    faces: list[FaceOut]


class FaceCapIn(Shape):
    most: Annotated[int, Field(ge=1, le=100)] | None


class FaceCapOut(FaceCapIn):
    resident_id: str


class LeaveOut(Shape):
    time_off_id: str
    start_at: AwareTime
    end_at: AwareTime
    resident_id: str
    resident: str
    days: list[Day]
    named: str | None
    came: list[str]
    candidates: list[str]


class LeavesOut(Shape):
    rows: list[LeaveOut]


class SubstituteIn(Shape):
    helper_id: Key
    by: Name


class SubstituteOut(SubstituteIn):
    time_off_id: str
    resident_id: str


@router.get("/residents/{resident_id}/faces")
def of_resident(resident_id: Key, session: Reading, month: Day | None = None) -> FacesOut:
    """Everybody who came or has promised to come in the month of this day; this month, unless said otherwise."""
    first = (month or clock.now().date()).replace(day=1)
    seen, most = faces.of_resident(session, resident_id, first)
    return FacesOut(
        resident_id=resident_id, month=first, most=most, faces=[FaceOut.model_validate(face) for face in seen]
    )


@router.put("/residents/{resident_id}/face-cap")
def set_cap(resident_id: Key, body: FaceCapIn, session: Writing) -> FaceCapOut:
    """The most different helpers whom the resident wishes to see in a month; null: as many as come."""
    faces.set_cap(session, resident_id, body.most)
    return FaceCapOut(resident_id=resident_id, most=body.most)


@router.get("/helpers/{helper_id}/substitutes")
def plan(helper_id: Key, session: Reading) -> LeavesOut:
    """For each leave of a regular helper and each of their residents: who comes meanwhile, and who could."""
    return LeavesOut(rows=[LeaveOut.model_validate(leave) for leave in substitutes.plan(session, helper_id)])


@router.put("/time-off/{time_off_id}/substitutes/{resident_id}")
def name(time_off_id: Key, resident_id: Key, body: SubstituteIn, session: Writing) -> SubstituteOut:
    """Name who stands in for the whole leave; the next rosters count them as known to the resident."""
    row = substitutes.name(session, time_off_id, resident_id, body.helper_id, body.by)
    return SubstituteOut(
        time_off_id=row.time_off_id, resident_id=row.resident_id, helper_id=row.helper_id, by=row.named_by
    )
