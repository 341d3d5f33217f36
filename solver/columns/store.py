"""The store of days: each once, with the exact points that the search would compute; prices over all at once.

A day is a row of nodes. Walking and pricing it is the search's own work, in a state of its own where every node is a
duty that hangs on no other.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from solver.columns.net import Ints, Net
from solver.search.day import duty_of, shift_of
from solver.search.memory import Frame, entry, kernel
from solver.search.pool import Column
from solver.search.price import price
from solver.search.schedule import walk
from solver.search.state import load_of, new_state, stop_of, tally_of

MEASURES = ("points", "tardy", "wait", "idle", "work")


class Store:
    """Days by number: shift, nodes, starts, points. `end[number]` is where the nodes of a day end."""

    def __init__(self, net: Net) -> None:
        self.net = net
        self.state = new_state(net.day, 0, 1)
        self.known: dict[tuple[int, ...], int] = {}
        self.shift = np.zeros(1024, np.int64)
        self.end = np.zeros(1025, np.int64)
        self.measures = np.zeros((1024, len(MEASURES)), np.int64)
        self.nodes = np.zeros(8192, np.int64)
        self.starts = np.zeros(8192, np.int64)
        self.count = 0

    def add(self, shift: Sequence[int], rows: Sequence[Sequence[int]]) -> list[int]:
        """Numbers of these days (rows of nodes), also of those known before; -1 where a day cannot be."""
        keys = [(one, *row) for one, row in zip(shift, rows, strict=True)]
        fresh = list(dict.fromkeys(key for key in keys if key not in self.known))
        if fresh:
            self._measure(fresh)
        return [self.known[key] for key in keys]

    def _measure(self, keys: list[tuple[int, ...]]) -> None:
        shifts = np.array([key[0] for key in keys], np.int64)
        ends = np.cumsum([len(key) - 1 for key in keys]).astype(np.int64)
        nodes = np.array([node for key in keys for node in key[1:]], np.int64)
        starts = np.zeros(len(nodes), np.int64)
        found = np.zeros((len(keys), len(MEASURES)), np.int64)
        can = np.zeros(len(keys), np.bool_)
        _measure(self.net.day.record, self.state.record, shifts, ends, nodes, starts, found, can)
        begin = 0
        for number, key in enumerate(keys):
            end = int(ends[number])
            self.known[key] = self._keep(key, starts[begin:end], found[number]) if can[number] else -1
            begin = end

    def _keep(self, key: tuple[int, ...], starts: Ints, measures: Ints) -> int:
        number, first = self.count, int(self.end[self.count])
        end = first + len(key) - 1
        if number == len(self.shift):
            self.shift, self.measures = _doubled(self.shift), _doubled(self.measures)
            self.end = np.append(self.end, np.zeros(number, np.int64))
        if end > len(self.nodes):
            self.nodes, self.starts = _doubled(self.nodes), _doubled(self.starts)
        self.shift[number], self.end[number + 1], self.measures[number] = key[0], end, measures
        self.nodes[first:end], self.starts[first:end] = key[1:], starts
        self.count += 1
        return number

    def row(self, number: int) -> Ints:
        """The nodes of a day."""
        return self.nodes[self.end[number] : self.end[number + 1]]

    def points(self) -> Ints:
        """(C,) points of every day's shift alone."""
        return self.measures[: self.count, 0]

    def sums(self, values: NDArray[Any]) -> NDArray[Any]:
        """(C,) per day the sum of `values`, which has one entry per node in the store's order."""
        total = np.concatenate([[0], np.cumsum(values[: self.end[self.count]])])
        return total[self.end[1 : self.count + 1]] - total[self.end[: self.count]]  # type: ignore[no-any-return]

    def columns(self, numbers: Iterable[int]) -> Iterator[Column]:
        """The days as the choice knows them."""
        duty = self.net.nodes["duty"]
        for number in numbers:
            where = slice(self.end[number], self.end[number + 1])
            duties, starts = duty[self.nodes[where]].tolist(), self.starts[where].tolist()
            yield Column(int(self.shift[number]), tuple(duties), tuple(starts), *self.measures[number].tolist())


def _doubled(array: NDArray[Any]) -> NDArray[Any]:
    return np.concatenate([array, np.zeros_like(array)])


class Reader:
    """From the search's days, which name duties and moments, to rows of nodes."""

    def __init__(self, net: Net, day: Frame) -> None:
        self.twin = day["duties"]["twin"].tolist()
        self.nodes: dict[int, list[tuple[int, int, int]]] = {}
        for number, node in enumerate(net.nodes):
            choices = self.nodes.setdefault(int(node["duty"]), [])
            choices.append((int(node["opens"]), int(node["closes"]), number))

    def row(self, column: Column) -> tuple[int, ...] | None:
        """The nodes of a day; None where one of its starts lies outside all nodes."""
        found = []
        for duty, start in zip(column.duties, column.starts, strict=True):
            fits = [node for opens, closes, node in self.nodes.get(self.twin[duty], ()) if opens <= start <= closes]
            if not fits:
                return None
            found.append(fits[0])
        return tuple(found)


@entry
def _measure(day: Any, state: Any, shifts: Any, ends: Any, nodes: Any, starts: Any, found: Any, can: Any) -> None:
    """Walk and price each day; the state is as empty afterwards as before."""
    first = 0
    for i in range(len(shifts)):
        s = shifts[i]
        load = load_of(state, s)
        count = ends[i] - first
        can[i] = False
        if count + 3 <= state.width:
            load.count = count
            for k in range(count + 2):
                if 0 < k <= count:
                    node = nodes[first + k - 1]
                    stop_of(state, s, k).duty = node
                    stop_of(state, s, k).place = duty_of(day, node).place
            stop_of(state, s, count + 1).duty = -1
            stop_of(state, s, count + 1).place = shift_of(day, s).end_place
            can[i] = walk(day, state, s) == 0 and _is_sober(day, nodes[first : ends[i]])
        if can[i]:
            found[i, 0] = price(day, state, s)
            found[i, 1], found[i, 2], found[i, 3], found[i, 4] = load.tardy, load.wait, load.idle, load.work
            for k in range(count):
                starts[first + k] = stop_of(state, s, k + 1).start
        tally_of(state, shift_of(day, s).helper).work = 0
        load.work = 0
        load.count = 0
        first = ends[i]


@kernel
def _is_sober(day: Any, row: Any) -> Any:
    """No visit is made twice."""
    for i in range(len(row)):
        for j in range(i):
            if duty_of(day, row[i]).visit == duty_of(day, row[j]).visit:
                return False
    return True
