"""The register of volunteers and their teams."""

from typing import Annotated, Any

from fastapi import APIRouter, Response
from pydantic import Field

from api.doors import UNSAID, After, Limit, Listed, Reading, Shape, Writing, given
from api.routes.sent import Abilities, HelperPart, HelperPartOut, SkilledOut, out_of
from matcher import sent, volunteers
from matcher.tables.people import Helper, Volunteer
from matcher.types import (
    Day,
    Key,
    Latitude,
    Longitude,
    Name,
    Number,
    PhoneOrBlank,
    TeamKind,
    Text,
    WordOrBlank,
)

router = APIRouter(tags=["registers"])


class VolunteerIn(HelperPart, Abilities):
    number: Number | None = None
    team_id: Key | None = None
    born: Day | None = None
    ethnic_group: WordOrBlank = ""
    phone: PhoneOrBlank = ""
    address: Text = ""


class VolunteerPatch(VolunteerIn):
    """What is named is changed, the rest stays."""

    name: Name = UNSAID
    area_id: Key = UNSAID
    latitude: Latitude = UNSAID
    longitude: Longitude = UNSAID


class VolunteerOut(HelperPartOut):
    id: str
    helper_id: str
    number: str | None
    team_id: str | None
    born: Day | None
    ethnic_group: str
    phone: str
    address: str
    skills: list[SkilledOut]


class VolunteersOut(Listed):
    rows: list[VolunteerOut]


class TeamIn(Shape):
    name: Name
    kind: TeamKind


class TeamOut(TeamIn):
    id: str


class TeamsOut(Shape):
    rows: Annotated[list[TeamOut], Field()]


@router.post("/volunteers", status_code=201)
def register(body: VolunteerIn, session: Writing, response: Response) -> VolunteerOut:
    volunteer, helper = volunteers.register(session, body.values())
    response.headers["Location"] = f"/v1/volunteers/{volunteer.id}"
    return _out(volunteer, helper, sent.skills_of(session, [helper.id]))


@router.get("/volunteers")
def listed(session: Reading, after: After = None, limit: Limit = 50, area_id: Key | None = None) -> VolunteersOut:
    page = volunteers.listed(session, after=after, limit=limit, area_id=area_id)
    skills = sent.skills_of(session, [row.helper_id for row in page.rows])
    rows = [_out(row, sent.get(session, row.helper_id), skills) for row in page.rows]
    return VolunteersOut(rows=rows, after=page.after)


@router.get("/volunteers/{volunteer_id}")
def one(volunteer_id: Key, session: Reading) -> VolunteerOut:
    volunteer, helper = volunteers.get(session, volunteer_id)
    return _out(volunteer, helper, sent.skills_of(session, [helper.id]))


@router.patch("/volunteers/{volunteer_id}")
def change(volunteer_id: Key, body: VolunteerPatch, session: Writing) -> VolunteerOut:
    volunteer, helper = volunteers.change(session, volunteer_id, body.values(given(body)))
    return _out(volunteer, helper, sent.skills_of(session, [helper.id]))


@router.get("/teams")
def teams(session: Reading) -> TeamsOut:
    return TeamsOut(rows=[TeamOut.model_validate(row) for row in volunteers.teams(session)])


@router.post("/teams", status_code=201)
def found_team(body: TeamIn, session: Writing, response: Response) -> TeamOut:
    row = volunteers.found_team(session, body.name, body.kind)
    response.headers["Location"] = "/v1/teams"
    return TeamOut.model_validate(row)


def _out(volunteer: Volunteer, helper: Helper, skills: dict[str, list[Any]]) -> VolunteerOut:
    return VolunteerOut(**out_of(helper, skills), **volunteer.model_dump())
