"""The register of providers and their crews."""

from typing import Annotated, Any

from fastapi import APIRouter, Response
from pydantic import Field

from api.doors import UNSAID, After, Limit, Listed, Reading, Shape, TimeOfDay, Writing, given
from api.routes.sent import Abilities, Fees, HelperPart, HelperPartOut, SkilledOut, out_of
from matcher import providers, sent
from matcher.tables.people import Crew, Helper
from matcher.types import (
    Key,
    Latitude,
    Longitude,
    Minutes,
    Name,
    NameOrBlank,
    Number,
    PhoneOrBlank,
    Text,
    Tier,
)

router = APIRouter(tags=["registers"])


class ProviderIn(Shape):
    number: Number | None = None
    name: Name
    name_en: NameOrBlank = ""
    name_ug: NameOrBlank = ""
    tier: Tier
    area_id: Key
    phone: PhoneOrBlank = ""
    address: Text = ""
    latitude: Latitude
    longitude: Longitude


class ProviderPatch(ProviderIn):
    """What is named is changed, the rest stays."""

    name: Name = UNSAID
    tier: Tier = UNSAID
    area_id: Key = UNSAID
    latitude: Latitude = UNSAID
    longitude: Longitude = UNSAID


class ProviderOut(ProviderIn):
    id: str
    phone: str


class ProvidersOut(Listed):
    rows: list[ProviderOut]


class CrewIn(HelperPart, Abilities, Fees):
    number: Number | None = None
    members: Annotated[int, Field(ge=1, le=20)] = 1
    rest_from: TimeOfDay | None = None
    rest_to: TimeOfDay | None = None
    rest_minutes: Minutes | None = None


class CrewOut(HelperPartOut, Fees):
    id: str
    helper_id: str
    provider_id: str
    number: str | None
    members: int
    rest_from: TimeOfDay | None
    rest_to: TimeOfDay | None
    rest_minutes: int | None
    skills: list[SkilledOut]


class CrewsOut(Shape):
    rows: list[CrewOut]


@router.post("/providers", status_code=201)
def register(body: ProviderIn, session: Writing, response: Response) -> ProviderOut:
    row = providers.register(session, body.model_dump())
    response.headers["Location"] = f"/v1/providers/{row.id}"
    return ProviderOut.model_validate(row)


@router.get("/providers")
def listed(session: Reading, after: After = None, limit: Limit = 50, area_id: Key | None = None) -> ProvidersOut:
    page = providers.listed(session, after=after, limit=limit, area_id=area_id)
    return ProvidersOut(rows=[ProviderOut.model_validate(row) for row in page.rows], after=page.after)


@router.get("/providers/{provider_id}")
def one(provider_id: Key, session: Reading) -> ProviderOut:
    return ProviderOut.model_validate(providers.get(session, provider_id))


@router.patch("/providers/{provider_id}")
def change(provider_id: Key, body: ProviderPatch, session: Writing) -> ProviderOut:
    return ProviderOut.model_validate(providers.change(session, provider_id, given(body)))


@router.get("/providers/{provider_id}/crews")
def crews(provider_id: Key, session: Reading) -> CrewsOut:
    found = providers.crews(session, provider_id)
    skills = sent.skills_of(session, [helper.id for _, helper in found])
    return CrewsOut(rows=[_out(crew, helper, skills) for crew, helper in found])


@router.post("/providers/{provider_id}/crews", status_code=201)
def add_crew(provider_id: Key, body: CrewIn, session: Writing, response: Response) -> CrewOut:
    crew, helper = providers.add_crew(session, provider_id, body.values())
    response.headers["Location"] = f"/v1/providers/{provider_id}/crews"
    return _out(crew, helper, sent.skills_of(session, [helper.id]))


def _out(crew: Crew, helper: Helper, skills: dict[str, list[Any]]) -> CrewOut:
    fees = {name: getattr(helper, name) for name in ("visit_fee", "hour_fee", "rest_from", "rest_to", "rest_minutes")}
    return CrewOut(**out_of(helper, skills), **fees, **crew.model_dump())
