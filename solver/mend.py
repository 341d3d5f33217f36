"""The search of a repair: close a hole in a plan, breaking at most so many promises.

Ruin and recreate as in `solver.search`, but small and near the hole: what was left out comes first or last by chance,
a few visits around it make room. Simulated annealing on the points without those of promises; a plan that breaks more
promises than allowed is taken back, unless it breaks fewer than the one before. That gives the trade-off row by row,
also where no single price of a change would find it (a row that is not on the convex hull).
"""

import math
from typing import Any

from solver.search.couple import insert_group
from solver.search.day import duty_of, group_of, member_of, near_of, shift_of, told_of, visit_group
from solver.search.insert import put
from solver.search.memory import copy, entry, kernel
from solver.search.price import points_of
from solver.search.ruin import begin_ruin, is_made, make_whole, note, take_group
from solver.search.settle import enqueue
from solver.search.state import (
    ITERATION,
    begin,
    best_load,
    best_stop,
    cells_of,
    draw,
    kept_load,
    kept_stop,
    load_of,
    out_of,
    shift_mark,
    spot_of,
    stop_of,
    take_back,
    trail_of,
)

BLINK = 0.02
"""Share of shifts overlooked at each insertion."""
MOST_OUT = 6
"""Visits taken out at once, at most."""


@entry
def load_kept(day: Any, state: Any, duties: Any, shifts: Any, loose: Any) -> None:
    """Make these duties, each at the end of its shift, where nobody does anything; what cannot be is left."""
    begin(state, ITERATION)
    begin_ruin(state)
    waiting = 0
    for i in range(len(duties)):
        s = shifts[i]
        k = load_of(state, s).count + 1
        put(day, state, ITERATION, duties[i], s, k)
        stop_of(state, s, k).loose = loose[i]
        waiting = enqueue(state, waiting, s)
        group = group_of(day, duty_of(day, duties[i]).group)
        if member_of(day, group.first) == duties[i]:
            cells_of(state, 0).total -= group.priority
    make_whole(day, state, ITERATION, waiting)


@entry
def mend(
    day: Any, state: Any, holes: Any, iterations: Any, hot: Any, cold: Any, promises: Any, most: Any, price: Any
) -> Any:
    """Search from the state's plan; the best plan with at most `most` broken promises is kept as the state's best.

    `holes`: groups to be closed; `promises`: how many there are; `price`: points of a broken one. Returns (points
    without those of promises, broken promises) of the best plan, or (0, -1) if none breaks so few.
    """
    held = held_by_all(day, state)
    broken = promises - held
    value = points_of(day, state) + day.moved_rate * held
    best = 0.0
    found = -1
    if broken <= most:
        best, found = value + price * broken, broken
        _keep(state)
    for i in range(iterations):
        begin(state, ITERATION)
        begin_ruin(state)
        _open(day, state, holes)
        _close(day, state)
        now = held + _more_held(day, state)
        points = points_of(day, state) + day.moved_rate * now
        heat = hot * (cold / hot) ** (i / iterations)
        worse = points + price * (promises - now) - value - price * broken
        may = promises - now <= most or promises - now < broken
        if not may or worse >= -heat * math.log(draw(state) + 1e-300):
            take_back(state, ITERATION)
            continue
        held, value, broken = now, points, promises - now
        if broken <= most and (found < 0 or value + price * broken < best):
            best, found = value + price * broken, broken
            _keep(state)
    return best - price * max(0, found), found


@entry
def held_by_all(day: Any, state: Any) -> Any:
    """Promises that the state's plan holds."""
    held = 0
    for s in range(state.shift_count):
        for k in range(1, load_of(state, s).count + 1):
            held += _holds(day, stop_of(state, s, k).duty, shift_of(day, s).helper, stop_of(state, s, k).start)
    return held


@kernel
def _more_held(day: Any, state: Any) -> Any:
    """Promises held now in the shifts that the iteration touched, less those held before."""
    held = 0
    for i in range(trail_of(state, ITERATION).shifts):
        s = shift_mark(state, ITERATION, i).touched
        helper = shift_of(day, s).helper
        for k in range(1, load_of(state, s).count + 1):
            held += _holds(day, stop_of(state, s, k).duty, helper, stop_of(state, s, k).start)
        for k in range(1, kept_load(state, ITERATION, s).count + 1):
            stop = kept_stop(state, ITERATION, s, k)
            held -= _holds(day, stop.duty, helper, stop.start)
    return held


@kernel
def _holds(day: Any, duty: Any, helper: Any, start: Any) -> Any:
    record = duty_of(day, duty)
    held = 0
    for i in range(record.first_told, record.end_told):
        told = told_of(day, i)
        if told.helper == helper and abs(start - told.start) <= day.told_tolerance:
            held += 1
    return held


@kernel
def _open(day: Any, state: Any, holes: Any) -> None:
    """Take a few visits out around a visit of the hole, or around one near it; note what is left there."""
    for i in range(len(holes)):
        if not is_made(day, state, holes[i]):
            note(state, holes[i])
    visit = duty_of(day, member_of(day, group_of(day, holes[int(draw(state) * len(holes))]).first)).visit
    if day.near_size and draw(state) < 0.5:
        visit = near_of(day, visit, int(draw(state) * draw(state) * day.near_size))
    target = 1 + int(draw(state) * MOST_OUT)
    taken = 0
    waiting = 0
    for i in range(-1, day.near_size):
        if taken >= target:
            break
        g = visit_group(day, visit if i < 0 else near_of(day, visit, i))
        if not is_made(day, state, g):
            note(state, g)
            continue
        if draw(state) < 0.5:
            continue
        s = spot_of(state, member_of(day, group_of(day, g).first)).shift
        k = spot_of(state, member_of(day, group_of(day, g).first)).stop
        waiting = take_group(day, state, ITERATION, g, waiting)
        taken += 1
        while draw(state) < 0.4 and taken < target and 1 <= k <= load_of(state, s).count:
            waiting = take_group(day, state, ITERATION, duty_of(day, stop_of(state, s, k).duty).group, waiting)
            taken += 1
    make_whole(day, state, ITERATION, waiting)


@kernel
def _close(day: Any, state: Any) -> None:
    """Put what is out in again, in an order by chance; half of the time the dearest first."""
    count = cells_of(state, 0).out
    dear = draw(state) < 0.5
    for i in range(count):
        best = i
        best_key = -1.0
        for j in range(i, count):
            group = group_of(day, out_of(state, j).group)
            key = draw(state)
            if dear:
                key *= group.priority
            if key > best_key:
                best, best_key = j, key
        g = out_of(state, best).group
        out_of(state, best).group = out_of(state, i).group
        insert_group(day, state, ITERATION, g, BLINK)


@kernel
def _keep(state: Any) -> None:
    """The current plan is the best one."""
    for s in range(state.shift_count):
        copy(best_load(state, s), load_of(state, s))
        for k in range(load_of(state, s).count + 2):
            copy(best_stop(state, s, k), stop_of(state, s, k))
