"""What is taken out, and that whatever breaks by it is taken out too."""

from typing import Any

import pytest

from solver.search.memory import entry
from solver.search.ruin import begin_ruin, make_whole, ruin, ruin_random, ruin_shifts, take_group
from solver.search.state import ITERATION, begin
from tests.solver.search.kernels import Desk, desk, full_desk
from tests.solver.worlds import a_helper, a_problem, a_visit, random_world


@entry
def _take(day: Any, state: Any, group: Any) -> None:
    begin(state, ITERATION)
    begin_ruin(state)
    make_whole(day, state, ITERATION, take_group(day, state, ITERATION, group, 0))


@entry
def _ruin(day: Any, state: Any, kind: Any, size: Any) -> None:
    begin(state, ITERATION)
    begin_ruin(state)
    if kind == 0:
        ruin(day, state, ITERATION, size)
    elif kind == 1:
        ruin_random(day, state, ITERATION, size)
    else:
        ruin_shifts(day, state, ITERATION, size)


def out(made: Desk) -> list[int]:
    """The groups noted as out."""
    return sorted(made.state["outs"][: int(made.state["cells"]["out"][0])]["group"].tolist())


def test_both_of_a_pair_are_taken_out_and_the_rest_is_sooner() -> None:
    made = desk(a_problem([a_helper("Ana"), a_helper("Ben")], [a_visit("joint", 2, people=2), a_visit("after", 2)]))
    assert made.made([0, 2], [1])
    assert made.plan() == [[(0, 20), (2, 50)], [(1, 20)]]
    _take(made.day.record, made.state.record, 0)
    assert made.plan() == [[(2, 20)], []]
    assert out(made) == [0]


def test_who_was_within_the_circle_only_from_the_visit_before_is_taken_out_too() -> None:
    made = desk(a_problem([a_helper(circle=25)], [a_visit("step", 2), a_visit("far", 4)]))
    assert made.made([0, 1])
    _take(made.day.record, made.state.record, 0)
    assert made.plan() == [[]]
    assert out(made) == [0, 1]
    assert made.points == 200


@pytest.mark.parametrize("kind", [0, 1, 2])
@pytest.mark.parametrize("seed", range(4))
def test_what_is_out_is_noted_and_costs_its_priority(kind: int, seed: int) -> None:
    made = full_desk(random_world(seed, helpers=6, visits=20), seed)
    for _ in range(30):
        _ruin(made.day.record, made.state.record, kind, 3)
        spots, noted = made.state["spots"]["shift"], set(out(made))
        for number, group in enumerate(made.day["groups"]):
            members = made.day["members"][group["first"] : group["end"]]
            placed = {bool(spots[duty] >= 0) for duty in members.tolist()}
            assert len(placed) == 1
            assert placed == {False} or number not in noted
