"""The three-tier tree of areas."""

from collections import defaultdict
from zoneinfo import ZoneInfo

from sqlmodel import Session, select

from matcher.pages import one, within
from matcher.tables.areas import Area
from matcher.types import Tier


def get(session: Session, area_id: str) -> Area:
    """UnknownError: no such area."""
    return one(session, Area, area_id, "area")


def everything(session: Session) -> list[Area]:
    """Every area; there are few."""
    return list(session.exec(select(Area).order_by(Area.number, Area.id)))


def seen(session: Session) -> list[Area]:
    """Those within the reach of whoever asks."""
    return list(session.exec(select(Area).where(*within(session, Area)).order_by(Area.number, Area.id)))


def subtree(session: Session, area_id: str) -> list[str]:
    """The ids of the area and of all that lies in it."""
    children: dict[str | None, list[str]] = defaultdict(list)
    for row in session.exec(select(Area)):
        children[row.parent_id].append(row.id)
    found = [area_id]
    for inner in found:
        found.extend(sorted(set(children[inner]) - set(found)))
    return found


def enclosing(session: Session, area_id: str) -> list[str]:
    """The ids of the areas around this one, nearest first."""
    parents = {row.id: row.parent_id for row in session.exec(select(Area))}
    found: list[str] = []
    above = parents.get(area_id)
    while above is not None and above not in found:
        found.append(above)
        above = parents.get(above)
    return found


def zone(area: Area) -> ZoneInfo:
    return ZoneInfo(area.time_zone)


def first_subdistrict(session: Session) -> Area | None:
    """The sub-district whose office this is."""
    return session.exec(select(Area).where(Area.tier == Tier.SUBDISTRICT).order_by(Area.number, Area.id)).first()
