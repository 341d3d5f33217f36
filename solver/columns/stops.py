"""A shift's stops at prices, as the kernels of pricing see them: a flat copy of what they ask of stays and nodes."""

from typing import Any

import numpy as np

from solver.problem import MOST_TICKS
from solver.search.memory import kernel

STOP = np.dtype(
    [
        (name, "i8")
        for name in (
            *("stay", "node", "bit", "place", "duration", "reward", "opens", "closes", "due"),
            *("several", "first_window", "end_window", "latest", "head"),
        )
    ],
    align=True,
)


@kernel
def prepare(shift: Any, some: Any, stays: Any, nodes: Any, travel: Any, bit: Any, legs: Any) -> None:
    """Fill in the stops; legs[i + 1, j] is the way from stop i (0: the start) to stop j, -1: it may not be gone."""
    count = len(some)
    for j in range(count):
        stop = some[j]
        stop.node = stays[stop.stay].node
        stop.latest = stays[stop.stay].latest
        node = nodes[stop.node]
        stop.place, stop.duration, stop.due = node.place, node.duration, node.due
        stop.opens, stop.closes = node.opens, node.closes
        stop.several, stop.first_window, stop.end_window = node.several, node.first_window, node.end_window
        stop.bit = bit[stop.stay]
        stop.head = -1
        from_home = shift.circle == MOST_TICKS or (shift.home >= 0 and travel[shift.home, stop.place] <= shift.circle)
        for i in range(count + 1):
            leg = travel[shift.start_place if i == 0 else nodes[stays[some[i - 1].stay].node].place, stop.place]
            legs[i, j] = leg if from_home or leg <= shift.circle else -1
