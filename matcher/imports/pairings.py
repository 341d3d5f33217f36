"""Pairings (结对): which volunteers stand by which residents."""

from sqlmodel import Session

from matcher.imports import cells
from matcher.imports.columns import Column, Reading, once, refer
from matcher.imports.reports import Tally
from matcher.imports.storing import numbers, upsert
from matcher.imports.words import PAIRINGS
from matcher.tables.people import Resident, Volunteer
from matcher.tables.requests import Pairing

COLUMNS = (
    Column("resident", "居民编号", cells.number),
    Column("volunteer", "志愿者编号", cells.number),
    Column("kind", "类型", cells.one_of(PAIRINGS)),
    Column("since", "起始日期", cells.day),
)


def store(session: Session, found: list[Reading], tally: Tally) -> None:
    (pairings,) = found
    once(pairings, "resident", "volunteer")
    refer(pairings, "resident", numbers(session, Resident), "resident", into="resident_id")
    refer(pairings, "volunteer", numbers(session, Volunteer), "volunteer", into="volunteer_id")
    key = ("resident_id", "volunteer_id")
    stored = upsert(session, Pairing, [record.values for record in pairings.records], prefix="pai", key=key)
    tally.mark_stored(pairings, stored, *key)
