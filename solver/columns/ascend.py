"""Lagrangian ascent: prices by steps along the subgradient, where the LP would take too long, or before it begins.

Steps after Polyak (1969) towards a target between the bound and the best plan known, along a mean of the last
subgradients (Camerini, Fratta and Maffioli 1975). Every step prices all shifts, which also finds days worth keeping.
"""

import numpy as np

from solver.columns.label import EXACT, SCALE, STONES, Pricer
from solver.columns.net import Ints
from solver.columns.prices import Prices
from solver.columns.rows import Floats, Rows
from solver.columns.store import Store
from solver.columns.take import routes, take
from solver.columns.watch import Watch

KEPT = 0.4
"""The share of the time that is kept for an exact pricing; the steps guess by stops that gain only."""
PATIENCE = 6
"""Steps without a better bound after which steps become shorter."""


class Ascent:
    """Prices on their way up; `prices` are those with the best bound so far."""

    def __init__(self, rows: Rows, pricer: Pricer, store: Store, y: Floats, most: int) -> None:
        self.rows, self.pricer, self.store = rows, pricer, store
        self.here = rows.project(y)
        self.prices = Prices(self.here, np.zeros(len(rows.net.first_stay) - 1), -(2**62))
        self.centre = self.here
        self.proven: Floats | None = None
        self.guess = -(2**62)
        self.steps = 0
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
        """So many steps, or fewer where time is over or steps have become too short to tell; then the proof."""
        seconds = watch.left()
        for _ in range(steps):
            left = watch.left()
            if left is not None and seconds is not None and left < KEPT * seconds:
                break
            if watch.is_over() or not self._once():
                break
        self._prove()

    def _prove(self) -> None:
        """An exact pricing at the best prices."""
        if self.centre is self.proven:
            return
        self.proven = self.centre
        priced = self.pricer.price(self.rows.rewards(self.centre), EXACT)
        bound = self.rows.bound(self.centre, priced.best)
        take(self.store, self.rows.net, priced, keep=2)
        if bound > self.prices.bound:
            self.prices = Prices(self.centre, priced.best / SCALE, bound)

    def _once(self) -> bool:
        rows = self.rows
        self.steps += 1
        priced = self.pricer.price(rows.rewards(self.here), STONES)
        value = rows.bound(self.here, priced.best)
        take(self.store, rows.net, priced, keep=2)
        if value > self.guess:
            self.centre, self.guess, self.stalled = self.here, value, 0
        else:
            self.stalled += 1
            if self.stalled % PATIENCE == 0:
                self.step *= 0.6
                self.here = self.centre
        return self._move(value, *routes(rows.net, priced))

    def _move(self, value: int, shift: Ints, node: Ints) -> bool:
        """A step along the mean of the last slopes; False where it would be too short to tell."""
        rows = self.rows
        slope = rows.slope(self.here, shift, node) * self.scale
        at_edge = (self.here <= 0) & (slope < 0) & (np.arange(rows.count) < rows.node_count)
        self.direction = 0.7 * np.where(at_edge, 0.0, slope) + 0.3 * self.direction
        length = float((self.direction**2).sum())
        if length < 1e-9 or self.step < 0.005:
            return False
        target = min(self.most, self.guess + max(0.005 * abs(self.most), 0.2 * (self.most - self.guess)))
        stride = self.step * max(0.0, target - value) / length
        self.here = rows.project(self.here + stride * self.direction * self.scale)
        return True
