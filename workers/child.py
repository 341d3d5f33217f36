"""The child: a fresh interpreter for one solve, which can be killed at any moment without loss.

OR-Tools' own limits are soft (a cap of 300 MB was ignored, a timeout of 12 s ended after 91 s), so the solver runs
where the kernel can end it. In on stdin: one line of JSON with the limits, then the problem's JSON, later perhaps
the line `stop`. Out on the pipe that was stdout: one line of JSON per message, each plan in full. Nothing is ever
pickled.
"""

import json
import os
import resource
import sys
import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from typing import IO, Any

from pydantic import TypeAdapter

from solver.plan import Plan
from solver.problem import Problem, ProblemError
from workers.leash import tie
from workers.warming import warm_up

PLANS: TypeAdapter[Plan] = TypeAdapter(Plan)
PROBLEMS: TypeAdapter[Problem] = TypeAdapter(Problem)
BREATH = 0.2
"""Seconds between two incumbents: the search finds hundreds in its first second, a watcher needs a few."""
HEADROOM_MB = 1536
"""Address space beside the cap on memory in use: stacks, arenas and code are reserved, not used (measured: 0.9 GB)."""


@dataclass(frozen=True)
class Limits:
    """What one solve may take; `memory_mb` is memory in use."""

    seconds: float | None
    iterations: int | None
    threads: int
    seed: int
    memory_mb: int


class Messenger:
    """Sends incumbents to the parent, never more often than every BREATH, and the newest without being asked again."""

    def __init__(self, pipe: IO[bytes]) -> None:
        self._pipe = pipe
        self._lock = threading.Lock()
        self._newest: Plan | None = None
        self._spoke = 0.0
        threading.Thread(target=self._speak_often, daemon=True).start()

    def say(self, said: str, **more: object) -> None:
        with self._lock:
            self._newest = None
            self._write({"said": said, **more})

    def plan(self, plan: Plan) -> None:
        with self._lock:
            self._newest = plan
            if time.monotonic() - self._spoke >= BREATH:
                self._send_newest()

    def _speak_often(self) -> None:
        while True:
            time.sleep(BREATH)
            with self._lock:
                self._send_newest()

    def _send_newest(self) -> None:
        if self._newest is not None:
            self._write({"said": "plan", "plan": PLANS.dump_python(self._newest, mode="json")})
            self._newest, self._spoke = None, time.monotonic()

    def _write(self, message: dict[str, object]) -> None:
        self._pipe.write(json.dumps(message, separators=(",", ":")).encode() + b"\n")
        self._pipe.flush()


def cap(memory_mb: int) -> None:
    """No more address space than the cap and its headroom: the wall behind the parent's watch on memory in use."""
    most = (memory_mb + HEADROOM_MB) * 2**20
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def heed(orders: IO[bytes], stop: threading.Event) -> None:
    """Set `stop` when the parent says so; leave at once when the parent is gone."""
    if orders.readline().strip() == b"stop":
        stop.set()
        orders.readline()
    os._exit(1)


def answer(limits: Limits, problem: Problem, messenger: Messenger, should_stop: Callable[[], bool]) -> None:
    from solver.solve import Limit, solve  # a second of loading, and only here

    warm_up()
    messenger.say("ready")
    plan = solve(
        problem,
        Limit(seconds=limits.seconds, iterations=limits.iterations, threads=limits.threads),
        seed=limits.seed,
        on_incumbent=messenger.plan,
        should_stop=should_stop,
    )
    messenger.say("done", plan=PLANS.dump_python(plan, mode="json"))


def explain(error: BaseException) -> dict[str, Any]:
    if isinstance(error, MemoryError):
        return {"code": "memory", "sentence": "The solver asked for more memory than it may use."}
    if isinstance(error, ProblemError):
        return {"code": "problem", "sentence": f"The roster's day contradicts itself: {error}."}
    return {"code": "crash", "sentence": f"The solver broke off: {type(error).__name__}: {error}"}


def main() -> None:
    tie(int(sys.argv[1]))
    messenger = Messenger(os.fdopen(os.dup(1), "wb"))
    os.dup2(2, 1)  # whatever a library prints must not look like a message
    try:
        limits = Limits(**json.loads(sys.stdin.buffer.readline()))
        cap(limits.memory_mb)
        size = int(sys.stdin.buffer.readline())
        problem = PROBLEMS.validate_json(sys.stdin.buffer.read(size))
        stop = threading.Event()
        threading.Thread(target=heed, args=(sys.stdin.buffer, stop), daemon=True).start()
        answer(limits, problem, messenger, stop.is_set)
    except Exception as error:  # noqa: BLE001 - the parent must hear of it whatever it was
        traceback.print_exc()
        messenger.say("failed", **explain(error))
        os._exit(1)
    os._exit(0)  # no unwinding of native threads: everything is said


if __name__ == "__main__":
    main()
