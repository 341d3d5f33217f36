"""The keeper of a process tree: starts the processes, starts again the one that dies, and leaves nobody behind."""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

GLANCE = 0.1
FIRST_PAUSE, LONGEST_PAUSE = 0.2, 10.0
"""Seconds before a dead process is started again; doubled each time it dies young."""
GROWN_UP = 20.0
"""Seconds after which a process counts as well, and its next death as its first."""


@dataclass
class Kept:
    """One process of the tree: its command, and how long it may take to end when asked."""

    name: str
    command: Sequence[str]
    patience: float = 5.0
    on_death: Callable[[int], None] = lambda deaths: None
    """Called with how many times in a row it died young, before it is started again."""
    inherits: Sequence[int] = ()
    """Open files that it gets from the keeper, by number."""
    process: "subprocess.Popen[bytes] | None" = None
    deaths: int = 0
    born: float = 0.0
    due: float = 0.0


@dataclass
class Keeper:
    """Keeps the processes in order: the first is started first and ended last.

    The children are in groups of their own, so that Ctrl-C reaches the keeper alone and the end has an order; a leash
    (workers/leash.py) ties each to the keeper's thread, so that a killed keeper takes them along.
    """

    kept: Sequence[Kept]
    environment: Mapping[str, str]
    tell: Callable[[str], None]
    logs: Path | None = None
    """Where the children write; None: to the keeper's own stderr."""
    _ending: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def start(self) -> None:
        self._thread = threading.Thread(target=self._keep, name="keeper", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End everything, last first; returns when nobody is left."""
        self._ending.set()
        if self._thread:
            self._thread.join()

    def _keep(self) -> None:
        try:
            while not self._ending.wait(GLANCE):
                for kept in self.kept:
                    self._look_after(kept)
        finally:
            for kept in reversed(self.kept):
                end(kept)

    def _look_after(self, kept: Kept) -> None:
        now = time.monotonic()
        if kept.process and kept.process.poll() is not None:
            self._mourn(kept, kept.process.returncode, now)
        if kept.process is None and now >= kept.due:
            kept.process, kept.born = self._give_birth(kept), now

    def _mourn(self, kept: Kept, code: int, now: float) -> None:
        kept.deaths = 1 if now - kept.born > GROWN_UP else kept.deaths + 1
        pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (kept.deaths - 1))
        kept.process, kept.due = None, now + pause
        how = f"signal {-code}" if code < 0 else f"exit code {code}"
        self.tell(f"{kept.name} ended ({how}); it is started again in {pause:g} s")
        kept.on_death(kept.deaths)

    def _give_birth(self, kept: Kept) -> "subprocess.Popen[bytes]":
        if self.logs is None:
            return self._popen(kept, None)
        self.logs.mkdir(parents=True, exist_ok=True)
        with open(self.logs / f"{kept.name}.log", "ab") as log:
            return self._popen(kept, log.fileno())

    def _popen(self, kept: Kept, output: int | None) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(
            list(kept.command),
            stdin=subprocess.DEVNULL,
            stdout=output if output is not None else 2,
            stderr=output,
            env={**os.environ, **self.environment},
            process_group=0,
            pass_fds=kept.inherits,
        )


def end(kept: Kept) -> None:
    """Ask a process to end, kill it when it does not within its patience, and collect it."""
    if kept.process is None:
        return
    kept.process.send_signal(signal.SIGTERM)
    try:
        kept.process.wait(kept.patience)
    except subprocess.TimeoutExpired:
        kept.process.kill()
        kept.process.wait()
    kept.process = None
