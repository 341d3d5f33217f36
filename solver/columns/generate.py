"""Column generation: the LP tells prices, pricing finds days that the LP lacks, until there are none.

Stabilised by smoothing the prices towards those of the best bound (Wentges 1997), less where the smoothed prices
mislead (Pessoa, Sadykov, Uchoa and Vanderbeck 2018). Days that the store holds already are priced first: it holds what
the search met. Most rounds price heuristically, by stops that gain only; some exactly, for the bound.
"""

import numpy as np

from solver.columns.label import SCALE, Pricer
from solver.columns.master import Master, reduced
from solver.columns.prices import Prices
from solver.columns.rows import Floats, Rows
from solver.columns.store import Store
from solver.columns.take import take
from solver.columns.watch import Watch

SMOOTH = 0.7
ENTER = 3
"""Columns per shift that enter the LP in a round, at most."""
CLOSE = 2e-5
"""Share of the LP's value within which its bound is as good as reached."""
EXACT = 3
"""Every so many rounds the pricing is exact."""
GAIN = -1e-4
"""Reduced cost, in the rows' units, that is worth a column."""


class Generation:
    """Column generation in rounds; `value` is the LP's own, with what no plan can change."""

    def __init__(self, rows: Rows, pricer: Pricer, store: Store, prices: Prices) -> None:
        self.rows, self.pricer, self.store, self.prices = rows, pricer, store, prices
        self.value = float("inf")
        self.smooth = SMOOTH
        self.master = Master(rows, store)
        self.rounds = 0
        self.ended = False
        self._enter(reduced(rows, store, prices.y, prices.shift), np.inf)

    def run(self, watch: Watch, rounds: int | None = None) -> None:
        """Until nothing is missing, time is over, or so many rounds are done."""
        while not self.ended and not watch.is_over() and (rounds is None or self.rounds < rounds):
            self._round(watch)

    def _round(self, watch: Watch) -> None:
        solved = self.master.solve(watch.left())
        if solved is None:
            self.ended = True
            return
        value, y, shift = solved
        y = self.rows.project(y)
        self.value = value + self.rows.constant
        self.rounds += 1
        if watch.is_over() or self._enter_gaining(y, shift) > len(shift) // 4:
            return
        if self.rounds % EXACT and self.smooth and self._look(y, shift) > len(shift) // 20:
            return
        self._prove(y, shift)

    def _look(self, y: Floats, shift: Floats) -> int:
        """Price by stops that gain only."""
        priced = self.pricer.price(self.rows.rewards(self._mixed(y)))
        take(self.store, self.rows.net, priced, self.pricer.keep)
        return self._enter_gaining(y, shift)

    def _prove(self, y: Floats, shift: Floats) -> None:
        """Price exactly; what is found is new, or proves the prices."""
        mixed = self._mixed(y)
        priced = self.pricer.price(self.rows.rewards(mixed), exact=True)
        take(self.store, self.rows.net, priced, self.pricer.keep)
        bound = self.rows.bound(mixed, priced.best)
        if bound > self.prices.bound:
            self.prices = Prices(mixed, priced.best / SCALE, bound)
        found = self._enter_gaining(y, shift)
        if self.value - self.prices.bound <= CLOSE * abs(self.value):
            self.ended = True
        elif found:
            self.smooth = SMOOTH
        else:
            self.ended = self.smooth == 0.0
            self.smooth = 0.0

    def _mixed(self, y: Floats) -> Floats:
        return self.smooth * self.prices.y + (1.0 - self.smooth) * y

    def _enter_gaining(self, y: Floats, shift: Floats) -> int:
        return self._enter(reduced(self.rows, self.store, y, shift), GAIN * self.rows.unit)

    def _enter(self, cost: Floats, most: float) -> int:
        """Let the cheapest days of each shift in, as far as they cost less than `most`. How many came."""
        if self.master.crowded():
            self.master.thin(cost)
        outside = np.ones(len(cost), bool)
        outside[list(self.master.columns)] = False
        some = np.nonzero(outside & (cost < most))[0]
        order = some[np.lexsort((some, cost[some], self.store.shift[some]))]
        shifts = self.store.shift[order]
        rank = np.arange(len(order)) - np.searchsorted(shifts, shifts)
        chosen = order[rank < ENTER]
        self.master.add(chosen.tolist())
        return len(chosen)
