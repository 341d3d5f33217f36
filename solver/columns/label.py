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

from solver.columns.net import Ints, Net, first_start
from solver.columns.recall import LEARNT, NEAREST, OWN, Recall, forget, learn, recall
from solver.columns.stops import STOP, prepare
from solver.problem import MOST_TICKS
from solver.search.day import NEVER, helper_of, shift_of
from solver.search.memory import entry, kernel
from solver.search.schedule import rested_at

SCALE = 256
MANY_LABELS, UTMOST_LABELS = 2_000, 8_000
"""A shift that made more is not asked to remember more."""
STONES, EXACT, SOBER = 0, 1, 2
"""Degrees of pricing: stops that gain, and within a circle those that may be stepped on on the way to one; every stop
that may be worth it, so that it proves something; and again with more memory where the cheapest day comes back."""
MOST_LABELS = 12_000
"""Per shift; where more are needed, labels remember less, and at last a cruder bound is told."""
BUCKETS = 256
"""Stretches of a shift by which labels are taken in order of time: what is dominated is seldom extended."""
MOST_STOPS = 2_000
"""Of a shift; where there are more, the crudest bound is told."""
CHUNK = 4
"""Shifts between two looks at the clock."""
LONGEST = 64
"""Visits in a day beyond which none is looked for; the bound stays one where no day could hold more."""
NONE = np.iinfo(np.int64).min // 4
"""The reward of a stay that may not be used."""

_LABEL = np.dtype(
    [(name, "i4") for name in ("stop", "parent", "next", "dead", "visits", "rested", "later", "unused")]
    + [(name, "i8") for name in ("time", "cost", "service")],
    align=True,
)


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
            np.zeros(MOST_LABELS, _LABEL),
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
            *(recall.bit, recall.words, recall.first, recall.nearest, recall.learnt, recall.grown),
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
        highest = np.maximum(0, mine).sum()
        count = _gather(stops, mine, stays, first_stay[s], degree >= EXACT or shift.circle < MOST_TICKS)
        if count > len(stops) and degree < EXACT:
            count = _gather(stops, mine, stays, first_stay[s], False)
        best[s] = -highest
        length[s, :] = 0
        if highest == 0 or count > len(stops):
            continue
        some = stops[:count]
        begin, first, wide = first_stay[s], first_word[s], words[s]
        prepare(shift, some, stays, nodes, travel[shift.mode], bit, legs)
        many = UTMOST_LABELS if degree == SOBER else MANY_LABELS
        level = LEARNT
        while True:
            recall(some, begin, learnt if level == LEARNT else nearest, first, wide, level == OWN, remembered)
            made = _label(day, shift, some, windows, legs, remembered, wide, labels, masks, MOST_LABELS)
            best[s] = 0
            length[s, :] = 0
            _collect(day, shift, some, labels, travel[shift.mode], best[s : s + 1], cost[s], length[s], found[s])
            if made == MOST_LABELS and level < OWN:
                level = NEAREST if grown[s] and level == LEARNT else OWN
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
        if made == MOST_LABELS:
            best[s] = min(best[s], -highest)


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


@kernel
def _set(masks: Any, row: Any, bit: Any) -> None:
    masks[row, bit >> 6] |= np.uint64(1) << np.uint64(bit & 63)


@kernel
def _holds(masks: Any, row: Any, bit: Any) -> Any:
    return (masks[row, bit >> 6] >> np.uint64(bit & 63)) & np.uint64(1)


@kernel
def _label(
    day: Any,
    shift: Any,
    some: Any,
    windows: Any,
    legs: Any,
    remembered: Any,
    words: Any,
    labels: Any,
    masks: Any,
    most: Any,
) -> Any:
    """Extend labels, the soonest first, until none is left or `most` are made; returns how many are made."""
    count = len(some)
    helper = helper_of(day, shift.helper)
    by_visits = helper.most_visits < count
    by_service = helper.most_work < shift.limit - shift.start
    most_visits = min(helper.most_visits, LONGEST)
    buckets = np.empty(BUCKETS, np.int64)
    for j in range(count):
        some[j].head = -1
    root = labels[0]
    root.stop, root.parent, root.next, root.dead, root.visits, root.rested = -1, -1, -1, 0, 0, 0
    root.time, root.cost, root.service = shift.start, 0, 0
    for word in range(words):
        masks[0, word] = np.uint64(0)
    made = 1
    width = (shift.limit - shift.start) // BUCKETS + 1
    buckets[:] = -1
    buckets[0] = 0
    root.later = -1
    turn = 0
    while turn < BUCKETS and made < most - 2 * count:
        now = buckets[turn]
        if now < 0:
            turn += 1
            continue
        label = labels[now]
        buckets[turn] = label.later
        now += 1
        if label.dead:
            continue
        if label.visits >= most_visits:
            if most_visits < helper.most_visits:
                return most
            continue
        for j in range(_first(some, label.time), count):
            stop = some[j]
            leg = legs[label.stop + 1, j]
            if leg < 0 or _holds(masks, now - 1, stop.bit):
                continue
            service = label.service + stop.duration
            if by_service and service > helper.most_work:
                continue
            for rested in range(label.rested, 2 if shift.rests else label.rested + 1):
                t = label.time if rested == label.rested else rested_at(shift, label.time)
                if t == NEVER:
                    break
                start = first_start(stop, windows, t + leg)
                if start > stop.latest:
                    break
                new = labels[made]
                new.stop, new.parent, new.dead = j, now - 1, 0
                new.visits, new.rested, new.service = label.visits + 1, rested, service
                new.time = start + stop.duration
                new.cost = label.cost - stop.reward + SCALE * day.leg_rate * leg
                if start > stop.due:
                    new.cost += SCALE * day.tardy_rate * (start - stop.due)
                for word in range(words):
                    masks[made, word] = masks[now - 1, word] & remembered[j, word]
                _set(masks, made, stop.bit)
                if _survives(stop, labels, masks, words, made, by_visits, by_service):
                    new.next = stop.head
                    stop.head = made
                    into = (new.time - shift.start) // width
                    new.later = buckets[into]
                    buckets[into] = made
                    made += 1
    return most if turn < BUCKETS else made


@kernel
def _first(some: Any, t: Any) -> Any:
    """The first stop that may still start at `t`."""
    low = 0
    high = len(some)
    while low < high:
        middle = (low + high) // 2
        if some[middle].latest < t:
            low = middle + 1
        else:
            high = middle
    return low


@kernel
def _survives(stop: Any, labels: Any, masks: Any, words: Any, new: Any, by_visits: Any, by_service: Any) -> Any:
    """No label at the stop dominates the new one; those that it dominates die, the dead leave the list."""
    one = labels[new]
    at = stop.head
    before = -1
    while at >= 0:
        other = labels[at]
        following = other.next
        if other.time <= one.time and other.cost <= one.cost:
            if _dominates(other, at, one, new, masks, words, by_visits, by_service):
                return False
        elif (
            other.time >= one.time
            and other.cost >= one.cost
            and _dominates(one, new, other, at, masks, words, by_visits, by_service)
        ):
            other.dead = 1
            if before < 0:
                stop.head = following
            else:
                labels[before].next = following
            at = following
            continue
        before = at
        at = following
    return True


@kernel
def _dominates(
    one: Any, first: Any, other: Any, second: Any, masks: Any, words: Any, by_visits: Any, by_service: Any
) -> Any:
    """Apart from time and cost: rested as well, no more visits or service where they are limited, no more memory."""
    if one.rested < other.rested:
        return False
    if (by_visits and one.visits > other.visits) or (by_service and one.service > other.service):
        return False
    fewer = True
    for word in range(words):
        if masks[first, word] & ~masks[second, word]:
            fewer = False
    return fewer


@kernel
def _collect(
    day: Any,
    shift: Any,
    some: Any,
    labels: Any,
    travel: Any,
    best: Any,
    cost: Any,
    length: Any,
    found: Any,
) -> None:
    """The cheapest whole days that gain, at most one per last stop."""
    kept = 0
    keep = len(cost)
    for j in range(len(some)):
        back = travel[some[j].place, shift.end_place]
        least = 0
        last = -1
        at = some[j].head
        while at >= 0:
            points = _whole(day, shift, labels[at], back)
            if points < least:
                least = points
                last = at
            at = labels[at].next
        if last < 0 or (kept == keep and least >= cost[keep - 1]):
            continue
        k = min(kept, keep - 1)
        while k > 0 and cost[k - 1] > least:
            cost[k] = cost[k - 1]
            length[k] = length[k - 1]
            k -= 1
        cost[k] = least
        length[k] = last
        kept = min(kept + 1, keep)
    if kept:
        best[0] = cost[0]
    for k in range(kept):
        at = length[k]
        length[k] = labels[at].visits
        while at > 0:
            found[k, labels[at].visits - 1] = some[labels[at].stop].stay
            at = labels[at].parent


@kernel
def _whole(day: Any, shift: Any, label: Any, back: Any) -> Any:
    """The cost of the label with the way back, extra time and a missed rest; 0 if it cannot be."""
    returned = label.time + back
    if returned > shift.limit:
        return 0
    points = label.cost + SCALE * (day.leg_rate * back + day.extra_rate * max(0, returned - shift.end))
    if shift.rests and not label.rested and rested_at(shift, returned) == NEVER:
        if day.rest_rate < 0:
            return 0
        points += SCALE * day.rest_rate
    return points
