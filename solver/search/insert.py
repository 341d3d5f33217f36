"""Putting duties into shifts: what it would cost where, and the cheapest place of a duty.

A single duty in a shift whose points do not depend on times is priced in constant time per stop. Where tardiness or
extra time count, the rest of the day is walked. Where links, waiting or the whole roster count, the change is made,
priced and taken back.
"""

from typing import Any

from solver.search.day import (
    NEVER,
    apart_of,
    back_of,
    budget_of,
    choice_of,
    duty_of,
    fee_of,
    group_of,
    helper_of,
    lending_of,
    may_of,
    member_of,
    most_lent,
    near_of,
    pair_of,
    shift_of,
    told_of,
    travel_of,
    visit_group,
)
from solver.search.memory import copy, kernel
from solver.search.schedule import (
    enqueue,
    hold,
    imbalance,
    lateness,
    moved,
    opening,
    points_of,
    rested_at,
    settle,
    too_far,
)
from solver.search.state import (
    TRIAL,
    UNKNOWN,
    begin,
    cells_of,
    draw,
    lent_of,
    load_of,
    looked_of,
    spent_of,
    spot_of,
    stop_of,
    take_back,
    tally_of,
    touch,
)

TOO_DEAR = 2**62
FULL_SCAN = 160
"""A duty that more shifts may make looks at the cheapest of them, and at those that serve nearby already."""
HEAD = 90
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


@kernel
def gather(day: Any, state: Any, duty: Any) -> Any:
    """Write the shifts worth looking at into the list of shifts looked at; returns how many."""
    record = duty_of(day, duty)
    first, end = record.first_choice, record.end_choice
    if end - first <= FULL_SCAN:
        for i in range(first, end):
            looked_of(state, i - first).shift = choice_of(day, i)
        return end - first
    cells_of(state, 0).look_stamp += 1
    stamp = cells_of(state, 0).look_stamp
    count = 0
    for i in range(first, first + HEAD):
        s = choice_of(day, i)
        looked_of(state, s).stamp = stamp
        looked_of(state, count).shift = s
        count += 1
    for i in range(day.near_size):
        group = group_of(day, visit_group(day, near_of(day, record.visit, i)))
        for m in range(group.first, group.end):
            s = spot_of(state, member_of(day, m)).shift
            if s >= 0 and looked_of(state, s).stamp != stamp and may_of(day, duty, shift_of(day, s).helper):
                looked_of(state, s).stamp = stamp
                looked_of(state, count).shift = s
                count += 1
    return count


@kernel
def cheapest_place(day: Any, state: Any, duty: Any, cut: Any, blink: Any) -> Any:
    """(points, shift, stop) of the cheapest insertion below `cut`; shift -1 if there is none."""
    record = duty_of(day, duty)
    opens, closes, duration, place = record.opens, record.closes, record.duration, record.place
    best = cut
    best_shift = -1
    best_stop = -1
    width = state.width
    for i in range(gather(day, state, duty)):
        s = looked_of(state, i).shift
        if blink > 0 and draw(state) < blink:
            continue
        shift = shift_of(day, s)
        load = load_of(state, s)
        if load.count + 3 > width or not fits(day, state, duty, shift.helper):
            continue
        pair = pair_points(day, state, duty, shift.helper)
        walks = load.coupled or day.timed or (shift.rests and day.rest_rate >= 0)
        if walks or is_told(day, duty, shift.helper):
            points, k = _slow_place(day, state, duty, s, pair, best)
            if k > 0:
                best, best_shift, best_stop = points, s, k
            continue
        home = shift.home >= 0 and travel_of(day, shift.mode, shift.home, place) <= shift.circle
        for k in range(1, load.count + 2):
            before = stop_of(state, s, k - 1)
            after = stop_of(state, s, k)
            free = before.free
            if free > closes:
                break
            if opens + duration > after.last:
                continue
            leg_in = back_of(day, shift.mode, place, before.place)
            t = free + leg_in
            if t > closes:
                continue
            if t < opens:
                t = opens
            elif record.several:
                t = opening(day, duty, t)
                if t == NEVER:
                    continue
            t += duration
            leg_out = travel_of(day, shift.mode, place, after.place)
            if t + leg_out > after.last:
                continue
            points = pair + day.leg_rate * (leg_in + leg_out - after.leg)
            if points >= best:
                continue
            if leg_in > shift.circle and not home:
                continue
            if leg_out > shift.circle and k <= load.count and too_far(day, s, after.place, leg_out):
                continue
            if shift.rests and not _leaves_rest(day, shift, duty, before, after, leg_in, leg_out):
                continue
            if day.moved_rate and k <= load.count and t + leg_out > after.start:
                broken, _ = push(day, state, s, k, t + leg_out)
                points += broken
                if broken == TOO_DEAR or points >= best:
                    continue
            best, best_shift, best_stop = points, s, k
    return best, best_shift, best_stop


@kernel
def _leaves_rest(day: Any, shift: Any, duty: Any, before: Any, after: Any, leg_in: Any, leg_out: Any) -> Any:
    """The rest can still be taken: before the duty, right after it, or later."""
    duration = duty_of(day, duty).duration
    rested = min(before.rested, rested_at(shift, before.free))
    if rested < NEVER:
        t = opening(day, duty, rested + leg_in)
        if t < NEVER and t + duration + leg_out <= after.last:
            return True
    t = opening(day, duty, before.free + leg_in)
    if t == NEVER:
        return False
    t += duration
    if t + leg_out <= after.resting:
        return True
    rested = rested_at(shift, t)
    return after.duty >= 0 and rested < NEVER and rested + leg_out <= after.last


@kernel
def _slow_place(day: Any, state: Any, duty: Any, s: Any, pair: Any, cut: Any) -> Any:
    """(points, stop) of the cheapest insertion into one shift below `cut`; stop -1 if there is none."""
    shift = shift_of(day, s)
    load = load_of(state, s)
    best = cut
    best_stop = -1
    is_walk = day.walked and load.coupled == 0 and not shift.rests
    highest = 0
    if day.tardiest_rate:
        for other in range(state.shift_count):
            highest = max(highest, load_of(state, other).tardy)
    even = imbalance(day, state, 0, 0)
    for k in range(1, load.count + 2):
        t, points = own_points(day, state, duty, s, k, pair)
        if t == NEVER:
            break
        if points == TOO_DEAR or (day.grows and points >= best):
            continue
        if is_walk:
            late = lateness(day, duty, t)
            delay, highest_late = push(day, state, s, k, leaves(day, duty, s, state, k, t))
            if delay == TOO_DEAR:
                continue
            points += delay + day.tardiest_rate * (max(highest, late, highest_late) - highest)
            if day.balance_rate:
                points += imbalance(day, state, shift.helper, more_work(day, state, duty, s, k)) - even
        elif points < best or not day.grows:
            points = _trial(day, state, duty, s, k)
        if points < best:
            best = points
            best_stop = k
    return best, best_stop


@kernel
def own_points(day: Any, state: Any, duty: Any, s: Any, k: Any, pair: Any) -> Any:
    """(start, points) of the duty before stop k, without what it does to those after it.

    The start is NEVER if it would be too late there and at all later stops; the points are TOO_DEAR if it cannot be.
    """
    record = duty_of(day, duty)
    shift = shift_of(day, s)
    before = stop_of(state, s, k - 1)
    after = stop_of(state, s, k)
    if before.free > record.closes:
        return NEVER, TOO_DEAR
    leg_in = back_of(day, shift.mode, record.place, before.place)
    leg_out = travel_of(day, shift.mode, record.place, after.place)
    t = opening(day, duty, hold(day, duty, shift.helper, before.free + leg_in))
    if day.moved_rate and (t == NEVER or t + record.duration + leg_out > after.last):
        t = opening(day, duty, before.free + leg_in)
    if t == NEVER or t + record.duration + leg_out > after.last:
        return 0, TOO_DEAR
    if too_far(day, s, record.place, leg_in):
        return 0, TOO_DEAR
    if k <= load_of(state, s).count and too_far(day, s, after.place, leg_out):
        return 0, TOO_DEAR
    points = pair + day.leg_rate * (leg_in + leg_out - after.leg) + moved(day, duty, shift.helper, t)
    if day.timed:
        points += day.tardy_rate * lateness(day, duty, t)
        if k > 1 or day.leaves_at_start:
            points += day.waiting_rate * (t - before.free - leg_in)
    return t, points


@kernel
def leaves(day: Any, duty: Any, s: Any, state: Any, k: Any, t: Any) -> Any:
    """When the helper who starts the duty at `t` comes to stop k."""
    record = duty_of(day, duty)
    leg = travel_of(day, shift_of(day, s).mode, record.place, stop_of(state, s, k).place)
    return t + record.duration + leg


@kernel
def more_work(day: Any, state: Any, duty: Any, s: Any, k: Any) -> Any:
    """Ticks of service and travel that the duty adds before stop k."""
    record = duty_of(day, duty)
    mode = shift_of(day, s).mode
    leg_in = back_of(day, mode, record.place, stop_of(state, s, k - 1).place)
    leg_out = travel_of(day, mode, record.place, stop_of(state, s, k).place)
    return record.duration + leg_in + leg_out - stop_of(state, s, k).leg


@kernel
def push(day: Any, state: Any, s: Any, k: Any, t: Any) -> Any:
    """(points, highest tardiness) that follow when the helper comes to stop `k` at `t`, partners elsewhere not asked.

    Those after a change are never sooner than they were; TOO_DEAR if one of them cannot be.
    """
    shift = shift_of(day, s)
    count = load_of(state, s).count
    tardy = 0
    highest = 0
    waited = 0
    broken = 0
    came = stop_of(state, s, k - 1).free + stop_of(state, s, k).leg
    if k == 1 and not day.leaves_at_start and count:
        came = stop_of(state, s, 1).start
    while k <= count:
        stop = stop_of(state, s, k)
        start = opening(day, stop.duty, t)
        if start == NEVER:
            return TOO_DEAR, 0
        start = max(start, stop.start)
        waited += start - t - (stop.start - came)
        if start == stop.start:
            return day.tardy_rate * tardy + day.waiting_rate * waited + broken, highest
        broken += moved(day, stop.duty, shift.helper, start) - moved(day, stop.duty, shift.helper, stop.start)
        late = lateness(day, stop.duty, start)
        highest = max(highest, late)
        tardy += late - lateness(day, stop.duty, stop.start)
        ahead = duty_of(day, stop.duty).duration + stop_of(state, s, k + 1).leg
        t = start + ahead
        came = stop.start + ahead
        if t > shift.limit:
            return TOO_DEAR, 0
        k += 1
    extra = max(0, t - shift.end)
    if count:
        extra -= max(0, stop_of(state, s, k).start - shift.end)
    return day.tardy_rate * tardy + day.waiting_rate * waited + day.extra_rate * extra + broken, highest


@kernel
def _trial(day: Any, state: Any, duty: Any, s: Any, k: Any) -> Any:
    """Points that the insertion adds, by doing it and taking it back; TOO_DEAR if it cannot be."""
    begin(state, TRIAL)
    before = points_of(day, state)
    put(day, state, TRIAL, duty, s, k)
    loosen(day, state, s, k, 0.0)
    points = TOO_DEAR
    if settle(day, state, TRIAL, enqueue(state, 0, s)) < 0:
        points = points_of(day, state) - before
    take_back(state, TRIAL)
    return points
