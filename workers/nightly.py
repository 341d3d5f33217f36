"""The nightly trigger: RQ's cron rings for every area at its own hour, in its own zone.

RQ's cron is a bell like its queue: it remembers nothing over a restart, reads cron lines on the machine's clock, and
enqueues by pickle. So each area's line is read in the area's zone, the ring goes over our own queue, and the database
says whether it was the first. Half a minute later the database is asked for what should have rung and did not, because
Redis or this process was away, and that is done without Redis.
"""

import logging
import signal
import threading
import time
from datetime import UTC, datetime, timedelta
from datetime import time as clock_time
from uuid import uuid4
from zoneinfo import ZoneInfo

import redis
from rq import Queue
from rq.cron import CronJob, CronScheduler
from rq.job import Job

from matcher import clock, nightly, routines
from matcher.database import Database
from matcher.nightly import Rung
from matcher.settings import Settings
from workers import queues
from workers.lease import HICCUPS

EVERY = 5.0
"""Seconds between two looks; RQ's own loop sleeps for a minute and ends when Redis is away."""
PATIENCE = timedelta(seconds=30)
"""For RQ's bell, before the database is asked."""
DAY = timedelta(days=1)
RING = "workers.nightly.ring"

log = logging.getLogger(__name__)


class AreaCron(CronJob):
    """RQ's cron line of one area, read on the clock of the area's zone."""

    def __init__(self, area_id: str, at: clock_time, zone: ZoneInfo, queue: Queue) -> None:
        self.at, self.zone, self.queue = at, zone, queue
        line = f"{at.minute} {at.hour} * * *"
        super().__init__(queue.name, func_name=RING, args=(area_id,), cron=line, name=f"nightly {area_id}")

    def get_next_enqueue_time(self) -> datetime:
        """The first moment after the last one at which the zone's clock shows the hour; one that is skipped in spring
        comes right after the gap, one that is shown twice in autumn counts once."""
        last: datetime = self.latest_enqueue_time or clock.now()
        day = last.astimezone(self.zone).date()
        today = datetime.combine(day, self.at, self.zone).astimezone(UTC)
        return today if today > last else datetime.combine(day + DAY, self.at, self.zone).astimezone(UTC)

    def enqueue(self, connection: redis.Redis) -> Job:
        """Over our own queue: the function by name, the arguments as JSON."""
        return self.queue.enqueue_call(
            RING, args=self.args, job_id=f"nightly-{uuid4().hex}", timeout=600, result_ttl=0, ttl=3600
        )


class Trigger:
    """RQ's scheduler over the areas' lines, and the look into the database behind it."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self.database, self.settings = database, settings
        self.queue = queues.queue_at(queues.address(settings))
        self.scheduler = CronScheduler(self.queue.connection, logging_level="WARNING")
        self._known: dict[tuple[str, clock_time, ZoneInfo], AreaCron] = {}
        self._is_born = False

    def look(self, now: datetime) -> list[Rung]:
        """One round: ring what is due now by RQ, then do what should have rung already."""
        self._read()
        try:
            self._ring()
        except redis.RedisError as error:
            self._is_born = False
            log.warning("the queue does not answer (%s); the database decides", error)
        return self._make_up(now)

    def _read(self) -> None:
        """The areas' lines as they are now; one that stays keeps what it knows."""
        with self.database.reading() as session:
            found = routines.nightly(session)
        wanted = [(routine.area_id, routine.nightly_at, zone) for routine, zone in found if routine.nightly_at]
        self._known = {key: self._known.get(key) or AreaCron(*key, self.queue) for key in wanted}
        self.scheduler.get_jobs()[:] = self._known.values()

    def _ring(self) -> None:
        if not self._is_born:
            self.scheduler.register_birth()
            self._is_born = True
        if self.scheduler.enqueue_jobs():
            self.scheduler.save()
        self.scheduler.heartbeat()

    def _make_up(self, now: datetime) -> list[Rung]:
        with self.database.reading() as session:
            missed = nightly.due(session, now - PATIENCE)
        return [rung for area_id in missed if (rung := ring_area(self.database, self.settings, area_id, now))]

    def end(self) -> None:
        try:
            self.scheduler.register_death()
        except redis.RedisError as error:
            log.info("the queue does not hear of the end (%s)", error)


def ring(area_id: str) -> None:
    """RQ's way in."""
    settings = Settings()
    database = Database(settings.database_url)
    try:
        ring_area(database, settings, area_id, clock.now())
    finally:
        database.close()


def ring_area(database: Database, settings: Settings, area_id: str, now: datetime) -> Rung | None:
    """Start the area's nightly roster, and tell a worker after the commit."""
    with database.transaction() as session:
        rung = nightly.ring(session, area_id, now)
    if rung is None:
        return None
    log.info("area %s, %s: %s", area_id, rung.day, rung.sentence or f"run {rung.run_id}")
    if rung.waits and rung.run_id is not None:
        queues.ring(rung.run_id, settings)
    return rung


def watch(settings: Settings, ending: threading.Event, every: float = EVERY) -> None:
    """Look until the end is wished."""
    database = Database(settings.database_url)
    trigger = Trigger(database, settings)
    while not ending.is_set():
        began = time.monotonic()
        try:
            trigger.look(clock.now())
        except HICCUPS as error:
            log.warning("nothing rings (%s)", error)
        ending.wait(max(0.1, every - (time.monotonic() - began)))
    trigger.end()
    database.close()


def main() -> None:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s nightly: %(message)s")
    ending = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: ending.set())
    watch(Settings(), ending)


if __name__ == "__main__":
    main()
