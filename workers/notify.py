"""The notifier: writes reminders, spreads notices over channels, and sends them, at least once.

Every receiver has threads of its own and no more than its channel allows, so a slow or dead one delays nobody else.
Nothing is kept here that matters: a notifier that is killed loses its leases, and the next one sends again under the
same ids. Any number of them may run side by side.
"""

import logging
import os
import signal
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar
from uuid import uuid4

from sqlmodel import Session

from matcher import clock, webhooks
from matcher.database import Database
from matcher.notices import CHANNELS, deliveries, letters, reminders, spreading
from matcher.notices.deliveries import Hold
from matcher.notices.message import Message, RefusedError, UnreachedError
from matcher.settings import Settings
from matcher.types import Channel
from workers.lease import HICCUPS

EVERY = 0.5
"""Seconds between two looks."""
REMIND_EVERY = 20.0
LEASES = 4
"""So many of the settings' leases: longer than any channel may take to send."""
LONGEST_PAUSE = 10.0
PATIENCE = 3.0
"""Seconds for what is being sent when the end is wished."""
DOWN = 3
"""A receiver that failed so often in a row was away: when it answers again, what waited for it goes at once."""

T = TypeVar("T")
log = logging.getLogger(__name__)


class Notifier:
    """One process's share of the sending."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self.database, self.settings, self.lease = database, settings, LEASES * settings.lease_seconds
        self.name = f"{socket.gethostname()}-{os.getpid()}-{uuid4().hex[:6]}"
        self._pools: dict[str, ThreadPoolExecutor] = {}
        self._busy: Counter[str] = Counter()
        self._failures: Counter[str] = Counter()
        self._lock = threading.Lock()
        self._reminded = float("-inf")
        self._ending = threading.Event()

    def look(self) -> int:
        """One round; how many deliveries were begun. A database hiccup is the caller's."""
        if time.monotonic() - self._reminded > REMIND_EVERY:
            self._remind()
            self._reminded = time.monotonic()
        self._spread()
        with self.database.reading() as session:
            waiting = deliveries.receivers(session)
        return sum(self._begin(receiver, Channel(channel)) for receiver, channel in waiting)

    def _remind(self) -> None:
        with self.database.reading() as session:
            if not reminders.due(session, clock.now()):
                return
        with self.database.transaction() as session:
            reminders.write(session, clock.now())

    def busy(self) -> int:
        """How many deliveries are under way."""
        with self._lock:
            return self._busy.total()

    def end(self) -> None:
        """Begin nothing more, and wait a moment for what is being sent."""
        self._ending.set()
        for pool in self._pools.values():
            pool.shutdown(wait=False, cancel_futures=True)
        deadline = time.monotonic() + PATIENCE
        while self.busy() and time.monotonic() < deadline:
            time.sleep(0.05)

    def _spread(self) -> None:
        with self.database.reading() as session:
            if not spreading.waits(session):
                return
        with self.database.transaction() as session:
            spreading.spread(session, self.settings)

    def _begin(self, receiver: str, channel: Channel) -> int:
        room = CHANNELS[channel].AT_ONCE - self._busy[receiver]
        if room <= 0:
            return 0
        with self.database.transaction() as session:
            holds = deliveries.claim(session, receiver, self.name, self.lease, room)
        for hold in holds:
            with self._lock:
                self._busy[receiver] += 1
            self._pool(receiver, channel).submit(self._deliver, hold)
        return len(holds)

    def _pool(self, receiver: str, channel: Channel) -> ThreadPoolExecutor:
        if receiver not in self._pools:
            self._pools[receiver] = ThreadPoolExecutor(CHANNELS[channel].AT_ONCE, thread_name_prefix=receiver)
        return self._pools[receiver]

    def _deliver(self, hold: Hold) -> None:
        """Send it, and then what is next for this receiver, until there is nothing."""
        following: Hold | None = hold
        try:
            while following is not None:
                hold = following
                self._send(hold)
                following = self._next(hold.receiver)
        except Exception:
            log.exception("delivery %s broke off; its lease lapses", hold.id)
        finally:
            with self._lock:
                self._busy[hold.receiver] -= 1

    def _next(self, receiver: str) -> Hold | None:
        if self._ending.is_set():
            return None
        with self.database.transaction() as session:
            return next(iter(deliveries.claim(session, receiver, self.name, self.lease, 1)), None)

    def _send(self, hold: Hold) -> None:
        letter = self._letter(hold)
        if letter is None:
            return
        if not isinstance(letter, Message):
            self._write(lambda session: deliveries.dropped(session, hold, letter))
            return
        try:
            CHANNELS[Channel(hold.channel)].send(letter)
        except UnreachedError as error:
            self._failed(hold, error)
        except RefusedError as error:
            self._refused(hold, error)
        else:
            self._sent(hold)

    def _letter(self, hold: Hold) -> Message | str | None:
        """None: it could not be written, which is tried again like everything else, and is given up in the end."""
        try:
            with self.database.reading() as session:
                return letters.letter(session, hold, self.settings)
        except HICCUPS:
            raise
        except Exception as error:
            log.exception("delivery %s could not be written", hold.id)
            why = f"It could not be written: {type(error).__name__}."
            self._write(lambda session: deliveries.failed(session, hold, why))
            return None

    def _sent(self, hold: Hold) -> None:
        was_down = self._failures.pop(hold.receiver, 0) >= DOWN

        def note(session: Session) -> None:
            deliveries.sent(session, hold)
            if was_down:
                deliveries.hurry(session, hold.receiver)

        self._write(note)

    def _failed(self, hold: Hold, error: UnreachedError) -> None:
        why, after = str(error), error.after
        self._failures[hold.receiver] += 1
        log.info("delivery %s to %s, attempt %d: %s", hold.id, hold.receiver, hold.attempts, why)
        self._write(lambda session: deliveries.failed(session, hold, why, after))

    def _refused(self, hold: Hold, error: RefusedError) -> None:
        why, gone = str(error), error.gone
        log.warning("delivery %s to %s is a dead letter: %s", hold.id, hold.receiver, why)

        def note(session: Session) -> None:
            deliveries.refused(session, hold, why)
            if gone and hold.webhook_id:
                webhooks.stop(session, hold.webhook_id, why)

        self._write(note)

    def _write(self, act: Callable[[Session], T]) -> T | None:
        """Write what became of it, again after a hiccup, for as long as the lease may stand."""
        deadline = time.monotonic() + self.lease
        while True:
            try:
                with self.database.transaction() as session:
                    return act(session)
            except HICCUPS as error:
                if time.monotonic() > deadline:
                    raise
                log.warning("what became of a delivery is written again (%s)", error)
                time.sleep(EVERY)


def notify(settings: Settings, ending: threading.Event, every: float = EVERY) -> None:
    """Look until the end is wished, more rarely while the database is away."""
    database = Database(settings.database_url)
    notifier, wait = Notifier(database, settings), every
    while not ending.is_set():
        try:
            begun = notifier.look()
            wait = every / 10 if begun else every
        except HICCUPS as error:
            wait = min(LONGEST_PAUSE, 2 * max(wait, every))
            log.warning("nothing is sent (%s); next attempt in %g s", error, wait)
        ending.wait(wait)
    notifier.end()


def main() -> None:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s notifier: %(message)s")
    ending = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: ending.set())
    notify(Settings(), ending)


if __name__ == "__main__":
    main()
