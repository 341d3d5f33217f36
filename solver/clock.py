"""How much of a limit is used up, by seconds, by iterations, or because somebody asks to stop."""

import time
from collections.abc import Callable

from solver.columns.watch import Watch


class Clock:
    """Shares run from 0 to 1. `is_enough` tells whether there is nothing more to find."""

    def __init__(
        self,
        seconds: float | None,
        iterations: int | None,
        began: float,
        should_stop: Callable[[], bool] | None,
        is_enough: Callable[[], bool],
    ) -> None:
        self.limit_seconds, self.limit_iterations, self.began = seconds, iterations, began
        self.should_stop, self.is_enough = should_stop, is_enough
        self.steps = 0
        """Iterations so far."""

    def done(self) -> float:
        """The share of the limit that is used up; 1 when it is time to end."""
        if self.should_stop is not None and self.should_stop():
            return 1.0
        if self.is_enough():
            return 1.0
        shares = [0.0]
        if self.limit_iterations is not None:
            shares.append(self.steps / max(1, self.limit_iterations))
        if self.limit_seconds is not None:
            shares.append((time.monotonic() - self.began) / max(1e-9, self.limit_seconds))
        return min(1.0, max(shares))

    def is_over(self) -> bool:
        return self.done() >= 1.0

    def seconds(self, until: float) -> float | None:
        """Until this share of the limit is used up; None where no clock decides."""
        return None if self.limit_seconds is None else max(0.0, (until - self.done()) * self.limit_seconds)

    def watch(self, until: float) -> Watch:
        return Watch(lambda: self.done() >= until, lambda: self.seconds(until))
