"""Days and their prices: what the search met and pricing found, the bound that the prices prove, the choice's goods."""

from collections.abc import Iterable, Sequence

import numpy as np

from solver.columns.ascend import RESERVE, Ascent
from solver.columns.better import better_days, is_told_by_days, leaves_none_mandatory
from solver.columns.dive import FEW_LOOKS, LOOKS, cost_of, dive, fitting, whole_days
from solver.columns.generate import Generation
from solver.columns.label import Pricer
from solver.columns.master import reduced
from solver.columns.net import Net, build
from solver.columns.prices import Prices
from solver.columns.rows import Floats, Rows
from solver.columns.store import Reader, Store
from solver.columns.watch import Watch
from solver.model import Model
from solver.search.memory import Frame
from solver.search.pool import Column

LARGE = 5_000
"""Rows and shifts beyond which the LP is left to regions."""
SMALL = 400
"""Rows and shifts below which the LP needs no ascent before it."""
CLIMB = 0.45
"""The share of the time for prices that the ascent may take where an LP follows."""
LIKELY = 0.01
"""Shares of the ascent's mean with which a day enters the LP."""
STEPS = 400
"""Steps of ascent at most, before an LP."""


class Market:
    """Days by number in a store, prices over them, and the best bound proven so far."""

    def __init__(
        self, model: Model, day: Frame, threads: int, net: Net | None = None, first: "Market | None" = None
    ) -> None:
        """`first`: the market of the whole day, where this one is of a region, for prices to begin with."""
        self.model, self.day, self.first = model, day, first
        self.net = build(model, day) if net is None else net
        self.rows = Rows(model, day, self.net)
        self.base = self.rows.count
        self.groups, self.visit_group = day["duties"]["group"], day["visit_group"]
        self.store = Store(self.net)
        self.reader = Reader(self.net, day)
        self.pricer = Pricer(self.net, threads)
        self.prices: Prices | None = None
        free = np.zeros(self.rows.count)
        self.floor = self.rows.bound(free, -self.pricer.at_best(self.rows.rewards(free)))
        self.moments: dict[Column, int] = {}
        self.ascent: Ascent | None = None
        self.generation: Generation | None = None

    @property
    def bound(self) -> int:
        """No plan costs fewer points; at first only what holds where nothing has a price."""
        return self.floor if self.prices is None else max(self.floor, self.prices.bound)

    @property
    def is_large(self) -> bool:
        """Too large for one LP."""
        return self._size() > LARGE

    def _size(self) -> int:
        return int((self.rows.asked > 0).sum()) + int((np.diff(self.net.first_stay) > 0).sum())

    def set_aside(self, days: Iterable[Column]) -> None:
        """What these days, which stand, take of the limits is not there for others."""
        for column in days:
            row = np.array(self.reader.row(column) or (), np.int64)
            for limit, much in self.rows.terms(np.full(len(row), column.shift), row):
                np.subtract.at(self.rows.most, limit[limit >= 0], much[limit >= 0])
        self.rows.most = np.maximum(0.0, self.rows.most)

    def learn(self, days: Iterable[Column]) -> None:
        """Take days that the search met, as far as the net knows all that they do; those that only stand with their
        moments are kept beside the store."""
        read = [(column, row) for column in days if (row := self.reader.row(column)) is not None]
        known = [one for one, is_here in zip(read, self._are_here(read), strict=True) if is_here]
        numbers = self.store.add([column.shift for column, _ in known], [row for _, row in known])
        for (column, _), number in zip(known, numbers, strict=True):
            if number >= 0 and self._is_moved(column, number):
                self.moments[column] = number

    def _are_here(self, days: Sequence[tuple[Column, tuple[int, ...]]]) -> list[bool]:
        """Whether the net holds every stop of each day: a region's does not know what happens outside."""
        counts = [len(row) for _, row in days]
        shift = np.repeat(np.array([column.shift for column, _ in days], np.int64), counts)
        node = np.array([node for _, row in days for node in row], np.int64)
        gone = np.repeat(np.arange(len(days)), counts)[~self.net.holds(shift, node)]
        is_here: list[bool] = np.isin(np.arange(len(days)), gone, invert=True).tolist()
        return is_here

    def _is_moved(self, column: Column, number: int) -> bool:
        starts = self.store.starts[self.store.end[number] : self.store.end[number + 1]]
        return tuple(starts.tolist()) != column.starts

    def work(
        self,
        made: Sequence[Column],
        watch: Watch,
        rounds: int | None = None,
        proof: Watch | None = None,
        is_rough: bool = False,
    ) -> None:
        """Find prices and the days that they ask for, given the days of a plan.

        A last proof may take until `proof` is over. Where rough prices do, it ends as soon as they are near the LP's.
        """
        ascent = self.climb(made, watch, proof)
        if self.is_large:
            ascent.prove()
            self.prices = ascent.prices
        else:
            self._generate(watch, rounds, is_rough)

    def climb(self, made: Sequence[Column], watch: Watch, proof: Watch | None = None) -> Ascent:
        """Prices without an LP, as far as they come in a part of the time where an LP follows."""
        self.pricer.is_over = (proof or watch).is_over
        if self.ascent is None:
            y = self._first_prices(made) if self.first is None else self._prices_of(self.first)
            self.ascent = Ascent(self.rows, self.pricer, self.store, y, self.cost(made), self.floor)
            steps = 0 if self._size() < SMALL else STEPS
            self.ascent.climb(steps, *((watch, RESERVE) if self.is_large else (watch.part(CLIMB),)))
        elif self.is_large:
            self.ascent.climb(STEPS, watch, RESERVE)
        return self.ascent

    def _generate(self, watch: Watch, rounds: int | None, is_rough: bool) -> None:
        """The LP, from where the ascent ended."""
        if self.generation is None and self.ascent is not None:
            likely = [number for number, share in self.ascent.shares().items() if share > LIKELY]
            self.generation = Generation(self.rows, self.pricer, self.store, self.ascent.centre, likely)
            self.generation.guess = self.ascent.guess
        if self.generation is not None:
            self.generation.run(watch, rounds, is_rough)
            self.prices = self.generation.prices

    def _first_prices(self, made: Sequence[Column]) -> Floats:
        """What is left is worth its price; what is made, its part of what its day costs."""
        rows, nodes = self.rows, self.net.nodes
        full = rows.price[rows.group] / np.maximum(1, np.bincount(rows.group, rows.asked)[rows.group])
        share = np.full(len(self.model.place), np.inf)
        for column in made:
            share[self.model.duty_visit[list(column.duties)]] = max(0.0, column.points / len(column.duties))
        y = np.zeros(rows.count)
        y[: rows.node_count] = np.minimum(share[nodes["visit"]], full)
        return self._with_choices(y)

    def _prices_of(self, other: "Market") -> Floats:
        """What the same nodes and limits cost there."""
        theirs = other._best_prices()
        rows, limits = self.rows, other.rows.node_count + len(other.rows.choice_group)
        y = np.zeros(rows.count)
        y[: rows.node_count] = theirs[: rows.node_count]
        y[rows.node_count + len(rows.choice_group) :] = theirs[limits : other.base]
        return self._with_choices(rows.project(y))

    def _best_prices(self) -> Floats:
        """Of the LP, or else of the ascent."""
        if self.generation is not None:
            return self.generation.centre
        return np.zeros(self.base) if self.ascent is None else self.ascent.centre

    def _with_choices(self, y: Floats) -> Floats:
        """The same, with each choice as dear as its dearest window."""
        rows = self.rows
        for choice in range(len(rows.choice_group)):
            of_choice = rows.choice == choice
            y[rows.node_count + choice] = float((y[: rows.node_count] * rows.asked)[of_choice].max())
        return y

    def dive(self, watch: Watch, times: int, is_rough: bool = False) -> list[Column]:
        """The days of the best of some plans rounded from the LP's solution, or else from the ascent's mean."""
        best: list[int] = []
        self.pricer.is_over = watch.is_over
        for _ in range(times):
            if self.generation is None:
                break
            numbers = dive(self.generation, watch, FEW_LOOKS if is_rough else LOOKS)
            if numbers is None:
                break
            best = min(best or numbers, numbers, key=lambda some: cost_of(self.rows, self.store, some))
        return list(self.store.columns(whole_days(self.rows, self.store, best or self._likeliest())))

    def _likeliest(self) -> list[int]:
        """Days of the ascent's mean, those with the largest shares first, as far as they go together."""
        shares = {} if self.ascent is None else self.ascent.shares()
        order = sorted(shares, key=lambda number: (-shares[number], number))
        return fitting(self.rows, self.store, order)

    def cost(self, days: Sequence[Column]) -> int:
        """Points of these days and of what they leave."""
        rows, groups = self.rows, self.groups
        made = np.zeros(rows.group_count, bool)
        made[groups[[duty for column in days for duty in column.duties]]] = True
        return rows.constant + sum(column.points for column in days) + int(rows.price[~made].sum())

    def close(self) -> None:
        self.pricer.close()

    def better(self, made: Sequence[Column], most: int, watch: Watch) -> list[Column] | None:
        """All days that a better plan than this one may hold; None where they are too many, or do not tell all."""
        if self.prices is None or self.is_large or not leaves_none_mandatory(self.model, self.day, made):
            return None
        if not is_told_by_days(self.model, self.net, self.day):
            return None
        self.pricer.is_over = watch.is_over
        return better_days(self.rows, self.pricer, self.store, self.prices, self.cost(made), most)

    def prove(self, points: int) -> None:
        """No plan costs fewer points, as somebody else found."""
        self.floor = max(self.floor, points)

    def goods(self, most: int, gap: float) -> list[Column]:
        """The days of least reduced cost: at most so many, none that no plan within the gap could hold."""
        if self.prices is None:
            return []
        cost = reduced(self.rows, self.store, self.prices.y, self.prices.shift)
        some = np.nonzero(cost <= gap)[0]
        chosen = some[np.argsort(cost[some], kind="stable")[:most]]
        limit = float(cost[chosen[-1]]) if len(chosen) == most else gap
        moved = [column for column, number in self.moments.items() if cost[number] <= limit]
        return [*self.store.columns(chosen.tolist()), *moved[:most]]
