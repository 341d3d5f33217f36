"""Making a group: a single duty in its cheapest place, a coupled group in a good combination of places.

For a coupled group the cheapest places of each member are listed, with the moments between which it could start there.
A beam over the members keeps the cheapest combinations whose moments and helpers agree; the best few are tried in
earnest.
"""

from typing import Any

from solver.search.day import TIMED, apart_of, arc_of, duty_of, group_of, member_of, shift_of
from solver.search.insert import LOOSE, fits, loosen, pair_points, put, take
from solver.search.memory import copy, kernel
from solver.search.place import gather, list_places
from solver.search.price import points_of
from solver.search.schedule import lateness
from solver.search.settle import enqueue, enqueue_stop, forget, settle, settle_anew
from solver.search.single import cheapest_place
from solver.search.state import (
    BEAM,
    TOO_DEAR,
    TRIAL,
    begin,
    cells_of,
    chosen_of,
    draw,
    found_of,
    load_of,
    looked_of,
    place_of,
    queued_of,
    sum_of,
    take_back,
)

TRIES = 5


@kernel
def drop(day: Any, state: Any, level: Any, g: Any) -> None:
    """Leave a group that is made; the shifts' times are not found anew."""
    group = group_of(day, g)
    for i in range(group.first, group.end):
        take(day, state, level, member_of(day, i))
    cells_of(state, 0).total += group.priority


@kernel
def insert_group(day: Any, state: Any, level: Any, g: Any, blink: Any) -> Any:
    """Make the group where it costs least, if that costs less than leaving it. Returns whether it is made."""
    group = group_of(day, g)
    if group.size > 1:
        return _insert_coupled(day, state, level, g, blink)
    duty = member_of(day, group.first)
    _, s, k = cheapest_place(day, state, duty, group.priority, blink)
    if s < 0:
        return False
    put(day, state, level, duty, s, k)
    loosen(day, state, s, k, LOOSE)
    cells_of(state, 0).total -= group.priority
    if settle(day, state, level, enqueue_stop(state, 0, s, k)) >= 0:
        drop(day, state, level, g)
        settle_anew(day, state, level, enqueue(state, 0, s))
        return False
    return True


@kernel
def _insert_coupled(day: Any, state: Any, level: Any, g: Any, blink: Any) -> Any:
    group = group_of(day, g)
    for m in range(group.size):
        duty = member_of(day, group.first + m)
        if m > 0 and _is_twin(day, group, m):
            found_of(state, m).value = found_of(state, m - 1).value
            for i in range(found_of(state, m).value):
                copy(place_of(state, m, i), place_of(state, m - 1, i))
        else:
            _collect(day, state, duty, m, group.priority, blink)
        if found_of(state, m).value == 0:
            return False
    kept, side = _combine(day, state, group)
    best = -1
    cheapest = group.priority
    tries = min(kept, TRIES)
    for i in range(tries):
        if day.grows and sum_of(state, side, i).value >= cheapest:
            continue
        points = _try_combo(day, state, TRIAL, group, side, i, cheapest)
        if points < cheapest:
            cheapest = points
            best = i
            if not (day.timed or day.moved_rate):
                break
    if best < 0:
        return False
    cells_of(state, 0).total -= group.priority
    _place_combo(day, state, level, group, side, best)
    return True


@kernel
def _is_twin(day: Any, group: Any, m: Any) -> Any:
    return duty_of(day, member_of(day, group.first + m)).twin == duty_of(day, member_of(day, group.first + m - 1)).twin


@kernel
def _collect(day: Any, state: Any, duty: Any, m: Any, cut: Any, blink: Any) -> None:
    """The cheapest places of one member, by its own points, in order."""
    found_of(state, m).value = 0
    for i in range(gather(day, state, duty)):
        s = looked_of(state, i).shift
        if blink > 0 and draw(state) < blink:
            continue
        helper = shift_of(day, s).helper
        if load_of(state, s).count + 3 > state.width or not fits(day, state, duty, helper):
            continue
        list_places(day, state, duty, s, m, pair_points(day, state, duty, helper), cut)


@kernel
def _combine(day: Any, state: Any, group: Any) -> Any:
    """Beam over the members: the cheapest combinations of places whose moments and helpers agree. (how many, side)"""
    side = 0
    kept = 1
    sum_of(state, 0, 0).value = 0
    for m in range(group.size):
        other = 1 - side
        new = 0
        for i in range(kept):
            first = 0
            if m > 0 and _is_twin(day, group, m):
                first = chosen_of(state, side, i, m - 1).place + 1
            for j in range(first, found_of(state, m).value):
                points = sum_of(state, side, i).value + place_of(state, m, j).points
                if new == BEAM and points >= sum_of(state, other, BEAM - 1).value:
                    break
                if not _agrees(day, state, group, side, i, m, j):
                    continue
                points += _later(day, state, group, i, m, j, side)
                at = min(new, BEAM - 1)
                if new == BEAM and points >= sum_of(state, other, at).value:
                    continue
                while at > 0 and sum_of(state, other, at - 1).value > points:
                    sum_of(state, other, at).value = sum_of(state, other, at - 1).value
                    for q in range(m + 1):
                        chosen_of(state, other, at, q).place = chosen_of(state, other, at - 1, q).place
                        chosen_of(state, other, at, q).start = chosen_of(state, other, at - 1, q).start
                    at -= 1
                sum_of(state, other, at).value = points
                for q in range(m):
                    chosen_of(state, other, at, q).place = chosen_of(state, side, i, q).place
                    chosen_of(state, other, at, q).start = chosen_of(state, 1 - other, BEAM, q).start
                chosen_of(state, other, at, m).place = j
                chosen_of(state, other, at, m).start = chosen_of(state, 1 - other, BEAM, m).start
                new = min(new + 1, BEAM)
        side = other
        kept = new
        if kept == 0:
            break
    return kept, side


@kernel
def _agrees(day: Any, state: Any, group: Any, side: Any, i: Any, m: Any, j: Any) -> Any:
    """Place j of member m goes with combination i; the starts of all, made to agree, are left in row BEAM."""
    place = place_of(state, m, j)
    duty = member_of(day, group.first + m)
    record = duty_of(day, duty)
    helper = shift_of(day, place.shift).helper
    for q in range(m):
        chosen_of(state, side, BEAM, q).start = chosen_of(state, side, i, q).start
        theirs = place_of(state, q, chosen_of(state, side, i, q).place)
        if shift_of(day, theirs.shift).helper == helper:
            partner = member_of(day, group.first + q)
            for a in range(record.first_apart, record.end_apart):
                if apart_of(day, a) == partner:
                    return False
    chosen_of(state, side, BEAM, m).start = place.least
    for _ in range(4):
        moved = False
        for q in range(m + 1):
            mine = duty_of(day, member_of(day, group.first + q))
            for a in range(mine.first_arc, mine.end_arc):
                arc = arc_of(day, a)
                if arc.kind != TIMED:
                    continue
                for p in range(m + 1):
                    if (
                        member_of(day, group.first + p) == arc.other
                        and chosen_of(state, side, BEAM, p).start + arc.gap > chosen_of(state, side, BEAM, q).start
                    ):
                        chosen_of(state, side, BEAM, q).start = chosen_of(state, side, BEAM, p).start + arc.gap
                        moved = True
            at = j if q == m else chosen_of(state, side, i, q).place
            if chosen_of(state, side, BEAM, q).start > place_of(state, q, at).most:
                return False
        if not moved:
            break
    return True


@kernel
def _later(day: Any, state: Any, group: Any, i: Any, m: Any, j: Any, side: Any) -> Any:
    """Points of tardiness that agreeing adds; `starts` of row BEAM against those of combination i."""
    if not day.tardy_rate:
        return 0
    ticks = 0
    for q in range(m + 1):
        duty = member_of(day, group.first + q)
        before = place_of(state, m, j).least if q == m else chosen_of(state, side, i, q).start
        ticks += lateness(day, duty, chosen_of(state, side, BEAM, q).start) - lateness(day, duty, before)
    return day.tardy_rate * ticks


@kernel
def _try_combo(day: Any, state: Any, level: Any, group: Any, side: Any, combo: Any, cut: Any) -> Any:
    """Points that the combination adds, or TOO_DEAR when they are `cut` or more."""
    begin(state, level)
    before = points_of(day, state)
    points = TOO_DEAR
    if day.grows:
        cells_of(state, 0).cut = cut
        for m in range(group.size):
            cells_of(state, 0).cut -= place_of(state, m, chosen_of(state, side, combo, m).place).base
    if _place_combo(day, state, level, group, side, combo):
        points = points_of(day, state) - before
    cells_of(state, 0).cut = TOO_DEAR
    take_back(state, level)
    return points


@kernel
def _place_combo(day: Any, state: Any, level: Any, group: Any, side: Any, combo: Any) -> Any:
    """Put all members where the combination says and find the times; False if that cannot be."""
    waiting = 0
    for m in range(group.size):
        place = place_of(state, m, chosen_of(state, side, combo, m).place)
        duty = member_of(day, group.first + m)
        if not fits(day, state, duty, shift_of(day, place.shift).helper):
            forget(state, waiting)
            return False
        stop = place.stop
        for q in range(m):
            theirs = place_of(state, q, chosen_of(state, side, combo, q).place)
            if theirs.shift == place.shift and theirs.stop <= place.stop:
                stop += 1
        if load_of(state, place.shift).count + 3 > state.width:
            forget(state, waiting)
            return False
        put(day, state, level, duty, place.shift, stop)
        loosen(day, state, place.shift, stop, 0.0)
        if queued_of(state, place.shift).waits:
            waiting = enqueue(state, waiting, place.shift)
        else:
            waiting = enqueue_stop(state, waiting, place.shift, stop)
    return settle(day, state, level, waiting) < 0
