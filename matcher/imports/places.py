"""Where rows lie: the areas that they name by number."""

from sqlmodel import Session

from matcher.imports import cells
from matcher.imports.columns import Column
from matcher.imports.storing import columns_of
from matcher.tables.areas import Area
from matcher.types import Tier

COMMUNITY = Column("area", "社区编号", cells.number)
Places = dict[str, tuple[float | None, float | None]]


def areas(session: Session, tier: Tier | None = None) -> tuple[dict[str, str], Places]:
    """number -> id of the areas (of one tier), and id -> latitude and longitude."""
    rows = list(columns_of(session, Area, "number", "id", "tier", "latitude", "longitude"))
    known = {row.number: row.id for row in rows if row.number is not None and tier in (None, row.tier)}
    return known, {row.id: (row.latitude, row.longitude) for row in rows}


def communities(session: Session) -> tuple[dict[str, str], Places]:
    return areas(session, Tier.COMMUNITY)
