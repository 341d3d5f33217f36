"""Days of many shifts are solved by regions; here few count as many, so that regions meet everything there is."""

import pytest

from solver import solve as solving
from solver.columns import regions
from solver.judge import cost, hard, judge
from solver.plan import Plan
from solver.solve import Limit, solve
from tests.solver.worlds import random_world


@pytest.mark.parametrize("seed", range(4))
def test_every_plan_by_regions_is_lawful_and_costs_what_it_says(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(solving, "MANY", 0)
    monkeypatch.setattr(regions, "REGION", 4)
    problem = random_world(seed, helpers=10, visits=24)
    told: list[Plan] = []
    last = solve(problem, Limit(iterations=300, threads=2), seed, on_incumbent=told.append)
    assert told
    for plan in (*told, last):
        assert not hard(judge(problem, plan))
        assert plan.objective == cost(problem, plan)
        assert last.bound is not None
        assert plan.objective is not None
        assert last.bound <= plan.objective
