"""What the other engines are told of a day, and what is made of their answer."""

from dataclasses import replace

import pytest

from solver.judge import cost, hard, judge
from solver.problem import Helper, Link, Problem, Shift, Skill, Travel, Visit, Weights, Window
from tests.benchmarks import compare, lab
from tests.benchmarks.peers import routing
from tests.benchmarks.peers.day import FORBIDDEN, Day

HOME, FAR = 2, 30


def a_day() -> Problem:
    """Two visits five and thirty ticks from a home; the second is outside the circle and needs a skill."""
    matrix = [[0, 40, 5], [40, 0, FAR], [5, FAR, 0]]
    near = Visit("near", 0, (Window(0, 50),), 10, priority=100)
    far = Visit("far", 1, (Window(0, 50),), 10, priority=70, skills=("sign language",), barred=(1,))
    walker = Helper("walker", (Shift(0, 100, HOME, HOME),), circle=20, skills=(Skill("sign language"),))
    return Problem((walker,), (near, replace(far, barred=())), (Travel.of("walk", matrix),), weights=Weights(travel=1))


def test_a_leg_out_of_the_circle_is_forbidden_and_the_way_home_is_not() -> None:
    ticks = Day.of(a_day()).ticks(0)
    assert ticks[HOME].tolist() == [5, FORBIDDEN, 0]
    assert ticks[1].tolist() == [FORBIDDEN, 0, FAR]


def test_routes_become_a_plan_as_early_as_can_be() -> None:
    day = Day.of(a_day())
    plan = day.plan({0: [0]})
    assert [(made.helper, made.start, made.visit) for made in plan.assignments] == [(0, 5, 0)]
    assert hard(judge(day.problem, plan)) == []
    assert cost(day.problem, plan) == 10 + 70


def test_the_words_say_the_same_as_our_rules() -> None:
    day = Day.of(lab.make("S", 3, "common"))
    for visit, needs in enumerate(day.needs):
        may = [needs <= offers for offers in day.offers]
        assert may == day.numbers.may[visit].tolist()


def test_a_day_that_they_cannot_state_is_refused() -> None:
    linked = replace(a_day(), links=(Link(0, 1, 0, 0),))
    with pytest.raises(ValueError, match="links"):
        Day.of(linked)
    with pytest.raises(ValueError, match="several people"):
        Day.of(lab.make("S", 1, "full"))


def test_an_engines_routes_cost_what_the_judge_says() -> None:
    problem = a_day()
    assert routing.routes(Day.of(problem), 1, 1) == {0: [0]}


def test_the_table_compares_with_ours_and_names_trouble() -> None:
    ours = compare.Outcome("matcher", "S", 1, 1, 6000, left=2, bound=5400)
    theirs = compare.Outcome("pyvrp", "S", 1, 1, 6600, left=3)
    none = compare.Outcome("vroom", "S", 1, 1, None, trouble="ended after 241 s")
    rows = [dict(zip(compare.HEADINGS, row, strict=True)) for row in compare.rows([ours, theirs, none])]
    assert [row["above ours"] for row in rows] == ["-", "+10.00 %", "-"]
    assert [row["own gap"] for row in rows] == ["10.00 %", "-", "-"]
    assert [row["plans"] for row in rows] == ["1 of 1", "1 of 1", "0 of 1"]
    assert rows[2][""] == "ended after 241 s"
