"""When to stop: a share of the limit, or whoever asks for it."""

import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Watch:
    """`is_over` tells whether to stop now, `left` how many seconds there are; None: as many as it takes."""

    is_over: Callable[[], bool]
    left: Callable[[], float | None] = lambda: None

    def part(self, share: float) -> "Watch":
        """For this share of the seconds that are left."""
        seconds = self.left()
        if seconds is None:
            return self
        ends = time.monotonic() + share * seconds
        return Watch(lambda: time.monotonic() >= ends or self.is_over(), lambda: max(0.0, ends - time.monotonic()))
