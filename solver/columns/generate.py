"""Column generation: the LP tells prices, pricing finds days that the LP lacks, until there are none.

Stabilised by smoothing the prices towards the best ones so far (Wentges 1997), less where the smoothed prices mislead
(Pessoa, Sadykov, Uchoa and Vanderbeck 2018). Days that the store holds already are priced first: it holds what the
search met. Most rounds price by stops that gain and stepping stones to them; their bound is a guess, good enough to
tell which prices are best. Near the end the best prices are proven exactly.
"""

import time
from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from solver.columns.extend import SCALE
from solver.columns.label import EXACT, NONE, SOBER, STONES, Pricer
from solver.columns.master import Master, reduced
from solver.columns.prices import NOTHING, Prices
from solver.columns.rows import Floats, Rows
from solver.columns.store import Store
from solver.columns.take import take
from solver.columns.watch import Watch

SMOOTH = 0.7
ENTER = 3
"""Columns per shift that enter the LP in a round, at most."""
CLOSE, ENOUGH = 2e-5, 5e-4
"""Shares of the LP's value within which its bound is as good as reached, or good enough to go on from."""
NEAR = 0.01
"""Share of the LP's value within which guessed prices are worth a proof."""
PROOF = 4
"""Rounds between proofs."""
EARLY = 0.05
STILL = 0.001
"""Share of the LP's value by which it must fall in a round to go on where rough prices do."""
GAIN = -1e-4
"""Reduced cost, in the rows' units, that is worth a column."""


class Generation:
    """Column generation in rounds; `value` is the LP's own, with what no plan can change."""

    def __init__(self, rows: Rows, pricer: Pricer, store: Store, y: Floats, likely: Sequence[int] = ()) -> None:
        """`y`: prices to begin with; `likely`: numbers of days that the LP may well want."""
        self.rows, self.pricer, self.store = rows, pricer, store
        self.centre, self.guess = rows.project(y), float(NOTHING)
        self.prices: Prices | None = None
        self.value = float("inf")
        self.smooth = SMOOTH
        self.master = Master(rows, store)
        self.rounds = 0
        self.proven_at = self.tightened_at = 0
        self.ended = self.is_late = False
        self.seconds = 0.0
        self.master.add(likely)
        self._enter(reduced(rows, store, self.centre, np.zeros(len(rows.net.first_stay) - 1)), np.inf)

    def run(self, watch: Watch, rounds: int | None = None, is_rough: bool = False) -> None:
        """Until nothing is missing, time is over, or so many rounds are done; pauses where that is good enough.

        Where rough prices do, it pauses as soon as they are near.
        """
        last = np.inf if rounds is None else self.rounds + rounds
        paused = self._is_within(ENOUGH)
        self.is_late = False
        while not self.ended and not self.is_late and not watch.is_over() and self.rounds < last:
            if self._is_guessed_within(EARLY) and self.rounds - self.tightened_at >= PROOF:
                self._tighten(watch)
            before = self.value
            self._round(watch)
            self.ended = self.ended and not self._tighten(watch)
            if not paused and self._is_within(ENOUGH) and not self._tighten(watch):
                return
            if is_rough and (self._is_guessed_within(NEAR) or before - self.value <= STILL * self._size()):
                break
        if self.prices is None or (not self.ended and self.guess > self.prices.bound):
            self._prove(self.centre, EXACT)

    def _is_guessed_within(self, share: float) -> bool:
        return self.value - self.guess <= share * self._size()

    def _is_within(self, share: float) -> bool:
        return self.prices is not None and self.value - self.prices.bound <= share * self._size()

    def _size(self) -> float:
        """What shares are taken of; nothing while the value is not known."""
        return abs(self.value) if np.isfinite(self.value) else 0.0

    def _tighten(self, watch: Watch) -> bool:
        """Ask for company where the LP's solution lacks it. Whether it did."""
        self.tightened_at = self.rounds
        solved = self.master.solve_for_shares(watch.left())
        if solved is None:
            return False
        shares, store, rows = solved[2], self.store, self.rows
        node = np.concatenate([np.zeros(0, np.int64), *(store.row(number) for number in shares)])
        lengths = [len(store.row(number)) for number in shares]
        helper = np.repeat(rows.model.shift_helper[store.shift[list(shares)]], lengths)
        broken = rows.company.broken(helper, node, np.repeat(list(shares.values()), lengths), self.master.room)
        if not len(broken[0]):
            return False
        rows.keep_company(*broken)
        self.master.grow()
        self.value = float("inf")
        self.centre = rows.padded(self.centre)
        if self.prices is not None:
            self.prices = replace(self.prices, y=rows.padded(self.prices.y))
        return True

    def _round(self, watch: Watch) -> None:
        left, began = watch.left(), time.monotonic()
        if left is not None and left < self.seconds:
            self.is_late = True
            return
        solved = self.master.solve(left)
        self.seconds = time.monotonic() - began
        if solved is None:
            self.ended = not watch.is_over()
            return
        value, y, shift = solved
        y = self.rows.project(y)
        self.value = value + self.rows.constant
        self.rounds += 1
        if watch.is_over() or self._enter_gaining(y, shift) > len(shift) // 4:
            return
        found = self._look(y, shift)
        if self._is_guessed_within(CLOSE) or not found:
            self._finish(y, shift)
        elif not self._is_within(CLOSE) and self._is_guessed_within(NEAR) and self.rounds - self.proven_at >= PROOF:
            self._prove(self.centre, EXACT)

    def look(self, y: Floats, shift: Floats, kept: Iterable[int]) -> int:
        """Let in what gains at exactly these prices beside the days that are kept. How many came.

        Prices of nodes may be negative here.
        """
        rows, store = self.rows, self.store
        done, room = np.zeros(len(shift), bool), rows.asked.copy()
        for number in kept:
            done[store.shift[number]] = True
            np.subtract.at(room, store.row(number), 1)
        y = np.concatenate([y[: rows.node_count], rows.project(y)[rows.node_count :]])
        reward = rows.rewards(y)
        reward[room[rows.net.stays["node"]] <= 0] = NONE
        priced = self.pricer.price(reward, STONES, np.nonzero(~done)[0])
        priced.length[done] = 0
        take(store, rows.net, priced, self.pricer.keep, (shift * SCALE).astype(np.int64))
        cost = reduced(rows, store, y, shift)
        uses_kept = store.sums((room <= 0)[store.nodes[: store.end[store.count]]]) > 0
        cost[uses_kept | done[store.shift[: store.count]]] = np.inf
        return self._enter(cost, GAIN * rows.unit)

    def _look(self, y: Floats, shift: Floats) -> int:
        """Price by what gains and stepping stones; less smoothly next time if the smoothed prices found nothing."""
        mixed = self.smooth * self.centre + (1.0 - self.smooth) * y
        priced = self.pricer.price(self.rows.rewards(mixed), STONES)
        take(self.store, self.rows.net, priced, self.pricer.keep)
        guess = self.rows.bound(mixed, priced.best)
        if guess > self.guess:
            self.centre, self.guess = mixed, guess
        found = self._enter_gaining(y, shift)
        if not found and self.smooth:
            self.smooth = 0.0
            return self._look(y, shift)
        self.smooth = SMOOTH
        return found

    def _finish(self, y: Floats, shift: Floats) -> None:
        """Gains alone tell of nothing more: prove the best prices, and look at what only an exact pricing finds."""
        self._prove(self.centre, SOBER)
        if self._enter_gaining(y, shift):
            return
        self._prove(y, SOBER)
        self.ended = self._is_within(CLOSE) or not self._enter_gaining(y, shift)

    def _prove(self, y: Floats, degree: int) -> None:
        priced = self.pricer.price(self.rows.rewards(y), degree)
        take(self.store, self.rows.net, priced, self.pricer.keep)
        bound = self.rows.bound(y, priced.best)
        self.proven_at = self.rounds
        if y is self.centre:
            self.guess = bound
        if self.prices is None or bound > self.prices.bound:
            self.prices = Prices(y, priced.best / SCALE, bound)

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
