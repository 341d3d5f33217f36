"""Workdays of China: the week, less holidays, and the weekends on which people make up for them (调休).

The table is what the General Office of the State Council announced: for 2025 in 国办发明电〔2024〕12号 of 12 November
2024, for 2026 in 国办发明电〔2025〕7号 of 4 November 2025. For other years the statutory holidays hold, which the law
names without any make-up days. What the office itself said of a day (a special day) wins over both.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from sqlmodel import Session, col, select

from matcher import areas
from matcher.errors import UnknownError
from matcher.pages import one
from matcher.tables.areas import Area
from matcher.tables.notices import SpecialDay

FREE: Mapping[int, Mapping[str, tuple[tuple[int, int], tuple[int, int]]]] = {
    2025: {
        "元旦": ((1, 1), (1, 1)),
        "春节": ((1, 28), (2, 4)),
        "清明节": ((4, 4), (4, 6)),
        "劳动节": ((5, 1), (5, 5)),
        "端午节": ((5, 31), (6, 2)),
        "国庆节、中秋节": ((10, 1), (10, 8)),
    },
    2026: {
        "元旦": ((1, 1), (1, 3)),
        "春节": ((2, 15), (2, 23)),
        "清明节": ((4, 4), (4, 6)),
        "劳动节": ((5, 1), (5, 5)),
        "端午节": ((6, 19), (6, 21)),
        "中秋节": ((9, 25), (9, 27)),
        "国庆节": ((10, 1), (10, 7)),
    },
}
"""First and last day of each holiday, by year."""
MADE_UP: Mapping[int, tuple[tuple[int, int], ...]] = {
    2025: ((1, 26), (2, 8), (4, 27), (9, 28), (10, 11)),
    2026: ((1, 4), (2, 14), (2, 28), (5, 9), (9, 20), (10, 10)),
}
"""Weekends on which people work."""
SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Workday:
    """One day as it holds in an area."""

    day: date
    is_workday: bool
    name: str
    is_special: bool
    """The office said so."""


def is_workday(session: Session, area_id: str, day: date) -> bool:
    return listed(session, area_id, day, day)[0].is_workday


def listed(session: Session, area_id: str, first: date, last: date) -> list[Workday]:
    """These days in order: what the nearest office around said, otherwise what holds in the whole country."""
    around = [area_id, *areas.enclosing(session, area_id)]
    rows = session.exec(
        select(SpecialDay).where(SpecialDay.day >= first, SpecialDay.day <= last, col(SpecialDay.area_id).in_(around))
    )
    nearest = {row.day: row for row in sorted(rows, key=lambda row: -around.index(row.area_id))}
    days = (first + timedelta(days=number) for number in range((last - first).days + 1))
    return [_workday(day, nearest.get(day)) for day in days]


def _workday(day: date, said: SpecialDay | None) -> Workday:
    if said is not None:
        return Workday(day, said.is_workday, said.name, is_special=True)
    return Workday(day, is_common_workday(day), name_of(day), is_special=False)


def is_common_workday(day: date) -> bool:
    if day in _made_up(day.year):
        return True
    return day.weekday() < SATURDAY and name_of(day) == ""


def name_of(day: date) -> str:
    """The holiday in which the day lies; empty: none."""
    if day.year not in FREE:
        return str(_by_law(day.year).get(day, ""))
    return next((name for name, (first, last) in FREE[day.year].items() if first <= (day.month, day.day) <= last), "")


def say(session: Session, area_id: str, day: date, is_workday: bool, name: str) -> SpecialDay:
    """Declare a day a workday or a day off. UnknownError: no such area."""
    one(session, Area, area_id, "area")
    return session.merge(SpecialDay(area_id=area_id, day=day, is_workday=is_workday, name=name))


def unsay(session: Session, area_id: str, day: date) -> None:
    """UnknownError: nothing was said of this day."""
    row = session.get(SpecialDay, (area_id, day))
    if row is None:
        raise UnknownError(f"Nothing was said of {day} in this area.")
    session.delete(row)


@lru_cache
def _made_up(year: int) -> frozenset[date]:
    return frozenset(date(year, month, day) for month, day in MADE_UP.get(year, ()))


@lru_cache
def _by_law(year: int) -> Mapping[date, str]:
    import holidays as statutory  # half a second of loading, for years that nobody announced

    return dict(statutory.country_holidays("CN", years=year, language="zh_CN"))
