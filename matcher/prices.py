"""Prices: which services a provider's crews can give, what each would charge, and what the catalogue says."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, col, select

from matcher import providers
from matcher.owed import fee
from matcher.rosters import Names, names
from matcher.tables.people import HelperSkill
from matcher.tables.services import Category, Service, ServiceSkill
from matcher.types import ProvidedBy


@dataclass(frozen=True, slots=True)
class Priced:
    """One service, and what each crew that can give it charges for its usual time, in fen."""

    service: Names
    category: Names
    minutes: int
    price: int
    """The catalogue's."""
    fees: Mapping[str, int]
    """By helper."""


def of_provider(session: Session, provider_id: str, today: date) -> list[Priced]:
    """Services that no crew has the skills and valid certificates for are left out."""
    crews = [helper for _, helper in providers.crews(session, provider_id) if helper.is_active]
    able: dict[str, set[str]] = {helper.id: set() for helper in crews}
    held = select(HelperSkill).where(col(HelperSkill.helper_id).in_(list(able)))
    for row in session.exec(held):
        if row.expires is None or row.expires >= today:
            able[row.helper_id].add(row.skill_id)
    needs: dict[str, set[str]] = defaultdict(set)
    for asked in session.exec(select(ServiceSkill)):
        needs[asked.service_id].add(asked.skill_id)
    rows = session.exec(
        select(Service, Category)
        .join(Category, col(Service.category_id) == col(Category.id))
        .where(Service.provided_by != ProvidedBy.VOLUNTEER)
        .order_by(col(Category.number), col(Service.number), Service.id)
    )
    found = []
    for service, category in rows:
        fees = {one.id: fee(one, service.minutes) for one in crews if needs[service.id] <= able[one.id]}
        if fees:
            found.append(Priced(names(service), names(category), service.minutes, service.price, fees))
    return found
