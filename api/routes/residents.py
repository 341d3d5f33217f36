"""The register of residents."""

from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import Field

from api.doors import UNSAID, After, Limit, Listed, Reading, Shape, Writing, given
from matcher import residents
from matcher.types import (
    Day,
    Gender,
    Key,
    Latitude,
    Longitude,
    Name,
    NeedGroup,
    Number,
    NumberOrBlank,
    PhoneOrBlank,
    Text,
    Word,
    WordOrBlank,
)

router = APIRouter(tags=["registers"])


class ResidentIn(Shape):
    number: Number | None = None
    name: Name
    gender: Gender | None = None
    born: Day | None = None
    ethnic_group: WordOrBlank = ""
    languages: Annotated[list[Word], Field(max_length=10)] = []
    phone: PhoneOrBlank = ""
    area_id: Key
    address: Text = ""
    latitude: Latitude
    longitude: Longitude
    household: NumberOrBlank = ""
    need_groups: Annotated[list[NeedGroup], Field(max_length=6)] = []


class ResidentPatch(ResidentIn):
    """What is named is changed, the rest stays."""

    name: Name = UNSAID
    area_id: Key = UNSAID
    latitude: Latitude = UNSAID
    longitude: Longitude = UNSAID


class ResidentOut(ResidentIn):
    id: str
    phone: str
    number: str | None


class ResidentsOut(Listed):
    rows: list[ResidentOut]


@router.post("/residents", status_code=201)
def register(sent: ResidentIn, session: Writing, response: Response) -> ResidentOut:
    row = residents.register(session, sent.model_dump())
    response.headers["Location"] = f"/v1/residents/{row.id}"
    return ResidentOut.model_validate(row)


@router.get("/residents")
def listed(
    session: Reading,
    after: After = None,
    limit: Limit = 50,
    area_id: Key | None = None,
    name: Annotated[Word | None, Query(description="Characters of the name")] = None,
) -> ResidentsOut:
    page = residents.listed(session, after=after, limit=limit, area_id=area_id, name=name)
    return ResidentsOut(rows=[ResidentOut.model_validate(row) for row in page.rows], after=page.after)


@router.get("/residents/{resident_id}")
def one(resident_id: Key, session: Reading) -> ResidentOut:
    return ResidentOut.model_validate(residents.get(session, resident_id))


@router.patch("/residents/{resident_id}")
def change(resident_id: Key, sent: ResidentPatch, session: Writing) -> ResidentOut:
    return ResidentOut.model_validate(residents.change(session, resident_id, given(sent)))
