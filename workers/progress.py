"""A run's progress, told by the worker into a Redis stream and read by the web process for live events.

The stream is a convenience: it holds the last few hundred lines for an hour. When it is away, or the worker that
should have spoken the last word was killed, the reader finds the run's state in the database; so every reader comes
to an end.
"""

import asyncio
import json
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import redis
from redis.asyncio import Redis as AsyncRedis
from redis.backoff import NoBackoff
from redis.retry import Retry

LINES = 500
KEPT_SECONDS = 3600
LOOK = 1.0
"""Seconds of silence after which the reader looks into the database."""
START = "0-0"

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Event:
    """One line of progress; `id` resumes after it (Last-Event-ID). The last event of a run is named `end`."""

    id: str
    name: str
    data: dict[str, Any] = field(default_factory=dict)


def stream(run_id: str) -> str:
    return f"run:{run_id}"


def tell(connection: redis.Redis, run_id: str, data: Mapping[str, object], name: str = "progress") -> None:
    """Add a line to the run's stream; when Redis is away the readers see the database instead."""
    try:
        with connection.pipeline(transaction=False) as pipeline:
            pipeline.xadd(stream(run_id), {"name": name, "data": json.dumps(dict(data))}, maxlen=LINES)
            pipeline.expire(stream(run_id), KEPT_SECONDS)
            pipeline.execute()
    except redis.RedisError as error:
        log.info("run %s: progress is not told (%s)", run_id, error)


async def events(
    url: str, run_id: str, look: Callable[[], Awaitable[tuple[bool, dict[str, Any]]]], after: str = START
) -> AsyncGenerator[Event]:
    """Every line after `after`, then the end.

    `look` reads the run from the database: whether it has ended, and its data. It is asked after each
    second of silence, and for the data of the end, so the end always says what is stored.
    """
    connection = AsyncRedis.from_url(
        url, socket_connect_timeout=LOOK, socket_timeout=3 * LOOK, retry=Retry(NoBackoff(), 0)
    )
    seen, known = after or START, None
    try:
        while True:
            lines = await _lines(connection, run_id, seen)
            for event in lines:
                seen = event.id
                if event.name != "end":
                    yield event
            if lines and lines[-1].name != "end":
                continue
            ended, data = await look()
            if ended:
                yield Event(seen, "end", data)
                return
            if not lines and data != known:
                known = data
                yield Event(seen, "progress", data)
    finally:
        await connection.aclose()


async def _lines(connection: AsyncRedis, run_id: str, after: str) -> list[Event]:
    """What the stream says after `after`; waits a moment for it; nothing when Redis is away."""
    try:
        answer: Any = await connection.xread({stream(run_id): after}, count=LINES, block=int(LOOK * 1000))
    except redis.RedisError:
        await asyncio.sleep(LOOK)
        return []
    pairs: list[Any] = answer[0][1] if answer else []
    return [_event(number, fields) for number, fields in pairs]


def _event(number: bytes, fields: Mapping[bytes, bytes]) -> Event:
    return Event(number.decode(), fields[b"name"].decode(), json.loads(fields[b"data"]))
