"""Following a delay gives the points that making the change gives."""

from dataclasses import replace

import pytest

from solver.problem import Link, Problem, Weights
from solver.search.ripple import UNSURE
from tests.solver.search.kernels import Desk, desk, foreseen, full_desk, is_out, step, tried
from tests.solver.worlds import a_helper, a_problem, a_visit, random_world


def test_a_delay_makes_a_linked_visit_elsewhere_tardy() -> None:
    # Ana: tea at 10-40, then joint at 50, together with Ben, who is there from 0 on. Both ends are soft, due at 50.
    # A new visit of 20 at place 1 before joint delays both to 70: 20 ticks of tardiness each, the highest 20 once.
    visits = [
        a_visit("tea", 1, (0, 600), 30),
        a_visit("joint", 2, (0, 50), 30, soft_end=True),
        a_visit("joint too", 2, (0, 50), 30, soft_end=True),
        a_visit("new", 1, (0, 600), 20),
    ]
    weights = Weights(travel=0, tardiness=2, highest_tardiness=3)
    helpers = [a_helper("Ana"), a_helper("Ben", at=2)]
    made = desk(a_problem(helpers, visits, links=(Link(1, 2, 0, 0),), weights=weights))
    assert made.made([0, 1], [2])
    assert made.plan() == [[(0, 10), (1, 50)], [(2, 50)]]
    assert seen(made, 3, 0, 2) == 2 * 40 + 3 * 20
    assert seen(made, 3, 0, 3) == 0


def seen(made: Desk, duty: int, shift: int, stop: int) -> int:
    """What following says, which is what trying says."""
    highest = int(made.state["loads"]["tardy"].max())
    points = int(foreseen(made.day.record, made.state.record, duty, shift, stop, highest))
    assert points == UNSURE or points == tried(made.day.record, made.state.record, duty, shift, stop)
    return points


def a_walked_world(seed: int) -> Problem:
    """No rests and nothing that only a trial can tell; most helpers may make most visits."""
    world = random_world(seed, helpers=4, visits=24, pins=())
    easy = {"purse": None, "known": (), "gender": None, "barred": (), "burden": 0, "skills": (), "languages": ()}
    unpriced = {"longest_wait": 0, "longest_idle": 0, "balance": 0, "work": 0}
    return replace(
        world,
        helpers=tuple(replace(helper, rest=None, circle=None) for helper in world.helpers),
        visits=tuple(replace(visit, **easy) for visit in world.visits),
        purses=(),
        lendings=(),
        weights=replace(world.weights, **unpriced),
    )


@pytest.mark.parametrize("seed", range(12))
def test_following_a_delay_costs_what_making_the_change_costs(seed: int) -> None:
    made = full_desk(a_walked_world(seed), seed)
    compared = 0
    for _ in range(25):
        step(made.day.record, made.state.record, True)
        for duty, record in enumerate(made.day["duties"]):
            if record["coupled"] or not is_out(made.state.record, duty):
                continue
            choices = made.day["choices"][record["first_choice"] : record["end_choice"]]
            for shift in choices.tolist():
                for stop in range(1, int(made.state["loads"][shift]["count"]) + 2):
                    compared += seen(made, duty, shift, stop) != UNSURE
    assert compared > 20
