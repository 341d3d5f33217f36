"""Company: where an LP would share a visit's people out among windows, the bound still meets the optimum."""

import numpy as np
import pytest

from solver.columns.company import Company
from solver.columns.label import EXACT, Pricer
from solver.columns.market import Market
from solver.columns.net import build
from solver.columns.rows import Rows
from solver.columns.watch import Watch
from solver.problem import Problem, Window
from solver.rules import model
from solver.search.day import pack
from solver.solve import Limit, solve
from tests.solver.brute import best_plan
from tests.solver.worlds import a_helper, a_problem, a_visit, random_world


def a_torn_pair() -> Problem:
    """A lift for two at 10 or at 200; Ana's only other visit is at 10, Ben's at 200. All start near place 0."""
    lift = a_visit("lift", 1, people=2, priority=500, windows=(Window(10, 10), Window(200, 200)))
    morning = a_visit("morning", 1, (10, 20), 60, priority=100, allowed=(0,))
    noon = a_visit("noon", 1, (180, 200), 60, priority=100, allowed=(1,))
    return a_problem([a_helper("Ana", end=300), a_helper("Ben", end=300)], [lift, morning, noon], places=3)


def a_market(problem: Problem) -> Market:
    numbers = model(problem)
    market = Market(numbers, pack(numbers), 1)
    market.work([], Watch(lambda: False), 40)
    market.close()
    return market


def test_two_people_do_not_meet_half_at_ten_and_half_at_two_hundred() -> None:
    # Without company everything is made for 40 of travel: Ana lifts at 200, Ben at 10, each window by half.
    problem = a_torn_pair()
    best = best_plan(problem)
    market = a_market(problem)
    assert best is not None
    assert best.objective == 140
    assert market.bound == 140
    assert len(market.rows.company.line) > 0


def test_a_helper_with_two_shifts_is_not_two_of_the_people() -> None:
    # Ana could come at 10 and at 400, were she two: Ben is away, and nobody else can lift.
    shifts = (*a_helper(end=300).shifts, *a_helper(start=350).shifts)
    lift = a_visit("lift", 1, people=2, priority=500, windows=(Window(10, 400),))
    problem = a_problem([a_helper("Ana", shifts=shifts), a_helper("Ben", start=580)], [lift], places=3)
    assert a_market(problem).bound == 500


def every_row(rows: Rows) -> Rows:
    """Company for all helpers at all gatherings."""
    company: Company = rows.company
    pairs = np.indices((len(rows.model.mode), len(company.of_window))).reshape(2, -1)
    rows.keep_company(pairs[0], pairs[1])
    return rows


@pytest.mark.parametrize("seed", range(12))
def test_company_at_any_price_proves_nothing_false(seed: int) -> None:
    problem = random_world(seed, helpers=5, visits=10)
    plan = solve(problem, Limit(iterations=1500, threads=1), seed)
    numbers = model(problem)
    day = pack(numbers)
    net = build(numbers, day)
    rows, pricer = every_row(Rows(numbers, day, net)), Pricer(net, 1)
    for turn in range(10):
        y = rows.project(np.random.default_rng(10 * seed + turn).normal(0, 90, rows.count))
        y[: rows.node_count] += 40.0 * (rows.asked > 0)
        y = rows.project(y)
        assert rows.bound(y, pricer.price(rows.rewards(y), EXACT).best) <= (plan.objective or 0)
