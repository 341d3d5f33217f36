"""The keystone: whatever the search makes, the judge finds no hard breach and the same points."""

from dataclasses import replace

import pytest

from solver.judge import cost, hard, judge
from solver.plan import Plan
from solver.problem import Problem
from solver.solve import Limit, solve
from tests.solver.brute import best_plan, tiny
from tests.solver.worlds import a_helper, a_plan, a_problem, a_visit, random_world


def solved(problem: Problem, seed: int = 1, iterations: int = 1500) -> Plan:
    return solve(problem, Limit(iterations=iterations, threads=1), seed)


@pytest.mark.parametrize("seed", range(40))
def test_the_judge_finds_no_hard_breach_and_the_solvers_own_objective(seed: int) -> None:
    problem = random_world(seed, helpers=4 + seed % 4, visits=6 + seed % 9)
    plan = solved(problem, seed)
    assert [breach.sentence for breach in hard(judge(problem, plan))] == []
    assert cost(problem, plan) == plan.objective


def test_a_larger_day_is_judged_alike() -> None:
    problem = random_world(99, helpers=25, visits=60)
    plan = solved(problem)
    assert [breach.sentence for breach in hard(judge(problem, plan))] == []
    assert cost(problem, plan) == plan.objective


@pytest.mark.parametrize("seed", range(5))
def test_the_same_seed_and_iterations_give_the_same_plan(seed: int) -> None:
    problem = random_world(seed)
    assert solved(problem, seed) == solved(problem, seed)


def test_every_incumbent_is_told_as_it_is() -> None:
    problem = random_world(7)
    incumbents: list[Plan] = []
    solve(problem, Limit(iterations=1500, threads=1), 1, on_incumbent=incumbents.append)
    assert incumbents
    for plan in incumbents:
        assert [breach.sentence for breach in hard(judge(problem, plan))] == []
        assert cost(problem, plan) == plan.objective


def a_tiny_world(seed: int) -> Problem:
    """Mostly easy to staff, so that the optimum is a choice and not what is left over."""
    world = tiny(random_world(seed, helpers=2, visits=3), width=1)
    easy = (
        replace(visit, skills=(), languages=(), gender_required=False, allowed=None, purse=None) if number else visit
        for number, visit in enumerate(world.visits[:-1])
    )
    return replace(world, visits=(*easy, world.visits[-1]), pins=world.pins if seed % 4 == 0 else ())


TINY = (2, 5, 7, 9, 11, 12, 21, 22, 26, 31, 39)
"""Seeds of days with few enough plans to try them all in seconds; all have one without a hard breach."""


def test_brute_force_finds_an_optimum_worked_by_hand() -> None:
    # Ana is at a by 1; b is 1 further; both made cost 1 + 1 + 2 of travel, each left costs 3.
    table = a_problem([], []).travel[0].matrix // 10
    visits = [a_visit("a", 1, (0, 3), 1, priority=3), a_visit("b", 2, (0, 5), 1, priority=3)]
    problem = a_problem([a_helper(end=9)], visits)
    problem = replace(problem, travel=(type(problem.travel[0]).of("walk", table),))
    best = best_plan(problem)
    assert best is not None
    assert best.objective == 4
    assert {one.visit for one in best.assignments} == {0, 1}
    assert cost(problem, a_plan()) == 6


@pytest.mark.parametrize("seed", TINY[:6])
def test_no_plan_is_cheaper_than_the_optimum_by_brute_force(seed: int) -> None:
    problem = a_tiny_world(seed)
    best, plan = best_plan(problem), solved(problem, seed)
    assert best is not None
    assert best.objective is not None
    assert plan.objective is not None
    assert plan.objective >= best.objective


@pytest.mark.parametrize("seed", TINY)
def test_the_optimum_of_a_tiny_day_is_found_where_waiting_costs_nothing(seed: int) -> None:
    problem = a_tiny_world(seed)
    problem = replace(problem, weights=replace(problem.weights, waiting=0, longest_wait=0, longest_idle=0))
    best, plan = best_plan(problem), solved(problem, seed)
    assert best is not None
    assert plan.objective == best.objective
