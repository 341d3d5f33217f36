"""Regions: who belongs to one, what may happen in it, and that the rest stands."""

from dataclasses import replace

import numpy as np

from solver.clock import Clock
from solver.columns.market import Market
from solver.columns.net import build
from solver.columns.regions import REGION, improve, made_by, pick, region, unshared
from solver.problem import Problem
from solver.rules import model
from solver.search.day import pack
from solver.search.pool import Column
from tests.solver.worlds import a_helper, a_problem, a_visit


def a_long_street(helpers: int = 3) -> Problem:
    """Somebody every three places, each with two visits next door."""
    people = [a_helper(f"h{i}", at=3 * i) for i in range(helpers)]
    visits = [a_visit(f"v{i}{j}", 3 * i + j + 1, priority=500) for i in range(helpers) for j in range(2)]
    return a_problem(people, visits, places=3 * helpers + 1)


def test_a_region_is_those_who_live_nearest_to_one_of_the_free() -> None:
    count = REGION + 40
    numbers = model(a_long_street(count))
    free = np.ones(count, bool)
    free[:20] = False
    for seed in range(5):
        chosen = np.nonzero(pick(numbers, np.random.default_rng(seed), free, np.zeros(count, np.int64)))[0]
        assert len(chosen) == REGION
        assert chosen[-1] - chosen[0] == REGION - 1
        assert chosen[0] >= 20


def test_who_was_in_no_region_yet_is_drawn_first() -> None:
    count = 3 * REGION
    numbers, dice = model(a_long_street(count)), np.random.default_rng(1)
    turns = np.zeros(count, np.int64)
    while not turns.all():
        waiting = turns == 0
        chosen = pick(numbers, dice, np.ones(count, bool), turns)
        assert (chosen & waiting).any()
        turns += chosen


def test_where_nobody_is_free_the_region_is_empty() -> None:
    numbers = model(a_long_street())
    assert not pick(numbers, np.random.default_rng(1), np.zeros(3, bool), np.zeros(3, np.int64)).any()


def test_who_makes_a_visit_with_somebody_outside_stays_outside_and_so_do_their_partners() -> None:
    people = [a_helper(f"h{i}") for i in range(5)]
    visits = [a_visit("lift", people=2), a_visit("move", people=2), a_visit("carry", people=2), a_visit("tea")]
    numbers = model(a_problem(people, visits))
    groups = pack(numbers)["visit_group"]
    lift_and_move, move, carry = (0, 2), (3,), (4,)
    rows = [(0, (1,)), (1, lift_and_move), (2, move), (3, carry), (4, (5, 6))]
    days = [Column(shift, duties, tuple(range(0, 50 * len(duties), 50)), 0, 0, 0, 0, 0) for shift, duties in rows]
    for outside, left in (([0], [3, 4]), ([2], [3, 4]), ([3], [0, 1, 2]), ([], [0, 1, 2, 3, 4])):
        helpers = np.isin(np.arange(5), outside, invert=True)
        assert np.nonzero(unshared(numbers, groups, helpers, days))[0].tolist() == left
    assert unshared(numbers, groups, helpers, []).all()


def test_in_a_region_nobody_else_can_do_anything_and_what_others_make_is_not_asked_for() -> None:
    numbers = model(a_long_street())
    day = pack(numbers)
    net = build(numbers, day)
    groups = day["visit_group"]
    outside = [Column(2, (3,), (100,), 20, 0, 0, 0, 30)]
    fixed = made_by(numbers, groups, outside)
    assert fixed.tolist() == [False, False, False, True, False, False]
    inner = region(net, numbers, groups, np.array([True, True, False]), fixed)
    assert np.diff(inner.first_stay).tolist() == [5, 5, 0]
    assert set(inner.nodes["visit"][inner.stays["node"]].tolist()) == {0, 1, 2, 4, 5}


def test_a_region_comes_back_better_and_what_is_outside_stands() -> None:
    # h0 makes the visits beside h1 and the other way round; h2 stands. Swapped, each travels 40 ticks.
    numbers = model(a_long_street())
    day = pack(numbers)
    net, groups = build(numbers, day), day["visit_group"]
    inside = [Column(0, (2, 3), (40, 80), 100, 0, 0, 0, 60), Column(1, (0, 1), (20, 60), 40, 0, 0, 0, 60)]
    outside = [Column(2, (4,), (10,), 20, 0, 0, 0, 30)]
    helpers = np.array([True, True, False])
    inner = region(net, numbers, groups, helpers, made_by(numbers, groups, outside))
    market = Market(numbers, day, 1, inner)
    market.set_aside(outside)
    market.learn(inside)
    clock = Clock(None, 10_000, 0.0, None, lambda: False)
    found = improve(market, inside, outside, clock, 1.0, 1)
    assert market.cost(found) < market.cost(inside)
    assert {one.shift for one in found} <= {0, 1}
    assert sorted(duty for one in found for duty in one.duties) in ([0, 1, 2, 3], [0, 1, 2, 3, 5])
    assert market.cost(found) == market.bound


def test_a_region_learns_no_day_of_others_and_none_with_what_others_make() -> None:
    numbers = model(a_long_street())
    day = pack(numbers)
    net, groups = build(numbers, day), day["visit_group"]
    others = Column(2, (4,), (10,), 20, 0, 0, 0, 30)
    inner = region(net, numbers, groups, np.array([True, True, False]), made_by(numbers, groups, [others]))
    market = Market(numbers, day, 1, inner)
    mine = Column(0, (0, 5), (10, 100), 160, 0, 0, 0, 60)
    market.learn([others, replace(others, shift=0, starts=(130,)), mine, Column(2, (5,), (20,), 40, 0, 0, 0, 30)])
    assert [(column.shift, column.duties) for column in market.store.columns(range(market.store.count))] == [
        (0, (0, 5))
    ]
