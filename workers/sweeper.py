"""The sweeper: rings again what was not heard, and reclaims what was left half done.

Bells get lost: the web process may die between its commit and the ring, Redis may forget, a worker may be killed.
The database knows, so every few seconds the sweeper asks it. Two sweepers do no harm: a bell that rings twice is
refused at the second claim.

Once an hour it also takes away what is kept long enough, a slice a sweep.
"""

import logging
import signal
import threading
import time
from datetime import timedelta

import redis
from rq import Queue

from matcher import clock, outbox, retention, runs
from matcher.database import Database
from matcher.settings import Settings
from workers import answers, lives, queues
from workers.lease import HICCUPS

EVERY = 2.0
LONGEST_PAUSE = 10.0
"""Seconds between two sweeps, and when the database or the queue is away."""
AT_ONCE = 200
HOUR = 3600.0
"""Seconds until what is kept too long is looked for again."""

log = logging.getLogger(__name__)


def sweep_once(database: Database, queue: Queue) -> list[str]:
    """Ring what needs ringing; the runs that were rung. RedisError or a database hiccup when one of them is away."""
    with database.reading() as session:
        pending = outbox.pending(session, AT_ONCE)
        wanted = [*(row.subject for row in pending if row.topic == outbox.RUN), *runs.abandoned(session)]
    heard = queues.waiting(queue)
    rung = [run_id for run_id in dict.fromkeys(wanted) if run_id not in heard]
    for run_id in rung:
        queues.ring_at(queue, run_id)
    for row in pending:
        if row.topic == outbox.CURES and row.subject not in heard:
            queues.ring_for_cures_at(queue, row.subject)
        if row.topic == outbox.QUESTION and row.subject not in heard:
            queues.ring_for_answer_at(queue, row.subject)
    if pending:
        with database.transaction() as session:
            outbox.mark_sent(session, [row.id for row in pending])
    return rung


class Broom:
    """Takes away a slice a sweep, and rests for an hour once there is nothing left to take."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self.database, self.next_at = database, 0.0
        self.terms = retention.Terms(
            timedelta(days=settings.keep_notices_days), timedelta(days=settings.keep_questions_days)
        )

    def sweep_once(self) -> dict[str, int]:
        """What was taken away; a database hiccup when the database is away."""
        if time.monotonic() < self.next_at:
            return {}
        with self.database.transaction() as session:
            taken = retention.take_away(session, clock.now(), self.terms)
        if not taken:
            self.next_at = time.monotonic() + HOUR
        return taken


def sweep(settings: Settings, ending: threading.Event, every: float = EVERY) -> None:
    """Sweep until the end is wished, more rarely while the database or the queue is away."""
    database, queue, pause = Database(settings.database_url), queues.queue_at(queues.address(settings)), every
    broom = Broom(database, settings)
    while not ending.is_set():
        try:
            answers.follow_once(database)
            lives.let_go_of_the_dead(database)
            rung = sweep_once(database, queue)
            if taken := broom.sweep_once():
                log.info("taken away: %s", ", ".join(f"{count} {name}" for name, count in taken.items()))
            pause = every
            if rung:
                log.info("rung: %s", ", ".join(rung))
        except (redis.RedisError, *HICCUPS) as error:
            pause = min(LONGEST_PAUSE, 2 * pause)
            log.warning("nothing is swept (%s); next attempt in %g s", error, pause)
        ending.wait(pause)
    database.close()


def main() -> None:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s sweeper: %(message)s")
    ending = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: ending.set())
    sweep(Settings(), ending)


if __name__ == "__main__":
    main()
