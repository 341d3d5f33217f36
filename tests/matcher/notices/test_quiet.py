"""Quiet hours on the clocks of four zones."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from matcher.routines import quiet_until

NIGHT = (time(21, 30), time(7))


def at(local: str, zone: ZoneInfo) -> datetime:
    return datetime.fromisoformat(local).replace(tzinfo=zone).astimezone(UTC)


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "Asia/Urumqi", "Europe/Berlin", "Australia/Lord_Howe"])
@pytest.mark.parametrize(
    ("local", "until"),
    [
        ("2034-11-20T21:29", None),
        ("2034-11-20T21:30", "2034-11-21T07:00"),
        ("2034-11-20T23:59", "2034-11-21T07:00"),
        ("2034-11-21T00:00", "2034-11-21T07:00"),
        ("2034-11-21T06:59", "2034-11-21T07:00"),
        ("2034-11-21T07:00", None),
    ],
)
def test_the_night_is_quiet_until_the_morning(zone: str, local: str, until: str | None) -> None:
    here = ZoneInfo(zone)
    assert quiet_until(at(local, here), here, NIGHT) == (at(until, here) if until else None)


@pytest.mark.parametrize(
    ("zone", "evening", "hours"),
    [
        ("Europe/Berlin", "2034-03-25T22:00", 8),
        ("Europe/Berlin", "2034-10-28T22:00", 10),
        ("Australia/Lord_Howe", "2034-09-30T22:00", 8.5),
        ("Asia/Urumqi", "2034-10-28T22:00", 9),
    ],
)
def test_a_night_in_which_the_clocks_change_ends_at_seven_all_the_same(zone: str, evening: str, hours: float) -> None:
    now = at(evening, ZoneInfo(zone))
    until = quiet_until(now, ZoneInfo(zone), NIGHT)
    assert until is not None
    assert until - now == timedelta(hours=hours)
    assert until.astimezone(ZoneInfo(zone)).time() == time(7)


def test_hours_of_one_day_and_none_at_all() -> None:
    noon = datetime(2034, 11, 20, 12, 0, tzinfo=UTC)
    here = ZoneInfo("UTC")
    assert quiet_until(noon, here, (time(11), time(13))) == noon + timedelta(hours=1)
    assert quiet_until(noon, here, (time(13), time(14))) is None
    assert quiet_until(noon, here, (time(12), time(12))) is None
