"""All days that a better plan could hold: none is missed, and what is chosen among them is proven to be the best."""

import random
from dataclasses import replace
from itertools import permutations
from typing import Any

import numpy as np
import pytest

from solver.columns.better import is_told_by_days
from solver.columns.every import every
from solver.columns.extend import SCALE
from solver.columns.label import EXACT, Pricer
from solver.columns.market import Market
from solver.columns.net import build
from solver.columns.rows import Rows
from solver.columns.store import Store
from solver.columns.watch import Watch
from solver.problem import Break, Link, Problem, Purse, Shift, Weights, Window
from solver.rules import model
from solver.search.day import pack
from solver.solve import Limit, solve
from tests.solver.brute import best_plan
from tests.solver.worlds import a_helper, a_problem, a_visit


def a_street(circle: int | None) -> Problem:
    """Two helpers, five visits along a street, one of them in two windows; within a circle some lead on to others."""
    windows = [(0, 100), (50, 200), (0, 600), (150, 160), (0, 600)]
    visits = [a_visit(f"v{i}", 1 + i, windows[i], 40) for i in range(5)]
    visits[4] = replace(visits[4], windows=(Window(20, 60), Window(200, 260)))
    people = [a_helper("Ana", end=300, circle=circle), a_helper("Ben", end=260, at=6, most_visits=3, circle=circle)]
    return a_problem(people, visits)


@pytest.mark.parametrize("circle", [None, 10, 20])
@pytest.mark.parametrize("seed", range(6))
def test_no_day_is_missed_that_costs_little_enough(seed: int, circle: int | None) -> None:
    numbers = model(a_street(circle))
    day = pack(numbers)
    net = build(numbers, day)
    rows, store, pricer = Rows(numbers, day, net), Store(net), Pricer(net, 1)
    y = np.random.default_rng(seed).integers(0, 60, rows.count).astype(float)
    room = 25 * (seed + 1)
    limit = pricer.price(rows.rewards(y), EXACT).best + SCALE * room
    found = every(pricer, rows.rewards(y), limit, 5000)
    assert found is not None
    told, asked = {}, {}
    for shift, stays in found:
        row = net.stays["node"][stays].tolist()
        (number,) = store.add([shift], [tuple(row)])
        points = int(store.points()[number])
        told[shift, frozenset(row)] = min(points, told.get((shift, frozenset(row)), points))
    for shift, most in ((0, 5), (1, 3)):
        orders = [order for size in range(1, most + 1) for order in permutations(range(5), size)]
        for number in (one for one in store.add([shift] * len(orders), orders) if one >= 0):
            row, points = store.row(number).tolist(), int(store.points()[number])
            if SCALE * (points - int(y[row].sum())) <= limit[shift]:
                asked[shift, frozenset(row)] = min(points, asked.get((shift, frozenset(row)), points))
    assert told == asked
    assert len(asked) > 1


def test_too_many_days_are_not_half_told() -> None:
    numbers = model(a_street(None))
    net = build(numbers, pack(numbers))
    nothing = np.zeros(len(net.stays), np.int64)
    limit = np.full(2, SCALE * 1000)
    whole = every(Pricer(net, 1), nothing, limit, 5000)
    assert whole is not None
    assert every(Pricer(net, 1), nothing, limit, len(whole)) is not None
    assert every(Pricer(net, 1), nothing, limit, len(whole) - 1) is None


def an_odd_circle() -> Problem:
    """Three visits next door, two at most for each of two helpers: an LP makes every two of them by half, for 30."""
    people = [a_helper(name, end=200, most_visits=2) for name in ("Ana", "Ben")]
    return a_problem(people, [a_visit(f"v{i}", 1, (10, 30), 10, priority=200) for i in range(3)], places=2)


def test_where_the_lp_is_torn_the_choice_among_all_days_is_the_proof() -> None:
    problem = an_odd_circle()
    numbers = model(problem)
    market = Market(numbers, pack(numbers), 1)
    market.work([], Watch(lambda: False), 40)
    best, plan = best_plan(problem), solve(problem, Limit(iterations=400, threads=1))
    assert best is not None
    assert market.bound == 30
    assert (plan.bound, plan.objective) == (40, 40)
    assert best.objective == 40


def a_plain_world(seed: int) -> Problem:
    """Three helpers, four visits, one of them for two people at one of two moments; a purse pays for some of it."""
    dice = random.Random(seed)
    people = [
        a_helper(
            f"h{i}", at=dice.randrange(5), end=dice.choice((70, 130)), most_visits=dice.choice((1, 2)), visit_cost=100
        )
        for i in range(3)
    ]
    visits = [
        a_visit(
            f"v{i}",
            dice.randrange(5),
            (start, start + 2),
            20,
            priority=dice.randrange(10, 60),
            purse=dice.choice((None, 0)),
        )
        for i, start in enumerate(dice.sample(range(10, 60), 3))
    ]
    moments = (Window(20, 20), Window(50, 50))
    visits.append(a_visit("lift", dice.randrange(5), people=2, duration=15, priority=70, windows=moments))
    return a_problem(people, visits, places=5, purses=(Purse("spring", 200),), weights=Weights(travel=1, fee=5))


@pytest.mark.parametrize("seed", range(8))
def test_what_is_proven_is_the_optimum_by_brute_force(seed: int) -> None:
    problem = a_plain_world(seed)
    numbers = model(problem)
    day = pack(numbers)
    assert is_told_by_days(numbers, build(numbers, day), day)
    best, plan = best_plan(problem), solve(problem, Limit(iterations=400, threads=1), seed)
    assert best is not None
    assert plan.objective == plan.bound == best.objective


MORE: dict[str, dict[str, Any]] = {
    "waiting": {"weights": Weights(travel=1, waiting=1)},
    "longest wait": {"weights": Weights(travel=1, longest_wait=1)},
    "longest idle": {"weights": Weights(travel=1, longest_idle=1)},
    "balance": {"weights": Weights(travel=1, balance=1)},
    "highest tardiness": {"weights": Weights(travel=1, highest_tardiness=1)},
    "soft ends": {"visits": (a_visit(soft_end=True),)},
    "wide windows for two": {"visits": (a_visit(people=2),)},
    "timed links": {"visits": (a_visit("a"), a_visit("b")), "links": (Link(0, 1, least=0, most=9),)},
    "rests": {"helpers": (a_helper(rest=Break(100, 200, 30)),)},
    "extra time": {"helpers": (a_helper(extra_time=30),)},
}


@pytest.mark.parametrize("what", MORE)
def test_where_days_do_not_tell_all_nothing_is_proven_from_them(what: str) -> None:
    plain = a_problem([a_helper(shifts=(Shift(0, 600, 0, 0),)), a_helper("Ben")], [a_visit()])
    assert [_is_told(plain), _is_told(replace(plain, **MORE[what]))] == [True, False]


def _is_told(problem: Problem) -> bool:
    numbers = model(problem)
    day = pack(numbers)
    return is_told_by_days(numbers, build(numbers, day), day)
