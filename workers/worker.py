"""The RQ worker: takes bells from the queue, one at a time, and outlives the queue's own deaths.

RQ's SimpleWorker, not the forking one: every solve has a process of its own already (workers/child.py), a second
one would only add the case in which RQ's middle process dies alone and the same run goes on twice. Registries,
retries and heartbeats of RQ are not relied upon: the lease in the database says who works on what.
"""

import logging
import signal
from contextlib import suppress
from types import FrameType

import redis
from rq import SimpleWorker
from rq.exceptions import StopRequested
from rq.serializers import JSONSerializer

from matcher.settings import Settings
from workers.jobs import leaving
from workers.lives import worker_name
from workers.queues import RUNS, address, connect

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 5.0
"""Seconds between two attempts to reach the queue."""

log = logging.getLogger(__name__)


class Worker(SimpleWorker):
    """RQ's simple worker that ends at once when asked, and listens to no remote commands."""

    max_connection_wait_time = LONGEST_PAUSE

    def subscribe(self) -> None:
        """Stop and kill commands over Redis are not for us: a run is stopped in the database."""

    def unsubscribe(self) -> None:
        pass

    def request_stop(self, signum: int, frame: FrameType | None) -> None:
        leaving.set()
        self._stop_requested = True
        if self.get_state() != "busy":
            raise StopRequested


def work(url: str) -> None:
    """Work until asked to end (SIGINT, SIGTERM); when the queue is away, try again."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _end)
    with suppress(StopRequested):
        _work_until_the_end(url)


def _work_until_the_end(url: str) -> None:
    pause = FIRST_PAUSE
    while not leaving.is_set():
        try:
            if _worker(url).work(logging_level="WARNING"):
                pause = FIRST_PAUSE
        except redis.RedisError as error:
            log.warning("the queue does not answer (%s); next attempt in %g s", error, pause)
        leaving.wait(pause)
        pause = min(LONGEST_PAUSE, 2 * pause)


def _worker(url: str) -> Worker:
    return Worker([RUNS], connection=connect(url), name=worker_name(), serializer=JSONSerializer)


def _end(number: int, frame: FrameType | None) -> None:
    leaving.set()


def main() -> None:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s worker: %(message)s")
    work(address(Settings()))


if __name__ == "__main__":
    main()
