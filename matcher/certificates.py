"""Certificates (证书) of a provider's crews: which hold, and which somebody must renew in time."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from sqlmodel import Session, col, select

from matcher.tables.people import Crew, Helper, HelperSkill
from matcher.tables.services import Skill

SOON = timedelta(days=60)
"""How long before its last day a certificate is to be renewed."""


class Validity(StrEnum):
    """有效, 即将到期, 已过期."""

    HOLDS = "holds"
    ENDS_SOON = "ends_soon"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Held:
    """One certificate of one crew."""

    helper_id: str
    crew: str
    certificate: str
    expires: date | None
    validity: Validity


def of_provider(session: Session, provider_id: str, today: date) -> list[Held]:
    """What ends first comes first; what never ends comes last."""
    rows = session.exec(
        select(Helper.id, Helper.name, Skill.name, col(HelperSkill.expires))
        .join(Crew, col(Crew.helper_id) == col(Helper.id))
        .join(HelperSkill, col(HelperSkill.helper_id) == col(Helper.id))
        .join(Skill, col(HelperSkill.skill_id) == col(Skill.id))
        .where(Crew.provider_id == provider_id, col(Skill.is_certificate), col(Helper.is_active))
    )
    found = [Held(*row, _validity(row[3], today)) for row in rows]
    return sorted(found, key=lambda one: (one.expires or date.max, one.crew, one.certificate))


def _validity(expires: date | None, today: date) -> Validity:
    if expires is not None and expires < today:
        return Validity.EXPIRED
    return Validity.ENDS_SOON if expires is not None and expires <= today + SOON else Validity.HOLDS
