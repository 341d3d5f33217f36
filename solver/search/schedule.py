"""When everything happens: the earliest schedule of all shifts.

All starts together are the least solution of "no sooner than" conditions: after the stop before and the way, within a
window, with or after a linked duty. Each shift is walked forward; when a linked duty elsewhere must move, its shift
is walked again, until nothing moves (a fixed point; every condition is monotone, so it is the earliest). Walking back
gives the latest starts that the rest of the shift allows: with both, an insertion is checked in constant time
(Savelsbergh 1985), and with multiple windows too, since snapping to a window keeps order.

A rest is carried as a second label per stop: the earliest end of service if the rest was taken before. The two labels
are exact for one rest in a shift without links.
"""

from typing import Any

from solver.search.day import NEVER, TIMED, arc_of, duty_of, shift_of, told_of, travel_of, window_of
from solver.search.memory import kernel
from solver.search.state import (
    UNKNOWN,
    cells_of,
    load_of,
    queued_of,
    spot_of,
    stop_of,
)


@kernel
def opening(day: Any, duty: Any, t: Any) -> Any:
    """The first moment from `t` on at which the duty may start; NEVER after its last window."""
    record = duty_of(day, duty)
    if t < record.opens:
        t = record.opens
    if t > record.closes:
        return NEVER
    if record.several == 0:
        return t
    for i in range(record.first_window, record.end_window):
        window = window_of(day, i)
        if t <= window.closes:
            return max(t, window.opens)
    return NEVER


@kernel
def closing(day: Any, duty: Any, t: Any) -> Any:
    """The last moment up to `t` at which the duty may start; -1 before its first window."""
    record = duty_of(day, duty)
    if t > record.closes:
        t = record.closes
    if t < record.opens:
        return -1
    if record.several == 0:
        return t
    for i in range(record.end_window - 1, record.first_window - 1, -1):
        window = window_of(day, i)
        if t >= window.opens:
            return min(t, window.closes)
    return -1


@kernel
def lateness(day: Any, duty: Any, t: Any) -> Any:
    """Ticks by which a start passes the soft end of its window."""
    record = duty_of(day, duty)
    if record.soft == 0:
        return 0
    for i in range(record.end_window - 1, record.first_window - 1, -1):
        if t >= window_of(day, i).opens:
            return max(0, t - window_of(day, i).due)
    return 0


@kernel
def hold(day: Any, duty: Any, helper: Any, t: Any) -> Any:
    """No sooner than the helper was told, if they were: to wait breaks no promise."""
    if day.moved_rate:
        record = duty_of(day, duty)
        for i in range(record.first_told, record.end_told):
            if told_of(day, i).helper == helper:
                t = max(t, told_of(day, i).hold)
    return t


@kernel
def moved(day: Any, duty: Any, helper: Any, start: Any) -> Any:
    """Points of a start that differs from what the helper was told."""
    points = 0
    if day.moved_rate:
        record = duty_of(day, duty)
        for i in range(record.first_told, record.end_told):
            told = told_of(day, i)
            if told.helper == helper and abs(start - told.start) > day.told_tolerance:
                points += day.moved_rate
    return points


@kernel
def together(day: Any, state: Any, duty: Any, t: Any) -> Any:
    """The first moment from `t` on at which the duty may start, seeing when its partners start."""
    record = duty_of(day, duty)
    t = opening(day, duty, t)
    if record.coupled == 0 or t == NEVER:
        return t
    while True:
        before = t
        for i in range(record.first_arc, record.end_arc):
            arc = arc_of(day, i)
            shift = spot_of(state, arc.other).shift
            if shift < 0:
                continue
            start = stop_of(state, shift, spot_of(state, arc.other).stop).start
            if start == UNKNOWN:
                continue
            if arc.kind == TIMED:
                if start + arc.gap > t:
                    t = start + arc.gap
            else:
                t = max(t, same_window(day, duty, arc.other, start))
        t = opening(day, duty, t)
        if not before < t < NEVER:
            return t


@kernel
def same_window(day: Any, duty: Any, other: Any, start: Any) -> Any:
    """When the duty's window of the number in which the other starts opens, or a later one."""
    number = -1
    theirs = duty_of(day, other)
    for i in range(theirs.first_window, theirs.end_window):
        if window_of(day, i).opens <= start:
            number = window_of(day, i).number
    mine = duty_of(day, duty)
    for i in range(mine.first_window, mine.end_window):
        if window_of(day, i).number >= number:
            return window_of(day, i).opens
    return NEVER


@kernel
def too_far(day: Any, s: Any, place: Any, leg: Any) -> Any:
    """Outside the circle around the place before and around home."""
    shift = shift_of(day, s)
    if leg <= shift.circle:
        return False
    return shift.home < 0 or travel_of(day, shift.mode, shift.home, place) > shift.circle


@kernel
def rested_at(shift: Any, t: Any) -> Any:
    """When a rest that begins at `t` at the soonest is over; NEVER if it does not fit."""
    over = max(t, shift.rest_earliest) + shift.rest_duration
    return over if over <= shift.rest_latest else NEVER


@kernel
def walk(day: Any, state: Any, s: Any) -> Any:
    """Legs, starts and latest starts of one shift. Returns 0, or the first stop that cannot be."""
    found, _ = forward(day, state, s, 1, state.width, 0)
    if found == 0:
        backward(day, state, s)
    return found


@kernel
def forward(day: Any, state: Any, s: Any, first: Any, upto: Any, waiting: Any) -> Any:
    """Legs and starts from stop `first` on, until nothing changes after stop `upto`; who is linked to what moves is
    queued. Returns (0, or the first stop that cannot be; how many shifts are queued)."""
    count = load_of(state, s).count
    shift = shift_of(day, s)
    if count == 0:
        stop_of(state, s, 1).leg = 0
        return 0, waiting
    if shift.rests:
        first = 1
        upto = count + 1
    t = stop_of(state, s, first - 1).free
    place = stop_of(state, s, first - 1).place
    for k in range(first, count + 1):
        stop = stop_of(state, s, k)
        leg = travel_of(day, shift.mode, place, stop.place)
        stop.leg = leg
        if too_far(day, s, stop.place, leg):
            return k, waiting
        t = t + leg
        if not stop.loose:
            t = hold(day, stop.duty, shift.helper, t)
        t = together(day, state, stop.duty, t)
        ends = t + duty_of(day, stop.duty).duration
        if ends > shift.limit:
            return k, waiting
        if stop.start == t and k > upto:
            return 0, waiting
        if stop.start != t:
            if day.tardy_rate and stop.start != UNKNOWN and not shift.rests:
                late = lateness(day, stop.duty, t) - lateness(day, stop.duty, stop.start)
                cells_of(state, 0).risen += day.tardy_rate * late
            stop.start = t
            if duty_of(day, stop.duty).coupled and not shift.rests:
                waiting = _move_partners(day, state, stop.duty, waiting)
        stop.free = ends
        t = ends
        place = stop.place
    leg = travel_of(day, shift.mode, place, shift.end_place)
    stop_of(state, s, count + 1).leg = leg
    if t + leg > shift.limit:
        return count + 1, waiting
    stop_of(state, s, count + 1).start = t + leg
    if shift.rests:
        found = _forward_with_rest(day, state, s, count)
        if found > 0:
            return found, waiting
        for k in range(1, count + 1):
            if duty_of(day, stop_of(state, s, k).duty).coupled:
                waiting = _move_partners(day, state, stop_of(state, s, k).duty, waiting)
    return 0, waiting


@kernel
def _move_partners(day: Any, state: Any, duty: Any, waiting: Any) -> Any:
    """Queue the shifts of those who must start at another time now that the duty does."""
    record = duty_of(day, duty)
    for i in range(record.first_arc, record.end_arc):
        other = arc_of(day, i).other
        spot = spot_of(state, other)
        if spot.shift < 0:
            continue
        start = stop_of(state, spot.shift, spot.stop).start
        if start == UNKNOWN:
            continue
        due = together(day, state, other, start)
        if due != start:
            waiting = enqueue_from(state, waiting, spot.shift, spot.stop, spot.stop, due)
    return waiting


@kernel
def enqueue_from(state: Any, waiting: Any, s: Any, first: Any, upto: Any, when: Any) -> Any:
    """Queue a shift to be walked from stop `first` on, at least to stop `upto`; the soonest is walked first."""
    queued = queued_of(state, s)
    if queued.waits:
        queued.first = min(queued.first, first)
        queued.upto = max(queued.upto, upto)
        queued.when = min(queued.when, when)
        return waiting
    queued.waits = True
    queued.first = first
    queued.upto = upto
    queued.when = when
    queued_of(state, waiting).shift = s
    return waiting + 1


@kernel
def _forward_with_rest(day: Any, state: Any, s: Any, count: Any) -> Any:
    """Second labels; then the gap of the rest is the one with the earliest return, and the starts follow from it."""
    shift = shift_of(day, s)
    load = load_of(state, s)
    gap = 0
    stop_of(state, s, 0).rested = NEVER
    for k in range(1, count + 1):
        stop = stop_of(state, s, k)
        now = rested_at(shift, stop_of(state, s, k - 1).free)
        if now < stop_of(state, s, k - 1).rested:
            gap = k
        else:
            now = stop_of(state, s, k - 1).rested
        stop.rested = NEVER
        if now < NEVER:
            t = now + stop.leg
            if not stop.loose:
                t = hold(day, stop.duty, shift.helper, t)
            t = together(day, state, stop.duty, t)
            if t < NEVER and t + duty_of(day, stop.duty).duration <= shift.limit:
                stop.rested = t + duty_of(day, stop.duty).duration
        if stop.rested == NEVER:
            gap = 0
    load.missed = 0
    if rested_at(shift, stop_of(state, s, count + 1).start) < NEVER:
        load.gap = count + 1
        return 0
    if gap == 0 or stop_of(state, s, count).rested + stop_of(state, s, count + 1).leg > shift.limit:
        load.gap = 0
        load.missed = 1
        return count + 1 if day.rest_rate < 0 else 0
    load.gap = gap
    t = rested_at(shift, stop_of(state, s, gap - 1).free)
    for k in range(gap, count + 1):
        stop = stop_of(state, s, k)
        t = t + stop.leg
        if not stop.loose:
            t = hold(day, stop.duty, shift.helper, t)
        stop.start = together(day, state, stop.duty, t)
        t = stop.start + duty_of(day, stop.duty).duration
    stop_of(state, s, count + 1).start = t + stop_of(state, s, count + 1).leg
    return 0


@kernel
def backward(day: Any, state: Any, s: Any) -> None:
    """Latest starts; partners elsewhere are not asked, so with links they are bounds, not promises."""
    shift = shift_of(day, s)
    count = load_of(state, s).count
    after = stop_of(state, s, count + 1)
    after.last = shift.limit
    after.resting = min(shift.limit, shift.rest_latest - shift.rest_duration)
    for k in range(count, 0, -1):
        stop = stop_of(state, s, k)
        duration = duty_of(day, stop.duty).duration
        stop.last = closing(day, stop.duty, after.last - after.leg - duration)
        if shift.rests:
            t = after.resting - after.leg
            if k < count:
                begins = min(shift.rest_latest, after.last - after.leg) - shift.rest_duration
                if begins >= shift.rest_earliest and begins > t:
                    t = begins
            stop.resting = closing(day, stop.duty, t - duration)
        after = stop
