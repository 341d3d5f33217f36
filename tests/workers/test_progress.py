"""A run's progress over a real Redis stream, with the database behind it."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import redis

from workers import progress, server
from workers.progress import Event

Look = tuple[bool, dict[str, Any]]


@pytest.fixture
def url(tmp_path: Path) -> Iterator[str]:
    process = server.start(tmp_path)
    server.wait_until_ready(server.address(tmp_path))
    yield server.address(tmp_path)
    process.kill()
    process.wait()


@pytest.fixture
def connection(url: str) -> redis.Redis:
    return redis.Redis.from_url(url)


def heard(url: str, looks: list[Look], after: str = progress.START) -> list[Event]:
    """All events until the end; `looks` are what the database says, one after the other, the last for ever."""

    async def look() -> Look:
        return looks.pop(0) if len(looks) > 1 else looks[0]

    async def listen() -> list[Event]:
        return [event async for event in progress.events(url, "run_1", look, after)]

    return asyncio.run(asyncio.wait_for(listen(), 20))


def test_lines_arrive_in_order_and_the_end_says_what_is_stored(url: str, connection: redis.Redis) -> None:
    for cost in (30, 20, 10):
        progress.tell(connection, "run_1", {"objective": cost})
    progress.tell(connection, "run_1", {"objective": 10}, name="end")
    events = heard(url, [(True, {"state": "done"})])
    assert [(event.name, event.data) for event in events] == [
        *(("progress", {"objective": cost}) for cost in (30, 20, 10)),
        ("end", {"state": "done"}),
    ]


def test_a_reader_that_comes_back_hears_only_what_it_missed(url: str, connection: redis.Redis) -> None:
    for cost in (30, 20, 10):
        progress.tell(connection, "run_1", {"objective": cost})
    progress.tell(connection, "run_1", {}, name="end")
    first = heard(url, [(True, {})])[0]
    assert [event.data.get("objective") for event in heard(url, [(True, {})], after=first.id)] == [20, 10, None]


def test_a_worker_that_dies_without_a_last_word_leaves_no_reader_waiting(url: str, connection: redis.Redis) -> None:
    progress.tell(connection, "run_1", {"objective": 30})
    events = heard(url, [(False, {"state": "running"}), (True, {"state": "failed"})])
    assert [event.data for event in events] == [{"objective": 30}, {"state": "running"}, {"state": "failed"}]
    assert events[-1].name == "end"


def test_without_redis_the_database_is_told(tmp_path: Path) -> None:
    events = heard(server.address(tmp_path), [(False, {"objective": 9}), (False, {"objective": 9}), (True, {})])
    assert [(event.name, event.data) for event in events] == [("progress", {"objective": 9}), ("end", {})]


def test_telling_nobody_is_no_error(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    progress.tell(redis.Redis.from_url(server.address(tmp_path), retry=None), "run_1", {"objective": 9})
    assert [line for line in caplog.messages if line.startswith("run run_1: progress is not told")]


def test_the_stream_ends_of_itself(url: str, connection: redis.Redis) -> None:
    for number in range(700):
        progress.tell(connection, "run_1", {"objective": number})
    assert connection.xlen("run:run_1") < 700
    assert 0 < connection.ttl("run:run_1") <= progress.KEPT_SECONDS
