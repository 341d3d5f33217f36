"""Purses (补贴资金): what a programme pays for in a period."""

from sqlmodel import Session

from matcher.imports import cells
from matcher.imports.columns import Column, Reading, once
from matcher.imports.reports import Tally
from matcher.imports.storing import upsert
from matcher.imports.words import NUMBER
from matcher.tables.requests import Purse

COLUMNS = (
    NUMBER,
    Column("name", "名称", cells.text(120)),
    Column("first_day", "起始日期", cells.day),
    Column("last_day", "结束日期", cells.day),
    Column("budget", "预算(元)", cells.money),
)


def store(session: Session, found: list[Reading], tally: Tally) -> None:
    (purses,) = found
    once(purses, "number")
    good = []
    for record in purses.records:
        first, last = record.values["first_day"], record.values["last_day"]
        if first <= last:
            good.append(record)
        else:
            purses.fault(record, "last_day", "ends_before_start", last, start=str(first), end=str(last))
    purses.keep(good)
    tally.mark_stored(purses, upsert(session, Purse, [record.values for record in good], prefix="pur"))
