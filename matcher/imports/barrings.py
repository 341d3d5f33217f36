"""Barrings (回避): which helpers and residents must not meet."""

from sqlmodel import Session

from matcher.imports import cells
from matcher.imports.columns import Column, Reading, once, refer
from matcher.imports.reports import Tally
from matcher.imports.storing import numbers, upsert
from matcher.tables.people import Crew, Resident, Volunteer
from matcher.tables.requests import Barring

COLUMNS = (
    Column("resident", "居民编号", cells.number),
    Column("helper", "服务者编号", cells.number),
    Column("reason", "原因", cells.text(200), required=False, default=""),
)


def store(session: Session, found: list[Reading], tally: Tally) -> None:
    (barrings,) = found
    once(barrings, "resident", "helper")
    refer(barrings, "resident", numbers(session, Resident), "resident", into="resident_id")
    refer(barrings, "helper", helper_ids(session), "helper", into="helper_id")
    key = ("resident_id", "helper_id")
    stored = upsert(session, Barring, [record.values for record in barrings.records], prefix="bar", key=key)
    tally.mark_stored(barrings, stored, *key)


def helper_ids(session: Session) -> dict[str, str]:
    """The helper behind each volunteer's and each crew's number."""
    return numbers(session, Volunteer, to="helper_id") | numbers(session, Crew, to="helper_id")
