"""The cheapest days of a shift at given prices: labelling with dominance, in whole numbers.

A label is a partial day: where it ends, when its service is over, what it costs so far. It dominates another at the
same node that is no sooner, no cheaper and remembers no less. What labels remember of the visits they made is relaxed
to ng-routes (Baldacci, Mingozzi and Roberti 2011): a visit is forgotten on the way to one that is not near it, so a day
may come back to it; a shift whose best day does so remembers more the next time (`solver.columns.recall`). Every cost
that is left out (waiting, what all shifts share) is never negative, and every rule that is left out only forbids: the
minimum is a lower bound of the true one. Modelled exactly: windows, travel, circles, pair costs, most visits and most
work within the shift, extra time, the rest, tardiness of visits with one window.

Costs are in `SCALE`-ths of a point and int64: the bound is exact, no tolerance is needed anywhere.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from solver.columns.extend import HASTY, LABEL, LONGEST, LOOSE, SCALE, collect, extend
from solver.columns.net import Ints, Net
from solver.columns.recall import LEARNT, NEAREST, OWN, Recall, forget, learn, recall
from solver.columns.stops import STOP, prepare
from solver.problem import MOST_TICKS
from solver.search.day import helper_of, shift_of
from solver.search.memory import entry, kernel

MANY_LABELS, UTMOST_LABELS = 2_000, 8_000
"""A shift that made more is not asked to remember more."""
STONES, EXACT, SOBER = 0, 1, 2
"""Degrees of pricing: stops that gain, and within a circle those that may be stepped on on the way to one; every stop
that may be worth it, so that it proves something; and again with more memory where the cheapest day comes back."""
MOST_LABELS = 60_000
"""Per shift; where more are needed, labels remember less, then limits of a day are compared no more (so that gains tell
of good days, not of the best) or dropped (so that it proves something), and at last only what so many visits or
hours could earn is told."""
HASTY_LABELS = 12_000
"""The same where it need not prove anything; a shift that needs more is priced in haste from then on, until a proof
needs fewer."""
MOST_STOPS = 2_000
"""Of a shift; where there are more, the crudest bound is told."""
CHUNK = 4
"""Shifts between two looks at the clock."""
NONE = np.iinfo(np.int64).min // 4
"""The reward of a stay that may not be used."""


@dataclass(frozen=True, slots=True)
class Priced:
    """Per priced shift the least cost (at most 0: it may stay at home), and its cheapest days as rows of stays."""

    best: Ints  # (S,)
    cost: Ints  # (S, K)
    length: Ints  # (S, K) 0: no such day
    stays: NDArray[np.int32]  # (S, K, W)


class Pricer:
    """Prices shifts, with room for the labels of each thread."""

    def __init__(self, net: Net, threads: int, keep: int = 8) -> None:
        self.net, self.keep = net, keep
        sizes = np.diff(net.first_stay)
        self.width = max(1, int(sizes.max(initial=1)))
        self.recall = Recall(net)
        self.by_size = np.argsort(-sizes, kind="stable")
        self.rooms = [self._room() for _ in range(threads)]
        self.threads = ThreadPoolExecutor(threads)
        self.is_over: Callable[[], bool] = _never

    def _room(self) -> tuple[NDArray[Any], ...]:
        words, stops = (self.width + 63) // 64, min(self.width, MOST_STOPS)
        return (
            np.zeros(stops, STOP),
            np.zeros(MOST_LABELS, LABEL),
            np.zeros((MOST_LABELS, words), np.uint64),
            np.zeros((stops, words), np.uint64),
            np.zeros((stops + 1, stops), np.int32),
        )

    def price(self, reward: Ints, degree: int, shifts: Ints | None = None) -> Priced:
        """Price all shifts, or some. `reward` (E,) is what each stay earns, in SCALE-ths. Not a bound where STONES.

        Where time is over, the shifts that are left get the crudest bound: all that could be earned.
        """
        chosen = self.by_size if shifts is None else shifts
        count, longest = len(self.net.first_stay) - 1, self._longest()
        priced = Priced(
            -self.at_best(reward),
            np.zeros((count, self.keep), np.int64),
            np.zeros((count, self.keep), np.int64),
            np.zeros((count, self.keep, longest), np.int32),
        )
        parts = [np.ascontiguousarray(chosen[turn :: len(self.rooms)]) for turn in range(len(self.rooms))]
        runs = [
            self.threads.submit(self._part, part, reward, degree, room, priced)
            for part, room in zip(parts, self.rooms, strict=True)
        ]
        for run in runs:
            run.result()
        return priced

    def at_best(self, reward: Ints) -> Ints:
        """(S,) the sum of all gains of each shift."""
        total = np.concatenate([[0], np.cumsum(np.maximum(0, reward))])
        most: Ints = total[self.net.first_stay[1:]] - total[self.net.first_stay[:-1]]
        return most

    def close(self) -> None:
        """Let the threads go."""
        self.threads.shutdown()

    def _longest(self) -> int:
        return min(self.width, LONGEST)

    def _part(self, part: Ints, reward: Ints, degree: int, room: Any, priced: Priced) -> None:
        for first in range(0, len(part), CHUNK):
            if self.is_over():
                return
            some = part[first : first + CHUNK]
            self._price(some, reward, degree, room, priced)

    def _price(self, part: Ints, reward: Ints, degree: int, room: Any, priced: Priced) -> None:
        net, recall = self.net, self.recall
        day = net.day
        _price(
            *(day.record, part, net.first_stay, net.stays, net.nodes, day["windows"], day["travel"]),
            *(recall.bit, recall.words, recall.first, recall.nearest, recall.learnt, recall.grown, recall.crowded),
            *(reward, degree, *room),
            *(priced.best, priced.cost, priced.length, priced.stays),
        )


def _never() -> bool:
    return False


@entry
def _price(
    day: Any,
    part: Any,
    first_stay: Any,
    stays: Any,
    nodes: Any,
    windows: Any,
    travel: Any,
    bit: Any,
    words: Any,
    first_word: Any,
    nearest: Any,
    learnt: Any,
    grown: Any,
    crowded: Any,
    reward: Any,
    degree: Any,
    stops: Any,
    labels: Any,
    masks: Any,
    remembered: Any,
    legs: Any,
    best: Any,
    cost: Any,
    length: Any,
    found: Any,
) -> None:
    """Each shift of the part: its stops, its labels, its cheapest days."""
    for s in part:
        shift = shift_of(day, s)
        mine = reward[first_stay[s] : first_stay[s + 1]]
        is_worthless = not (mine > 0).any()
        count = _gather(stops, mine, stays, first_stay[s], degree >= EXACT or shift.circle < MOST_TICKS)
        if count > len(stops) and degree < EXACT:
            count = _gather(stops, mine, stays, first_stay[s], False)
        length[s, :] = 0
        if is_worthless or count > len(stops):
            best[s] = -_highest(day, shift, mine, stays, first_stay[s], nodes)
            continue
        some = stops[:count]
        begin, first, wide = first_stay[s], first_word[s], words[s]
        prepare(shift, some, stays, nodes, travel[shift.mode], bit, legs)
        many = UTMOST_LABELS if degree == SOBER else MANY_LABELS
        level = HASTY if degree == STONES and crowded[s] else LEARNT
        while True:
            most = HASTY_LABELS if degree == STONES and level < HASTY else MOST_LABELS
            recall(some, begin, learnt if level == LEARNT else nearest, first, wide, level >= OWN, remembered)
            made = extend(day, shift, some, windows, legs, remembered, wide, labels, masks, most, level)
            best[s] = 0
            length[s, :] = 0
            collect(day, shift, some, labels, travel[shift.mode], best[s : s + 1], cost[s], length[s], found[s])
            if made == most and level < HASTY:
                crowded[s] = True
                level = _next(level, grown[s], degree)
                continue
            if made >= many or level != LEARNT:
                break
            comes_back = learn(found[s, 0], length[s, 0], bit, begin, learnt, first, wide)
            grown[s] |= comes_back
            if not comes_back or degree != SOBER:
                break
        if level != LEARNT and degree >= EXACT:
            forget(learnt, nearest, first, first_word[s + 1])
            grown[s] = False
        if degree >= EXACT:
            crowded[s] = level != LEARNT or made >= HASTY_LABELS
        if level == LOOSE or made == most:
            crude = -_highest(day, shift, mine, stays, first_stay[s], nodes)
            best[s] = crude if made == most else max(best[s], crude)


@kernel
def _next(level: Any, has_grown: Any, degree: Any) -> Any:
    """What is tried after too many labels."""
    if level == LEARNT and has_grown:
        return NEAREST
    if degree == STONES:
        return HASTY
    return OWN if level < OWN else LOOSE


@kernel
def _highest(day: Any, shift: Any, reward: Any, stays: Any, first: Any, nodes: Any) -> Any:
    """The most that so many visits, and so much service as fits, could earn: the dearest visits, or the dearest
    minutes, where the last visit may be a part."""
    helper = helper_of(day, shift.helper)
    room = min(helper.most_work, shift.limit - shift.start)
    duration = np.empty(len(reward), np.int64)
    for i in range(len(reward)):
        duration[i] = nodes[stays[first + i].node].duration
    gain = np.maximum(0, reward)
    dearest = np.sort(gain)[::-1]
    by_visits = dearest[: max(0, helper.most_visits)].sum()
    by_service = 0
    for i in np.argsort(-gain / np.maximum(1, duration)):
        if duration[i] > room:
            by_service += gain[i] * room // duration[i] + 1
            break
        room -= duration[i]
        by_service += gain[i]
    return min(by_visits, by_service)


@kernel
def _gather(stops: Any, reward: Any, stays: Any, first: Any, has_stones: Any) -> Any:
    """Put the stays that may be worth a stop into `stops`, as far as they fit. How many there are."""
    count = 0
    for i in range(len(reward)):
        if reward[i] > 0 or (has_stones and reward[i] > NONE and reward[i] > SCALE * stays[first + i].passed):
            if count < len(stops):
                stops[count].stay = first + i
                stops[count].reward = reward[i]
            count += 1
    return count
