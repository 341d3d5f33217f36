"""What is kept up step by step equals what is computed from scratch, and taking back restores it bit by bit."""

from dataclasses import replace

import numpy as np
import pytest

from solver.problem import Problem
from tests.solver.search.kernels import Desk, desk, full_desk, rebuild, step
from tests.solver.worlds import random_world


def a_crowded_world(seed: int) -> Problem:
    """A random day with points for promised starts in every other one."""
    world = random_world(seed, helpers=4 + seed % 5, visits=10 + seed % 15)
    return replace(world, weights=replace(world.weights, stability=0 if seed % 2 else 25))


@pytest.mark.parametrize("seed", range(12))
def test_taking_a_step_back_restores_every_number(seed: int) -> None:
    made = full_desk(a_crowded_world(seed), seed)
    for number in range(200):
        before = made.everything()
        step(made.day.record, made.state.record, False)
        assert made.everything() == before
        step(made.day.record, made.state.record, number % 3 > 0)


@pytest.mark.parametrize("seed", range(12))
def test_points_starts_and_tallies_after_many_steps_are_those_of_a_fresh_start(seed: int) -> None:
    problem = a_crowded_world(seed)
    made = full_desk(problem, seed)
    for _ in range(40):
        for _ in range(5):
            step(made.day.record, made.state.record, True)
        fresh = rebuilt(problem, made)
        assert fresh.plan() == made.plan()
        assert fresh.points == made.points
        for name in ("tallies", "spent", "lent"):
            assert fresh.state[name].tobytes() == made.state[name].tobytes()
        for name in ("cost", "missed", "tardy", "wait", "idle", "work", "coupled"):
            assert fresh.state["loads"][name].tolist() == made.state["loads"][name].tolist()
        assert latest_starts(fresh) == latest_starts(made)


def rebuilt(problem: Problem, made: Desk) -> Desk:
    """The same days made at once where nobody did anything."""
    fresh = desk(problem)
    stops = [
        (stop["duty"], shift, stop["loose"])
        for shift, load in enumerate(made.state["loads"])
        for stop in made.state["stops"][shift, 1 : int(load["count"]) + 1]
    ]
    columns = [np.array([row[column] for row in stops], np.int64) for column in range(3)]
    assert rebuild(fresh.day.record, fresh.state.record, *columns)
    groups, members = fresh.day["groups"], fresh.day["members"]
    firsts = {int(members[group["first"]]): int(group["priority"]) for group in groups}
    fresh.state["cells"]["total"] -= sum(firsts.get(int(duty), 0) for duty in columns[0])
    return fresh


def latest_starts(made: Desk) -> list[list[int]]:
    counts = made.state["loads"]["count"].tolist()
    return [made.state["stops"][shift, 1 : count + 2]["last"].tolist() for shift, count in enumerate(counts)]
