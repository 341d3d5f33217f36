"""Residents: whoever may be served."""

from sqlmodel import Session

from matcher.imports import cells
from matcher.imports.columns import Column, Reading, lie_near, once, refer
from matcher.imports.places import COMMUNITY, communities
from matcher.imports.reports import Tally
from matcher.imports.storing import upsert
from matcher.imports.words import NEED_GROUPS, NUMBER, PERSON, PLACE
from matcher.tables.people import Resident

COLUMNS = (
    NUMBER,
    *PERSON,
    COMMUNITY,
    Column("address", "住址", cells.text(200), required=False, default=""),
    *PLACE,
    Column("household", "户号", cells.text(40), required=False, default=""),
    Column("need_groups", "对象类别", cells.some_of(NEED_GROUPS), required=False, default=()),
)


def store(session: Session, found: list[Reading], tally: Tally) -> None:
    (residents,) = found
    once(residents, "number")
    known, places = communities(session)
    refer(residents, "area", known, "community", into="area_id")
    lie_near(residents, places)
    rows = [record.values for record in residents.records]
    tally.mark_stored(residents, upsert(session, Resident, rows, prefix="res"))
