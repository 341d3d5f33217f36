"""When everything happens: the earliest schedule of all shifts, and what a shift costs.

All starts together are the least solution of "no sooner than" conditions: after the stop before and the way, within a
window, with or after a linked duty. Each shift is walked forward; when a linked duty elsewhere must move, its shift
is walked again, until nothing moves (a fixed point; every condition is monotone, so it is the earliest). Walking back
gives the latest starts that the rest of the shift allows: with both, an insertion is checked in constant time
(Savelsbergh 1985), and with multiple windows too, since snapping to a window keeps order.

A rest is carried as a second label per stop: the earliest end of service if the rest was taken before. The two labels
are exact for one rest in a shift without links.
"""

from typing import Any

from solver.search.day import NEVER, TIMED, arc_of, duty_of, pair_of, shift_of, told_of, travel_of, window_of
from solver.search.memory import kernel
from solver.search.state import (
    UNKNOWN,
    cells_of,
    load_of,
    queued_of,
    spot_of,
    stop_of,
    tally_of,
    touch,
    trail_of,
)

WALKS = 12
"""Walks per touched shift after which linked duties are taken to chase each other for ever."""


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
                t = max(t, _same_window(day, duty, arc.other, start))
        t = opening(day, duty, t)
        if not before < t < NEVER:
            return t


@kernel
def _same_window(day: Any, duty: Any, other: Any, start: Any) -> Any:
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
    count = load_of(state, s).count
    if count == 0:
        stop_of(state, s, 1).leg = 0
        stop_of(state, s, 1).last = shift_of(day, s).limit
        return 0
    found = _forward(day, state, s, count)
    if found == 0:
        _backward(day, state, s, count)
    return found


@kernel
def _forward(day: Any, state: Any, s: Any, count: Any) -> Any:
    shift = shift_of(day, s)
    t = shift.start
    place = shift.start_place
    for k in range(1, count + 1):
        stop = stop_of(state, s, k)
        leg = travel_of(day, shift.mode, place, stop.place)
        stop.leg = leg
        if too_far(day, s, stop.place, leg):
            return k
        t = t + leg
        if not stop.loose:
            t = hold(day, stop.duty, shift.helper, t)
        t = together(day, state, stop.duty, t)
        ends = t + duty_of(day, stop.duty).duration
        if ends > shift.limit:
            return k
        stop.start = t
        stop.free = ends
        t = ends
        place = stop.place
    leg = travel_of(day, shift.mode, place, shift.end_place)
    stop_of(state, s, count + 1).leg = leg
    if t + leg > shift.limit:
        return count + 1
    stop_of(state, s, count + 1).start = t + leg
    if shift.rests:
        return _forward_with_rest(day, state, s, count)
    return 0


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
def _backward(day: Any, state: Any, s: Any, count: Any) -> None:
    """Latest starts; partners elsewhere are not asked, so with links they are bounds, not promises."""
    shift = shift_of(day, s)
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


@kernel
def price(day: Any, state: Any, s: Any) -> Any:
    """Points of the shift alone; notes its longest wait and so on for the roster's part."""
    shift = shift_of(day, s)
    load = load_of(state, s)
    count = load.count
    load.tardy = 0
    load.wait = 0
    load.idle = 0
    work = 0
    points = 0
    if count == 0:
        load.missed = 0
        tally_of(state, shift.helper).work -= load.work
        load.work = 0
        return 0
    for k in range(1, count + 1):
        duty = duty_of(day, stop_of(state, s, k).duty)
        points += pair_of(day, duty.visit, shift.helper)
        points += moved(day, stop_of(state, s, k).duty, shift.helper, stop_of(state, s, k).start)
        work += duty.duration + stop_of(state, s, k).leg
        points += day.leg_rate * stop_of(state, s, k).leg
    work += stop_of(state, s, count + 1).leg
    points += day.leg_rate * stop_of(state, s, count + 1).leg
    if shift.rests and load.missed:
        points += day.rest_rate
    tally_of(state, shift.helper).work += work - load.work
    load.work = work
    if day.timed:
        points += _timed(day, state, s)
    return points


@kernel
def _timed(day: Any, state: Any, s: Any) -> Any:
    shift = shift_of(day, s)
    load = load_of(state, s)
    tardy = 0
    waited = 0
    free = shift.start
    for k in range(1, load.count + 1):
        wait = stop_of(state, s, k).start - free - stop_of(state, s, k).leg
        if k > 1 or day.leaves_at_start:
            waited += wait
            load.wait = max(load.wait, wait)
        load.idle += wait
        late = lateness(day, stop_of(state, s, k).duty, stop_of(state, s, k).start)
        tardy += late
        load.tardy = max(load.tardy, late)
        free = stop_of(state, s, k).start + duty_of(day, stop_of(state, s, k).duty).duration
    returned = stop_of(state, s, load.count + 1).start
    load.idle += max(0, shift.end - returned)
    extra = max(0, returned - shift.end)
    return day.waiting_rate * waited + day.tardy_rate * tardy + day.extra_rate * extra


@kernel
def roster_points(day: Any, state: Any) -> Any:
    """What depends on all shifts together: balance and the three "longest of all"."""
    if not day.roster:
        return 0
    tardy = 0
    wait = 0
    idle = 0
    for s in range(state.shift_count):
        load = load_of(state, s)
        tardy = max(tardy, load.tardy)
        wait = max(wait, load.wait)
        idle = max(idle, load.idle)
    longest = day.tardiest_rate * tardy + day.longest_wait_rate * wait + day.longest_idle_rate * idle
    return longest + imbalance(day, state, 0, 0)


@kernel
def imbalance(day: Any, state: Any, helper: Any, more: Any) -> Any:
    """Points of balance if the helper worked so much more: per helper |work - mean|, rounded up."""
    if not day.balance_rate:
        return 0
    helpers = state.helper_count
    total = more
    for h in range(helpers):
        total += tally_of(state, h).work
    ticks = 0
    for h in range(helpers):
        work = tally_of(state, h).work
        if h == helper:
            work += more
        ticks += (abs(work * helpers - total) + helpers - 1) // helpers
    return day.balance_rate * ticks


@kernel
def points_of(day: Any, state: Any) -> Any:
    """The whole plan's points, without the constant."""
    return cells_of(state, 0).total + roster_points(day, state)


@kernel
def enqueue(state: Any, waiting: Any, s: Any) -> Any:
    """Put a shift among those to be walked; returns how many are."""
    if queued_of(state, s).waits:
        return waiting
    queued_of(state, s).waits = True
    queued_of(state, waiting).shift = s
    return waiting + 1


@kernel
def settle(day: Any, state: Any, level: Any, waiting: Any) -> Any:
    """Walk the queued shifts and those that their links move, until all stand. Returns -1, or a duty that cannot be."""
    steps = 0
    blocked = -1
    while waiting > 0:
        waiting -= 1
        s = queued_of(state, waiting).shift
        queued_of(state, s).waits = False
        if blocked >= 0:
            continue
        touch(day, state, level, s)
        steps += 1
        failed = walk(day, state, s)
        if failed > 0:
            blocked = stop_of(state, s, min(failed, load_of(state, s).count)).duty
            continue
        load = load_of(state, s)
        points = price(day, state, s)
        cells_of(state, 0).total += points - load.cost
        load.cost = points
        if load.coupled == 0:
            continue
        for k in range(1, load.count + 1):
            duty = duty_of(day, stop_of(state, s, k).duty)
            if duty.coupled == 0:
                continue
            for i in range(duty.first_arc, duty.end_arc):
                other = arc_of(day, i).other
                shift = spot_of(state, other).shift
                if shift < 0:
                    continue
                start = stop_of(state, shift, spot_of(state, other).stop).start
                if start != UNKNOWN and together(day, state, other, start) != start:
                    waiting = enqueue(state, waiting, shift)
        if steps > WALKS * (trail_of(state, level).shifts + 2):
            blocked = stop_of(state, s, 1).duty
    return blocked


@kernel
def settle_anew(day: Any, state: Any, level: Any, waiting: Any) -> Any:
    """As `settle`, after something was taken out: what hangs on the queued shifts by links may be sooner again."""
    i = 0
    while i < waiting:
        s = queued_of(state, i).shift
        i += 1
        touch(day, state, level, s)
        if load_of(state, s).coupled == 0:
            continue
        for k in range(1, load_of(state, s).count + 1):
            duty = duty_of(day, stop_of(state, s, k).duty)
            if duty.coupled == 0:
                continue
            stop_of(state, s, k).start = UNKNOWN
            for a in range(duty.first_arc, duty.end_arc):
                shift = spot_of(state, arc_of(day, a).other).shift
                if shift >= 0:
                    waiting = enqueue(state, waiting, shift)
    return settle(day, state, level, waiting)
