"""A frozen Problem in, a Plan out: an incumbent at once, then the search until the limit."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from solver.plan import Plan
from solver.problem import Problem
from solver.rules import model
from solver.search.anneal import anneal, fill
from solver.search.day import pack
from solver.search.memory import Frame
from solver.search.read import read
from solver.search.state import new_state

COLUMNS = 150_000
"""Room in the pool of each thread."""
SLICE = 0.1
"""Seconds between looks at the clock."""
FIRST_STEP = 20
COLD = 0.01
"""The last temperature, as a share of the first."""


@dataclass(frozen=True, slots=True)
class Limit:
    """How long to search. With `iterations` and one thread the same seed gives the same plan; no clock decides."""

    seconds: float | None = None
    iterations: int | None = None
    threads: int = 2


def solve(
    problem: Problem,
    limit: Limit,
    seed: int = 1,
    on_incumbent: Callable[[Plan], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> Plan:
    """The best plan found within the limit, without a hard breach save for mandatory visits that it had to leave.

    `on_incumbent` gets each better plan soon after it is found; `should_stop` is asked every tenth of a second or so.
    The clock starts when the kernels are compiled.
    """
    numbers = model(problem)
    day = pack(numbers)
    search = _Search(day, numbers.constant, limit, seed, on_incumbent, should_stop)
    return search.run()


class _Search:
    """The threads' states, the limit, and who wants to hear of better plans."""

    def __init__(
        self,
        day: Frame,
        constant: int,
        limit: Limit,
        seed: int,
        on_incumbent: Callable[[Plan], None] | None,
        should_stop: Callable[[], bool] | None,
    ) -> None:
        self.day, self.constant, self.limit = day, constant, limit
        self.on_incumbent, self.should_stop = on_incumbent, should_stop
        count = max(1, limit.threads)
        self.states = [new_state(day, seed * 1000 + number, COLUMNS) for number in range(count)]
        self.told: int | None = None
        self.began = time.monotonic()
        self.steps = 0

    def run(self) -> Plan:
        for state in self.states:
            fill(self.day.record, state.record)
        self.began = time.monotonic()
        self._tell()
        with ThreadPoolExecutor(len(self.states)) as threads:
            self._anneal(threads)
        return self._best()

    def _anneal(self, threads: ThreadPoolExecutor) -> None:
        hot = self._heat()
        step = FIRST_STEP
        while (done := self._done()) < 1:
            begin = time.monotonic()
            cold = hot * COLD ** min(1.0, done + 0.01)
            runs = [
                threads.submit(anneal, self.day.record, state.record, step, hot * COLD**done, cold, False)
                for state in self.states
            ]
            for run in runs:
                run.result()
            self.steps += step
            self._tell()
            step = self._next_step(step, time.monotonic() - begin)

    def _next_step(self, step: int, seconds: float) -> int:
        if self.limit.iterations is not None:
            return max(1, min(1000, self.limit.iterations - self.steps))
        return max(10, min(4 * step, int(step * SLICE / max(seconds, 1e-6))))

    def _heat(self) -> float:
        """The first temperature: what a made visit costs on average."""
        loads = self.states[0]["loads"]
        return max(1.0, abs(float(loads["cost"].sum())) / max(1, int(loads["count"].sum())))

    def _done(self) -> float:
        """The share of the limit that is used up; 1 when it is time to end."""
        if self.should_stop is not None and self.should_stop():
            return 1.0
        shares = [0.0]
        if self.limit.iterations is not None:
            shares.append(self.steps / max(1, self.limit.iterations))
        if self.limit.seconds is not None:
            shares.append((time.monotonic() - self.began) / max(1e-9, self.limit.seconds))
        return min(1.0, max(shares))

    def _best(self) -> Plan:
        state = min(self.states, key=lambda state: int(state["cells"]["best"][0]))
        return read(self.day, state, self.constant)

    def _tell(self) -> None:
        best = min(int(state["cells"]["best"][0]) for state in self.states)
        if self.on_incumbent is not None and (self.told is None or best < self.told):
            self.on_incumbent(self._best())
        self.told = best
