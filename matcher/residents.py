"""Residents: who receives service."""

from collections.abc import Mapping
from typing import Any

from sqlmodel import Session, col

from matcher import areas, registers
from matcher.keys import new_key
from matcher.pages import Page, one, page
from matcher.tables.areas import Area
from matcher.tables.people import Resident


def register(session: Session, values: Mapping[str, Any]) -> Resident:
    """InvalidError: the area is unknown. ConflictError: the number is taken."""
    registers.must_exist(session, Area, values["area_id"], "area_id")
    return registers.add(session, Resident(id=new_key("res"), **values), "resident")


def change(session: Session, resident_id: str, values: Mapping[str, Any]) -> Resident:
    if "area_id" in values:
        registers.must_exist(session, Area, values["area_id"], "area_id")
    return registers.change(session, Resident, resident_id, values, "resident")


def get(session: Session, resident_id: str) -> Resident:
    return one(session, Resident, resident_id, "resident")


def listed(
    session: Session, *, after: str | None = None, limit: int = 50, area_id: str | None = None, name: str | None = None
) -> Page[Resident]:
    """A page of residents, of an area with all that lies in it, or whose name holds these characters."""
    where: list[Any] = []
    if area_id is not None:
        where.append(col(Resident.area_id).in_(areas.subtree(session, area_id)))
    if name:
        where.append(col(Resident.name).contains(name, autoescape=True))
    return page(session, Resident, after=after, limit=limit, where=where)
