"""Whoever can be sent: what the shapes of volunteers and crews have in common."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field

from api.doors import Shape
from matcher import sent
from matcher.tables.people import Helper
from matcher.types import Day, Gender, Key, Latitude, Longitude, Minutes, Mode, Money, Name, Word


class HelperPart(Shape):
    """The helper's share of a volunteer or a crew."""

    name: Name
    gender: Gender | None = None
    languages: Annotated[list[Word], Field(max_length=10)] = []
    area_id: Key
    latitude: Latitude
    longitude: Longitude
    mode: Mode = Mode.WALK
    most_visits: Annotated[int, Field(ge=1, le=100)] | None = None
    most_minutes: Minutes | None = None
    is_active: bool = True


class SkilledIn(Shape):
    """A skill; a certificate says on which day it holds for the last time."""

    name: Word
    is_certificate: bool = False
    expires: Day | None = None


class SkilledOut(SkilledIn):
    pass


class Abilities(Shape):
    """What a helper can do."""

    skills: Annotated[list[SkilledIn], Field(max_length=60)] = []

    def values(self, named: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """What the register takes: everything, or only what is named."""
        plain = dict(self.model_dump() if named is None else named)
        if "skills" in plain:
            plain["skills"] = [sent.Skilled(skill.name, skill.is_certificate, skill.expires) for skill in self.skills]
        return plain


class HelperPartOut(HelperPart):
    name: str
    area_id: str


class Fees(Shape):
    """In fen."""

    visit_fee: Money = 0
    hour_fee: Money = 0


def out_of(helper: Helper, skills: Mapping[str, list[sent.Skilled]]) -> dict[str, Any]:
    """The helper's share of an answer."""
    shown = {name: getattr(helper, name) for name in HelperPart.model_fields}
    mine = [
        SkilledOut(name=row.name, is_certificate=row.is_certificate, expires=row.expires)
        for row in skills.get(helper.id, [])
    ]
    return {**shown, "skills": mine}
