"""Days at prices: pricing against all days by hand, the store against the judge, the bound where it is exact."""

from itertools import permutations

import numpy as np
import pytest

from solver.columns.extend import SCALE
from solver.columns.label import EXACT, STONES, Pricer
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


def a_line(windows: bool = True) -> Problem:
    """One helper, five visits along a line, some with windows that exclude each other."""
    when = [(0, 100), (50, 200), (0, 600), (150, 160), (300, 500)] if windows else [(0, 600)] * 5
    return a_problem([a_helper(end=300)], [a_visit(f"v{i}", 1 + i, when[i], 40) for i in range(5)])


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("degree", [STONES, EXACT])
def test_the_cheapest_day_is_that_of_all_orders_tried(seed: int, degree: int) -> None:
    numbers = model(a_line())
    day = pack(numbers)
    net = build(numbers, day)
    rows, store = Rows(numbers, day, net), Store(net)
    y = np.random.default_rng(seed).integers(0, 90, rows.count).astype(float)
    every = [row for size in range(1, 6) for row in permutations(range(5), size)]
    numbers_of = [number for number in store.add([0] * len(every), every) if number >= 0]
    gains = [int(store.points()[number]) - y[store.row(number)].sum() for number in numbers_of]
    priced = Pricer(net, 1).price(rows.rewards(y), degree)
    assert priced.best[0] == SCALE * min(0, *gains)


def test_what_the_store_says_of_a_day_is_what_the_judge_says() -> None:
    # From 0 to 1 and 2 and back: 10 + 10 + 20 of travel; the other three visits are left.
    numbers = model(a_line(windows=False))
    store = Store(build(numbers, pack(numbers)))
    (number,) = store.add([0], [(0, 1)])
    assert int(store.points()[number]) == 40
    assert store.starts[store.end[number] : store.end[number + 1]].tolist() == [10, 60]
    assert store.add([0], [(0, 1)]) == [number]


def test_a_day_that_cannot_be_is_not_kept() -> None:
    numbers = model(a_line())
    store = Store(build(numbers, pack(numbers)))
    assert store.add([0, 0], [(3, 0), (1, 1)]) == [-1, -1]
    assert store.count == 0


def test_the_bound_meets_the_optimum_where_nothing_is_left_out() -> None:
    problem = a_problem(
        [a_helper("Ana", at=0), a_helper("Ben", at=9)], [a_visit(f"v{i}", i + 1, priority=50) for i in range(8)]
    )
    numbers = model(problem)
    market = Market(numbers, pack(numbers), 1)
    market.work([], Watch(lambda: False), 40)
    plan = solve(problem, Limit(iterations=1500, threads=1))
    assert market.bound == plan.objective


@pytest.mark.parametrize("seed", range(6))
def test_prices_of_any_size_prove_nothing_false(seed: int) -> None:
    problem = random_world(seed, helpers=5, visits=10)
    plan = solve(problem, Limit(iterations=1500, threads=1), seed)
    numbers = model(problem)
    day = pack(numbers)
    net = build(numbers, day)
    rows, pricer = Rows(numbers, day, net), Pricer(net, 1)
    for turn in range(10):
        y = rows.project(np.random.default_rng(10 * seed + turn).normal(40, 120, rows.count))
        assert rows.bound(y, pricer.price(rows.rewards(y), EXACT).best) <= (plan.objective or 0)


def test_out_of_time_the_bound_is_crude_but_true() -> None:
    numbers = model(a_line())
    day = pack(numbers)
    net = build(numbers, day)
    rows, pricer = Rows(numbers, day, net), Pricer(net, 1)
    y = np.full(rows.count, 60.0)
    exact = rows.bound(y, pricer.price(rows.rewards(y), EXACT).best)
    pricer.is_over = lambda: True
    assert rows.bound(y, pricer.price(rows.rewards(y), EXACT).best) < exact
