"""Where a duty could go: the shifts worth looking at, and their cheapest places by what the shift itself tells.

What a place does to linked duties in other shifts is not seen here, so that where nothing gets cheaper by more visits
the points of a place are never more than what it costs in the end.
"""

from typing import Any

from solver.search.day import (
    NEVER,
    back_of,
    choice_of,
    duty_of,
    group_of,
    may_of,
    member_of,
    near_of,
    shift_of,
    travel_of,
    visit_group,
)
from solver.search.memory import copy, kernel
from solver.search.price import imbalance
from solver.search.ripple import UNSURE, push_alone
from solver.search.schedule import closing, hold, lateness, moved, opening, too_far
from solver.search.state import TOO_DEAR, cells_of, found_of, load_of, looked_of, place_of, spot_of, stop_of

FULL_SCAN = 160
"""A duty that more shifts may make looks at the cheapest of them, and at those that serve nearby already."""
HEAD = 90


@kernel
def gather(day: Any, state: Any, duty: Any) -> Any:
    """Write the shifts worth looking at into the list of shifts looked at; returns how many."""
    record = duty_of(day, duty)
    first, end = record.first_choice, record.end_choice
    if end - first <= FULL_SCAN:
        for i in range(first, end):
            looked_of(state, i - first).shift = choice_of(day, i)
        return end - first
    cells_of(state, 0).look_stamp += 1
    stamp = cells_of(state, 0).look_stamp
    count = 0
    for i in range(first, first + HEAD):
        s = choice_of(day, i)
        looked_of(state, s).stamp = stamp
        looked_of(state, count).shift = s
        count += 1
    for i in range(day.near_size):
        group = group_of(day, visit_group(day, near_of(day, record.visit, i)))
        for m in range(group.first, group.end):
            s = spot_of(state, member_of(day, m)).shift
            if s >= 0 and looked_of(state, s).stamp != stamp and may_of(day, duty, shift_of(day, s).helper):
                looked_of(state, s).stamp = stamp
                looked_of(state, count).shift = s
                count += 1
    return count


@kernel
def list_places(day: Any, state: Any, duty: Any, s: Any, m: Any, pair: Any, cut: Any) -> None:
    """Add the places in one shift that cost less than `cut` to list `m`, which keeps the cheapest in order."""
    most = state.most_places
    load = load_of(state, s)
    helper = shift_of(day, s).helper
    even = imbalance(day, state, 0, 0)
    for k in range(1, load.count + 2):
        count = found_of(state, m).value
        if count == most:
            cut = min(cut, place_of(state, m, most - 1).points)
        if day.grows and least_points(day, state, duty, s, k, pair) >= cut:
            continue
        t, points = own_points(day, state, duty, s, k, pair)
        if t == NEVER:
            break
        if points == TOO_DEAR or (day.grows and points >= cut):
            continue
        base = points - day.tardy_rate * lateness(day, duty, t)
        if day.timed or day.moved_rate:
            delay = push_alone(day, state, s, k, leaves(day, duty, s, state, k, t))
            if delay == TOO_DEAR:
                continue
            if delay != UNSURE:
                points += delay
            if day.balance_rate:
                points += imbalance(day, state, helper, more_work(day, state, duty, s, k)) - even
        if points >= cut:
            continue
        j = min(count, most - 1)
        while j > 0 and place_of(state, m, j - 1).points > points:
            copy(place_of(state, m, j), place_of(state, m, j - 1))
            j -= 1
        place = place_of(state, m, j)
        place.shift = s
        place.stop = k
        place.least = t
        place.most = _latest(day, state, duty, s, k)
        place.points = points
        place.base = base
        found_of(state, m).value = min(count + 1, most)


@kernel
def _latest(day: Any, state: Any, duty: Any, s: Any, k: Any) -> Any:
    """The last moment at which the duty could start before stop k."""
    after = stop_of(state, s, k)
    record = duty_of(day, duty)
    leg = travel_of(day, shift_of(day, s).mode, record.place, after.place)
    return closing(day, duty, after.last - leg - record.duration)


@kernel
def least_points(day: Any, state: Any, duty: Any, s: Any, k: Any, pair: Any) -> Any:
    """No insertion before stop k costs less, seen without a look at the ways there and back."""
    late = lateness(day, duty, stop_of(state, s, k - 1).free)
    return pair + day.tardy_rate * late - day.leg_rate * stop_of(state, s, k).leg


@kernel
def own_points(day: Any, state: Any, duty: Any, s: Any, k: Any, pair: Any) -> Any:
    """(start, points) of the duty before stop k, without what it does to those after it.

    The start is NEVER if it would be too late there and at all later stops; the points are TOO_DEAR if it cannot be.
    """
    record = duty_of(day, duty)
    shift = shift_of(day, s)
    before = stop_of(state, s, k - 1)
    after = stop_of(state, s, k)
    if before.free > record.closes:
        return NEVER, TOO_DEAR
    leg_in = back_of(day, shift.mode, record.place, before.place)
    leg_out = travel_of(day, shift.mode, record.place, after.place)
    t = opening(day, duty, hold(day, duty, shift.helper, before.free + leg_in))
    if day.moved_rate and (t == NEVER or t + record.duration + leg_out > after.last):
        t = opening(day, duty, before.free + leg_in)
    if t == NEVER or t + record.duration + leg_out > after.last:
        return 0, TOO_DEAR
    if too_far(day, s, record.place, leg_in):
        return 0, TOO_DEAR
    if k <= load_of(state, s).count and too_far(day, s, after.place, leg_out):
        return 0, TOO_DEAR
    points = pair + day.leg_rate * (leg_in + leg_out - after.leg) + moved(day, duty, shift.helper, t)
    if day.timed:
        points += day.tardy_rate * lateness(day, duty, t)
        if k > 1 or day.leaves_at_start:
            points += day.waiting_rate * (t - before.free - leg_in)
    return t, points


@kernel
def leaves(day: Any, duty: Any, s: Any, state: Any, k: Any, t: Any) -> Any:
    """When the helper who starts the duty at `t` comes to stop k."""
    record = duty_of(day, duty)
    leg = travel_of(day, shift_of(day, s).mode, record.place, stop_of(state, s, k).place)
    return t + record.duration + leg


@kernel
def more_work(day: Any, state: Any, duty: Any, s: Any, k: Any) -> Any:
    """Ticks of service and travel that the duty adds before stop k."""
    record = duty_of(day, duty)
    mode = shift_of(day, s).mode
    leg_in = back_of(day, mode, record.place, stop_of(state, s, k - 1).place)
    leg_out = travel_of(day, mode, record.place, stop_of(state, s, k).place)
    return record.duration + leg_in + leg_out - stop_of(state, s, k).leg
