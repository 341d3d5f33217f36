"""Lagrangian ascent: prices by steps along the subgradient, where the LP would take too long.

The volume algorithm (Barahona and Anbil 2000): each step prices all shifts a little away from the best prices so far,
towards what a weighted mean of the cheapest days lacks. The mean is nearly a solution of the LP: its weights tell how
much of which day the LP would take. Steps are by Polyak (1969) towards a target above the bound so far.
"""

import time

import numpy as np

from solver.columns.extend import SCALE
from solver.columns.label import EXACT, STONES, Pricer
from solver.columns.prices import NOTHING, Prices
from solver.columns.rows import Floats, Rows
from solver.columns.store import Store
from solver.columns.take import routes, take
from solver.columns.watch import Watch

REACH, LEAST_REACH = 0.1, 0.01
"""Towards the plan's points the target lies this share of the way above the guess, and at least this share of them."""
GROWTH, MOST_STEP = 1.1, 8.0
PATIENCE, SHORTER = 4, 0.66
"""Steps without a better guess after which steps become shorter, and by how much."""
SHORTEST = 0.003
NEWEST, LEAST_NEWEST = 0.5, 0.1
"""The largest weight of the newest days in the mean; at least this share of it is taken."""
TOO_LITTLE = 1e-3
FADING = 0.995
"""How the largest weight falls from step to step,"""
OLDEST = 0.02
"""but not below this."""
KEEP = 2
"""Days of each shift that a step puts into the store."""
SAMPLE = 32
"""One shift in so many is priced to tell how long a proof takes, before the first steps and whenever they doubled."""
RESERVE = 1.3
"""So many times as long as a proof takes is kept for the last one."""


class Ascent:
    """Prices on their way up; `prices` are the best ones that are proven, `centre` the best by guess."""

    def __init__(self, rows: Rows, pricer: Pricer, store: Store, y: Floats, most: int, least: int = NOTHING) -> None:
        """`most`: the points of a plan; `least`: the bound where nothing has a price."""
        self.rows, self.pricer, self.store = rows, pricer, store
        self.most, self.least = most, least
        self.prices: Prices | None = None
        self.stalled = 0
        self.step, self.newest = 1.0, NEWEST
        self.weights: dict[int, float] = {}
        self.fade = 1.0
        self.steps, self.proof_seconds = 0, 0.0
        self.centre, self.guess = rows.project(y), float(NOTHING)
        self.proven: Floats | None = None
        self.scale = self._scales()
        self.lacks = np.zeros(rows.count)

    def _scales(self) -> Floats:
        """How much one unit of a row is, so that rows of ticks or fen do not drown those of visits."""
        scale = np.ones(self.rows.count)
        limits = self.rows.node_count + len(self.rows.choice_group)
        scale[limits:] = 1.0 / np.maximum(1.0, self.rows.most[limits:])
        return scale

    def climb(self, steps: int, watch: Watch, reserve: float = 0.0) -> None:
        """So many steps, or fewer where time is over or steps have become too short to tell.

        `reserve`: so many times as long as a proof takes is left.
        """
        for _ in range(steps):
            if watch.is_over() or not self._once():
                break
            left = watch.left()
            if left is None or not reserve:
                continue
            if self.steps & (self.steps - 1) == 0:
                self.proof_seconds = self._sample()
            if left < reserve * self.proof_seconds:
                break

    def _sample(self) -> float:
        """How long a proof would take at the best prices, by a sample."""
        began = time.monotonic()
        self.pricer.price(self.rows.rewards(self.centre), EXACT, self.pricer.by_size[::SAMPLE])
        return SAMPLE * (time.monotonic() - began)

    def prove(self) -> None:
        """An exact pricing at the best prices."""
        if self.centre is self.proven:
            return
        self.proven = self.centre
        priced = self.pricer.price(self.rows.rewards(self.centre), EXACT)
        bound = self.rows.bound(self.centre, priced.best)
        take(self.store, self.rows.net, priced, KEEP)
        if self.prices is None or bound > self.prices.bound:
            self.prices = Prices(self.centre, priced.best / SCALE, bound)

    def shares(self) -> dict[int, float]:
        """How much of which day the mean takes."""
        found = {number: weight * self.fade for number, weight in self.weights.items()}
        return {number: share for number, share in found.items() if share > TOO_LITTLE}

    def _once(self) -> bool:
        """A step from the best prices; False where it would be too short to tell."""
        length = float((self.lacks**2).sum())
        if self.guess > NOTHING and (length < 1e-9 or self.step < SHORTEST):
            return False
        self.steps += 1
        here = self.centre
        if length:
            target = min(self.most, self.guess + max(LEAST_REACH * abs(self.most), REACH * (self.most - self.guess)))
            stride = self.step * max(0.0, target - self.guess) / length
            here = self.rows.project(here + stride * self.lacks * self.scale)
        priced = self.pricer.price(self.rows.rewards(here), STONES)
        guess = self.rows.bound(here, priced.best)
        if self.steps == 1 and guess < self.least:
            here, guess = np.zeros(self.rows.count), self.least
            priced.length[:] = 0
        slope = self.rows.slope(here, *routes(self.rows.net, priced)) * self.scale
        goes_on = float((self.lacks * slope).sum()) > 0
        self._mix(slope, take(self.store, self.rows.net, priced, 1))
        take(self.store, self.rows.net, priced, KEEP)
        if guess > self.guess:
            self.centre, self.guess, self.stalled = here, guess, 0
            self.step = min(MOST_STEP, self.step * GROWTH) if goes_on else self.step
        else:
            self.stalled += 1
            if self.stalled % PATIENCE == 0:
                self.step *= SHORTER
        at_edge = (self.centre <= 0) & (self.lacks < 0) & (np.arange(self.rows.count) < self.rows.node_count)
        self.lacks[at_edge] = 0.0
        return True

    def _mix(self, slope: Floats, days: list[int]) -> None:
        """The newest days into the mean, with the weight that makes it lack least."""
        if not self.lacks.any():
            self.lacks, self.weights, self.fade = slope, dict.fromkeys(days, 1.0), 1.0
            return
        turn = slope - self.lacks
        length = float((turn**2).sum())
        share = -float((self.lacks * turn).sum()) / length if length else self.newest
        share = min(self.newest, max(LEAST_NEWEST * self.newest, share))
        self.newest = max(OLDEST, FADING * self.newest)
        self.lacks = self.lacks + share * turn
        self.fade *= 1.0 - share
        for number in days:
            self.weights[number] = self.weights.get(number, 0.0) + share / self.fade
        if self.fade < 1e-100:
            self.weights, self.fade = self.shares(), 1.0
