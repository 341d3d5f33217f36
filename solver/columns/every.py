"""Every day that a better plan could hold, if there are not too many: what is chosen among them is the best there is.

A plan below a number of points holds no day whose reduced cost is above what those points leave beyond the bound, so
all others may be forgotten (Baldacci, Christofides and Mingozzi 2008). Days grow visit by visit; one is given up as
soon as even the cheapest end that it could have, with as much memory as pricing has, is too dear. Of several orders of
the same visits that end alike only those are kept that are sooner or cheaper than the others.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from solver.columns.extend import LONGEST, SCALE
from solver.columns.label import NONE, Pricer
from solver.columns.net import Ints, first_start, last_start
from solver.columns.recall import recall
from solver.columns.stops import STOP, prepare
from solver.search.day import helper_of, shift_of
from solver.search.memory import entry, kernel

MOST_ENDS, MOST_STARTS = 20_000, 60_000
"""Labels per shift beyond which there are too many days."""
CHUNK = 8
"""Shifts between two looks at the clock."""
TABLE = 1 << 16

_END = np.dtype(
    [(name, "i4") for name in ("stop", "next", "dead", "later")] + [(name, "i8") for name in ("latest", "cost")],
    align=True,
)
_START = np.dtype(
    [(name, "i4") for name in ("stop", "parent", "next", "dead", "visits", "unused")]
    + [(name, "i8") for name in ("time", "cost", "service")],
    align=True,
)


def every(pricer: Pricer, reward: Ints, limit: Ints, most: int) -> list[tuple[int, list[int]]] | None:
    """(shift, stays) of all days that cost at most their shift's `limit` (S,), in SCALE-ths at these rewards.

    None where there are more than `most`, too many to look at, or where time is over. Knows no rests.
    """
    net, memory = pricer.net, pricer.recall
    words = (pricer.width + 63) // 64
    scratch = (
        np.zeros(pricer.width, STOP),
        np.zeros(MOST_ENDS, _END),
        np.zeros((MOST_ENDS, words), np.uint64),
        np.zeros(MOST_STARTS, _START),
        np.zeros((MOST_STARTS, 2, words), np.uint64),
        np.zeros((pricer.width, words), np.uint64),
        np.zeros((pricer.width + 1, pricer.width), np.int32),
        np.zeros(TABLE, np.int32),
    )
    found: NDArray[np.int32] = np.zeros((most, LONGEST + 2), np.int32)
    day = net.day
    shifts = np.nonzero(np.diff(net.first_stay) > 0)[0]
    count = 0
    for first in range(0, len(shifts), CHUNK):
        if pricer.is_over():
            return None
        part = shifts[first : first + CHUNK]
        count = _every(
            *(day.record, part, net.first_stay, net.stays, net.nodes, day["windows"], day["travel"]),
            *(memory.bit, memory.words, memory.first, memory.learnt, reward, limit, *scratch, found, count),
        )
        if count < 0:
            return None
    return [(int(row[0]), row[2 : 2 + row[1]].tolist()) for row in found[:count]]


@entry
def _every(
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
    learnt: Any,
    reward: Any,
    limit: Any,
    stops: Any,
    ends: Any,
    end_masks: Any,
    starts: Any,
    masks: Any,
    remembered: Any,
    legs: Any,
    table: Any,
    found: Any,
    count: Any,
) -> Any:
    """The days of each shift of the part behind the `count` found so far; how many there are then, -1: too many."""
    for s in part:
        shift = shift_of(day, s)
        size = 0
        for e in range(first_stay[s], first_stay[s + 1]):
            if reward[e] > NONE:
                stops[size].stay = e
                stops[size].reward = reward[e]
                size += 1
        some = stops[:size]
        wide = words[s]
        prepare(shift, some, stays, nodes, travel[shift.mode], bit, legs)
        made = -1
        for is_own in (False, True):
            if made < 0:
                recall(some, first_stay[s], learnt, first_word[s], wide, is_own, remembered)
                mode = travel[shift.mode]
                made = _end(day, shift, some, stays, windows, mode, legs, remembered, wide, ends, end_masks)
        if made < 0:
            return -1
        first_end, order = _in_order(size, ends[:made])
        made = _start(
            *(day, shift, some, windows, legs, wide, limit[s], first_stay[s], first_end, order, ends, end_masks),
            *(starts, masks, table),
        )
        if made < 0:
            return -1
        count = _collect(day, shift, some, travel[shift.mode], limit[s], starts[:made], found, count, s)
        if count < 0:
            return -1
    return count


@kernel
def _end(
    day: Any,
    shift: Any,
    some: Any,
    stays: Any,
    windows: Any,
    travel: Any,
    legs: Any,
    remembered: Any,
    words: Any,
    ends: Any,
    masks: Any,
) -> Any:
    """Ends of days, backwards, with the memory of ng-routes: what comes after a stop that starts by `latest`."""
    size = len(some)
    made = 0
    for j in range(size):
        some[j].head = -1
    for j in range(size):
        back = travel[some[j].place, shift.end_place]
        latest = last_start(some[j], windows, shift.limit - back - some[j].duration)
        if latest >= 0:
            made = _add_end(some, j, latest, SCALE * day.leg_rate * back, -1, remembered, words, ends, masks, made)
    now = 0
    while now < made:
        end = ends[now]
        now += 1
        if end.dead:
            continue
        k = end.stop
        for j in range(size):
            leg = legs[j + 1, k]
            if leg < 0 or (masks[now - 1, some[j].bit >> 6] >> np.uint64(some[j].bit & 63)) & np.uint64(1):
                continue
            latest = last_start(some[j], windows, end.latest - leg - some[j].duration)
            if latest < stays[some[j].stay].soonest:
                continue
            cost = end.cost - some[k].reward + SCALE * day.leg_rate * leg
            made = _add_end(some, j, latest, cost, now - 1, remembered, words, ends, masks, made)
            if made == len(ends):
                return -1
    return made


@kernel
def _add_end(
    some: Any,
    j: Any,
    latest: Any,
    cost: Any,
    after: Any,
    remembered: Any,
    words: Any,
    ends: Any,
    masks: Any,
    made: Any,
) -> Any:
    """One more end at stop j unless another is as late, as cheap, and remembers no more; how many there are then."""
    for word in range(words):
        masks[made, word] = masks[after, word] & remembered[j, word] if after >= 0 else np.uint64(0)
    masks[made, some[j].bit >> 6] |= np.uint64(1) << np.uint64(some[j].bit & 63)
    at, before = some[j].head, -1
    while at >= 0:
        other = ends[at]
        following = other.next
        if other.latest >= latest and other.cost <= cost and _is_within(masks[at], masks[made], words):
            return made
        if other.latest <= latest and other.cost >= cost and _is_within(masks[made], masks[at], words):
            other.dead = 1
            if before < 0:
                some[j].head = following
            else:
                ends[before].next = following
        else:
            before = at
        at = following
    end = ends[made]
    end.stop, end.dead, end.latest, end.cost, end.next = j, 0, latest, cost, some[j].head
    some[j].head = made
    return made + 1


@kernel
def _is_within(one: Any, other: Any, words: Any) -> Any:
    more = np.uint64(0)
    for word in range(words):
        more |= one[word] & ~other[word]
    return more == 0


@kernel
def _in_order(size: Any, ends: Any) -> Any:
    """The living ends of each stop, the cheapest first: where they begin (size + 1,), and their numbers."""
    first = np.zeros(size + 1, np.int64)
    alive = np.zeros(len(ends), np.int64)
    count = 0
    cost = np.zeros(len(ends), np.int64)
    for at in range(len(ends)):
        if not ends[at].dead:
            alive[count], cost[count] = at, ends[at].cost
            count += 1
            first[ends[at].stop + 1] += 1
    for j in range(size):
        first[j + 1] += first[j]
    place = first[:-1].copy()
    order = np.zeros(count, np.int64)
    by_cost = np.argsort(cost[:count])
    for i in range(count):
        at = alive[by_cost[i]]
        order[place[ends[at].stop]] = at
        place[ends[at].stop] += 1
    return first, order


@kernel
def _start(
    day: Any,
    shift: Any,
    some: Any,
    windows: Any,
    legs: Any,
    words: Any,
    limit: Any,
    begin: Any,
    first_end: Any,
    order: Any,
    ends: Any,
    end_masks: Any,
    starts: Any,
    masks: Any,
    table: Any,
) -> Any:
    """Starts of days that some end makes cheap enough, those of fewer visits first; masks: visits, and stays."""
    helper = helper_of(day, shift.helper)
    most_visits = min(helper.most_visits, LONGEST)
    table[:] = -1
    root = starts[0]
    root.stop, root.parent, root.dead, root.visits, root.time, root.cost, root.service = -1, -1, 0, 0, shift.start, 0, 0
    masks[0] = np.uint64(0)
    made = 1
    now = 0
    while now < made:
        label = starts[now]
        now += 1
        if label.dead:
            continue
        for j in range(len(some)):
            stop = some[j]
            leg = legs[label.stop + 1, j]
            if leg < 0 or (masks[now - 1, 0, stop.bit >> 6] >> np.uint64(stop.bit & 63)) & np.uint64(1):
                continue
            moment = first_start(stop, windows, label.time + leg)
            if moment > stop.latest or label.service + stop.duration > helper.most_work:
                continue
            cost = label.cost - stop.reward + SCALE * day.leg_rate * leg
            mine_ends = order[first_end[j] : first_end[j + 1]]
            if not _ends_well(limit - cost, moment, masks[now - 1, 0], words, mine_ends, ends, end_masks):
                continue
            if label.visits == most_visits:
                if most_visits < helper.most_visits:
                    return -1
                continue
            if made == len(starts):
                return -1
            new = starts[made]
            new.stop, new.parent, new.dead, new.visits = j, now - 1, 0, label.visits + 1
            new.time, new.cost, new.service = moment + stop.duration, cost, label.service + stop.duration
            masks[made] = masks[now - 1]
            stay = stop.stay - begin
            masks[made, 0, stop.bit >> 6] |= np.uint64(1) << np.uint64(stop.bit & 63)
            masks[made, 1, stay >> 6] |= np.uint64(1) << np.uint64(stay & 63)
            made += _is_new(starts, masks, words, made, table)
    return made


@kernel
def _ends_well(room: Any, moment: Any, made: Any, words: Any, order: Any, ends: Any, end_masks: Any) -> Any:
    """Some end from this moment on costs no more than `room` and comes back to nothing that was made."""
    for at in order:
        if ends[at].cost > room:
            return False
        if ends[at].latest < moment:
            continue
        both = np.uint64(0)
        for word in range(words):
            both |= end_masks[at, word] & made[word]
        if both == 0:
            return True
    return False


@kernel
def _is_new(starts: Any, masks: Any, words: Any, new: Any, table: Any) -> Any:
    """1 unless the same visits with the same last one are made as soon and as cheaply; those that are worse die."""
    one = starts[new]
    hashed = np.uint64(one.stop + 1)
    for word in range(words):
        hashed = (hashed ^ masks[new, 1, word]) * np.uint64(0x9E3779B97F4A7C15)
        hashed ^= hashed >> np.uint64(29)
    slot = np.int64(hashed & np.uint64(len(table) - 1))
    at = table[slot]
    while at >= 0:
        other = starts[at]
        if not other.dead and other.stop == one.stop and _is_same(masks[at, 1], masks[new, 1], words):
            if other.time <= one.time and other.cost <= one.cost:
                return 0
            if other.time >= one.time and other.cost >= one.cost:
                other.dead = 1
        at = other.next
    one.next = table[slot]
    table[slot] = new
    return 1


@kernel
def _is_same(one: Any, other: Any, words: Any) -> Any:
    unlike = np.uint64(0)
    for word in range(words):
        unlike |= one[word] ^ other[word]
    return unlike == 0


@kernel
def _collect(
    day: Any, shift: Any, some: Any, travel: Any, limit: Any, starts: Any, found: Any, count: Any, s: Any
) -> Any:
    """Put the days that are cheap enough with their way back behind those found."""
    for number in range(1, len(starts)):
        label = starts[number]
        back = travel[some[label.stop].place, shift.end_place]
        if label.dead or label.time + back > shift.limit or label.cost + SCALE * day.leg_rate * back > limit:
            continue
        if count == len(found):
            return -1
        found[count, 0], found[count, 1] = s, label.visits
        at = number
        while at > 0:
            found[count, 1 + starts[at].visits] = some[starts[at].stop].stay
            at = starts[at].parent
        count += 1
    return count
