"""Workdays of China against an independent reckoning, and what the office itself says."""

from datetime import date, timedelta

import holidays as statutory
import pytest
from sqlmodel import Session

from matcher import holidays
from matcher.errors import UnknownError
from tests.matcher.builders import an_area


@pytest.mark.parametrize("year", [2025, 2026])
def test_the_table_agrees_with_the_holidays_package_on_every_day(year: int) -> None:
    theirs = statutory.country_holidays("CN", years=year)
    days = [date(year, 1, 1) + timedelta(days=number) for number in range(365)]
    assert [day for day in days if holidays.is_common_workday(day) != theirs.is_working_day(day)] == []
    assert sum(map(holidays.is_common_workday, days)) == {2025: 248, 2026: 248}[year]


@pytest.mark.parametrize(
    ("day", "is_workday", "name"),
    [
        (date(2026, 2, 14), True, ""),
        (date(2026, 2, 17), False, "春节"),
        (date(2026, 10, 10), True, ""),
        (date(2026, 11, 21), False, ""),
        (date(2026, 11, 23), True, ""),
        (date(2025, 10, 8), False, "国庆节、中秋节"),
    ],
)
def test_holidays_weekends_and_make_up_days(day: date, is_workday: bool, name: str) -> None:
    assert (holidays.is_common_workday(day), holidays.name_of(day)) == (is_workday, name)


def test_years_that_nobody_announced_have_the_holidays_of_the_law() -> None:
    assert not holidays.is_common_workday(date(2034, 10, 2))
    assert holidays.name_of(date(2034, 10, 2)) != ""
    assert holidays.is_common_workday(date(2034, 11, 20))
    assert not holidays.is_common_workday(date(2034, 11, 18))


def test_what_the_office_says_wins_and_the_nearest_office_wins_over_a_farther_one(session: Session) -> None:
    district = an_area(session, "天山区", tier="district")
    street = an_area(session, "街道", tier="subdistrict", parent_id=district)
    saturday = date(2026, 11, 21)
    assert not holidays.is_workday(session, street, saturday)
    holidays.say(session, district, saturday, True, "大扫除")
    assert holidays.is_workday(session, street, saturday)
    holidays.say(session, street, saturday, False, "")
    assert not holidays.is_workday(session, street, saturday)
    assert holidays.is_workday(session, district, saturday)
    holidays.unsay(session, street, saturday)
    assert holidays.is_workday(session, street, saturday)
    with pytest.raises(UnknownError):
        holidays.unsay(session, street, saturday)
