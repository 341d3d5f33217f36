"""Holding a run: a heartbeat beside the solve, which says when the hold is lost or an early end is wished."""

import logging
import threading
import time
from types import TracebackType

from sqlalchemy.exc import InterfaceError, OperationalError

from matcher import runs
from matcher.database import Database
from matcher.errors import BusyError

LOOK = 0.5
"""Seconds between two looks at the wish to stop."""
HICCUPS = (BusyError, OperationalError, InterfaceError)
"""The database is locked, restarting or away for a moment."""

log = logging.getLogger(__name__)


class Lease:
    """Beats every third of the lease. Lost when the fence moved on, or the lease ran out before a beat came through."""

    def __init__(self, database: Database, run_id: str, fence: int, seconds: float) -> None:
        self.lost = threading.Event()
        self.stop = threading.Event()
        self._database, self._run_id, self._fence, self._seconds = database, run_id, fence, seconds
        self._beat_at = time.monotonic()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._keep, name=f"lease {run_id}", daemon=True)

    def __enter__(self) -> "Lease":
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join()

    def _keep(self) -> None:
        while not self._over.wait(min(LOOK, self._seconds / 3)) and not self.lost.is_set():
            try:
                self._look()
            except HICCUPS as error:
                log.warning("run %s: no heartbeat (%s)", self._run_id, error)
            if time.monotonic() - self._beat_at > self._seconds:
                self.lost.set()

    def _look(self) -> None:
        if time.monotonic() - self._beat_at >= self._seconds / 3:
            self._beat()
        elif not self.stop.is_set():
            with self._database.reading() as session:
                if runs.asked_to_stop(session, self._run_id):
                    self.stop.set()

    def _beat(self) -> None:
        began = time.monotonic()
        with self._database.transaction() as session:
            beat = runs.heartbeat(session, self._run_id, self._fence, self._seconds)
        if not beat.alive:
            self.lost.set()
            return
        self._beat_at = began
        if beat.stop:
            self.stop.set()
