"""What labels remember of the visits that they made: ng-routes that learn (Roberti and Mingozzi 2014).

At first a label at a stop remembers the nearest visits only. Where the cheapest day comes back to a visit, the stops
between remember that visit from then on, which forbids just this round trip; so memory grows where it tells.
"""

from typing import Any

import numpy as np

from solver.columns.net import Ints, Net
from solver.search.memory import entry, kernel

FIRST_MEMORY = 8
"""Near visits that labels remember at first."""
LEARNT, NEAREST, OWN = 0, 1, 2
"""How much is remembered: all that was learnt; what was at first; only the visit where one is."""


class Recall:
    """Per stay a mask of its shift's visits, `words` (S,) wide, from `first` (S + 1,) on; `bit` (E,) is its own.

    `grown` (S,): it remembers more by now; `crowded` (S,): it has so many labels that it is priced in haste.
    """

    def __init__(self, net: Net) -> None:
        sizes = np.diff(net.first_stay)
        self.words: Ints = (sizes + 63) // 64
        self.first: Ints = np.concatenate([[0], np.cumsum(sizes * self.words)]).astype(np.int64)
        self.bit = np.zeros(len(net.stays), np.int64)
        self.nearest = np.zeros(int(self.first[-1]), np.uint64)
        self.grown = np.zeros(len(sizes), np.bool_)
        self.crowded = np.zeros(len(sizes), np.bool_)
        scratch = np.full(net.day.record["visit_count"], -1, np.int64)
        visit = np.ascontiguousarray(net.nodes["visit"][net.stays["node"]])
        _begin(net.first_stay, visit, net.day["near"], self.words, self.first, self.bit, self.nearest, scratch)
        self.learnt = self.nearest.copy()


@entry
def _begin(
    first_stay: Any, visit: Any, near: Any, words: Any, first: Any, bit: Any, nearest: Any, scratch: Any
) -> None:
    """Number the visits of each shift; every stay remembers the nearest of them."""
    for s in range(len(words)):
        begin, end = first_stay[s], first_stay[s + 1]
        for e in range(begin, end):
            if scratch[visit[e]] < 0:
                scratch[visit[e]] = e - begin
            bit[e] = scratch[visit[e]]
        for e in range(begin, end):
            at = first[s] + (e - begin) * words[s]
            _set(nearest, at, bit[e])
            kept = 0
            for i in range(near.shape[1]):
                if kept == FIRST_MEMORY:
                    break
                other = scratch[near[visit[e], i]]
                if other >= 0:
                    _set(nearest, at, other)
                    kept += 1
        for e in range(begin, end):
            scratch[visit[e]] = -1


@kernel
def _set(words: Any, at: Any, bit: Any) -> None:
    words[at + (bit >> 6)] |= np.uint64(1) << np.uint64(bit & 63)


@kernel
def recall(some: Any, begin: Any, source: Any, first: Any, words: Any, is_own: Any, remembered: Any) -> None:
    """Per stop the mask of visits that a label there still remembers."""
    for j in range(len(some)):
        at = first + (some[j].stay - begin) * words
        for word in range(words):
            remembered[j, word] = np.uint64(0) if is_own else source[at + word]
        remembered[j, some[j].bit >> 6] |= np.uint64(1) << np.uint64(some[j].bit & 63)


@kernel
def learn(row: Any, count: Any, bit: Any, begin: Any, learnt: Any, first: Any, words: Any) -> Any:
    """Let the stops between two stays at one visit remember it; whether the day comes back to any."""
    comes_back = False
    for j in range(count):
        for i in range(j):
            if bit[row[i]] == bit[row[j]]:
                comes_back = True
                for k in range(i + 1, j):
                    _set(learnt, first + (row[k] - begin) * words, bit[row[j]])
    return comes_back


@kernel
def forget(learnt: Any, nearest: Any, first: Any, end: Any) -> None:
    """Remember what was at first."""
    for at in range(first, end):
        learnt[at] = nearest[at]
