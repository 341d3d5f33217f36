"""Which stops may be passed by: none that a cheapest day could want, whatever travel is like."""

from itertools import permutations

import numpy as np
import pytest

from solver.columns.detours import ALWAYS
from solver.columns.extend import SCALE
from solver.columns.label import EXACT, Pricer
from solver.columns.net import Net, build, build_in_time
from solver.columns.rows import Rows
from solver.columns.store import Store
from solver.columns.watch import Watch
from solver.problem import Problem, Travel
from solver.rules import model
from solver.search.day import pack
from tests.solver.worlds import a_helper, a_problem, a_visit


def a_net(problem: Problem) -> Net:
    numbers = model(problem)
    return build(numbers, pack(numbers))


def with_travel(table: list[list[int]], duration: int = 30, circle: int | None = None) -> Problem:
    """Somebody at place 0, a visit at each other place."""
    visits = [a_visit(f"v{i}", i, duration=duration) for i in range(1, len(table))]
    return a_problem([a_helper("Ana", circle=circle)], visits, travel=(Travel.of("walk", table),))


@pytest.mark.parametrize("one_way", [False, True])
def test_a_stop_on_a_shortcut_may_not_be_passed_by_unless_it_costs_more_than_it_saves(one_way: bool) -> None:
    # From 0 to 2 straight takes 50; by place 1 it takes 10 + 15.
    table = [[0, 10, 50], [60 if one_way else 10, 0, 15], [50, 60 if one_way else 15, 0]]
    net = a_net(with_travel(table))
    assert dict(zip(net.nodes["place"][net.stays["node"]].tolist(), net.stays["passed"].tolist(), strict=True)) == {
        1: -25,
        2: 0,
    }


def test_a_stop_whose_service_takes_less_than_its_shortcut_saves_is_always_looked_at() -> None:
    net = a_net(with_travel([[0, 10, 50], [10, 0, 15], [50, 15, 0]], duration=24))
    assert net.stays["passed"].min() == ALWAYS


def test_within_a_circle_a_stop_may_lead_on_to_others_and_is_never_passed_by() -> None:
    table = [[0, 10, 20], [10, 0, 10], [20, 10, 0]]
    assert a_net(with_travel(table)).stays["passed"].tolist() == [0, 0]
    assert a_net(with_travel(table, circle=15)).stays["passed"].tolist() == [ALWAYS] * 2


def test_out_of_time_nothing_is_passed_by() -> None:
    numbers = model(with_travel([[0, 10, 20], [10, 0, 10], [20, 10, 0]]))
    looks = iter([False, True])
    net = build_in_time(numbers, pack(numbers), 1, Watch(lambda: next(looks)))
    assert net is not None
    assert net.stays["passed"].tolist() == [ALWAYS] * 2


@pytest.mark.parametrize("seed", range(30))
def test_the_cheapest_day_is_found_where_ways_over_others_are_shorter(seed: int) -> None:
    dice = np.random.default_rng(seed)
    problem = with_travel(dice.integers(1, 90, (6, 6)).tolist(), duration=int(dice.integers(1, 90)))
    numbers = model(problem)
    day = pack(numbers)
    net = build(numbers, day)
    rows, store = Rows(numbers, day, net), Store(net)
    y = np.zeros(rows.count)
    y[:5] = dice.integers(0, 120, 5) * dice.integers(0, 2, 5)
    every = [row for size in range(1, 6) for row in permutations(range(5), size)]
    numbers_of = [number for number in store.add([0] * len(every), every) if number >= 0]
    gains = [int(store.points()[number]) - y[store.row(number)].sum() for number in numbers_of]
    assert Pricer(net, 1).price(rows.rewards(y), EXACT).best[0] == SCALE * min(0, *gains)
