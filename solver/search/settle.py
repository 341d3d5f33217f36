"""Finding all times anew after a change, by walking what the change reaches and nothing else.

The queue holds shifts and from which stop on they are walked; whatever happens soonest is walked first, so that a shift
is rarely walked twice. Prices and latest starts follow once at the end.
"""

from typing import Any

from solver.search.day import arc_of, duty_of
from solver.search.memory import kernel
from solver.search.price import price
from solver.search.schedule import backward, enqueue_from, forward
from solver.search.state import UNKNOWN, cells_of, load_of, queued_of, spot_of, stop_of, touch, trail_of

WALKS = 12
"""Walks per touched shift after which linked duties are taken to chase each other for ever."""


@kernel
def enqueue(state: Any, waiting: Any, s: Any) -> Any:
    """Put a shift among those to be walked, as a whole; returns how many are."""
    queued_of(state, s).reshaped = True
    return enqueue_from(state, waiting, s, 1, state.width, 0)


@kernel
def enqueue_stop(state: Any, waiting: Any, s: Any, k: Any) -> Any:
    """Put a shift among those to be walked, whose only new stop is the k-th."""
    queued_of(state, s).reshaped = True
    return enqueue_from(state, waiting, s, k, k + 1, stop_of(state, s, k - 1).free)


@kernel
def enqueue_rest(state: Any, waiting: Any, s: Any, k: Any) -> Any:
    """Put a shift among those to be walked, where a stop was or will be taken out at place k."""
    queued_of(state, s).reshaped = True
    return enqueue_from(state, waiting, s, k, state.width, stop_of(state, s, k - 1).free)


@kernel
def forget(state: Any, waiting: Any) -> None:
    """Empty the queue."""
    for i in range(waiting):
        queued = queued_of(state, queued_of(state, i).shift)
        queued.waits = False
        queued.reshaped = False


@kernel
def settle(day: Any, state: Any, level: Any, waiting: Any) -> Any:
    """Walk the queued shifts and those that their links move, until all stand. Returns -1, or a duty that cannot be."""
    cells = cells_of(state, 0)
    cells.risen = 0
    steps = 0
    walked = 0
    blocked = -1
    while waiting > 0:
        waiting = _next(state, waiting)
        s = queued_of(state, waiting).shift
        queued = queued_of(state, s)
        queued.waits = False
        if blocked >= 0:
            queued.reshaped = False
            continue
        touch(day, state, level, s)
        if not queued.is_walked:
            queued.is_walked = True
            queued_of(state, walked).walked = s
            walked += 1
        steps += 1
        failed, waiting = forward(day, state, s, queued.first, queued.upto, waiting)
        if failed > 0:
            blocked = stop_of(state, s, min(failed, load_of(state, s).count)).duty
        elif cells.risen >= cells.cut or steps > WALKS * (trail_of(state, level).shifts + 2):
            blocked = stop_of(state, s, 1).duty
    for i in range(walked):
        s = queued_of(state, i).walked
        queued = queued_of(state, s)
        queued.is_walked = False
        if blocked < 0:
            if queued.reshaped:
                backward(day, state, s)
            load = load_of(state, s)
            points = price(day, state, s)
            cells.total += points - load.cost
            load.cost = points
        queued.reshaped = False
    return blocked


@kernel
def _next(state: Any, waiting: Any) -> Any:
    """Move the shift that is walked next to the end of the queue, and shorten the queue by it."""
    waiting -= 1
    soonest = waiting
    for i in range(waiting):
        s = queued_of(state, i).shift
        if queued_of(state, s).when < queued_of(state, queued_of(state, soonest).shift).when:
            soonest = i
    s = queued_of(state, soonest).shift
    queued_of(state, soonest).shift = queued_of(state, waiting).shift
    queued_of(state, waiting).shift = s
    return waiting


@kernel
def settle_anew(day: Any, state: Any, level: Any, waiting: Any) -> Any:
    """As `settle`, after something was taken out: what hangs on it by links may be sooner again."""
    i = 0
    while i < waiting:
        s = queued_of(state, i).shift
        queued = queued_of(state, s)
        queued.upto = state.width
        touch(day, state, level, s)
        i += 1
        if load_of(state, s).coupled == 0:
            continue
        again = i
        for k in range(queued.first, load_of(state, s).count + 1):
            duty = duty_of(day, stop_of(state, s, k).duty)
            if duty.coupled == 0 or stop_of(state, s, k).start == UNKNOWN:
                continue
            stop_of(state, s, k).start = UNKNOWN
            for a in range(duty.first_arc, duty.end_arc):
                spot = spot_of(state, arc_of(day, a).other)
                if spot.shift < 0 or stop_of(state, spot.shift, spot.stop).start == UNKNOWN:
                    continue
                before = queued_of(state, spot.shift).first
                known = queued_of(state, spot.shift).waits
                when = stop_of(state, spot.shift, spot.stop - 1).free
                waiting = enqueue_from(state, waiting, spot.shift, spot.stop, state.width, when)
                if known and spot.stop < before:
                    again = min(again, _place(state, spot.shift, waiting))
        i = again
    return settle(day, state, level, waiting)


@kernel
def _place(state: Any, s: Any, waiting: Any) -> Any:
    """Where the shift stands in the queue."""
    for i in range(waiting):
        if queued_of(state, i).shift == s:
            return i
    return waiting
