"""When to stop: a share of the limit, or whoever asks for it."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Watch:
    """`is_over` tells whether to stop now, `left` how many seconds there are; None: as many as it takes."""

    is_over: Callable[[], bool]
    left: Callable[[], float | None] = lambda: None
