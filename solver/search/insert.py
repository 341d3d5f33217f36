"""Putting duties into shifts and taking them out, and whether a helper may make one more."""

from typing import Any

from solver.search.day import (
    NEVER,
    apart_of,
    back_of,
    budget_of,
    duty_of,
    fee_of,
    helper_of,
    lending_of,
    most_lent,
    pair_of,
    shift_of,
    told_of,
    travel_of,
)
from solver.search.memory import copy, kernel
from solver.search.schedule import hold, opening
from solver.search.state import (
    UNKNOWN,
    cells_of,
    draw,
    lent_of,
    load_of,
    spent_of,
    spot_of,
    stop_of,
    tally_of,
    touch,
)

LOOSE = 0.05
"""Share of told duties that are put in as early as can be: now and then a broken promise is worth its points."""


@kernel
def put(day: Any, state: Any, level: Any, duty: Any, s: Any, k: Any) -> None:
    """Make the duty the shift's k-th stop; times are found by `settle`."""
    touch(day, state, level, s)
    load = load_of(state, s)
    record = duty_of(day, duty)
    for i in range(load.count + 1, k - 1, -1):
        copy(stop_of(state, s, i + 1), stop_of(state, s, i))
        if i <= load.count:
            spot_of(state, stop_of(state, s, i).duty).stop = i + 1
    load.count += 1
    load.coupled += record.coupled
    stop_of(state, s, k).duty = duty
    stop_of(state, s, k).place = record.place
    stop_of(state, s, k).start = UNKNOWN
    stop_of(state, s, k).loose = 0
    spot_of(state, duty).shift = s
    spot_of(state, duty).stop = k
    _count(day, state, duty, shift_of(day, s).helper, 1)


@kernel
def loosen(day: Any, state: Any, s: Any, k: Any, chance: Any) -> None:
    """Stop k was just put: it does not wait for the start that was told where those behind it leave no time for that,
    nor with this chance."""
    if day.moved_rate == 0:
        return
    shift = shift_of(day, s)
    stop = stop_of(state, s, k)
    t = stop_of(state, s, k - 1).free + back_of(day, shift.mode, stop.place, stop_of(state, s, k - 1).place)
    wait = hold(day, stop.duty, shift.helper, t)
    if wait == t:
        return
    after = stop_of(state, s, k + 1)
    wait = opening(day, stop.duty, wait)
    ends = wait + duty_of(day, stop.duty).duration + travel_of(day, shift.mode, stop.place, after.place)
    if wait == NEVER or ends > after.last or (chance > 0 and draw(state) < chance):
        stop.loose = 1


@kernel
def is_told(day: Any, duty: Any, helper: Any) -> Any:
    """The helper was told to make this duty, at a time that counts."""
    if day.moved_rate:
        record = duty_of(day, duty)
        for i in range(record.first_told, record.end_told):
            if told_of(day, i).helper == helper:
                return True
    return False


@kernel
def take(day: Any, state: Any, level: Any, duty: Any) -> None:
    """Take the duty out of its shift."""
    s = spot_of(state, duty).shift
    touch(day, state, level, s)
    load = load_of(state, s)
    for i in range(spot_of(state, duty).stop, load.count + 1):
        copy(stop_of(state, s, i), stop_of(state, s, i + 1))
        if i < load.count:
            spot_of(state, stop_of(state, s, i).duty).stop = i
    load.count -= 1
    load.coupled -= duty_of(day, duty).coupled
    spot_of(state, duty).shift = -1
    _count(day, state, duty, shift_of(day, s).helper, -1)


@kernel
def _count(day: Any, state: Any, duty: Any, helper: Any, sign: Any) -> None:
    record = duty_of(day, duty)
    tally = tally_of(state, helper)
    tally.visits += sign
    tally.service += sign * record.duration
    if record.burden:
        before = max(0, tally.burden - day.fair_share)
        tally.burden += sign * record.burden
        cells_of(state, 0).total += day.fairness_rate * (max(0, tally.burden - day.fair_share) - before)
    if day.limits == 0:
        return
    if record.purse >= 0:
        spent_of(state, record.purse).value += sign * fee_of(day, record.visit, helper)
    lending = _lending(day, record.community, helper_of(day, helper).community)
    if lending >= 0:
        lent_of(state, lending).value += sign


@kernel
def _lending(day: Any, visits: Any, helpers: Any) -> Any:
    if visits < 0 or helpers < 0:
        return -1
    return lending_of(day, helpers, visits)


@kernel
def fits(day: Any, state: Any, duty: Any, helper: Any) -> Any:
    """The helper may make this duty too, as far as work, visits, purses, lendings and partners tell."""
    record = duty_of(day, duty)
    tally = tally_of(state, helper)
    limit = helper_of(day, helper)
    if tally.visits >= limit.most_visits or tally.service + record.duration > limit.most_work:
        return False
    if day.limits:
        if record.purse >= 0 and spent_of(state, record.purse).value + fee_of(day, record.visit, helper) > budget_of(
            day, record.purse
        ):
            return False
        lending = _lending(day, record.community, limit.community)
        if lending >= 0 and lent_of(state, lending).value >= most_lent(day, lending):
            return False
    for i in range(record.first_apart, record.end_apart):
        shift = spot_of(state, apart_of(day, i)).shift
        if shift >= 0 and shift_of(day, shift).helper == helper:
            return False
    return True


@kernel
def pair_points(day: Any, state: Any, duty: Any, helper: Any) -> Any:
    """Points of the pair, with what the duty adds to the helper's unfair burden."""
    record = duty_of(day, duty)
    points = pair_of(day, record.visit, helper)
    if record.burden:
        share = day.fair_share
        burden = tally_of(state, helper).burden
        points += day.fairness_rate * (max(0, burden + record.burden - share) - max(0, burden - share))
    return points
