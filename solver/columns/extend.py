"""Labels of one shift: partial days, extended stop by stop in order of time, and the cheapest whole ones.

A label is where a partial day ends, when its service is over, what it costs so far and what it remembers. It dominates
another at the same stop that is no sooner, no cheaper and remembers no less (see `solver.columns.label`).
"""

from typing import Any

import numpy as np

from solver.columns.net import first_start
from solver.columns.recall import OWN
from solver.search.day import NEVER, helper_of
from solver.search.memory import kernel
from solver.search.schedule import rested_at

SCALE = 256
LONGEST = 64
"""Visits in a day beyond which none is looked for; the bound stays one where no day could hold more."""
BUCKETS = 256
"""Stretches of a shift by which labels are taken in order of time: what is dominated is seldom extended."""
HASTY, LOOSE = OWN + 1, OWN + 2
"""Levels beyond those of memory: limits are compared no more; there are none."""
MOMENTS = 32
"""Of a shift, that are told apart where haste is."""
LABEL = np.dtype(
    [(name, "i4") for name in ("stop", "parent", "next", "dead", "visits", "rested", "later", "unused")]
    + [(name, "i8") for name in ("time", "cost", "service")],
    align=True,
)


@kernel
def extend(
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
    level: Any,
) -> Any:
    """Extend labels, the soonest first, until none is left or `most` are made; returns how many are made."""
    count = len(some)
    helper = helper_of(day, shift.helper)
    limit = LONGEST if level == LOOSE else min(helper.most_visits, LONGEST)
    by_service = level < LOOSE and helper.most_work < shift.limit - shift.start
    compares_visits = level < HASTY and helper.most_visits < count
    compares_service = level < HASTY and by_service
    slack = (shift.limit - shift.start) // MOMENTS if level == HASTY else 0
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
        if label.visits >= limit:
            if limit < helper.most_visits:
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
                if _survives(stop, labels, masks, words, made, slack, compares_visits, compares_service):
                    new.next = stop.head
                    stop.head = made
                    into = (new.time - shift.start) // width
                    new.later = buckets[into]
                    buckets[into] = made
                    made += 1
    return most if turn < BUCKETS else made


@kernel
def _set(masks: Any, row: Any, bit: Any) -> None:
    masks[row, bit >> 6] |= np.uint64(1) << np.uint64(bit & 63)


@kernel
def _holds(masks: Any, row: Any, bit: Any) -> Any:
    return (masks[row, bit >> 6] >> np.uint64(bit & 63)) & np.uint64(1)


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
def _survives(
    stop: Any, labels: Any, masks: Any, words: Any, new: Any, slack: Any, by_visits: Any, by_service: Any
) -> Any:
    """No label at the stop dominates the new one; those that it dominates die, the dead leave the list.

    Who is later by no more than `slack` is not later.
    """
    one = labels[new]
    at = stop.head
    before = -1
    while at >= 0:
        other = labels[at]
        following = other.next
        if other.time <= one.time + slack and other.cost <= one.cost:
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
def collect(
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
