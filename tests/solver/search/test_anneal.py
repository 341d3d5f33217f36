"""The search itself, on days whose best plan is known."""

import numpy as np
import pytest

from solver.problem import Weights
from solver.search.anneal import anneal, keep
from solver.search.read import read
from tests.solver.search.kernels import desk, full_desk
from tests.solver.worlds import a_helper, a_problem, a_visit, random_world


def test_two_tours_that_were_dealt_badly_are_sorted_out() -> None:
    # Ana lives at 0, Ben at 9; each was given the other's visits. Sorted out each goes to their furthest and back.
    visits = [a_visit(f"v{place}", place) for place in (1, 2, 3, 6, 7, 8)]
    made = desk(a_problem([a_helper("Ana"), a_helper("Ben", at=9)], visits))
    assert made.made([3, 4, 5], [2, 1, 0])
    anneal(made.day.record, made.state.record, 300, 20.0, 0.1, False)
    assert int(made.state["cells"]["best"][0]) == 2 * 30 + 2 * 30
    plan = read(made.day, made.state, 0)
    assert {one.visit for one in plan.assignments if one.helper == 0} == {0, 1, 2}


@pytest.mark.parametrize("seed", range(5))
def test_the_best_plan_only_ever_gets_cheaper_and_is_what_it_says(seed: int) -> None:
    made = full_desk(random_world(seed, helpers=5, visits=15), seed)
    best = int(made.state["cells"]["best"][0])
    for _ in range(20):
        anneal(made.day.record, made.state.record, 20, 50.0, 40.0, False)
        now = int(made.state["cells"]["best"][0])
        assert now <= best
        best = now
    loads = made.state["best_loads"]
    copied = desk(random_world(seed, helpers=5, visits=15), seed)
    for name in ("stops", "loads"):
        assert copied.state[f"best_{name}"].shape == made.state[f"best_{name}"].shape
    kept = [made.state["best_stops"][shift, 1 : int(load["count"]) + 1] for shift, load in enumerate(loads)]
    assert len({int(duty) for row in kept for duty in row["duty"]}) == sum(len(row) for row in kept)


def test_a_plan_that_was_loaded_is_kept_only_if_it_is_better() -> None:
    made = desk(a_problem([a_helper()], [a_visit("a", 1), a_visit("b", 2)], weights=Weights(travel=1)))
    assert made.made([0])
    keep(made.day.record, made.state.record)
    assert int(made.state["cells"]["best"][0]) == 20 + 100
    assert made.made([1]) is True
    assert made.points == 40
    keep(made.day.record, made.state.record)
    assert int(made.state["cells"]["best"][0]) == 40


def test_the_same_seed_draws_the_same_plan() -> None:
    problem = random_world(3, helpers=6, visits=20)
    twice = [full_desk(problem, 7), full_desk(problem, 7)]
    for made in twice:
        anneal(made.day.record, made.state.record, 500, 80.0, 1.0, True)
    assert twice[0].plan() == twice[1].plan()
    assert np.array_equal(twice[0].state["columns"], twice[1].state["columns"])


def test_a_day_without_visits_or_helpers_is_left_as_it_is() -> None:
    for problem in (a_problem([a_helper()], []), a_problem([], [a_visit()])):
        made = full_desk(problem)
        anneal(made.day.record, made.state.record, 10, 1.0, 0.1, True)
        assert all(stops == [] for stops in made.plan())
