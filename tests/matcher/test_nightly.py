"""The daily trigger: once per area and day, whoever rings and however often, on both databases."""

import threading
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlmodel import select

from fixtures import tiny
from matcher import clock, holidays, imports, nightly, outbox, rosters, routines, runs
from matcher.database import Database
from matcher.tables.areas import Area
from matcher.tables.notices import Nightly
from matcher.tables.rosters import Roster, Run
from tests.matcher.builders import a_request, an_area
from tests.tiny_day import TinyDay

SHANGHAI = ZoneInfo("Asia/Shanghai")
HOURS = {"quiet_from": time(21, 30), "quiet_to": time(7), "evening_at": time(19), "nightly_at": time(20)}
EVENING = datetime(2034, 11, 19, 12, 0, tzinfo=UTC)
"""20:00 in Shanghai, on the eve of a Monday."""
MONDAY = date(2034, 11, 20)


@pytest.fixture(autouse=True)
def now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: EVENING)


@pytest.fixture
def area(database: Database) -> str:
    with database.transaction() as session:
        found = an_area(session)
        routines.put(session, found, HOURS)
        return found


def ring(database: Database, area: str, moment: datetime = EVENING) -> nightly.Rung | None:
    with database.transaction() as session:
        return nightly.ring(session, area, moment)


def the_runs(database: Database) -> list[Run]:
    with database.reading() as session:
        return list(session.exec(select(Run)))


def ask(database: Database, area: str, day: date = MONDAY) -> None:
    with database.transaction() as session:
        a_request(session, area, day=day)


@pytest.mark.parametrize(
    ("zone", "local", "day"),
    [
        *((zone, "2034-11-19T19:59", None) for zone in ("Asia/Shanghai", "Asia/Urumqi", "Europe/Berlin")),
        *((zone, "2034-11-19T20:00", "2034-11-20") for zone in ("Asia/Shanghai", "Asia/Urumqi", "Europe/Berlin")),
        ("Australia/Lord_Howe", "2034-11-19T20:00", "2034-11-20"),
        ("Asia/Shanghai", "2034-11-19T23:59", "2034-11-20"),
        ("Asia/Shanghai", "2034-11-20T00:00", "2034-11-20"),
        ("Asia/Shanghai", "2034-11-20T11:59", "2034-11-20"),
        ("Asia/Shanghai", "2034-11-20T12:00", None),
    ],
)
def test_the_next_day_is_due_from_the_areas_own_hour_on_and_until_noon(zone: str, local: str, day: str | None) -> None:
    here = ZoneInfo(zone)
    moment = datetime.fromisoformat(local).replace(tzinfo=here).astimezone(UTC)
    assert nightly.due_day(moment, here, time(20)) == (date.fromisoformat(day) if day else None)


@pytest.mark.parametrize(
    ("zone", "night"),
    [("Europe/Berlin", "2034-03-26"), ("Europe/Berlin", "2034-10-29"), ("Australia/Lord_Howe", "2034-10-01")],
)
def test_an_hour_that_a_change_of_the_clock_skips_or_repeats_rings_once(
    database: Database, zone: str, night: str
) -> None:
    with database.transaction() as session:
        area = an_area(session, time_zone=zone)
        routines.put(session, area, {**HOURS, "nightly_at": time(2, 15)})
    begin = datetime.fromisoformat(f"{night}T00:30").replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    looks = [begin + timedelta(minutes=10 * number) for number in range(36)]
    rung = [found.day for moment in looks if (found := ring(database, area, moment))]
    today = date.fromisoformat(night)
    assert rung == [today, today + timedelta(days=1)]


def test_many_who_ring_at_once_start_one_run(database: Database, area: str) -> None:
    ask(database, area)
    gate, rung = threading.Barrier(8), []

    def go() -> None:
        gate.wait()
        rung.append(ring(database, area))

    threads = [threading.Thread(target=go) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (first,) = [one for one in rung if one is not None]
    (run,) = the_runs(database)
    assert len(rung) == 8
    assert (first.run_id, run.state, first.waits) == (run.id, "queued", True)
    with database.reading() as session:
        assert [row.subject for row in outbox.pending(session) if row.topic == outbox.RUN] == [run.id]
        assert session.get_one(Nightly, (area, MONDAY)).run_id == run.id
        assert session.exec(select(Roster.day)).all() == [MONDAY]


def test_the_next_evening_rings_anew(database: Database, area: str) -> None:
    ask(database, area)
    first = ring(database, area)
    assert ring(database, area, EVENING + timedelta(hours=12)) is None
    second = ring(database, area, EVENING + timedelta(days=1))
    assert first is not None
    assert second is not None
    assert (first.day, second.day) == (MONDAY, MONDAY + timedelta(days=1))


def test_a_trigger_that_was_missed_is_made_up_for_in_the_morning(database: Database, area: str) -> None:
    ask(database, area)
    with database.reading() as session:
        assert nightly.due(session, EVENING + timedelta(hours=11)) == [area]
    late = ring(database, area, EVENING + timedelta(hours=11))
    assert late is not None
    assert late.day == MONDAY
    with database.reading() as session:
        assert nightly.due(session, EVENING + timedelta(hours=11)) == []


def test_a_day_for_which_nobody_asked_for_anything_is_done_and_says_so(database: Database, area: str) -> None:
    rung = ring(database, area)
    (run,) = the_runs(database)
    assert rung is not None
    assert (run.id, run.state, run.sentence) == (rung.run_id, "done", nightly.NOTHING)
    with database.transaction() as session:
        runs.start(session, run.roster_id)


def test_a_run_that_is_under_way_is_left_alone(database: Database, area: str) -> None:
    ask(database, area)
    with database.transaction() as session:
        runs.start(session, rosters.open_roster(session, area, MONDAY).id)
    rung = ring(database, area)
    assert rung is not None
    assert (rung.run_id, rung.sentence) == (None, nightly.UNDER_WAY)
    assert len(the_runs(database)) == 1


def test_an_office_without_an_hour_has_no_nightly_roster(database: Database, area: str) -> None:
    with database.transaction() as session:
        routines.put(session, area, {**HOURS, "nightly_at": None})
    assert ring(database, area) is None
    with database.reading() as session:
        assert nightly.due(session, EVENING) == []


@pytest.mark.parametrize(
    ("eve", "day", "is_worked"),
    [
        ("2026-11-20T20:00", date(2026, 11, 21), False),
        ("2026-10-09T20:00", date(2026, 10, 10), True),
        ("2026-09-30T20:00", date(2026, 10, 1), False),
        ("2026-11-22T20:00", date(2026, 11, 23), True),
    ],
)
def test_an_office_that_works_on_workdays_knows_holidays_and_make_up_days(
    database: Database, area: str, eve: str, day: date, is_worked: bool
) -> None:
    ask(database, area, day)
    with database.transaction() as session:
        routines.put(session, area, {**HOURS, "is_for_workdays": True})
    moment = datetime.fromisoformat(eve).replace(tzinfo=SHANGHAI)
    rung = ring(database, area, moment)
    assert rung is not None
    assert (rung.day, rung.waits, rung.sentence) == (day, is_worked, "" if is_worked else nightly.DAY_OFF)
    assert len(the_runs(database)) == is_worked


def test_a_day_that_the_office_declared_a_workday_is_one(database: Database, area: str) -> None:
    saturday = date(2026, 11, 21)
    ask(database, area, saturday)
    with database.transaction() as session:
        routines.put(session, area, {**HOURS, "is_for_workdays": True})
        holidays.say(session, area, saturday, True, "大扫除")
    rung = ring(database, area, datetime(2026, 11, 20, 12, 0, tzinfo=UTC))
    assert rung is not None
    assert rung.waits


def test_a_run_that_changes_nobodys_day_says_so(database: Database, tmp_path_factory: pytest.TempPathFactory) -> None:
    files = tiny.write_tiny(tmp_path_factory.mktemp("files"), MONDAY)
    for kind in imports.IMPORTS:
        imports.run(database, kind, files[kind].name, files[kind].read_bytes())
    with database.transaction() as session:
        found = session.exec(select(Area.id).where(Area.number == tiny.COMMUNITY)).one()
        roster = rosters.open_roster(session, found, MONDAY).id
    day = TinyDay(database, roster)
    said = []
    for _ in range(2):
        day.store()
        with database.reading() as session:
            latest = runs.latest(session, roster)
        assert latest is not None
        said.append((latest.state, latest.sentence))
    assert said == [("done", ""), ("done", "Nothing had to change: everybody's day stays as it was.")]
