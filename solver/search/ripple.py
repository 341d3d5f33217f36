"""What a delay costs: everybody who comes later because one stop does, also in the shifts of linked duties.

Nothing is changed: new starts are kept beside the plan, stamped, and forgotten by the next call. All conditions are
"no sooner than", so a delay only ever moves starts later, and adding up what moves is exact: the same points as making
the change and finding all times anew, at a small part of the work.
"""

from typing import Any

from solver.search.day import NEVER, TIMED, arc_of, duty_of, shift_of
from solver.search.memory import copy, kernel
from solver.search.schedule import lateness, moved, opening, same_window
from solver.search.state import MOST_RIPPLES, TOO_DEAR, cells_of, load_of, ripple_of, spot_of, stop_of, wave_of

UNSURE = TOO_DEAR - 1
"""A rest elsewhere moves, or a delay comes back to a stop before the change: only doing it tells."""
MOST_WAVES = 400


@kernel
def push_alone(day: Any, state: Any, s: Any, k: Any, t: Any) -> Any:
    """As `push`, for this shift alone: at most what `push` finds."""
    cells_of(state, 0).ripple_stamp += 1
    points, _, _ = _wave(day, state, s, k, t, _came(day, state, s, k, t), 0)
    return points


@kernel
def _came(day: Any, state: Any, s: Any, k: Any, t: Any) -> Any:
    """When the helper comes to the stop now. In an empty shift nobody comes sooner or later than `t`."""
    if load_of(state, s).count == 0:
        return t
    if k == 1 and not day.leaves_at_start:
        return stop_of(state, s, 1).start
    return stop_of(state, s, k - 1).free + stop_of(state, s, k).leg


@kernel
def push(day: Any, state: Any, s: Any, k: Any, t: Any, cut: Any) -> Any:
    """(points, highest tardiness) that follow when the helper comes to stop `k` of shift `s` at `t`.

    TOO_DEAR if somebody cannot be in time, or once more than `cut` points are certain; UNSURE if only a trial tells.
    """
    came = _came(day, state, s, k, t)
    cells = cells_of(state, 0)
    cells.ripple_stamp += 1
    points = 0
    highest = 0
    waves = 0
    first_shift = s
    first_stop = k
    waiting = 0
    while True:
        more, late, waiting = _wave(day, state, s, k, t, came, waiting)
        if more >= UNSURE:
            return more, 0
        points += more
        highest = max(highest, late)
        if points > cut and day.grows:
            return TOO_DEAR, 0
        if waiting == 0:
            return points, highest
        waves += 1
        if waves > MOST_WAVES:
            return TOO_DEAR, 0
        waiting -= 1
        wave = _next(state, waiting)
        s = wave.shift
        k = wave.stop
        t = wave.start
        came = t
        if k == 1 and not day.leaves_at_start:
            came = _seen(state, s, k)
        if shift_of(day, s).rests or (s == first_shift and k < first_stop):
            return UNSURE, 0


@kernel
def _next(state: Any, last: Any) -> Any:
    """Take the soonest wave out of the list that ends with `last`; so few shifts are followed twice."""
    soonest = last
    for i in range(last):
        if wave_of(state, i).start < wave_of(state, soonest).start:
            soonest = i
    copy(wave_of(state, last + 1), wave_of(state, soonest))
    copy(wave_of(state, soonest), wave_of(state, last))
    return wave_of(state, last + 1)


@kernel
def _seen(state: Any, s: Any, k: Any) -> Any:
    """When the stop starts, as far as the delay is followed by now."""
    stop = stop_of(state, s, k)
    ripple = ripple_of(state, stop.duty)
    if ripple.stamp == cells_of(state, 0).ripple_stamp:
        return ripple.start
    return stop.start


@kernel
def _wave(day: Any, state: Any, s: Any, k: Any, t: Any, came: Any, waiting: Any) -> Any:
    """Follow the delay down one shift: (points, highest tardiness, waves that wait). `came`: when they came so far."""
    shift = shift_of(day, s)
    count = load_of(state, s).count
    tardy = 0
    highest = 0
    waited = 0
    broken = 0
    stamp = cells_of(state, 0).ripple_stamp
    while k <= count:
        stop = stop_of(state, s, k)
        before = _seen(state, s, k)
        start = opening(day, stop.duty, t)
        if start == NEVER:
            return TOO_DEAR, 0, 0
        start = max(start, before)
        waited += start - t - (before - came)
        if start == before:
            return day.tardy_rate * tardy + day.waiting_rate * waited + broken, highest, waiting
        ripple = ripple_of(state, stop.duty)
        ripple.stamp = stamp
        ripple.start = start
        if day.moved_rate:
            broken += moved(day, stop.duty, shift.helper, start) - moved(day, stop.duty, shift.helper, before)
        duty = duty_of(day, stop.duty)
        if duty.soft:
            late = lateness(day, stop.duty, start)
            highest = max(highest, late)
            tardy += late - lateness(day, stop.duty, before)
        if duty.coupled:
            waiting = _spread(day, state, stop.duty, start, waiting)
            if waiting < 0:
                return UNSURE, 0, 0
        ahead = duty.duration + stop_of(state, s, k + 1).leg
        t = start + ahead
        came = before + ahead
        if t > shift.limit:
            return TOO_DEAR, 0, 0
        k += 1
    extra = max(0, t - shift.end)
    if count:
        extra -= max(0, came - shift.end)
    return day.tardy_rate * tardy + day.waiting_rate * waited + day.extra_rate * extra + broken, highest, waiting


@kernel
def _spread(day: Any, state: Any, duty: Any, start: Any, waiting: Any) -> Any:
    """Note the partners who must start later now; -1 if there are too many."""
    record = duty_of(day, duty)
    for i in range(record.first_arc, record.end_arc):
        other = arc_of(day, i).other
        spot = spot_of(state, other)
        if spot.shift < 0:
            continue
        theirs = duty_of(day, other)
        least = _seen(state, spot.shift, spot.stop)
        least_before = least
        for j in range(theirs.first_arc, theirs.end_arc):
            arc = arc_of(day, j)
            if arc.other != duty:
                continue
            if arc.kind == TIMED:
                least = max(least, start + arc.gap)
            else:
                least = max(least, same_window(day, other, duty, start))
        if least > least_before:
            if waiting == MOST_RIPPLES - 1:
                return -1
            wave = wave_of(state, waiting)
            wave.shift = spot.shift
            wave.stop = spot.stop
            wave.start = least
            waiting += 1
    return waiting
