"""Days that nobody would plan and somebody will send: each gets a plan without a hard breach, or a sentence."""

import resource
from collections.abc import Iterable
from dataclasses import replace

import pytest

from solver.judge import cost, hard, judge
from solver.plan import Plan
from solver.problem import MOST_POINTS, MOST_TICKS, Break, Link, Pin, Problem, ProblemError, Published, Weights
from solver.solve import Limit, solve
from tests.solver.worlds import a_helper, a_problem, a_visit

MEGABYTE = 2**20


def solved(problem: Problem, iterations: int = 300) -> Plan:
    """A plan that the judge finds lawful and as dear as the solver says."""
    plan = solve(problem, Limit(iterations=iterations, threads=1), 1)
    assert [breach.sentence for breach in hard(judge(problem, plan))] == []
    assert cost(problem, plan) == plan.objective
    return plan


def made(plan: Plan) -> set[int]:
    return {one.visit for one in plan.assignments}


def test_one_helper_makes_what_fits_into_the_day() -> None:
    # 30 ticks of service each, 10 there and back: 19 of 40 fit into 600 - 20 ticks.
    plan = solved(a_problem([a_helper()], [a_visit(f"v{number}") for number in range(40)]))
    assert len(plan.assignments) == 19


def test_of_visits_that_all_happen_at_once_each_helper_makes_one() -> None:
    visits = [a_visit(f"v{number}", 1, (100, 100), priority=100 + number) for number in range(30)]
    plan = solved(a_problem([a_helper("Ana"), a_helper("Ben"), a_helper("Cem")], visits))
    assert made(plan) == {27, 28, 29}


def test_visits_that_each_exclude_all_others_leave_one() -> None:
    # All pairs are linked by an hour's distance in both ways of the numbering: only a pair could be made, none fits.
    visits = [a_visit(f"v{number}", 1, (0, 30)) for number in range(6)]
    links = tuple(Link(one, two, 60, 90) for one in range(6) for two in range(one + 1, 6))
    assert solved(a_problem([a_helper("Ana"), a_helper("Ben")], visits, links=links)).assignments == ()


def test_windows_and_visits_without_length_are_met_on_the_tick() -> None:
    visits = [a_visit(f"v{number}", 1, (10 + number, 10 + number), 0) for number in range(5)]
    visits.append(a_visit("gone", 1, (9, 9), 0))
    plan = solved(a_problem([a_helper()], visits))
    assert [one.start for one in plan.assignments] == [10, 11, 12, 13, 14]


def test_a_shift_without_length_makes_nothing_but_what_has_none_either() -> None:
    here = a_visit("here", 0, (50, 50), 0)
    plan = solved(a_problem([a_helper(start=50, end=50)], [here, a_visit("there", 1), a_visit("long", 0, (50, 50))]))
    assert made(plan) == {0}


def test_ten_thousand_visits_are_planned_in_bounded_memory() -> None:
    visits = [a_visit(f"v{number}", number % 50, (number % 500, number % 500 + 60), 5) for number in range(10_000)]
    helpers = [a_helper(f"h{number}", at=number % 50) for number in range(20)]
    problem = a_problem(helpers, visits, places=50)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    plan = solved(problem, iterations=50)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 - before
    assert len(plan.assignments) > 500
    assert grown < 500 * MEGABYTE


def test_where_everything_costs_the_same_the_day_is_still_filled() -> None:
    visits = [a_visit(f"v{number}", 0, priority=1, duration=60) for number in range(12)]
    plan = solved(a_problem([a_helper("Ana"), a_helper("Ben", end=120)], visits, weights=Weights(travel=0)))
    assert len(plan.assignments) == 12


def test_the_heaviest_weights_do_not_overflow() -> None:
    # By 10**9 each: 20 ticks of travel and of work, 2 * 10 of balance, 5 of tardiness twice, and a burden of 1.
    heaviest = replace(Weights(**dict.fromkeys(Weights.__slots__, MOST_POINTS)), longest_idle=0)
    late = a_visit("late", 1, (0, 5), 0, mandatory=True, soft_end=True, burden=1)
    joint = a_visit("joint", 5, people=2, priority=MOST_POINTS, known=(0,), gender="f")
    helpers = [a_helper("Ana", rest=Break(100, 200, 90), extra_time=600), a_helper("Ben", extra_time=600)]
    problem = a_problem(helpers, [late, joint], published=(Published(1, 0, 0),), weights=heaviest, told_tolerance=0)
    plan = solved(problem)
    assert made(plan) == {0}
    left = MOST_POINTS + MOST_POINTS
    assert plan.objective == MOST_POINTS * (20 + 20 + 20 + 5 + 5 + 1) + left


def test_the_longest_times_do_not_overflow() -> None:
    visits = [a_visit("long", 1, (0, MOST_TICKS), MOST_TICKS // 2), a_visit("late", 1, (MOST_TICKS, MOST_TICKS), 10)]
    plan = solved(a_problem([a_helper(end=MOST_TICKS)], [*visits, a_visit("endless", 1, duration=MOST_TICKS)]))
    assert 1 not in made(plan)
    assert 2 not in made(plan)


@pytest.mark.parametrize("threads", [1, 2])
def test_a_day_without_visits_or_without_helpers_gets_an_empty_plan(threads: int) -> None:
    days: Iterable[Problem] = (
        Problem((), (), ()),
        a_problem([], [a_visit()]),
        a_problem([a_helper()], []),
        a_problem([replace(a_helper(), shifts=())], [a_visit()]),
    )
    for problem in days:
        plan = solve(problem, Limit(seconds=0.2, threads=threads), 1)
        assert plan.assignments == ()
        assert cost(problem, plan) == plan.objective


def test_two_pins_of_one_visit_are_named_with_the_cure() -> None:
    pins = (Pin(0, (0,)), Pin(0, (1,), 30))
    with pytest.raises(ProblemError, match=r"tea.*pinned twice: to Ana, and to Ben at 30\. Maybe remove one of them"):
        a_problem([a_helper("Ana"), a_helper("Ben")], [a_visit("tea")], pins=pins)


def test_pins_that_send_one_person_to_two_places_at_once_are_both_named() -> None:
    pins = (Pin(0, (0,), 30), Pin(1, (0,), 50))
    sentence = r"Ana is pinned to tea from 30 to 60 and to bath from 50 to 80.*Maybe move or remove one of the two pins"
    with pytest.raises(ProblemError, match=sentence):
        a_problem([a_helper("Ana")], [a_visit("tea"), a_visit("bath", 5)], pins=pins)


def test_pins_that_touch_are_kept() -> None:
    pins = (Pin(0, (0,), 30), Pin(1, (0,), 60))
    plan = solved(a_problem([a_helper("Ana")], [a_visit("tea"), a_visit("bath")], pins=pins))
    assert [one.start for one in plan.assignments] == [30, 60]
