"""When helpers can come: the week, the days that differ, and the time off that wins over both."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlmodel import Session

from matcher import availability
from matcher.availability import Span, Stretch, without
from matcher.database import Database
from matcher.errors import InvalidError, UnknownError
from tests.matcher.builders import MONDAY, a_volunteer, an_area

SHANGHAI = ZoneInfo("Asia/Shanghai")
TUESDAY = MONDAY + timedelta(days=1)


def at(clock: str, day: date = MONDAY, zone: ZoneInfo = SHANGHAI) -> datetime:
    return datetime.combine(day, time.fromisoformat(clock), zone)


def stretch(start: str, end: str, weekday: int = 0) -> Stretch:
    return Stretch(weekday, *times(start, end))


def times(start: str, end: str) -> tuple[time, time]:
    return time.fromisoformat(start), time.fromisoformat(end)


def shifts(session: Session, helper: str, day: date = MONDAY, zone: ZoneInfo = SHANGHAI) -> list[Span]:
    return availability.shifts(session, [helper], day, zone).get(helper, [])


@pytest.fixture
def helper(session: Session) -> str:
    return a_volunteer(session, an_area(session))


def test_the_week_says_when_in_the_areas_own_time(session: Session, helper: str) -> None:
    availability.set_pattern(session, helper, [stretch("14:00", "18:00"), stretch("09:00", "12:00")], {})
    assert shifts(session, helper) == [
        (datetime(2034, 11, 20, 1, tzinfo=UTC), datetime(2034, 11, 20, 4, tzinfo=UTC)),
        (datetime(2034, 11, 20, 6, tzinfo=UTC), datetime(2034, 11, 20, 10, tzinfo=UTC)),
    ]
    assert shifts(session, helper, TUESDAY) == []


def test_who_was_not_asked_about_and_who_cannot_come_are_left_out(session: Session, helper: str) -> None:
    other = a_volunteer(session, an_area(session, "团结社区"))
    for one in (helper, other):
        availability.set_pattern(session, one, [stretch("09:00", "12:00")], {})
    idle = a_volunteer(session, an_area(session, "胜利社区"))
    assert list(availability.shifts(session, [idle, helper], MONDAY, SHANGHAI)) == [helper]


def test_a_day_that_differs_replaces_the_week_and_only_on_its_day(session: Session, helper: str) -> None:
    week = [stretch("09:00", "12:00"), stretch("09:00", "12:00", weekday=1)]
    availability.set_pattern(session, helper, week, {MONDAY: [times("15:00", "16:30")]})
    assert shifts(session, helper) == [(at("15:00"), at("16:30"))]
    assert shifts(session, helper, TUESDAY) == [(at("09:00", TUESDAY), at("12:00", TUESDAY))]
    availability.set_pattern(session, helper, week, {MONDAY: []})
    assert shifts(session, helper) == []


def test_a_day_that_differs_may_be_the_only_one_on_which_a_helper_comes(session: Session, helper: str) -> None:
    availability.set_pattern(session, helper, [], {MONDAY: [times("15:00", "16:30")]})
    assert shifts(session, helper) == [(at("15:00"), at("16:30"))]


def test_time_off_wins_over_the_week_and_over_a_day_that_differs(session: Session, helper: str) -> None:
    availability.set_pattern(
        session, helper, [stretch("09:00", "17:00", weekday=1)], {MONDAY: [times("09:00", "17:00")]}
    )
    availability.take_time_off(session, helper, at("11:00"), at("13:00"), "看病")
    availability.take_time_off(session, helper, at("16:00"), at("10:00", TUESDAY))
    assert shifts(session, helper) == [(at("09:00"), at("11:00")), (at("13:00"), at("16:00"))]
    assert shifts(session, helper, TUESDAY) == [(at("10:00", TUESDAY), at("17:00", TUESDAY))]


def test_time_off_that_covers_the_day_leaves_nothing(session: Session, helper: str) -> None:
    availability.set_pattern(session, helper, [stretch("09:00", "17:00")], {})
    availability.take_time_off(session, helper, at("00:00"), at("00:00", TUESDAY))
    assert availability.shifts(session, [helper], MONDAY, SHANGHAI) == {}


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Asia/Shanghai", "Asia/Urumqi", "Pacific/Pago_Pago"])
def test_the_day_begins_and_ends_at_midnight_of_the_areas_zone(session: Session, helper: str, zone: str) -> None:
    there = ZoneInfo(zone)
    availability.set_pattern(session, helper, [stretch("00:00", "23:59")], {})
    availability.take_time_off(session, helper, at("23:00", MONDAY - timedelta(days=1), there), at("00:30", zone=there))
    availability.take_time_off(session, helper, at("23:00", zone=there), at("00:00", TUESDAY, there))
    assert shifts(session, helper, zone=there) == [(at("00:30", zone=there), at("23:00", zone=there))]


def test_time_off_of_the_days_around_cuts_nothing(session: Session, helper: str) -> None:
    availability.set_pattern(session, helper, [stretch("00:00", "23:59")], {})
    availability.take_time_off(session, helper, at("00:00", MONDAY - timedelta(days=1)), at("00:00"))
    availability.take_time_off(session, helper, at("00:00", TUESDAY), at("12:00", TUESDAY))
    assert shifts(session, helper) == [(at("00:00"), at("23:59"))]


def test_stretches_that_touch_are_one_shift(session: Session, helper: str) -> None:
    week = [stretch("11:00", "12:00"), stretch("09:00", "10:00"), stretch("10:00", "11:00")]
    availability.set_pattern(session, helper, week, {})
    assert shifts(session, helper) == [(at("09:00"), at("12:00"))]


def test_less_than_a_quarter_of_an_hour_is_no_shift(session: Session, helper: str) -> None:
    availability.set_pattern(session, helper, [stretch("09:00", "09:14"), stretch("14:00", "15:00")], {})
    availability.take_time_off(session, helper, at("14:15"), at("14:46"))
    assert shifts(session, helper) == [(at("14:00"), at("14:15"))]


def test_the_same_time_off_said_again_takes_the_new_end(session: Session, helper: str) -> None:
    first = availability.take_time_off(session, helper, at("09:00"), at("10:00"))
    again = availability.take_time_off(session, helper, at("09:00"), at("12:00"), "看病")
    assert again.id == first.id
    (kept,) = availability.pattern(session, helper).time_off
    assert (kept.end_at, kept.reason) == (at("12:00"), "看病")


def test_time_off_that_ends_before_it_starts_is_refused(session: Session, helper: str) -> None:
    with pytest.raises(InvalidError) as refused:
        availability.take_time_off(session, helper, at("09:00"), at("09:00"))
    assert refused.value.field == "end"


def test_what_was_set_is_told_back_and_set_again_replaces_it(session: Session, helper: str) -> None:
    availability.set_pattern(session, helper, [stretch("09:00", "12:00")], {TUESDAY: [times("08:00", "09:00")]})
    week = (stretch("09:00", "11:00"), stretch("10:00", "12:00", weekday=6))
    told = availability.set_pattern(session, helper, week[::-1], {MONDAY: []})
    assert (told.week, told.days) == (week, {MONDAY: ()})


@pytest.mark.parametrize(
    ("week", "days", "field"),
    [
        ([("12:00", "09:00", 0)], [], "week"),
        ([("09:00", "09:00", 3)], [], "week"),
        ([("09:00", "12:00", 2), ("11:59", "14:00", 2)], [], "week"),
        ([("09:00", "12:00", 2), ("09:00", "12:00", 2)], [], "week"),
        ([("09:00", "12:00", 7)], [], "week"),
        ([("09:00", "12:00", -1)], [], "week"),
        ([], [("12:00", "09:00")], "days"),
        ([], [("13:00", "15:00"), ("09:00", "13:01")], "days"),
    ],
)
def test_stretches_that_run_backward_overlap_or_lie_on_no_weekday_are_refused(
    session: Session, helper: str, week: list[tuple[str, str, int]], days: list[tuple[str, str]], field: str
) -> None:
    before = availability.set_pattern(session, helper, [stretch("09:00", "10:00")], {})
    with pytest.raises(InvalidError) as refused:
        availability.set_pattern(
            session, helper, [stretch(*one) for one in week], {MONDAY: [times(*span) for span in days]}
        )
    assert refused.value.field == field
    assert availability.pattern(session, helper) == before


def test_nobody_has_no_pattern(database: Database) -> None:
    with database.reading() as session, pytest.raises(UnknownError, match="hlp_nobody"):
        availability.pattern(session, "hlp_nobody")


def test_an_absence_that_runs_backward_takes_nothing_away() -> None:
    span = (at("09:00"), at("12:00"))
    assert without([span], [(at("11:00"), at("10:00"))]) == [span]
    assert without([span], [(at("08:00"), at("09:00")), (at("12:00"), at("13:00"))]) == [span]
