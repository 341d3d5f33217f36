"""Which visits are taken out before they are put in again.

Strings of neighbouring stops around one visit, after "slack induction by string removals" (Christiaens and Vanden
Berghe, Transportation Science 2020), and what is left near it. A coupled group is taken out whole. What then breaks (a
follower that was within the circle only from the stop before it) is taken out too.
"""

from typing import Any

from solver.search.couple import drop
from solver.search.day import duty_of, group_of, member_of, near_of, visit_group
from solver.search.memory import kernel
from solver.search.settle import enqueue, enqueue_rest, settle_anew
from solver.search.state import cells_of, draw, load_of, out_of, shift_mark, spot_of, stop_of, trail_of

LONGEST_STRING = 6
LEFT_NEARBY = 40


@kernel
def begin_ruin(state: Any) -> None:
    cells_of(state, 0).out = 0
    cells_of(state, 0).out_stamp += 1


@kernel
def note(state: Any, g: Any) -> Any:
    """Count the group among those out; False if it already is."""
    if out_of(state, g).stamp == cells_of(state, 0).out_stamp:
        return False
    out_of(state, g).stamp = cells_of(state, 0).out_stamp
    out_of(state, cells_of(state, 0).out).group = g
    cells_of(state, 0).out += 1
    return True


@kernel
def take_group(day: Any, state: Any, level: Any, g: Any, waiting: Any) -> Any:
    """Take a made group out and queue the shifts that it leaves."""
    group = group_of(day, g)
    for i in range(group.first, group.end):
        spot = spot_of(state, member_of(day, i))
        waiting = enqueue_rest(state, waiting, spot.shift, spot.stop)
    drop(day, state, level, g)
    note(state, g)
    return waiting


@kernel
def is_made(day: Any, state: Any, g: Any) -> Any:
    return spot_of(state, member_of(day, group_of(day, g).first)).shift >= 0


@kernel
def ruin(day: Any, state: Any, level: Any, target: Any) -> None:
    """Take about `target` groups out around a random visit."""
    seed = int(draw(state) * day.visit_count)
    longest = 1 + int(draw(state) * LONGEST_STRING)
    waiting = 0
    done = 0
    for i in range(-1, day.near_size):
        visit = seed if i < 0 else near_of(day, seed, i)
        g = visit_group(day, visit)
        if out_of(state, g).stamp == cells_of(state, 0).out_stamp:
            continue
        if not is_made(day, state, g):
            if i < LEFT_NEARBY:
                note(state, g)
            continue
        if done >= target:
            if i > LEFT_NEARBY:
                break
            continue
        before = cells_of(state, 0).out
        waiting = _take_string(day, state, level, g, longest, waiting)
        done += cells_of(state, 0).out - before
    make_whole(day, state, level, waiting)


@kernel
def _take_string(day: Any, state: Any, level: Any, g: Any, longest: Any, waiting: Any) -> Any:
    """Take out a string of stops that holds one of the group's."""
    group = group_of(day, g)
    duty = member_of(day, group.first + int(draw(state) * group.size))
    s = spot_of(state, duty).shift
    spot = spot_of(state, duty).stop
    count = load_of(state, s).count
    length = min(count, 1 + int(draw(state) * longest))
    low = max(1, spot - int(draw(state) * length))
    high = min(count, low + length - 1)
    if spot > high:
        low = spot
        high = spot
    left = high - low + 1
    k = low
    while left > 0:
        size = load_of(state, s).count
        waiting = take_group(day, state, level, duty_of(day, stop_of(state, s, k).duty).group, waiting)
        left -= size - load_of(state, s).count
        k = min(k, max(1, load_of(state, s).count))
        if load_of(state, s).count == 0:
            break
    return waiting


@kernel
def ruin_random(day: Any, state: Any, level: Any, target: Any) -> None:
    """Take out groups anywhere."""
    waiting = 0
    for _ in range(target):
        g = int(draw(state) * day.group_count)
        if out_of(state, g).stamp == cells_of(state, 0).out_stamp:
            continue
        if is_made(day, state, g):
            waiting = take_group(day, state, level, g, waiting)
        else:
            note(state, g)
    make_whole(day, state, level, waiting)


@kernel
def ruin_shifts(day: Any, state: Any, level: Any, shifts: Any) -> None:
    """Take out whole shifts near each other, so that they can exchange what they do."""
    seed = int(draw(state) * day.visit_count)
    waiting = 0
    done = 0
    for i in range(-1, day.near_size):
        g = visit_group(day, seed if i < 0 else near_of(day, seed, i))
        if not is_made(day, state, g):
            if i < LEFT_NEARBY:
                note(state, g)
            continue
        if done >= shifts:
            continue
        group = group_of(day, g)
        s = spot_of(state, member_of(day, group.first + int(draw(state) * group.size))).shift
        done += 1
        while load_of(state, s).count > 0:
            waiting = take_group(day, state, level, duty_of(day, stop_of(state, s, 1).duty).group, waiting)
    make_whole(day, state, level, waiting)


@kernel
def make_whole(day: Any, state: Any, level: Any, waiting: Any) -> None:
    """Find the times anew; take out whatever cannot be any more, until all can."""
    while True:
        blocked = settle_anew(day, state, level, waiting)
        if blocked < 0:
            return
        waiting = 0
        for i in range(trail_of(state, level).shifts):
            waiting = enqueue(state, waiting, shift_mark(state, level, i).touched)
        waiting = take_group(day, state, level, duty_of(day, blocked).group, waiting)
