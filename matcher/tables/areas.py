"""Areas: the three tiers, and the streets on which their people walk."""

from datetime import datetime

from sqlalchemy import LargeBinary
from sqlmodel import Field, SQLModel

from matcher.tables.columns import Moment, at_least, key, not_empty, number, on_earth, one_of, reference
from matcher.types import Tier


class Area(SQLModel, table=True):
    """区, 街道 or 社区."""

    __table_args__ = (one_of("tier", Tier), *not_empty("name", "time_zone"), *on_earth())

    id: str = key()
    number: str | None = number()
    name: str = Field(max_length=120)
    name_en: str = Field(default="", max_length=120)
    name_ug: str = Field(default="", max_length=120)
    tier: str = Field(max_length=20)
    parent_id: str | None = reference("area.id", nullable=True)
    latitude: float | None = None
    longitude: float | None = None
    time_zone: str = Field(default="Asia/Shanghai", max_length=60)


class Streets(SQLModel, table=True):
    """The street network under an area, as GeoJSON came in, with the walking distances worked out once."""

    __table_args__ = tuple(at_least(1, "crossings"))

    id: str = key()
    network: bytes = Field(sa_type=LargeBinary)
    """Crossings and edges, and metres between all crossings; `matcher.streets` alone reads and writes it."""
    digest: str = Field(max_length=64)
    crossings: int
    stored_at: datetime = Field(sa_type=Moment)
