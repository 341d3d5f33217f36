"""Candidates: whom to send, what each choice costs, what it displaces, and why not the others."""

import random

import pytest

from solver.candidates import Displaced, candidates
from solver.judge import cost, hard, judge
from solver.problem import Problem, Skill
from tests.solver.worlds import a_helper, a_legal_plan, a_plan, a_problem, a_visit, random_world


def shown(problem: Problem, visit: int, *made: tuple[int, int, int]) -> list[tuple[str, int, int]]:
    found = candidates(problem, a_plan(*made), visit)
    return [(problem.helpers[one.helper].key, one.start, one.points) for one in found.choices]


def test_whoever_is_nearer_comes_first_and_leaving_the_visit_is_what_they_are_held_against() -> None:
    problem = a_problem([a_helper("Ana", at=3), a_helper("Ben", at=1)], [a_visit("tea", 2, priority=100)])
    assert shown(problem, 0) == [("Ana", 10, 20 - 100), ("Ben", 10, 20 - 100)]
    problem = a_problem([a_helper("Ana", at=9), a_helper("Ben", at=1)], [a_visit("tea", 2, priority=100)])
    assert shown(problem, 0) == [("Ben", 10, -80), ("Ana", 70, 140 - 100)]


def test_who_makes_it_now_costs_nothing_and_another_costs_the_difference() -> None:
    problem = a_problem([a_helper("Ana", at=3), a_helper("Ben", at=1)], [a_visit("tea", 1)])
    assert shown(problem, 0, (1, 0, 0)) == [("Ben", 0, 0), ("Ana", 20, 40)]
    other = candidates(problem, a_plan((1, 0, 0)), 0).choices[1]
    assert other.instead_of == (1,)
    assert other.plan.assignments == a_plan((0, 20, 0)).assignments


def test_what_a_choice_displaces_goes_to_whoever_takes_it_most_cheaply() -> None:
    skills = (Skill("nursing"),)
    visits = [a_visit("drip", 1, (100, 100), skills=("nursing",), priority=800), a_visit("tea", 1, (100, 100))]
    helpers = [a_helper("Ana", at=1, skills=skills), a_helper("Ben", at=2)]
    found = candidates(a_problem(helpers, visits), a_plan((0, 100, 1)), 0)
    assert [(one.helper, one.points, one.displaced) for one in found.choices] == [
        (0, 20 - 800, (Displaced(1, 1, 100),)),
    ]
    assert [(one.helper, [breach.sentence for breach in one.breaches]) for one in found.refused] == [
        (1, ["Ben does not have what drip needs: nursing."])
    ]


def test_what_nobody_can_take_is_left_and_priced_as_left() -> None:
    visits = [a_visit("drip", 1, (100, 100), priority=800), a_visit("tea", 1, (100, 100), priority=70)]
    found = candidates(a_problem([a_helper("Ana", at=1)], visits), a_plan((0, 100, 1)), 0)
    assert [(one.points, one.displaced) for one in found.choices] == [(70 - 800, (Displaced(1, None, None),))]


def test_two_who_are_needed_at_once_are_named_together() -> None:
    helpers = [a_helper("Ana", at=1), a_helper("Ben", at=1), a_helper("Cyd", at=5)]
    found = candidates(a_problem(helpers, [a_visit("lift", 1, people=2)]), a_plan(), 0)
    assert [(one.helper, one.others) for one in found.choices] == [(0, (1,)), (1, (0,)), (2, (0,))]


@pytest.mark.parametrize("seed", range(12))
def test_every_choice_is_a_plan_that_breaks_nothing_new_and_costs_what_is_said(seed: int) -> None:
    problem = random_world(seed)
    plan = a_legal_plan(problem, seed)
    before = cost(problem, plan)
    known = {breach.sentence for breach in hard(judge(problem, plan))}
    visit = random.Random(seed).randrange(len(problem.visits) - 1)
    for choice in candidates(problem, plan, visit).choices:
        assert any((one.visit, one.helper) == (visit, choice.helper) for one in choice.plan.assignments)
        assert {breach.sentence for breach in hard(judge(problem, choice.plan))} <= known
        assert cost(problem, choice.plan) - before == choice.points
