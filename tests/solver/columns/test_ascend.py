"""Prices by ascent: what they prove is true and near what the LP proves; the mean is nearly a solution."""

from collections import defaultdict

import numpy as np
import pytest

from solver.columns.ascend import Ascent
from solver.columns.label import Pricer
from solver.columns.market import Market
from solver.columns.net import build
from solver.columns.rows import Rows
from solver.columns.store import Store
from solver.columns.watch import Watch
from solver.problem import Problem
from solver.rules import model
from solver.search.day import pack
from solver.solve import Limit, solve
from tests.solver.worlds import a_helper, a_problem, a_visit, random_world

FOR_EVER = Watch(lambda: False)


def an_ascent(problem: Problem, most: int) -> Ascent:
    numbers = model(problem)
    day = pack(numbers)
    net = build(numbers, day)
    rows = Rows(numbers, day, net)
    return Ascent(rows, Pricer(net, 1), Store(net), np.zeros(rows.count), most)


def a_street() -> Problem:
    people = [a_helper("Ana", at=0), a_helper("Ben", at=9)]
    return a_problem(people, [a_visit(f"v{i}", i + 1, priority=50) for i in range(8)])


@pytest.mark.parametrize("seed", range(8))
def test_what_the_best_prices_prove_is_true(seed: int) -> None:
    problem = random_world(seed, helpers=5, visits=10)
    most = solve(problem, Limit(iterations=1500, threads=1), seed).objective or 0
    ascent = an_ascent(problem, most)
    for _ in range(4):
        ascent.climb(25, FOR_EVER)
        ascent.prove()
        assert ascent.prices is not None
        assert ascent.prices.bound <= most


def test_the_bound_rises_to_near_that_of_the_lp() -> None:
    problem = a_street()
    numbers = model(problem)
    market = Market(numbers, pack(numbers), 1)
    market.work([], FOR_EVER, 40)
    ascent = an_ascent(problem, market.bound)
    ascent.prove()
    assert ascent.prices is not None
    first = ascent.prices.bound
    ascent.climb(400, FOR_EVER)
    ascent.prove()
    assert first < market.bound
    assert 0.97 * market.bound <= ascent.prices.bound <= market.bound


def test_the_mean_takes_each_shift_once_and_makes_most_of_what_the_prices_ask_for() -> None:
    ascent = an_ascent(a_street(), 200)
    ascent.climb(400, FOR_EVER)
    of_shift: dict[int, float] = defaultdict(float)
    made = np.zeros(ascent.rows.node_count)
    for number, share in ascent.shares().items():
        of_shift[int(ascent.store.shift[number])] += share
        made[ascent.store.row(number)] += share
    assert max(of_shift.values()) < 1.01
    assert made == pytest.approx(np.ones(8), abs=0.15)


def test_a_watch_that_is_over_lets_it_take_no_step() -> None:
    ascent = an_ascent(a_street(), 200)
    ascent.climb(10, Watch(lambda: True))
    assert ascent.shares() == {}
    ascent.prove()
    assert ascent.prices is not None
    assert ascent.prices.bound == 0
