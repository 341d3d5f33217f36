"""The bound: no plan is cheaper, whatever rules are in force."""

from dataclasses import replace
from typing import Any

import pytest

from solver.columns.market import Market
from solver.columns.watch import Watch
from solver.plan import Plan
from solver.problem import Problem, Weights
from solver.rules import model
from solver.search.day import pack
from solver.solve import Limit, solve
from tests.solver.brute import best_plan, tiny
from tests.solver.worlds import random_world

NEVER_OVER = Watch(lambda: False)


def bound_of(problem: Problem, rounds: int = 30) -> int:
    """What the prices prove of the day, without any plan to look at."""
    numbers = model(problem)
    market = Market(numbers, pack(numbers), threads=1)
    market.work([], NEVER_OVER, rounds)
    market.close()
    return market.bound


def a_small_world(seed: int) -> Problem:
    """Two helpers and three visits, easy to staff, that still uses every rule."""
    world = tiny(random_world(seed, helpers=2, visits=3), width=1)
    easy = (
        replace(visit, skills=(), languages=(), gender_required=False, allowed=None) if number else visit
        for number, visit in enumerate(world.visits[:-1])
    )
    return replace(world, visits=(*easy, world.visits[-1]), pins=world.pins if seed % 4 == 0 else ())


SMALL = (2, 5, 7, 9, 11, 12, 21, 22, 26, 31, 39)
"""Seeds of days with few enough plans to try them all."""


@pytest.mark.parametrize("seed", SMALL)
def test_the_bound_is_never_above_the_optimum_by_brute_force(seed: int) -> None:
    problem = a_small_world(seed)
    best = best_plan(problem)
    assert best is not None
    assert best.objective is not None
    assert bound_of(problem) <= best.objective


RULES: dict[str, dict[str, Any]] = {
    "travel": {"travel": 2},
    "waiting": {"waiting": 3},
    "longest_wait": {"longest_wait": 5},
    "tardiness": {"tardiness": 4},
    "highest_tardiness": {"highest_tardiness": 4},
    "extra_time": {"extra_time": 3},
    "longest_idle": {"longest_idle": 2},
    "work": {"work": 2},
    "balance": {"balance": 3},
    "skilled": {"skilled": 60},
    "barred": {"barred": 70},
    "rest": {"rest": 25},
    "known": {"known": 20},
    "gender": {"gender": 20},
    "fee": {"fee": 4},
    "fairness": {"fairness": 5},
    "stability": {"stability": 40},
}


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("seed", [5, 12, 31])
def test_the_bound_holds_with_each_rule_switched_on_alone(rule: str, seed: int) -> None:
    problem = replace(a_small_world(seed), weights=Weights(**({"travel": 1} | RULES[rule])))
    best = best_plan(problem)
    assert best is not None
    assert best.objective is not None
    assert bound_of(problem) <= best.objective


@pytest.mark.parametrize("seed", range(12))
def test_the_bound_is_never_above_the_cost_of_what_the_search_finds(seed: int) -> None:
    problem = random_world(seed, helpers=6, visits=14)
    plan = solve(problem, Limit(iterations=2000, threads=1), seed)
    assert plan.objective is not None
    assert bound_of(problem) <= plan.objective


@pytest.mark.parametrize("seed", range(4))
def test_every_incumbent_after_the_pricing_carries_a_bound_below_it(seed: int) -> None:
    problem = random_world(seed, helpers=6, visits=14)
    told: list[Plan] = []
    plan = solve(problem, Limit(iterations=1500, threads=1), seed, on_incumbent=told.append)
    assert plan.bound is not None
    assert plan.objective is not None
    assert plan.bound <= plan.objective
    assert all(one.bound is None or one.bound <= plan.bound for one in told)
