"""The search: ruin, recreate, accept or take back, by simulated annealing; what is kept feeds the pool."""

import math
from typing import Any

from solver.search.couple import insert_group
from solver.search.day import duty_of, group_of, member_of
from solver.search.insert import put
from solver.search.memory import copy, entry, kernel
from solver.search.pool import record
from solver.search.price import points_of
from solver.search.ruin import begin_ruin, is_made, note, ruin, ruin_random, ruin_shifts
from solver.search.settle import enqueue, settle
from solver.search.state import (
    ITERATION,
    UNKNOWN,
    begin,
    best_load,
    best_stop,
    cells_of,
    changed_of,
    draw,
    key_of,
    load_of,
    out_of,
    shift_mark,
    stop_of,
    take_back,
    trail_of,
)

MEAN_OUT = 8
BLINK = 0.01
"""Share of shifts overlooked at each insertion (Christiaens and Vanden Berghe 2020), so that plans vary."""


@entry
def anneal(day: Any, state: Any, iterations: Any, hot: Any, cold: Any, records: Any) -> None:
    """Ruin and recreate so many times while the temperature falls from `hot` to `cold` points."""
    if day.visit_count == 0:
        return
    current = points_of(day, state)
    for i in range(iterations):
        temperature = hot * (cold / hot) ** (i / iterations)
        begin(state, ITERATION)
        change(day, state)
        points = points_of(day, state)
        if records and points < current + 10.0 * temperature:
            for j in range(trail_of(state, ITERATION).shifts):
                record(day, state, shift_mark(state, ITERATION, j).touched)
        if points >= current - temperature * math.log(draw(state) + 1e-300):
            take_back(state, ITERATION)
            continue
        current = points
        _note_changes(state)
        if points < cells_of(state, 0).best:
            _keep_best(state, points)


@kernel
def change(day: Any, state: Any) -> None:
    """Ruin and recreate once."""
    begin_ruin(state)
    _ruin(day, state)
    _order(day, state)
    _recreate(day, state, BLINK)


@entry
def fill(day: Any, state: Any) -> None:
    """Make what is left where that pays, the most urgent, shortest and most constrained first."""
    begin(state, ITERATION)
    begin_ruin(state)
    for g in range(day.group_count):
        if not is_made(day, state, g):
            note(state, g)
    for i in range(cells_of(state, 0).out):
        group = group_of(day, out_of(state, i).group)
        key = key_of(state, i)
        key.group = out_of(state, i).group
        key.value = -group.priority * (1.0 + 1.0 / (1 + group.choices)) / (1 + group.duration)
    _recreate(day, state, 0.0)
    _note_changes(state)
    points = points_of(day, state)
    if points < cells_of(state, 0).best:
        _keep_best(state, points)


@entry
def load(day: Any, state: Any, duties: Any, shifts: Any) -> Any:
    """Make these duties, each at the end of its shift, in a state where nobody does anything. False: it cannot be."""
    begin(state, ITERATION)
    waiting = 0
    for i in range(len(duties)):
        s = shifts[i]
        put(day, state, ITERATION, duties[i], s, load_of(state, s).count + 1)
        waiting = enqueue(state, waiting, s)
        duty = duty_of(day, duties[i])
        group = group_of(day, duty.group)
        if member_of(day, group.first) == duties[i]:
            cells_of(state, 0).total -= group.priority
    if settle(day, state, ITERATION, waiting) < 0:
        return True
    return _load_loosely(day, state)


@kernel
def _load_loosely(day: Any, state: Any) -> Any:
    """Nobody waits for what they were told: then every plan that could be made can be loaded."""
    waiting = 0
    for s in range(state.shift_count):
        for k in range(1, load_of(state, s).count + 1):
            stop_of(state, s, k).loose = 1
            stop_of(state, s, k).start = UNKNOWN
        if load_of(state, s).count:
            waiting = enqueue(state, waiting, s)
    return settle(day, state, ITERATION, waiting) < 0


@entry
def keep(day: Any, state: Any) -> None:
    """The current plan is the best one if it costs less."""
    points = points_of(day, state)
    if points < cells_of(state, 0).best:
        _keep_best(state, points)


@kernel
def _ruin(day: Any, state: Any) -> None:
    target = 1 + int(draw(state) * 2 * MEAN_OUT)
    kind = draw(state)
    if kind < 0.05:
        ruin_shifts(day, state, ITERATION, 1 + int(draw(state) * 3))
    elif kind < 0.1:
        ruin_random(day, state, ITERATION, target)
    else:
        ruin(day, state, ITERATION, target)


@kernel
def _order(day: Any, state: Any) -> None:
    """Key the groups that are out, by one of several orders."""
    mode = int(draw(state) * 5)
    for i in range(cells_of(state, 0).out):
        group = group_of(day, out_of(state, i).group)
        chance = draw(state)
        value = chance
        if mode == 1:
            value = chance - group.priority
        elif mode == 2:
            value = chance + group.choices
        elif mode == 3:
            value = -group.priority / max(1, group.duration) * (0.7 + 0.6 * chance)
        elif mode == 4:
            value = group.opens + chance * day.half_hour
        key_of(state, i).value = value
        key_of(state, i).group = out_of(state, i).group


@kernel
def _recreate(day: Any, state: Any, blink: Any) -> None:
    """Put the keyed groups in again in the order of their keys."""
    count = cells_of(state, 0).out
    _sort(state, count)
    for i in range(count):
        insert_group(day, state, ITERATION, key_of(state, i).group, blink)


@kernel
def _sort(state: Any, count: Any) -> None:
    """Shell's sort with Knuth's gaps: short lists mostly."""
    gap = 1
    while gap < count // 3:
        gap = 3 * gap + 1
    while gap > 0:
        for i in range(gap, count):
            value, group = key_of(state, i).value, key_of(state, i).group
            j = i
            while j >= gap and key_of(state, j - gap).value > value:
                copy(key_of(state, j), key_of(state, j - gap))
                j -= gap
            key_of(state, j).value = value
            key_of(state, j).group = group
        gap //= 3


@kernel
def _note_changes(state: Any) -> None:
    """The touched shifts may now differ from the best plan's."""
    cells = cells_of(state, 0)
    for i in range(trail_of(state, ITERATION).shifts):
        s = shift_mark(state, ITERATION, i).touched
        if not changed_of(state, s).listed:
            changed_of(state, s).listed = 1
            changed_of(state, cells.changed).shift = s
            cells.changed += 1


@kernel
def _keep_best(state: Any, points: Any) -> None:
    """The current plan is the best one: copy what changed since the last."""
    cells = cells_of(state, 0)
    cells.best = points
    for i in range(cells.changed):
        s = changed_of(state, i).shift
        changed_of(state, s).listed = 0
        copy(best_load(state, s), load_of(state, s))
        for k in range(load_of(state, s).count + 2):
            copy(best_stop(state, s, k), stop_of(state, s, k))
    cells.changed = 0
