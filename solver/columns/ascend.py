"""Lagrangian ascent: prices by steps along the subgradient, where the LP would take too long, or before it begins.

Steps after Polyak (1969) towards a target between the bound and the best plan known, along a mean of the last
subgradients (Camerini, Fratta and Maffioli 1975). Every step prices all shifts, which also finds days worth keeping.
"""

import numpy as np

from solver.columns.label import EXACT, SCALE, Pricer
from solver.columns.prices import Prices
from solver.columns.rows import Floats, Rows
from solver.columns.store import Store
from solver.columns.take import routes, take
from solver.columns.watch import Watch

PATIENCE = 6
"""Steps without a better bound after which steps become shorter."""


class Ascent:
    """Prices on their way up; `prices` are those with the best bound so far."""

    def __init__(self, rows: Rows, pricer: Pricer, store: Store, y: Floats, most: int) -> None:
        self.rows, self.pricer, self.store = rows, pricer, store
        self.here = rows.project(y)
        self.prices = Prices(self.here, np.zeros(len(rows.net.first_stay) - 1), -(2**62))
        self.most = most
        self.step = 1.0
        self.stalled = 0
        self.direction = np.zeros(rows.count)
        self.scale = self._scales()

    def _scales(self) -> Floats:
        """How much one unit of a row is, so that rows of ticks or fen do not drown those of visits."""
        scale = np.ones(self.rows.count)
        limits = self.rows.node_count + len(self.rows.choice_group)
        scale[limits:] = 1.0 / np.maximum(1.0, self.rows.most[limits:])
        return scale

    @property
    def bound(self) -> int:
        return self.prices.bound

    def run(self, steps: int, watch: Watch) -> None:
        """So many steps, or fewer where time is over or steps have become too short to tell."""
        for _ in range(steps):
            if watch.is_over() or not self._once():
                return

    def _once(self) -> bool:
        rows = self.rows
        reward = rows.rewards(self.here)
        priced = self.pricer.price(reward, EXACT)
        value = rows.bound(self.here, priced.best)
        take(self.store, rows.net, priced, keep=2)
        if value > self.bound:
            self.prices = Prices(self.here, priced.best / SCALE, value)
            self.stalled = 0
        else:
            self.stalled += 1
            if self.stalled % PATIENCE == 0:
                self.step *= 0.6
                self.here = self.prices.y
        shift, node = routes(rows.net, priced)
        slope = rows.slope(self.here, shift, node) * self.scale
        at_edge = (self.here <= 0) & (slope < 0) & (np.arange(rows.count) < rows.node_count)
        self.direction = 0.7 * np.where(at_edge, 0.0, slope) + 0.3 * self.direction
        length = float((self.direction**2).sum())
        if length < 1e-9 or self.step < 0.005:
            return False
        target = min(self.most, self.bound + max(0.005 * abs(self.most), 0.2 * (self.most - self.bound)))
        stride = self.step * max(0.0, target - value) / length
        self.here = rows.project(self.here + stride * self.direction * self.scale)
        return True
