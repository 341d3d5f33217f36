"""The pool: every day of a shift that the search has kept, each once, in bounded memory."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from solver.search.day import duty_of
from solver.search.memory import Frame, kernel
from solver.search.state import cells_of, column_of, column_stop, hash_of, load_of, stop_of


@dataclass(frozen=True, slots=True)
class Column:
    """One day of one shift: duties in order with their starts, the points of the shift alone, what the roster looks at.

    Starts matter where duties are coupled; the search finds all others anew.
    """

    shift: int
    duties: tuple[int, ...]
    starts: tuple[int, ...]
    points: int
    tardy: int
    wait: int
    idle: int
    work: int


def newest(state: Frame, most: int) -> Iterator[Column]:
    """The last columns that the pool took, the newest first."""
    count = int(state["cells"]["columns"][0])
    if not count:
        return
    table = state["columns"][max(0, count - most) : count]
    ends = table["end"].tolist()
    first = int(state["columns"][count - most - 1]["end"]) if count > most else 0
    starts = [first, *ends[:-1]]
    stops = state["column_stops"]
    names = ("shift", "points", "tardy", "wait", "idle", "work")
    fields = zip(*(table[name].tolist() for name in names), strict=True)
    for begin, end, row in reversed(list(zip(starts, ends, fields, strict=True))):
        some = stops[begin:end]
        shift, points, tardy, wait, idle, work = row
        yield Column(
            shift, tuple(some["duty"].tolist()), tuple(some["start"].tolist()), points, tardy, wait, idle, work
        )


def used(state: Frame) -> Iterator[Column]:
    """The days of the best plan."""
    loads = state["best_loads"]
    for shift in loads["count"].nonzero()[0].tolist():
        load = loads[shift]
        row = state["best_stops"][shift, 1 : int(load["count"]) + 1]
        points, tardy, wait, idle, work = (int(load[name]) for name in ("cost", "tardy", "wait", "idle", "work"))
        yield Column(shift, tuple(row["duty"].tolist()), tuple(row["start"].tolist()), points, tardy, wait, idle, work)


def make_room(state: Frame) -> None:
    """When the pool is nearly full, let go of its older half; what comes again after that is taken again."""
    cells, table, stops = state["cells"], state["columns"], state["column_stops"]
    count = int(cells["columns"][0])
    filled = int(table[count - 1]["end"]) if count else 0
    if count < 0.9 * (len(table) - 1) and filled < 0.9 * len(stops):
        return
    half = count // 2
    first = int(table[half - 1]["end"])
    table[: count - half] = table[half:count].copy()
    table["end"][: count - half] -= first
    stops[: filled - first] = stops[first:filled].copy()
    cells["columns"] = count - half
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
    column.tardy = load.tardy
    column.wait = load.wait
    column.idle = load.idle
    column.work = load.work
    for k in range(load.count):
        stop = column_stop(state, first + k)
        stop.duty = stop_of(state, s, k + 1).duty
        stop.start = stop_of(state, s, k + 1).start
    cells.columns += 1


@kernel
def _is_new(day: Any, state: Any, s: Any, count: Any) -> Any:
    """Look the day up by its duties and the starts of the coupled ones; note it."""
    mixed = np.uint64(s + 1) * np.uint64(0x9E3779B97F4A7C15)
    for k in range(1, count + 1):
        duty = duty_of(day, stop_of(state, s, k).duty)
        mixed = (mixed ^ np.uint64(duty.twin + 1)) * np.uint64(0x100000001B3)
        mixed ^= mixed >> np.uint64(29)
        if duty.coupled:
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
