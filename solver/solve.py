"""A frozen Problem in, a Plan out: an incumbent at once, then search and choice in turns until the limit."""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import chain

import numpy as np

from solver.choose import Effort, assigned, choose
from solver.model import Model
from solver.plan import Plan
from solver.problem import Problem
from solver.rules import model
from solver.search.anneal import anneal, fill, keep, load
from solver.search.day import pack
from solver.search.memory import Frame
from solver.search.pool import Column, make_room, newest, used
from solver.search.read import read
from solver.search.state import clear, new_state

COLUMNS = 100_000
"""Room in the pool of each thread."""
SLICE = 0.1
"""Seconds between looks at the clock."""
COLD = 0.007
"""The last temperature, as a share of the first."""


@dataclass(frozen=True, slots=True)
class Limit:
    """How long to search. With `iterations` and one thread the same seed gives the same plan; no clock decides."""

    seconds: float | None = None
    iterations: int | None = None
    threads: int = 2


@dataclass(frozen=True, slots=True)
class Turn:
    """Search until this share of the limit is used up, while the temperature falls; then choose until `chosen`."""

    until: float
    hot: float
    chosen: float = 0.0


TURNS = (Turn(0.35, 1.0), Turn(0.68, 0.18, 0.78), Turn(0.9, 0.06, 0.97), Turn(1.0, 0.015))
"""Temperatures are shares of the first. The pool fills from the second turn on."""
LEAST_CHOICE = 0.25
"""Seconds below which choosing is not worth it."""
MOST_CHOICES = 20_000
CHOICES_A_SECOND = 4_000
"""Columns that CP-SAT gets: what it can digest."""
CHOICE_WORK = 2.0


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
    if limit.seconds is None and limit.iterations is None:
        raise ValueError("The limit has neither seconds nor iterations. Maybe give it one of them.")
    numbers = model(problem)
    return _Search(pack(numbers), numbers, limit, seed, on_incumbent, should_stop).run()


class _Search:
    """The threads' states, the limit, and who wants to hear of better plans."""

    def __init__(
        self,
        day: Frame,
        numbers: Model,
        limit: Limit,
        seed: int,
        on_incumbent: Callable[[Plan], None] | None,
        should_stop: Callable[[], bool] | None,
    ) -> None:
        self.day, self.numbers, self.limit, self.seed = day, numbers, limit, seed
        self.on_incumbent, self.should_stop = on_incumbent, should_stop
        self.states = [new_state(day, seed * 1000 + number, COLUMNS) for number in range(max(1, limit.threads))]
        self.told: int | None = None
        self.step = 20
        self.steps = 0

    def run(self) -> Plan:
        for state in self.states:
            fill(self.day.record, state.record)
        anneal(self.day.record, self.states[0].record, 0, 1.0, 1.0, False)
        self.began = time.monotonic()
        self.first_heat = self._heat()
        self._tell()
        with ThreadPoolExecutor(len(self.states)) as threads:
            self._take_turns(threads)
        return read(self.day, self._leader(), self.numbers.constant)

    def _take_turns(self, threads: ThreadPoolExecutor) -> None:
        for number, turn in enumerate(TURNS):
            next_hot = TURNS[number + 1].hot if number + 1 < len(TURNS) and not turn.chosen else COLD
            self._anneal(threads, turn, max(COLD, min(next_hot, turn.hot)), records=number > 0)
            if turn.chosen and self._done() < turn.chosen:
                self._choose(turn.chosen)

    def _anneal(self, threads: ThreadPoolExecutor, turn: Turn, cold: float, records: bool) -> None:
        begun = self._done()
        while (done := self._done()) < turn.until:
            moment = time.monotonic()
            share = (done - begun) / (turn.until - begun)
            now, then = (
                self.first_heat * turn.hot * (cold / turn.hot) ** min(1.0, part) for part in (share, share + 0.02)
            )
            runs = [
                threads.submit(anneal, self.day.record, state.record, self.step, now, then, records)
                for state in self.states
            ]
            for run in runs:
                run.result()
            self.steps += self.step
            for state in self.states:
                make_room(state)
            self._tell()
            self._pace(time.monotonic() - moment)

    def _pace(self, seconds: float) -> None:
        if self.limit.iterations is not None:
            self.step = max(1, min(500, self.limit.iterations // 50, self.limit.iterations - self.steps))
        else:
            self.step = max(5, min(4 * self.step, int(self.step * SLICE / max(seconds, 1e-6))))

    def _choose(self, until: float) -> None:
        """Let CP-SAT choose from the pool; what it chose becomes everybody's plan, or else the best one so far."""
        effort, most = self._effort(until)
        if most == 0:
            return
        share = most // len(self.states)
        columns = chain.from_iterable(newest(state, share) for state in self.states)
        incumbent = list(used(self._leader()))
        chosen = choose(self.numbers, self.day["visit_group"], list(columns), incumbent, effort, self._is_over)
        for state in self.states:
            if chosen is not None:
                self._adopt(state, chosen)
        for state in self.states:
            self._adopt(state, list(used(self._leader())))
        self._tell()

    def _effort(self, until: float) -> tuple[Effort, int]:
        """How hard to choose, and from how many columns."""
        threads = len(self.states)
        if self.limit.seconds is None:
            return Effort(work=CHOICE_WORK, threads=1, seed=self.seed), MOST_CHOICES
        seconds = (until - self._done()) * self.limit.seconds
        if seconds < LEAST_CHOICE:
            return Effort(), 0
        effort = Effort(seconds=0.8 * seconds, threads=threads, seed=self.seed)
        return effort, min(MOST_CHOICES, int(CHOICES_A_SECOND * seconds))

    def _adopt(self, state: Frame, days: Sequence[Column]) -> None:
        """Make these days the state's plan."""
        clear(self.day, state)
        rows = np.array(list(assigned(self.numbers, days)), np.int64).reshape(-1, 2)
        if not load(self.day.record, state.record, rows[:, 0].copy(), rows[:, 1].copy()):
            clear(self.day, state)
            fill(self.day.record, state.record)
        keep(self.day.record, state.record)

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

    def _is_over(self) -> bool:
        return self._done() >= 1.0

    def _leader(self) -> Frame:
        """The state with the best plan."""
        return min(self.states, key=_best)

    def _tell(self) -> None:
        best = _best(self._leader())
        if self.on_incumbent is not None and (self.told is None or best < self.told):
            self.on_incumbent(read(self.day, self._leader(), self.numbers.constant))
        self.told = best


def _best(state: Frame) -> int:
    return int(state["cells"]["best"][0])
