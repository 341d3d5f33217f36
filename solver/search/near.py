"""What lies near what: the visits near a visit in place and time, the shifts in which a duty costs least."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from solver.model import Model
from solver.search.memory import entry

Records = NDArray[Any]
MOST_CANDIDATES = 512
"""Shifts kept per duty, the cheapest for this duty alone first."""
NEAR_VISITS = 60
CROSS_TIME = 0.15
"""How near two visits are: travel, plus this share of the time between their windows."""


def near(model: Model) -> NDArray[np.int32]:
    """(V, N) the visits near each visit in place and time, nearest first, without itself."""
    count = len(model.place)
    found = np.zeros((count, max(0, min(NEAR_VISITS, count - 1))), np.int32)
    if found.size:
        first, last = model.first_window[:-1], model.first_window[1:] - 1
        middle = (model.earliest[first] + np.maximum(model.latest[last], model.earliest[first])) / 2
        modes = np.bincount(model.mode, minlength=len(model.travel)) / max(1, len(model.mode))
        _near(model.travel, modes, model.place, middle, found)
    return found


def choices(model: Model, duties: Records, shifts: Records) -> NDArray[np.int32]:
    """Per duty the shifts in which it could be made alone, cheapest first; twins share theirs."""
    own = np.nonzero(duties["twin"] == np.arange(len(duties)))[0]
    found = np.zeros((len(own), min(MOST_CANDIDATES, len(shifts))), np.int32)
    counts = np.zeros(len(own), np.int64)
    if found.size:
        leg = model.travel_weight + model.work_weight
        _choices(model.may, model.cost, model.travel, leg, duties, own, shifts, found, counts)
    ends = np.zeros(len(duties), np.int64)
    ends[own] = np.cumsum(counts)
    starts = ends.copy()
    starts[own] -= counts
    duties["first_choice"], duties["end_choice"] = starts[duties["twin"]], ends[duties["twin"]]
    return found[np.arange(found.shape[1]) < counts[:, None]]


@entry
def _near(travel: Any, modes: Any, place: Any, middle: Any, found: Any) -> None:
    """Fill in each row of `found` (V, N), sorted as it grows."""
    count, size = found.shape
    far = np.zeros(size)
    for visit in range(count):
        kept = 0
        for other in range(count):
            if other == visit:
                continue
            distance = CROSS_TIME * abs(middle[other] - middle[visit])
            for mode in range(len(modes)):
                distance += modes[mode] * travel[mode, place[visit], place[other]]
            if kept == size and distance >= far[size - 1]:
                continue
            k = min(kept, size - 1)
            while k > 0 and far[k - 1] > distance:
                far[k], found[visit, k] = far[k - 1], found[visit, k - 1]
                k -= 1
            far[k], found[visit, k] = distance, other
            kept = min(kept + 1, size)


@entry
def _choices(
    may: Any, cost: Any, travel: Any, leg: Any, duties: Any, own: Any, shifts: Any, found: Any, counts: Any
) -> None:
    """Fill in each row of `found` (own duties, N), as far as `counts` says."""
    able = np.zeros(len(shifts), np.int64)
    price = np.zeros(len(shifts), np.int64)
    for row in range(len(own)):
        duty = duties[own[row]]
        count = 0
        for s in range(len(shifts)):
            shift = shifts[s]
            if not may[own[row], shift.helper]:
                continue
            there = travel[shift.mode, shift.start_place, duty.place]
            home = travel[shift.mode, duty.place, shift.end_place]
            start = max(shift.start + there, duty.opens)
            if start <= duty.closes and start + duty.duration + home <= shift.limit:
                able[count] = s
                price[count] = leg * (there + home) + cost[duty.visit, shift.helper]
                count += 1
        order = np.argsort(price[:count], kind="mergesort")
        counts[row] = min(count, found.shape[1])
        for k in range(counts[row]):
            found[row, k] = able[order[k]]
