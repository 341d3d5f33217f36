"""Regions: some helpers who live near each other, with all that they make and all that is left near them.

The rest of the plan stands meanwhile. A region is a net of its own, with the same numbers for everything, in which
nobody else can do anything and what others make is not asked for.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from solver.choose import Effort, choose
from solver.clock import Clock
from solver.columns.market import Market
from solver.columns.net import Ints, Net
from solver.model import Bools, Model
from solver.search.pool import Column

REGION = 80
"""Helpers in a region."""
PRICES = 0.6
"""The share of a region's time for prices; the rest is for diving and choosing."""
ROUNDS = 60
"""Rounds of pricing, at most."""
GOODS = 3_000
"""Days that CP-SAT gets."""
WORK = 1.0
"""What CP-SAT gets where no clock decides."""
LEAST_CHOICE = 0.25
"""Seconds below which choosing is not worth it."""


def pick(model: Model, dice: np.random.Generator, free: Bools, turns: Ints) -> Bools:
    """(H,) the helpers nearest to one of the `free` ones, as far as they are free; who was in a region least often so
    far (`turns`, (H,)) is drawn first, so that everybody gets a turn."""
    start = model.start_place[model.first_shift[:-1].clip(max=max(0, len(model.start_place) - 1))]
    able = np.nonzero(free & (np.diff(model.first_shift) > 0))[0]
    chosen = np.zeros(len(free), bool)
    if len(able):
        waiting = able[turns[able] == turns[able].min()]
        centre = waiting[dice.integers(len(waiting))]
        far = model.travel[0][start[centre], start[able]]
        chosen[able[np.argsort(far, kind="stable")[:REGION]]] = True
    return chosen


def unshared(model: Model, groups: Ints, helpers: Bools, days: Sequence[Column]) -> Bools:
    """(H,) these helpers without those who make a group together with anybody else: such days stand, since nobody can
    leave a part of a group."""
    counts = [len(day.duties) for day in days]
    group = groups[model.duty_visit[[duty for day in days for duty in day.duties]].astype(np.int64)]
    helper = np.repeat(model.shift_helper[[day.shift for day in days]].astype(np.int64), counts)
    helpers = helpers.copy()
    while True:
        theirs = np.isin(group, group[~helpers[helper]])
        if not (theirs & helpers[helper]).any():
            return helpers
        helpers[helper[theirs]] = False


def region(net: Net, model: Model, groups: Ints, helpers: Bools, fixed: Bools) -> Net:
    """The net of these helpers, without the groups (G,) that are `fixed`."""
    inside = helpers[model.shift_helper[net.stay_shift]]
    inside &= ~fixed[groups[net.nodes["visit"][net.stays["node"]]]]
    counts = np.bincount(net.stay_shift[inside], minlength=len(net.first_stay) - 1)
    return replace(
        net,
        stays=net.stays[inside],
        first_stay=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
        stay_shift=net.stay_shift[inside],
    )


def made_by(model: Model, groups: Ints, days: Sequence[Column]) -> Bools:
    """(G,) the groups that these days make, at least in part."""
    made = np.zeros(int(groups.max(initial=-1)) + 1, bool)
    for day in days:
        made[groups[model.duty_visit[list(day.duties)]]] = True
    return made


def improve(
    market: Market, inside: Sequence[Column], outside: Sequence[Column], clock: Clock, until: float, seed: int
) -> list[Column]:
    """The days of a region's market that cost least, at most what those `inside` cost; those `outside` stand."""
    now = clock.done()
    market.work(inside, clock.watch(now + PRICES * (until - now)), ROUNDS)
    found = market.dive(clock.watch(until), 1)
    best = found if found and market.cost(found) < market.cost(inside) else list(inside)
    goods = [*found, *market.goods(GOODS, market.cost(best) - market.bound)]
    market.close()
    seconds = clock.seconds(until)
    if market.cost(best) <= market.bound or clock.is_over() or (seconds is not None and seconds < LEAST_CHOICE):
        return best
    effort = Effort(seconds=seconds, work=WORK if seconds is None else None, threads=1, seed=seed)
    chosen = choose(market.model, market.visit_group, goods, [*outside, *best], effort, clock.is_over)
    stands = set(outside)
    return best if chosen is None or not stands <= set(chosen) else [day for day in chosen if day not in stands]
