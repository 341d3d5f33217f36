"""Minding a child while it solves: its wall clock, its memory, its messages, and the best plan if it does not live to
the end."""

import json
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import IO

from solver.plan import Plan
from solver.problem import Problem
from workers.child import PLANS, PROBLEMS, Limits

GLANCE = 0.1
"""Seconds between two looks at the child."""
MOST_LOADING = 600.0
"""Seconds until the child is ready to search: on a fresh and busy machine its kernels are compiled first."""
GRACE = 30.0
"""Seconds beyond the limit to set out and to hand in the last plan. A wall, not a timetable."""
STOP_GRACE, FIRST_GRACE = 3.0, 20.0
"""Seconds to end after `stop`, with a plan said already and without one."""
WORDS = {
    signal.SIGKILL: "was killed from outside (signal 9)",
    signal.SIGTERM: "was asked to end from outside (signal 15)",
    signal.SIGSEGV: "crashed in native code (signal 11)",
    signal.SIGABRT: "gave up in native code (signal 6), maybe for lack of memory",
}


@dataclass(frozen=True)
class Ending:
    """How a solve ended: the best plan there was, and in words why it was not a better one.

    `code` is finished, stopped, or, when the child did not end by itself: memory, time, crash, problem, abandoned, or
    killed: from outside, before it had a plan.
    """

    plan: Plan | None
    code: str
    sentence: str


class Child:
    """One child process and what it said so far."""

    def __init__(self, problem: Problem, limits: Limits) -> None:
        self.limits = limits
        self.best: Plan | None = None
        self.last_word: dict[str, str] | None = None
        self._born_at = time.monotonic()
        self._ready_at: float | None = None
        self._asked_at: float | None = None
        self._text = b""
        self.process = subprocess.Popen(
            [sys.executable, "-m", "workers.child", str(os.getpid())],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "MALLOC_ARENA_MAX": "2"},
        )
        self._orders, self._messages = _pipes(self.process)
        self._hand_over(problem)

    def _hand_over(self, problem: Problem) -> None:
        text = PROBLEMS.dump_json(problem)
        self._order(json.dumps(asdict(self.limits)).encode() + b"\n%d\n" % len(text) + text)

    def _order(self, text: bytes) -> None:
        try:
            self._orders.write(text)
            self._orders.flush()
        except BrokenPipeError:
            return  # it ended; its exit code says why

    def ask_to_stop(self) -> None:
        if self._asked_at is None:
            self._asked_at = time.monotonic()
            self._order(b"stop\n")

    @property
    def asked(self) -> bool:
        return self._asked_at is not None

    def excess(self) -> str:
        """What it took too much of: time, memory, or nothing."""
        if self._too_late():
            return "time"
        return "memory" if memory_mb(self.process.pid) > self.limits.memory_mb else ""

    def _too_late(self) -> bool:
        now = time.monotonic()
        if self._asked_at is not None:
            return now > self._asked_at + (STOP_GRACE if self.best else FIRST_GRACE)
        if self._ready_at is None:
            return now > self._born_at + MOST_LOADING
        return self.limits.seconds is not None and now > self._ready_at + self.limits.seconds + GRACE

    def plans(self) -> Iterator[Plan | None]:
        """Every plan as it arrives, and None at each glance without one; ends when the child closes its pipe."""
        with selectors.DefaultSelector() as selector:
            selector.register(self._messages, selectors.EVENT_READ)
            while True:
                if not selector.select(GLANCE):
                    yield None
                    continue
                text = os.read(self._messages.fileno(), 2**20)
                if not text:
                    return
                yield from self._heard(text)
                yield None

    def _heard(self, text: bytes) -> Iterator[Plan]:
        *lines, self._text = (self._text + text).split(b"\n")
        for line in lines:
            message = json.loads(line)
            if "plan" in message:
                self.best = PLANS.validate_python(message["plan"])
                yield self.best
            if message["said"] == "ready":
                self._ready_at = time.monotonic()
            elif message["said"] in ("done", "failed"):
                self.last_word = message

    def end(self, patience: float) -> int:
        """Collect it; after `patience` seconds terminate it, a second later kill it."""
        for wait, then in ((patience, self.process.terminate), (1.0, self.process.kill)):
            try:
                self.process.wait(wait)
                break
            except subprocess.TimeoutExpired:
                then()
        self._messages.close()
        with suppress(BrokenPipeError):  # orders that nobody took
            self._orders.close()
        return self.process.wait()


def solve(
    problem: Problem,
    limits: Limits,
    on_plan: Callable[[Plan], None],
    should_stop: Callable[[], bool],
    should_abandon: Callable[[], bool] = lambda: False,
) -> Ending:
    """Solve in a child. `on_plan` hears every incumbent; `should_stop` keeps the best so far, `should_abandon` none."""
    child = Child(problem, limits)
    cut = ""
    try:
        for plan in child.plans():
            if plan is not None:
                on_plan(plan)
            if should_stop():
                child.ask_to_stop()
            cut = "abandoned" if should_abandon() else child.excess()
            if cut:
                break
    finally:
        code = child.end(0 if cut else 1)
    return _ending(child, cut, code)


def _ending(child: Child, cut: str, code: int) -> Ending:
    word, limits = child.last_word, child.limits
    if cut == "abandoned":
        return Ending(None, cut, "Nobody waits for this solve any more.")
    if word and word["said"] == "done":
        return Ending(child.best, "stopped" if child.asked else "finished", "The solver ended by itself.")
    if cut == "time" and child.asked:
        return _stopped(child.best)
    if cut == "time":
        return Ending(child.best, cut, f"The solver did not end within its {limits.seconds} seconds and was ended.")
    if cut == "memory":
        return Ending(child.best, cut, f"The solver used more than its {limits.memory_mb} MB and was ended.")
    if word:
        return Ending(child.best, word["code"], word["sentence"])
    if code == -signal.SIGKILL and child.best is None:
        return Ending(None, "killed", f"The solver {_in_words(code)}.")
    return Ending(child.best, "crash", f"The solver {_in_words(code)}.")


def _stopped(best: Plan | None) -> Ending:
    if best is None:
        return Ending(None, "stopped-early", "The run was stopped before there was a first plan.")
    return Ending(best, "stopped", "The solver was stopped; its best plan so far is kept.")


def _in_words(code: int) -> str:
    if code < 0:
        return WORDS.get(signal.Signals(-code), f"ended by signal {-code}")
    return f"ended with exit code {code} before it had a plan to hand in"


def memory_mb(process: int) -> float:
    """Memory in use by a process (resident set), in MiB; 0 when it is gone."""
    try:
        with open(f"/proc/{process}/statm") as statm:
            return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20
    except (FileNotFoundError, ProcessLookupError):
        return 0.0


def _pipes(process: "subprocess.Popen[bytes]") -> tuple[IO[bytes], IO[bytes]]:
    assert process.stdin is not None
    assert process.stdout is not None
    return process.stdin, process.stdout
