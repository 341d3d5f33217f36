"""Cures: the smallest step by which a visit that is left could be made, worked by hand, and held against the judge."""

from dataclasses import replace
from typing import Any

import pytest

from solver.changes import changed
from solver.cures import Cure, cures
from solver.judge import cost, hard, judge
from solver.plan import Plan
from solver.problem import Lending, Problem, Published, Purse, Skill, Weights
from solver.repair import Repairing
from solver.solve import Limit, solve
from tests.solver.worlds import a_helper, a_plan, a_problem, a_visit, random_world


def told(problem: Problem, *made: tuple[int, int, int], visit: int = 0) -> dict[str, str]:
    """What is said of the visit, by kind."""
    return {cure.kind: cure.sentence for cure in cures(Repairing(problem, a_plan(*made)), visit, most=20)}


def one(kind: str, problem: Problem, visit: int = 0) -> Cure:
    return next(cure for cure in cures(Repairing(problem, a_plan()), visit, most=20) if cure.kind == kind)


def test_a_helper_who_comes_too_late_says_how_much_later_it_would_do() -> None:
    problem = a_problem([a_helper("Ana", 100, at=1)], [a_visit("tea", 1, (0, 60), priority=500)])
    found = one("later", problem)
    assert found.sentence == "Ana can make tea if it may start 40 minutes later than asked for, at 01:40."
    assert (found.points, found.price, found.helper, found.start) == (-500, 2 * 40, 0, 100)
    assert told(problem)["comes"] == "Ana can make tea at 01:00 if they come 40 minutes sooner, at 01:00."


def test_a_helper_who_leaves_too_soon_says_how_much_sooner_or_longer_it_would_do() -> None:
    problem = a_problem([a_helper("Ana", 0, 100, at=1)], [a_visit("tea", 1, (90, 200), 30)])
    said = told(problem)
    assert said["sooner"] == "Ana can make tea if it may start 20 minutes sooner than asked for, at 01:10."
    assert said["stays"] == "Ana can make tea at 01:30 if they stay 20 minutes longer, until 02:00."


def test_a_circle_that_is_too_small_says_how_much_farther() -> None:
    problem = a_problem([a_helper("Ana", circle=10)], [a_visit("tea", 2)])
    assert told(problem)["farther"] == "Ana can make tea at 00:20 if they walk 10 minutes farther than their circle."


def test_what_is_lacked_is_named() -> None:
    visit = a_visit("drip", 0, skills=("nursing", "lifting"), gender="f", gender_required=True, languages=("ug",))
    able: dict[str, Any] = {"skills": (Skill("nursing"), Skill("lifting")), "gender": "f", "languages": ("ug",)}
    ana = a_helper("Ana", **able | {"skills": (Skill("nursing"),)})
    ben = a_helper("Ben", **able | {"gender": "m"})
    cyd = a_helper("Cyd", **able | {"languages": ("zh",)})
    dia = a_helper("Dia", **able | {"skills": (Skill("nursing", 5), Skill("lifting"))})
    said = told(a_problem([ana, ben, cyd, dia], [visit]))
    assert said["learns"] == "Ana could make drip at 00:00 if they had what it needs: lifting."
    assert said["accepts"] == "Ben could make drip at 00:00 if the resident accepts somebody of another gender."
    assert said["speaks"] == "Cyd could make drip at 00:00 with somebody beside them who speaks ug."
    assert said["renews"] == "Dia could make drip at 00:00 if these were renewed: nursing."
    assert said["person"] == (
        "One more person with nursing, lifting could make drip at 00:00, there from 00:00 to 10:30."
    )


def test_limits_that_are_used_up_say_what_is_missing() -> None:
    visits = [a_visit("tea", 0), a_visit("soup", 0, (0, 0))]
    assert told(a_problem([a_helper("Ana", most_visits=1)], visits), (0, 0, 1))["one_more"] == (
        "Ana can make tea at 00:30 if they make one visit more than they agreed to."
    )
    assert told(a_problem([a_helper("Ana", most_work=40)], visits), (0, 0, 1))["works"] == (
        "Ana can make tea at 00:30 if they serve 20 minutes longer than they agreed to."
    )
    paid = [a_visit("tea", 0, purse=0)]
    dear = a_problem([a_helper("Ana", visit_cost=1500)], paid, purses=(Purse("spring", 400),))
    assert told(dear)["paid"] == "Ana can make tea at 00:00 if its purse holds 11.00 yuan more."
    lent = a_problem(
        [a_helper("Ana", community=0)],
        [a_visit("tea", 0, community=1)],
        communities=("north", "south"),
        lendings=(Lending(0, 1, 0),),
    )
    assert told(lent)["lends"] == "Ana can make tea at 00:00 if north lends south one helper more."


def test_what_could_be_left_instead_is_named_with_its_price() -> None:
    visits = [a_visit("fall", 0, (0, 0), 200, priority=900), a_visit("tea", 0, (0, 0), priority=10)]
    found = cures(Repairing(a_problem([a_helper("Ana")], visits), a_plan((0, 0, 1))), 0)[0]
    assert found.sentence == "Ana can make fall at 00:00 if tea is left instead."
    assert (found.kind, found.points, found.price) == ("instead", 10 - 900, 0)


def test_what_only_others_promises_stand_against_is_said_so() -> None:
    visits = [a_visit("fall", 0, (0, 0), priority=900), a_visit("tea", 0, (0, 100), priority=100)]
    day = a_problem([a_helper("Ana")], visits, weights=Weights(stability=30), told_tolerance=5)
    day = replace(day, published=(Published(1, 0, 0),))
    found = cures(Repairing(day, a_plan((0, 0, 1))), 0)[0]
    assert found.sentence == "Ana can make fall at 00:00 if 1 things that were told already are told otherwise."
    assert found.points == 30 - 900


def test_what_the_search_has_overlooked_is_simply_made() -> None:
    found = cures(Repairing(a_problem([a_helper("Ana")], [a_visit("tea", 0)]), a_plan()), 0)[0]
    assert found.sentence == ("Ana can make tea at 00:00 after all; nobody who was told something is told otherwise.")


def test_two_more_people_are_asked_for_where_one_will_not_do() -> None:
    problem = a_problem([a_helper("Ana", 0, 10)], [a_visit("lift", 0, (100, 110), people=2)])
    assert told(problem) == {"person": "2 more people could make lift at 01:40, there from 01:40 to 02:20."}


@pytest.mark.parametrize("seed", range(8))
def test_every_cure_is_a_plan_that_breaks_nothing_of_the_eased_day(seed: int) -> None:
    world = replace(random_world(seed, helpers=4, visits=12), published=(), pins=())
    plan = solve(world, Limit(iterations=800, threads=1), seed)
    left = sorted(set(range(len(world.visits))) - plan.made().keys())
    ready = Repairing(world, plan)
    for visit in left[:2]:
        for cure in cures(ready, visit):
            day = changed(world, plan, cure.changes).problem
            wrong = [breach for breach in hard(judge(day, cure.repair.plan)) if breach.rule != "coverage"]
            assert wrong == []
            assert visit in cure.repair.plan.made()
            assert cure.repair.cost == cost(day, cure.repair.plan) == cure.points + cost(world, plan)


def test_the_same_seed_gives_the_same_cures() -> None:
    world = replace(random_world(2, helpers=4, visits=12), published=())
    plan = Plan(())
    ready = Repairing(world, plan)
    assert [cure.sentence for cure in cures(ready, 3, seed=5)] == [cure.sentence for cure in cures(ready, 3, seed=5)]
