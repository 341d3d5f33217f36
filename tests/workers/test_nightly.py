"""The nightly trigger with a real queue, and without one."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import redis
from rq import SimpleWorker
from rq.cron import CronScheduler
from rq.serializers import JSONSerializer
from sqlmodel import select

from matcher import clock, routines
from matcher.database import Database
from matcher.settings import Settings
from matcher.tables.notices import Nightly
from matcher.tables.rosters import Run
from tests.matcher.builders import a_request, an_area
from workers import queues
from workers.nightly import AreaCron, Trigger

HOURS = {"quiet_from": time(21, 30), "quiet_to": time(7), "evening_at": time(19), "nightly_at": time(20)}
AFTERNOON = datetime(2034, 11, 19, 7, 0, tzinfo=UTC)
EVENING = datetime(2034, 11, 19, 12, 0, tzinfo=UTC)
"""15:00 and 20:00 in Shanghai."""


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> dict[str, datetime]:
    """The moment that every clock shows, RQ's too."""
    shown = {"now": AFTERNOON}
    monkeypatch.setattr(clock, "now", lambda: shown["now"])
    monkeypatch.setattr("rq.cron.now", lambda: shown["now"])
    return shown


@pytest.fixture
def settings(database: Database, redis_url: str, tmp_path: Path) -> Iterator[Settings]:
    redis.Redis.from_url(redis_url).flushall()
    yield Settings(home=tmp_path, database_url=database.url, redis_url=redis_url)
    redis.Redis.from_url(redis_url).flushall()


@pytest.fixture
def area(database: Database, now: dict[str, datetime]) -> str:
    with database.transaction() as session:
        found = an_area(session)
        a_request(session, found)
        routines.put(session, found, HOURS)
        return found


def counted(database: Database) -> tuple[int, int]:
    """How many triggers rang, and how many runs came of it."""
    with database.reading() as session:
        return len(session.exec(select(Nightly)).all()), len(session.exec(select(Run)).all())


def test_rqs_cron_rings_at_the_areas_hour_and_a_worker_starts_the_run(
    database: Database, settings: Settings, area: str, now: dict[str, datetime], monkeypatch: pytest.MonkeyPatch
) -> None:
    trigger = Trigger(database, settings)
    assert trigger.look(AFTERNOON) == []
    assert trigger.queue.get_job_ids() == []
    assert [scheduler.name for scheduler in CronScheduler.all(trigger.queue.connection)] == [trigger.scheduler.name]

    now["now"] = EVENING
    assert trigger.look(EVENING) == []
    (bell,) = trigger.queue.jobs
    assert (bell.func_name, list(bell.args)) == ("workers.nightly.ring", [area])
    assert counted(database) == (0, 0)

    monkeypatch.setenv("MATCHER_DATABASE_URL", settings.database_url)
    monkeypatch.setenv("MATCHER_HOME", str(settings.home))
    monkeypatch.setenv("REDIS_URL", str(settings.redis_url))
    worker = SimpleWorker([queues.RUNS], connection=trigger.queue.connection, serializer=JSONSerializer)
    worker.work(burst=True, max_jobs=1, logging_level="WARNING")
    assert counted(database) == (1, 1)
    (hanging,) = queues.waiting(trigger.queue)
    assert hanging.startswith("run_")

    now["now"] = EVENING + timedelta(minutes=5)
    assert trigger.look(now["now"]) == []
    assert counted(database) == (1, 1)
    trigger.end()
    assert CronScheduler.all(trigger.queue.connection) == []


def test_what_redis_forgot_is_made_up_for_from_the_database(
    database: Database, settings: Settings, area: str, now: dict[str, datetime]
) -> None:
    trigger = Trigger(database, settings)
    trigger.look(AFTERNOON)
    now["now"] = EVENING
    trigger.look(EVENING)
    trigger.queue.connection.flushall()
    now["now"] = EVENING + timedelta(minutes=1)
    (rung,) = trigger.look(now["now"])
    assert rung.area_id == area
    assert counted(database) == (1, 1)


def test_without_redis_the_nightly_roster_is_started_all_the_same(
    database: Database, settings: Settings, area: str, now: dict[str, datetime]
) -> None:
    trigger = Trigger(database, settings.model_copy(update={"redis_url": "redis://127.0.0.1:1/0"}))
    now["now"] = EVENING + timedelta(minutes=1)
    assert [rung.area_id for rung in trigger.look(now["now"])] == [area]
    assert trigger.look(now["now"]) == []
    assert counted(database) == (1, 1)
    trigger.end()


def test_an_hour_that_the_office_changes_holds_at_the_next_look(
    database: Database, settings: Settings, area: str, now: dict[str, datetime]
) -> None:
    trigger = Trigger(database, settings)
    trigger.look(AFTERNOON)
    with database.transaction() as session:
        routines.put(session, area, {**HOURS, "nightly_at": time(21)})
    now["now"] = EVENING
    trigger.look(EVENING)
    assert trigger.queue.get_job_ids() == []
    now["now"] = EVENING + timedelta(hours=1)
    trigger.look(now["now"])
    assert len(trigger.queue.get_job_ids()) == 1


@pytest.mark.parametrize(
    ("zone", "at", "last", "following"),
    [
        ("Asia/Shanghai", time(20), "2034-11-19T12:00+00:00", "2034-11-20T12:00+00:00"),
        ("Asia/Urumqi", time(20), "2034-11-19T12:00+00:00", "2034-11-19T14:00+00:00"),
        ("Europe/Berlin", time(2, 30), "2034-03-26T00:00+00:00", "2034-03-26T01:30+00:00"),
        ("Europe/Berlin", time(2, 30), "2034-10-28T23:00+00:00", "2034-10-29T00:30+00:00"),
        ("Europe/Berlin", time(2, 30), "2034-10-29T00:30+00:00", "2034-10-30T01:30+00:00"),
        ("Australia/Lord_Howe", time(2, 15), "2034-09-30T15:00+00:00", "2034-09-30T15:45+00:00"),
    ],
)
def test_the_next_ring_is_reckoned_on_the_areas_own_clock(
    settings: Settings, now: dict[str, datetime], zone: str, at: time, last: str, following: str
) -> None:
    cron = AreaCron("are_x", at, ZoneInfo(zone), queues.queue_at(queues.address(settings)))
    cron.set_enqueue_time(datetime.fromisoformat(last))
    assert cron.next_enqueue_time == datetime.fromisoformat(following)
