"""What a plan costs: the points of each shift, and those that look at all shifts together."""

from typing import Any

from solver.search.day import duty_of, pair_of, shift_of
from solver.search.memory import kernel
from solver.search.schedule import lateness, moved
from solver.search.state import cells_of, load_of, stop_of, tally_of


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
