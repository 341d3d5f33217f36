"""Company: nobody is two of a visit's people, so whoever comes, comes with others.

An LP may let two people come to one visit each for half a window: one at nine, the other at ten. So per helper and
gathering (a visit for several people, in one of its windows where they choose) there is a row: the days on which this
helper is there are no more than the share in which it takes place. It is the strong form of a linking row (as y <= z
for each customer in facility location, Cornuejols, Nemhauser and Wolsey 1990). Only rows that an LP's solution breaks
are ever made.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from solver.columns.net import Ints, Net

Floats = NDArray[np.float64]
BROKEN = 0.01
"""What a row must be broken by to be made."""
MOST_AT_ONCE = 200


class Company:
    """The gatherings of a net, and the rows made of them so far: line (L,), with the left group or the window (L,)."""

    def __init__(self, net: Net, group: Ints, group_count: int, window: Ints, asked: Ints) -> None:
        people = np.bincount(group, asked, group_count)
        visit = net.nodes["visit"]
        of_visit = np.bincount(visit, asked, int(visit.max(initial=-1)) + 1)
        gathers = (asked > 0) & ((window >= 0) | (of_visit[visit] > 1)) & (people[group] > 1)
        keys = np.where(window >= 0, window, -1 - visit)
        _, firsts, of_key = np.unique(keys[gathers], return_index=True, return_inverse=True)
        self.gathering = np.full(len(group), -1, np.int64)
        self.gathering[gathers] = of_key.reshape(-1)
        nodes = np.nonzero(gathers)[0][firsts]
        self.of_window, self.of_group = window[nodes], np.where(window[nodes] < 0, group[nodes], -1)
        self.row_of: dict[tuple[int, int], int] = {}
        self.line = self.left = self.window = np.zeros(0, np.int64)
        self.keys = self.rows = np.zeros(0, np.int64)

    def _key(self, helper: Ints, gathering: Ints) -> Ints:
        return helper * max(1, len(self.of_window)) + gathering

    def add(self, helper: Ints, gathering: Ints, first: int) -> None:
        """Rows from number `first` on."""
        line = first + np.arange(len(helper))
        self.line = np.concatenate([self.line, line])
        self.left = np.concatenate([self.left, self.of_group[gathering]])
        self.window = np.concatenate([self.window, self.of_window[gathering]])
        keys = np.concatenate([self.keys, self._key(helper, gathering)])
        order = np.argsort(keys)
        self.keys, self.rows = keys[order], np.concatenate([self.rows, line])[order]

    def most(self, gathering: Ints) -> Floats:
        """The right sides: leaving counts as one, a window as minus one."""
        return np.where(self.of_window[gathering] >= 0, 0.0, 1.0)

    def row(self, helper: Ints, node: Ints) -> Ints:
        """The row of each (helper, node), or -1."""
        gathering = self.gathering[node]
        key = self._key(helper, gathering)
        at = np.minimum(np.searchsorted(self.keys, key), len(self.keys) - 1)
        found: Ints = np.where((gathering >= 0) & (self.keys[at] == key), self.rows[at], -1)
        return found

    def room(self, left: Mapping[int, float], windows: Sequence[float]) -> Floats:
        """How much of each gathering there is for anybody, given the shares of what is left and of windows."""
        both = zip(self.of_group.tolist(), self.of_window.tolist(), strict=True)
        return np.array([windows[window] if window >= 0 else 1.0 - left[group] for group, window in both])

    def broken(self, helper: Ints, node: Ints, share: Floats, room: Floats) -> tuple[Ints, Ints]:
        """The (helper, gathering) that are broken most, given who is where with which share."""
        inside = self.gathering[node] >= 0
        keys, of_key = np.unique(self._key(helper, self.gathering[node])[inside], return_inverse=True)
        much = np.bincount(of_key.reshape(-1), share[inside], len(keys)) - room[keys % max(1, len(room))]
        chosen = np.argsort(-much, kind="stable")[:MOST_AT_ONCE]
        chosen = chosen[much[chosen] > BROKEN]
        found = keys[chosen]
        return found // max(1, len(room)), found % max(1, len(room))
