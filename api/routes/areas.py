"""GET /areas: the three-tier tree."""

from fastapi import APIRouter

from api.doors import Reading, Shape
from matcher import areas
from matcher.types import Key, Tier

router = APIRouter(tags=["registers"])


class AreaOut(Shape):
    id: str
    number: str | None
    name: str
    name_en: str
    name_ug: str
    tier: Tier
    parent_id: str | None
    latitude: float | None
    longitude: float | None
    time_zone: str


class AreasOut(Shape):
    rows: list[AreaOut]


@router.get("/areas")
def listed(session: Reading) -> AreasOut:
    """Every area that you work for; there are few, so there is one page."""
    return AreasOut(rows=[AreaOut.model_validate(row) for row in areas.seen(session)])


@router.get("/areas/{area_id}")
def one(area_id: Key, session: Reading) -> AreaOut:
    return AreaOut.model_validate(areas.get(session, area_id))
