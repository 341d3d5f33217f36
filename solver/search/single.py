"""The cheapest place of a single duty.

In a shift whose points do not depend on times a place is priced in constant time. Where times or links count, the
places are listed by what their own shift tells, and priced in that order by following the delay, until the next one in
the list cannot be the cheapest. Where a rest or the longest wait counts, the change is made, priced and taken back.
"""

from typing import Any

from solver.search.day import NEVER, back_of, duty_of, shift_of, travel_of
from solver.search.insert import fits, is_told, loosen, pair_points, put
from solver.search.memory import kernel
from solver.search.place import gather, leaves, list_places, own_points
from solver.search.price import points_of
from solver.search.ripple import UNSURE, push, push_alone
from solver.search.schedule import lateness, opening, rested_at, too_far
from solver.search.settle import enqueue_stop, settle
from solver.search.state import (
    TOO_DEAR,
    TRIAL,
    begin,
    draw,
    found_of,
    load_of,
    looked_of,
    place_of,
    stop_of,
    take_back,
)


@kernel
def cheapest_place(day: Any, state: Any, duty: Any, cut: Any, blink: Any) -> Any:
    """(points, shift, stop) of the cheapest insertion below `cut`; shift -1 if there is none."""
    record = duty_of(day, duty)
    opens, closes, duration, place = record.opens, record.closes, record.duration, record.place
    best = cut
    best_shift = -1
    best_stop = -1
    width = state.width
    found_of(state, 0).value = 0
    for i in range(gather(day, state, duty)):
        s = looked_of(state, i).shift
        if blink > 0 and draw(state) < blink:
            continue
        shift = shift_of(day, s)
        load = load_of(state, s)
        if load.count + 3 > width or not fits(day, state, duty, shift.helper):
            continue
        pair = pair_points(day, state, duty, shift.helper)
        if load.coupled or day.timed or (shift.rests and day.rest_rate >= 0) or is_told(day, duty, shift.helper):
            if day.walked and not shift.rests:
                list_places(day, state, duty, s, 0, pair, best)
            else:
                points, k = _tried_place(day, state, duty, s, pair, best)
                if k > 0:
                    best, best_shift, best_stop = points, s, k
            continue
        home = shift.home >= 0 and travel_of(day, shift.mode, shift.home, place) <= shift.circle
        for k in range(1, load.count + 2):
            before = stop_of(state, s, k - 1)
            after = stop_of(state, s, k)
            free = before.free
            if free > closes:
                break
            if opens + duration > after.last:
                continue
            leg_in = back_of(day, shift.mode, place, before.place)
            t = free + leg_in
            if t > closes:
                continue
            if t < opens:
                t = opens
            elif record.several:
                t = opening(day, duty, t)
                if t == NEVER:
                    continue
            t += duration
            leg_out = travel_of(day, shift.mode, place, after.place)
            if t + leg_out > after.last:
                continue
            points = pair + day.leg_rate * (leg_in + leg_out - after.leg)
            if points >= best:
                continue
            if leg_in > shift.circle and not home:
                continue
            if leg_out > shift.circle and k <= load.count and too_far(day, s, after.place, leg_out):
                continue
            if shift.rests and not _leaves_rest(day, shift, duty, before, after, leg_in, leg_out):
                continue
            if day.moved_rate and k <= load.count and t + leg_out > after.start:
                broken, _ = push(day, state, s, k, t + leg_out, best - points)
                points += broken
                if broken >= UNSURE or points >= best:
                    continue
            best, best_shift, best_stop = points, s, k
    if found_of(state, 0).value:
        points, i = _best_listed(day, state, duty, best)
        if i >= 0:
            best, best_shift, best_stop = points, place_of(state, 0, i).shift, place_of(state, 0, i).stop
    return best, best_shift, best_stop


@kernel
def _leaves_rest(day: Any, shift: Any, duty: Any, before: Any, after: Any, leg_in: Any, leg_out: Any) -> Any:
    """The rest can still be taken: before the duty, right after it, or later."""
    duration = duty_of(day, duty).duration
    rested = min(before.rested, rested_at(shift, before.free))
    if rested < NEVER:
        t = opening(day, duty, rested + leg_in)
        if t < NEVER and t + duration + leg_out <= after.last:
            return True
    t = opening(day, duty, before.free + leg_in)
    if t == NEVER:
        return False
    t += duration
    if t + leg_out <= after.resting:
        return True
    rested = rested_at(shift, t)
    return after.duty >= 0 and rested < NEVER and rested + leg_out <= after.last


@kernel
def _best_listed(day: Any, state: Any, duty: Any, cut: Any) -> Any:
    """(points, index) of the cheapest place of list 0 below `cut`; index -1 if there is none."""
    best = cut
    index = -1
    highest = 0
    if day.tardiest_rate:
        for s in range(state.shift_count):
            highest = max(highest, load_of(state, s).tardy)
    for i in range(found_of(state, 0).value):
        place = place_of(state, 0, i)
        if day.grows and place.points >= best:
            break
        s, k, t = place.shift, place.stop, place.least
        comes = leaves(day, duty, s, state, k, t)
        alone = push_alone(day, state, s, k, comes)
        if alone == UNSURE:
            alone = 0
        delay, late = push(day, state, s, k, comes, best - place.points + alone)
        if delay == TOO_DEAR:
            continue
        if delay == UNSURE:
            points = _trial(day, state, duty, s, k)
        else:
            late = max(late, lateness(day, duty, t))
            points = place.points - alone + delay + day.tardiest_rate * max(0, late - highest)
        if points < best:
            best = points
            index = i
    return best, index


@kernel
def _tried_place(day: Any, state: Any, duty: Any, s: Any, pair: Any, cut: Any) -> Any:
    """(points, stop) of the cheapest place in one shift below `cut`; stop -1 if there is none."""
    best = cut
    best_stop = -1
    for k in range(1, load_of(state, s).count + 2):
        t, points = own_points(day, state, duty, s, k, pair)
        if t == NEVER:
            break
        if points == TOO_DEAR or (day.grows and points >= best):
            continue
        points = _trial(day, state, duty, s, k)
        if points < best:
            best = points
            best_stop = k
    return best, best_stop


@kernel
def _trial(day: Any, state: Any, duty: Any, s: Any, k: Any) -> Any:
    """Points that the insertion adds, by doing it and taking it back; TOO_DEAR if it cannot be."""
    begin(state, TRIAL)
    before = points_of(day, state)
    put(day, state, TRIAL, duty, s, k)
    loosen(day, state, s, k, 0.0)
    points = TOO_DEAR
    if settle(day, state, TRIAL, enqueue_stop(state, 0, s, k)) < 0:
        points = points_of(day, state) - before
    take_back(state, TRIAL)
    return points
