"""Visits that belong together, worked by hand: made by different people at agreeing times, or not at all."""

from typing import Any

import pytest

from solver.problem import Link
from solver.search.couple import insert_group
from solver.search.memory import entry
from solver.search.state import ITERATION, begin
from tests.solver.search.kernels import Desk, desk
from tests.solver.worlds import a_helper, a_problem, a_visit


@entry
def _insert(day: Any, state: Any, group: Any) -> Any:
    begin(state, ITERATION)
    return insert_group(day, state, ITERATION, group, 0.0)


def inserted(made: Desk, group: int = 0) -> bool:
    return bool(_insert(made.day.record, made.state.record, group))


def test_a_visit_for_two_gets_two_people_who_start_together() -> None:
    made = desk(a_problem([a_helper("Ana"), a_helper("Ben", at=5)], [a_visit("joint", 2, people=2, priority=101)]))
    assert inserted(made)
    assert sorted(made.plan()) == [[(0, 30)], [(1, 30)]]
    assert made.points == 20 + 20 + 30 + 30


def test_one_person_alone_cannot_make_a_visit_for_two() -> None:
    made = desk(a_problem([a_helper()], [a_visit("joint", 2, people=2)]))
    before = made.everything()
    assert not inserted(made)
    assert made.everything() == before


def test_one_person_makes_both_of_a_link_that_does_not_keep_people_apart() -> None:
    visits = [a_visit("first", 1), a_visit("second", 2)]
    made = desk(a_problem([a_helper()], visits, links=(Link(0, 1, 40, 60, apart=False),)))
    assert inserted(made)
    assert made.plan() == [[(0, 10), (1, 50)]]


def test_a_pair_is_left_when_it_costs_more_than_its_priority() -> None:
    # Both ways cost 2 * 90 each; the two visits are worth 100 each.
    made = desk(a_problem([a_helper("Ana"), a_helper("Ben")], [a_visit("a", 9), a_visit("b", 9)], links=(Link(0, 1),)))
    assert not inserted(made)
    assert made.points == 200


@pytest.mark.parametrize("apart", [True, False])
def test_three_visits_in_a_row_follow_each_other(apart: bool) -> None:
    visits = [a_visit(name, 1, duration=10) for name in "abc"]
    links = (Link(0, 1, 30, 30, apart=apart), Link(1, 2, 30, 30, apart=apart))
    made = desk(a_problem([a_helper("Ana"), a_helper("Ben")], visits, links=links))
    assert inserted(made)
    assert sorted(stop for stops in made.plan() for stop in stops) == [(0, 10), (1, 40), (2, 70)]
