from dataclasses import replace

from solver.judge import cost, hard, judge
from solver.problem import Problem, Published, Weights
from solver.rules import model, stability
from solver.solve import Limit, solve
from tests.solver.worlds import a_helper, a_plan, a_problem, a_visit, found, random_world


def a_told_world(tolerance: int | None) -> Problem:
    """Ana was told to make a at 60, Ben to make b at 90."""
    told = (Published(0, 0, 60), Published(1, 1, 90))
    visits = [a_visit("a"), a_visit("b")]
    helpers = [a_helper("Ana"), a_helper("Ben")]
    return a_problem(helpers, visits, published=told, weights=Weights(stability=30), told_tolerance=tolerance)


def test_taking_away_what_somebody_was_told_costs_points() -> None:
    problem = a_told_world(None)
    assert found(stability, problem, (0, 200, 0), (1, 90, 1)) == []
    assert [(breach.sentence, breach.points) for breach in found(stability, problem, (1, 60, 0))] == [
        ("Ana was told to make a at 01:00, and no longer makes it.", 30),
        ("Ben was told to make b at 01:30, and no longer makes it.", 30),
    ]
    draft = model(problem)
    assert draft.constant == 60
    assert draft.cost.tolist() == [[-30, 0], [0, -30]]


def test_a_start_that_moves_costs_as_much_beyond_the_tolerance() -> None:
    problem = a_told_world(5)
    assert found(stability, problem, (0, 65, 0), (1, 85, 1)) == []
    assert [(breach.sentence, breach.points) for breach in found(stability, problem, (0, 66, 0), (1, 84, 1))] == [
        ("Ana was told to make a at 01:00, and now makes it at 01:06.", 30),
        ("Ben was told to make b at 01:30, and now makes it at 01:24.", 30),
    ]


def test_a_visit_that_is_new_to_a_helper_breaks_no_promise() -> None:
    problem = replace(a_told_world(0), published=(Published(0, 0, 60),))
    assert found(stability, problem, (0, 60, 0), (1, 300, 1)) == []


def test_whoever_was_told_a_time_waits_for_it_when_the_visit_before_falls_away() -> None:
    problem = a_problem(
        [a_helper("Ana")],
        [a_visit("a", 1, allowed=()), a_visit("b", 1)],
        published=(Published(1, 0, 40),),
        weights=Weights(stability=30),
        told_tolerance=0,
    )
    plan = solve(problem, Limit(iterations=200, threads=1))
    assert [(one.visit, one.start) for one in plan.assignments] == [(1, 40)]


def test_a_promise_is_broken_where_that_is_worth_its_points() -> None:
    # Ana was told a at 300; c can only be made from 290 on, and both fit only if a comes first, by 260.
    visits = [a_visit("a", 1), a_visit("c", 1, (290, 320), 300, priority=500)]
    told = (Published(0, 0, 300),)
    world = {"published": told, "weights": Weights(stability=30), "told_tolerance": 5}
    problem = a_problem([a_helper("Ana")], visits, **world)
    plan = solve(problem, Limit(iterations=2000, threads=1))
    assert sorted((one.visit, one.start) for one in plan.assignments) == [(0, 10), (1, 290)]
    assert plan.objective == cost(problem, plan) == 20 + 30


def test_a_published_plan_that_still_stands_is_kept_to_the_minute() -> None:
    for seed in (3, 8, 14):
        world = replace(random_world(seed), published=(), told_tolerance=0)
        plan = solve(world, Limit(iterations=2000, threads=1), seed)
        told = tuple(Published(one.visit, one.helper, one.start) for one in plan.assignments)
        again = replace(world, published=told, weights=replace(world.weights, stability=5000))
        kept = solve(again, Limit(iterations=2000, threads=1), seed + 1)
        assert hard(judge(again, kept)) == []
        assert kept.objective == cost(again, kept)
        assert (
            found(stability, again, *((one.helper, one.start, one.visit, one.shift) for one in kept.assignments)) == []
        )


def test_each_broken_promise_counts_once() -> None:
    assert cost(a_told_world(0), a_plan((0, 60, 0), (1, 100, 1))) == 4 * 10 + 30
    assert model(a_told_world(0)).moved_weight == 30
    assert model(a_told_world(None)).moved_weight == 0
