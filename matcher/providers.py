"""Providers at any of the three tiers, and the crews that they send."""

from collections.abc import Mapping
from typing import Any

from sqlmodel import Session, col, select

from matcher import areas, registers, sent
from matcher.errors import InvalidError
from matcher.keys import new_key
from matcher.pages import Page, one, page
from matcher.tables.areas import Area
from matcher.tables.people import Crew, Helper, Provider
from matcher.types import HelperKind

OWN = {"number", "members"}
"""What belongs to the crew; the rest belongs to the helper that stands for it."""


def register(session: Session, values: Mapping[str, Any]) -> Provider:
    """InvalidError: the area is unknown or of another tier. ConflictError: the number is taken."""
    _check_tier(session, values["area_id"], values["tier"])
    return registers.add(session, Provider(id=new_key("prv"), **values), "provider")


def change(session: Session, provider_id: str, values: Mapping[str, Any]) -> Provider:
    before = get(session, provider_id)
    _check_tier(session, values.get("area_id", before.area_id), values.get("tier", before.tier))
    return registers.change(session, Provider, provider_id, values, "provider")


def get(session: Session, provider_id: str) -> Provider:
    return one(session, Provider, provider_id, "provider")


def listed(
    session: Session, *, after: str | None = None, limit: int = 50, area_id: str | None = None
) -> Page[Provider]:
    where = [] if area_id is None else [col(Provider.area_id).in_(areas.subtree(session, area_id))]
    return page(session, Provider, after=after, limit=limit, where=where)


def add_crew(session: Session, provider_id: str, values: Mapping[str, Any]) -> tuple[Crew, Helper]:
    """A new crew of the provider, and the helper that stands for it."""
    get(session, provider_id)
    helper = sent.register(session, HelperKind.CREW, {k: v for k, v in values.items() if k not in OWN})
    own = {name: value for name, value in values.items() if name in OWN}
    crew = Crew(id=new_key("crw"), helper_id=helper.id, provider_id=provider_id, **own)
    return registers.add(session, crew, "crew"), helper


def crews(session: Session, provider_id: str) -> list[tuple[Crew, Helper]]:
    get(session, provider_id)
    found = session.exec(
        select(Crew, Helper)
        .join(Helper, col(Crew.helper_id) == col(Helper.id))
        .where(Crew.provider_id == provider_id)
        .order_by(Crew.id)
    )
    return [(crew, helper) for crew, helper in found]


def _check_tier(session: Session, area_id: str, tier: str) -> None:
    area = registers.must_exist(session, Area, area_id, "area_id")
    if area.tier != tier:
        raise InvalidError(f"The area is a {area.tier}, the provider is to work at {tier} tier.", field="tier")
