"""Which stops may be passed by: those that earn too little to be worth even the best detour over their place.

Where no way over a place is shorter than the way without it, a stop that earns nothing is never on the cheapest day:
without it the day costs no more, and everything after it starts no later. Travel need not be so; by how much it is
not, place by place, tells from which reward on a stop must be looked at.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from numpy.typing import NDArray

from solver.problem import MOST_TICKS
from solver.search.memory import Frame, entry

Ints = NDArray[np.int64]
ALWAYS = -(10**15)
"""The reward of a stop that is looked at whatever it earns."""
TILE = 48


def least_rewards(
    day: Frame, nodes: Any, stays: Any, first_stay: Ints, threads: int, is_over: Callable[[], bool]
) -> Ints:
    """(E,) the reward, in points, up to which each stay may be passed by in its shift.

    Where time is over, the places that were not looked at, those asked for least, are never passed by: the time grows
    by the cube of their number.
    """
    found = np.full(len(stays), ALWAYS)
    shifts, place, duration = day["shifts"], nodes["place"][stays["node"]], nodes["duration"][stays["node"]]
    is_open = (shifts["circle"] == MOST_TICKS) & (np.diff(first_stay) > 0)
    mode_of = np.where(is_open, shifts["mode"], -1)
    for mode in np.unique(mode_of[is_open]).tolist():
        mine = np.nonzero(mode_of == mode)[0]
        some = np.repeat(mode_of, np.diff(first_stay)) == mode
        asked = np.bincount(place[some], minlength=day["travel"].shape[1])
        known = np.unique(np.concatenate([place[some], shifts["start_place"][mine], shifts["end_place"][mine]]))
        known = known[np.argsort(-asked[known], kind="stable")]
        saved = np.full(day["travel"].shape[1], -1)
        table = np.ascontiguousarray(day["travel"][mode][np.ix_(known, known)])
        saved[known] = _saved(table, day["back"] is day["travel"], threads, is_over)
        much = saved[place]
        can_pass = some & (much >= 0) & (much <= duration)
        found[can_pass] = -int(day.record["leg_rate"]) * much[can_pass]
    return found


def _saved(table: NDArray[np.int32], is_symmetric: bool, threads: int, is_over: Callable[[], bool]) -> Ints:
    """(P,) the most ticks that a way over each place saves against the way without it; -1 where time is over."""

    def tile(first: int) -> Ints:
        end = min(first + TILE, len(table))
        return np.full(end - first, -1) if is_over() else _detours(table, first, end, is_symmetric)

    with ThreadPoolExecutor(threads) as pool:
        return np.concatenate(list(pool.map(tile, range(0, len(table), TILE))))


@entry
def _detours(table: Any, first: Any, end: Any, is_symmetric: Any) -> Any:
    """Of the places of a tile, whose rows stay near while all ways pass."""
    count = len(table)
    most = np.zeros(end - first, np.int64)
    for i in range(count):
        mine = table[i]
        far = i + 1 if is_symmetric else count
        for j in range(first, end):
            other = table[j]
            farthest = np.int32(0)
            for k in range(far):
                more = np.int32(mine[k] - other[k])
                farthest = more if more > farthest else farthest
            most[j - first] = max(most[j - first], farthest - mine[j])
    return most
