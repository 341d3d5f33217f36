"""Solving: within the limit, never worse than what it began with, and the same again for the same seed."""

import time
from dataclasses import replace

import pytest

from solver.judge import cost, hard, judge
from solver.plan import Plan
from solver.problem import Problem
from solver.solve import Limit, solve
from tests.solver.worlds import a_helper, a_plan, a_problem, a_visit, random_world


def a_roomy_day() -> Problem:
    """Two helpers at the ends of a line, a visit beside each."""
    return a_problem([a_helper("Ana", at=0), a_helper("Ben", at=9)], [a_visit("a", 1), a_visit("b", 8)])


def test_a_day_solved_to_the_end_says_so_and_ends_early() -> None:
    plan = solve(a_roomy_day(), Limit(seconds=60, threads=1))
    assert plan.objective == plan.bound == 40


def test_a_limit_without_seconds_and_iterations_is_refused() -> None:
    with pytest.raises(ValueError, match="neither seconds nor iterations"):
        solve(a_roomy_day(), Limit())


def test_a_plan_to_begin_with_is_never_made_worse() -> None:
    problem = random_world(3, helpers=6, visits=14)
    good = solve(problem, Limit(iterations=3000, threads=1))
    again = solve(problem, Limit(iterations=1, threads=1), start=good)
    assert again.objective is not None
    assert good.objective is not None
    assert again.objective <= good.objective


def test_a_plan_to_begin_with_is_the_first_incumbent() -> None:
    problem = a_roomy_day()
    told: list[Plan] = []
    start = replace(a_plan((0, 10, 0), (1, 10, 1)), objective=40)
    solve(problem, Limit(iterations=10, threads=1), on_incumbent=told.append, start=start)
    assert {(one.helper, one.visit) for one in told[0].assignments} == {(0, 0), (1, 1)}


def test_a_plan_that_cannot_be_kept_is_no_obstacle() -> None:
    impossible = a_plan((0, 10, 0), (0, 10, 1))
    plan = solve(a_roomy_day(), Limit(iterations=50, threads=1), start=impossible)
    assert hard(judge(a_roomy_day(), plan)) == []


def test_asked_to_stop_it_stops_and_keeps_the_best() -> None:
    problem = random_world(5, helpers=8, visits=30)
    asked = time.monotonic() + 0.5
    plan = solve(problem, Limit(seconds=300, threads=2), should_stop=lambda: time.monotonic() > asked)
    assert cost(problem, plan) == plan.objective
    assert hard(judge(problem, plan)) == []


@pytest.mark.parametrize("seed", range(3))
def test_pricing_and_choosing_repeat_themselves_for_a_seed(seed: int) -> None:
    problem = random_world(seed, helpers=8, visits=24)
    first, second = (solve(problem, Limit(iterations=800, threads=1), seed) for _ in range(2))
    assert first == second


def test_a_day_without_visits_or_helpers_has_an_empty_plan() -> None:
    for problem in (a_problem([], []), a_problem([a_helper()], []), a_problem([], [a_visit()])):
        plan = solve(problem, Limit(iterations=10, threads=1))
        assert plan.assignments == ()
        assert plan.bound == plan.objective
