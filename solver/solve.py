"""A frozen Problem in, a Plan out: an incumbent at once, then search, columns and choice in turns until the limit."""

import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from solver.choose import Effort, assigned, choose
from solver.clock import Clock
from solver.columns.lawful import is_lawful
from solver.columns.market import Market
from solver.columns.net import Net, build_in_time
from solver.columns.regions import improve, made_by, pick, region, unshared
from solver.model import Ints, Model
from solver.plan import Plan
from solver.problem import Helper, Problem, Shift, Travel, Visit, Window
from solver.rules import model
from solver.search.anneal import anneal, fill, keep, load
from solver.search.day import pack
from solver.search.heat import first_heat
from solver.search.memory import Frame
from solver.search.pool import Column, make_room, newest, used
from solver.search.read import read
from solver.search.state import clear, new_state
from solver.turns import COLD, MANY_TURNS, SOFT_TURNS, TURNS, Turn

COLUMNS = 100_000
"""Room in the pool of each thread."""
SLICE = 0.1
"""Seconds between looks at the clock."""
MOST_STEPS = 1_000_000
"""Iterations between looks at the clock, where there is next to nothing to do."""


@dataclass(frozen=True, slots=True)
class Limit:
    """How long to search. With `iterations` and one thread the same seed gives the same plan; no clock decides."""

    seconds: float | None = None
    iterations: int | None = None
    threads: int = 2


DIVES = 3
"""Plans that are rounded from the prices in a turn, if there is time."""
PRICES = 0.6
"""The share of pricing that is not kept for diving."""
BOUNDS = 0.45
"""The share of pricing that is spent on the bound where the whole day is too large for an LP."""
BESIDE = 0.18
"""The temperature of the search beside the pricing."""
LEAST_CHOICE = 0.1
"""Seconds below which choosing is not worth it."""
MOST_CHOICES = 12_000
CHOICES_A_SECOND = 700
"""Columns that CP-SAT gets: what it can digest."""
CHOICE_WORK = 2.0
MOST_LEARNT = 4_000
"""Days of each thread's pool that the market takes at a time."""
MANY = 400
"""Shifts beyond which pricing gets all threads."""
REGION_SECONDS, LEAST_REGION = 6.0, 1.5
"""Seconds that a region may take, and below which it is not worth it."""
POLISH, COOL = 0.2, 0.03
"""The share of a round of regions that the search gets after it, and its temperature."""
ROUNDS = 12
"""Rounds of pricing in a turn where no clock decides."""


def solve(
    problem: Problem,
    limit: Limit,
    seed: int = 1,
    on_incumbent: Callable[[Plan], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
    start: Plan | None = None,
) -> Plan:
    """The best plan found within the limit, without a hard breach save for mandatory visits that it had to leave.

    `on_incumbent` gets each better plan soon after it is found; `should_stop` is asked every tenth of a second or so.
    `start` is a plan to begin with; what comes back costs no more, if it says what it costs. The clock starts when the
    kernels are compiled.
    """
    if limit.seconds is None and limit.iterations is None:
        raise ValueError("The limit has neither seconds nor iterations. Maybe give it one of them.")
    _compile()
    began = time.monotonic()
    numbers = model(problem)
    plan = _Search(pack(numbers), numbers, limit, seed, on_incumbent, should_stop, began).run(start)
    if start is not None and start.objective is not None and start.objective < (plan.objective or 0):
        return replace(start, bound=plan.bound)
    return plan


@cache
def _compile() -> None:
    """Compile every kernel, on a day with one visit."""
    place = Travel.of("walk", [[0]])
    helper, visit = Helper("somebody", (Shift(0, 9, 0, 0),)), Visit("something", 0, (Window(0, 9),), 1)
    numbers = model(Problem((helper,), (visit,), (place,)))
    _Search(pack(numbers), numbers, Limit(iterations=2, threads=1), 1, None, None).run(None)


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
        began: float | None = None,
    ) -> None:
        began = time.monotonic() if began is None else began
        self.clock = Clock(limit.seconds, limit.iterations, began, should_stop, self._is_proven)
        self.day, self.numbers, self.limit, self.seed = day, numbers, limit, seed
        self.on_incumbent = on_incumbent
        self.states = [new_state(day, seed * 1000 + number, COLUMNS) for number in range(max(1, limit.threads))]
        self.market: Market | None = None
        self.is_climbing = False
        self.has_many = len(day["shifts"]) > MANY
        self.told: int | None = None
        self.dice = np.random.default_rng(seed)
        self.step = 20
        self.turns = np.zeros(len(numbers.mode), np.int64)

    def run(self, start: Plan | None) -> Plan:
        if start is not None:
            days = list(_days(self.numbers, start))
            for state in self.states:
                self._adopt(state, days)
        for state in self.states:
            fill(self.day.record, state.record)
        self._tell()
        self.first_heat = first_heat(self.day, self.states[0])
        self._tell()
        with ThreadPoolExecutor(len(self.states) + 1) as threads:
            self._take_turns(threads)
        if self.market is None and self.limit.seconds is None:
            self.market = Market(self.numbers, self.day, 1)
        if self.market is not None:
            self.market.close()
        return self._plan()

    def _take_turns(self, threads: ThreadPoolExecutor) -> None:
        turns = SOFT_TURNS if self.day.record["timed"] else MANY_TURNS if self.has_many else TURNS
        for number, turn in enumerate(turns):
            next_hot = turns[number + 1].hot if number + 1 < len(turns) and not turn.chosen else COLD
            self._anneal(threads, turn, max(COLD, min(next_hot, turn.hot)), records=True)
            if turn.priced and self.clock.done() < turn.priced:
                self._price(threads, turn.priced)
            if turn.chosen and self.clock.done() < turn.chosen and not self.clock.is_over():
                self._choose(turn.chosen)

    def _anneal(self, threads: ThreadPoolExecutor, turn: Turn, cold: float, records: bool) -> None:
        begun = self.clock.done()
        while (done := self.clock.done()) < turn.until:
            share = (done - begun) / (turn.until - begun)
            hot, then = (turn.hot * (cold / turn.hot) ** min(1.0, part) for part in (share, share + 0.02))
            self._slice(threads, self.states, hot, then, records)

    def _slice(
        self, threads: ThreadPoolExecutor, states: Sequence[Frame], hot: float, cold: float, records: bool
    ) -> None:
        """One short stretch of search; temperatures are shares of the first."""
        moment = time.monotonic()
        now, then = self.first_heat * hot, self.first_heat * cold
        runs = [
            threads.submit(anneal, self.day.record, state.record, self.step, now, then, records) for state in states
        ]
        for run in runs:
            run.result()
        self.clock.steps += self.step
        for state in states:
            make_room(state)
        self._tell()
        self._pace(time.monotonic() - moment)

    def _pace(self, seconds: float) -> None:
        if self.limit.iterations is not None:
            self.step = max(1, min(500, self.limit.iterations // 50, self.limit.iterations - self.clock.steps))
        else:
            self.step = max(5, min(4 * self.step, int(self.step * SLICE / max(seconds, 1e-6)), MOST_STEPS))

    def _price(self, threads: ThreadPoolExecutor, until: float) -> None:
        """Columns, the bound and a dive, with the search on the other threads; then regions, where there are many."""
        leader = self._leader()
        made = list(used(leader))
        for state in self.states:
            self._adopt(state, made)
        pricing = threads.submit(self._work, made, until)
        others = self.states[1:] if self.limit.iterations is None else []
        begun = self.clock.done()
        while others and not pricing.done():
            if self.is_climbing:
                time.sleep(SLICE)
                continue
            share = min(1.0, (self.clock.done() - begun) / max(1e-9, until - begun))
            hot = BESIDE * (COLD / BESIDE) ** share
            self._slice(threads, others, hot, max(COLD, 0.95 * hot), records=True)
        self._take_over(pricing.result())
        self._tell()
        if self.market is not None and self.has_many:
            self._solve_regions(threads, until)

    def _solve_regions(self, threads: ThreadPoolExecutor, until: float) -> None:
        """Regions side by side, one per thread, each by its own prices, until the share of the limit is used up."""
        while self.market is not None and self.clock.done() < until:
            if (self.clock.seconds(until) or LEAST_REGION) < LEAST_REGION:
                break
            begun = self.clock.done()
            days = list(used(self._leader()))
            free = np.ones(len(self.numbers.mode), bool)
            runs, taken = [], np.zeros(len(self.day["groups"]), bool)
            for _ in self.states:
                near = pick(self.numbers, self.dice, free, self.turns)
                self.turns += near
                helpers = unshared(self.numbers, self.day["visit_group"], near, days)
                free &= ~helpers
                inside = [day for day in days if helpers[self.numbers.shift_helper[day.shift]]]
                outside = [day for day in days if not helpers[self.numbers.shift_helper[day.shift]]]
                fixed = made_by(self.numbers, self.day["visit_group"], outside)
                net = region(self.market.net, self.numbers, self.day["visit_group"], helpers, fixed | taken)
                taken[self.day["visit_group"][net.nodes["visit"][net.stays["node"]]]] = True
                runs.append((helpers, threads.submit(self._solve_region, net, inside, outside, until)))
            for helpers, run in runs:
                if found := run.result():
                    days = [day for day in days if not helpers[self.numbers.shift_helper[day.shift]]] + found
            self._take_over(days)
            self._tell()
            if self.limit.seconds is None:
                break  # regions take no iterations, so no later round would come to an end
            self._polish(threads, min(until, self.clock.done() + POLISH * (self.clock.done() - begun)))

    def _polish(self, threads: ThreadPoolExecutor, until: float) -> None:
        """Search from the best plan, with little heat, where regions meet."""
        days = list(used(self._leader()))
        for state in self.states:
            self._adopt(state, days)
        self._anneal(threads, Turn(until, COOL), COLD, records=True)

    def _solve_region(
        self, net: Net, inside: Sequence[Column], outside: Sequence[Column], until: float
    ) -> list[Column]:
        """Better days for the helpers of the net; none where there are none, or time is over."""
        market = Market(self.numbers, self.day, 1, net, self.market)
        market.set_aside(outside)
        market.learn(inside)
        for state in self.states:
            market.learn(newest(state, MOST_LEARNT))
        share = REGION_SECONDS / self.limit.seconds if self.limit.seconds else 0.1
        ends = min(until, self.clock.done() + share)
        return improve(market, inside, outside, self.clock, ends, self.seed)

    def _work(self, made: Sequence[Column], until: float) -> list[Column]:
        """Prices, and a plan rounded from what they ask for."""
        self.is_climbing = self.has_many
        if self.market is None:
            threads = len(self.states) if self.has_many else 1
            net = build_in_time(self.numbers, self.day, threads, self.clock.watch(until))
            if net is None:
                self.is_climbing = False
                return []
            self.market = Market(self.numbers, self.day, threads, net)
        has_dived = self.has_many and self.market.prices is not None
        proof = self.clock.watch(until)
        if self.market.is_large or has_dived:
            until = self.clock.done() + BOUNDS * (until - self.clock.done())
        share = 1.0 if self.market.is_large else PRICES  # no LP, hence next to nothing to dive for
        prices_until = self.clock.done() + share * (until - self.clock.done())
        self.market.learn(made)
        for state in self.states[:1]:
            self.market.learn(newest(state, MOST_LEARNT))
        rounds = ROUNDS if self.limit.seconds is None else None
        self.market.climb(made, self.clock.watch(prices_until))
        self.is_climbing = False
        is_rough = self.has_many and not has_dived
        self.market.work(made, self.clock.watch(prices_until), rounds, proof, is_rough)
        dives = 0 if has_dived else 1 if self.has_many else DIVES
        return self.market.dive(self.clock.watch(until), dives, self.has_many) if dives else []

    def _take_over(self, days: Sequence[Column]) -> None:
        """Make these days the first state's plan, without coupled visits if their moments do not go together."""
        if not days:
            return
        day, state = self.day, self.states[0]
        alone = [_without(column, day["duties"]["coupled"]) for column in days]
        for some in (days, alone):
            clear(day, state)
            if is_lawful(self.numbers, day, some) and self._load(state, some):
                break
        else:
            clear(day, state)
        fill(day.record, state.record)

    def _choose(self, until: float) -> None:
        """Let CP-SAT choose from the market; what it chose becomes everybody's plan, or else the best one so far."""
        effort, most = self._effort(until)
        if most == 0 or self.market is None:
            return
        for state in self.states:
            self.market.learn(newest(state, MOST_LEARNT))
        incumbent = list(used(self._leader()))
        gap = _best(self._leader()) + self.numbers.constant - self.market.bound
        better = self.market.better(incumbent, most, self.clock.watch(until))
        goods = self.market.goods(most, gap) if better is None else better
        prove = None if better is None else self.market.prove
        chosen = choose(self.numbers, self.day["visit_group"], goods, incumbent, effort, self.clock.is_over, prove)
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
        seconds = (until - self.clock.done()) * self.limit.seconds
        if seconds < LEAST_CHOICE:
            return Effort(), 0
        effort = Effort(seconds=0.9 * seconds, threads=threads, seed=self.seed)
        return effort, min(MOST_CHOICES, int(CHOICES_A_SECOND * seconds))

    def _adopt(self, state: Frame, days: Sequence[Column]) -> None:
        """Make these days the state's plan."""
        clear(self.day, state)
        if not self._load(state, days):
            clear(self.day, state)
            fill(self.day.record, state.record)
        keep(self.day.record, state.record)

    def _load(self, state: Frame, days: Sequence[Column]) -> bool:
        """Make these days in a state where nobody does anything."""
        rows = np.array(list(assigned(self.numbers, days)), np.int64).reshape(-1, 2)
        return bool(load(self.day.record, state.record, rows[:, 0].copy(), rows[:, 1].copy()))

    def _is_proven(self) -> bool:
        bound = self._bound()
        return bound is not None and _best(self._leader()) + self.numbers.constant <= bound

    def _bound(self) -> int | None:
        return None if self.market is None else self.market.bound

    def _plan(self) -> Plan:
        """The best plan, with what is proven of it."""
        plan = read(self.day, self._leader(), self.numbers.constant)
        bound = self._bound()
        return plan if bound is None else replace(plan, bound=bound)

    def _leader(self) -> Frame:
        """The state with the best plan."""
        return min(self.states, key=_best)

    def _tell(self) -> None:
        best = _best(self._leader())
        if self.on_incumbent is not None and (self.told is None or best < self.told):
            self.on_incumbent(self._plan())
        self.told = best


def _best(state: Frame) -> int:
    return int(state["cells"]["best"][0])


def _without(column: Column, coupled: Ints) -> Column:
    """The day without its coupled duties."""
    return replace(column, duties=tuple(duty for duty in column.duties if not coupled[duty]))


def _days(numbers: Model, plan: Plan) -> Iterator[Column]:
    """The plan's days as the search knows them; a visit's duties go to its helpers in order, as far as they may."""
    duties: dict[tuple[int, int], list[tuple[int, int]]] = defaultdict(list)
    for visit, made in sorted(plan.made().items()):
        free = list(made)
        for duty in range(int(numbers.first_duty[visit]), int(numbers.first_duty[visit + 1])):
            able = [one for one in free if numbers.may[duty, one.helper]]
            if able:
                free.remove(able[0])
                duties[able[0].helper, able[0].shift].append((able[0].start, duty))
    for (helper, shift), some in sorted(duties.items()):
        row = sorted(some)
        starts, order = tuple(start for start, _ in row), tuple(duty for _, duty in row)
        yield Column(int(numbers.first_shift[helper]) + shift, order, starts, 0, 0, 0, 0, 0)
