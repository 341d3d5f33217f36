"""The pool: every day of a shift that the search has kept, each once, in bounded memory."""

from typing import Any

import numpy as np

from solver.search.day import duty_of
from solver.search.memory import Frame, kernel
from solver.search.state import cells_of, column_of, column_stop, hash_of, load_of, stop_of


def forget(state: Frame) -> None:
    """Empty the pool."""
    state["cells"]["columns"] = 0
    state["hashes"]["value"] = 0


@kernel
def record(day: Any, state: Any, s: Any) -> None:
    """Add what the shift does now, unless it is known or there is no room."""
    cells = cells_of(state, 0)
    load = load_of(state, s)
    first = column_of(state, cells.columns - 1).end if cells.columns else 0
    if load.count == 0 or cells.columns == state.most_columns or first + load.count > state.most_column_stops:
        return
    if not _is_new(day, state, s, load.count):
        return
    column = column_of(state, cells.columns)
    column.shift = s
    column.points = load.cost
    column.end = first + load.count
    for k in range(load.count):
        stop = column_stop(state, first + k)
        stop.duty = stop_of(state, s, k + 1).duty
        stop.start = stop_of(state, s, k + 1).start
    cells.columns += 1


@kernel
def _is_new(day: Any, state: Any, s: Any, count: Any) -> Any:
    """Look the day up by its duties, and by the starts of coupled ones where times cost; note it."""
    mixed = np.uint64(s + 1) * np.uint64(0x9E3779B97F4A7C15)
    for k in range(1, count + 1):
        duty = duty_of(day, stop_of(state, s, k).duty)
        mixed = (mixed ^ np.uint64(duty.twin + 1)) * np.uint64(0x100000001B3)
        mixed ^= mixed >> np.uint64(29)
        if duty.coupled and day.timed:
            mixed = (mixed ^ np.uint64(stop_of(state, s, k).start + 1)) * np.uint64(0x100000001B3)
            mixed ^= mixed >> np.uint64(31)
    mask = state.hash_count - 1
    place = np.int64(mixed & np.uint64(mask))
    while hash_of(state, place).value != 0 and hash_of(state, place).value != mixed:
        place = (place + 1) & mask
    if hash_of(state, place).value == mixed:
        return False
    hash_of(state, place).value = mixed
    return True
