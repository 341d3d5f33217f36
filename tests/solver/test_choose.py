"""The choice among days: each of its rows, on a day small enough to choose by hand."""

from dataclasses import replace

import pytest

from solver.choose import Effort, choose
from solver.problem import Helper, Lending, Link, Problem, Purse, Weights, Window
from solver.rules import model
from solver.search.day import pack
from solver.search.pool import Column
from tests.solver.worlds import a_helper, a_problem, a_visit

EFFORT = Effort(work=2.0, threads=1)
Made = set[tuple[int, tuple[int, ...], tuple[int, ...]]]


def a_day(shift: int, *stops: tuple[int, int], points: int = 10, **more: int) -> Column:
    """Duties with their starts, at a price."""
    measures = {"tardy": 0, "wait": 0, "idle": 0, "work": 0} | more
    return Column(shift, tuple(duty for duty, _ in stops), tuple(start for _, start in stops), points, **measures)


def chosen(problem: Problem, *days: Column, incumbent: tuple[Column, ...] = ()) -> Made:
    """(shift, duties, starts) of the days chosen."""
    numbers = model(problem)
    found = choose(numbers, pack(numbers)["visit_group"], days, incumbent, EFFORT)
    assert found is not None
    return {(day.shift, day.duties, day.starts) for day in found}


def crew(*more: dict[str, object]) -> list[Helper]:
    """Three helpers at place 0."""
    fields = [*more, {}, {}, {}][:3]
    return [a_helper(f"h{number}", **one) for number, one in enumerate(fields)]  # type: ignore[arg-type]


def test_each_visit_is_made_once_and_each_shift_has_one_day() -> None:
    problem = a_problem(crew(), [a_visit("a"), a_visit("b")])
    days = (a_day(0, (0, 10)), a_day(0, (1, 10)), a_day(1, (1, 10), points=20), a_day(1, (0, 10), points=30))
    assert chosen(problem, *days) == {(0, (0,), (10,)), (1, (1,), (10,))}


def test_what_costs_more_than_leaving_is_left() -> None:
    problem = a_problem(crew(), [a_visit("a", priority=100)])
    assert chosen(problem, a_day(0, (0, 10), points=101)) == set()
    assert chosen(problem, a_day(0, (0, 10), points=99)) == {(0, (0,), (10,))}


def test_a_visit_for_two_has_both_or_nobody() -> None:
    problem = a_problem(crew(), [a_visit("lift", people=2)])
    assert chosen(problem, a_day(0, (0, 10))) == set()
    assert chosen(problem, a_day(0, (0, 10)), a_day(1, (0, 10))) == {(0, (0,), (10,)), (1, (0,), (10,))}


def test_the_two_of_a_visit_come_at_the_same_moment() -> None:
    problem = a_problem(crew(), [a_visit("lift", people=2)])
    days = (a_day(0, (0, 10), points=1), a_day(1, (0, 40), points=1), a_day(2, (0, 40), points=30))
    assert chosen(problem, *days) == {(1, (0,), (40,)), (2, (0,), (40,))}


def test_nobody_is_both_people_of_a_visit_in_two_shifts() -> None:
    shifts = (a_helper(end=200).shifts[0], a_helper(start=200, end=600).shifts[0])
    problem = a_problem([a_helper("twice", shifts=shifts), a_helper("other")], [a_visit("lift", people=2)])
    days = (a_day(0, (0, 100), points=1), a_day(1, (0, 100), points=1), a_day(2, (0, 100), points=50))
    assert (2, (0,), (100,)) in chosen(problem, *days)


def test_linked_visits_are_made_by_different_people_and_both_or_neither() -> None:
    problem = a_problem(crew(), [a_visit("a"), a_visit("b")], links=(Link(0, 1),))
    assert chosen(problem, a_day(0, (0, 10), (1, 60))) == set()
    assert chosen(problem, a_day(0, (0, 10))) == set()
    assert chosen(problem, a_day(0, (0, 10)), a_day(1, (1, 60))) == {(0, (0,), (10,)), (1, (1,), (60,))}


def test_linked_visits_keep_their_distance_in_time() -> None:
    problem = a_problem(crew(), [a_visit("a"), a_visit("b")], links=(Link(0, 1, 30, 60),))
    days = (
        a_day(0, (0, 100)),
        *(a_day(1, (1, start), points=points) for start, points in ((120, 1), (140, 9), (170, 2))),
    )
    assert chosen(problem, *days) == {(0, (0,), (100,)), (1, (1,), (140,))}


def test_linked_visits_lie_in_the_same_window() -> None:
    windows = (Window(0, 50), Window(200, 250))
    visits = [a_visit("a", windows=windows), a_visit("b", windows=windows)]
    problem = a_problem(crew(), visits, links=(Link(0, 1, same_window=True),))
    days = (a_day(0, (0, 10)), a_day(1, (1, 210), points=1), a_day(2, (1, 20), points=9))
    assert chosen(problem, *days) == {(0, (0,), (10,)), (2, (1,), (20,))}


@pytest.mark.parametrize("most", [{"most_work": 50}, {"most_visits": 1}])
def test_a_helpers_limit_holds_over_all_shifts(most: dict[str, int]) -> None:
    shifts = (a_helper(end=200).shifts[0], a_helper(start=200, end=600).shifts[0])
    problem = a_problem([a_helper("both", shifts=shifts, **most)], [a_visit("a"), a_visit("b", priority=300)])
    assert chosen(problem, a_day(0, (0, 10)), a_day(1, (1, 210))) == {(1, (1,), (210,))}


def test_a_purse_pays_no_more_than_it_holds() -> None:
    visits = [a_visit("a", purse=0), a_visit("b", purse=0, priority=300)]
    problem = a_problem(crew({"visit_cost": 600}, {"visit_cost": 500}), visits, purses=(Purse("spring", 1000),))
    assert chosen(problem, a_day(0, (0, 10)), a_day(1, (1, 10))) == {(1, (1,), (10,))}


def test_a_community_lends_no_more_than_was_agreed() -> None:
    visits = [a_visit("a", community=1), a_visit("b", community=1, priority=300)]
    more = {"communities": ("north", "south"), "lendings": (Lending(0, 1, 1),)}
    problem = a_problem(crew({"community": 0}, {"community": 0}), visits, **more)
    assert chosen(problem, a_day(0, (0, 10)), a_day(1, (1, 10))) == {(1, (1,), (10,))}


def test_an_unfair_burden_costs_what_it_adds() -> None:
    # Each beyond 5 costs 10: both heavy visits for one helper add 5 points of burden, 50 points, against 20 more.
    visits = [a_visit("a", burden=5), a_visit("b", burden=5)]
    problem = a_problem(crew(), visits, weights=Weights(fairness=10), fair_share=5)
    days = (a_day(0, (0, 10), (1, 60), points=20), a_day(1, (1, 60), points=30), a_day(0, (0, 10), points=10))
    assert chosen(problem, *days) == {(0, (0,), (10,)), (1, (1,), (60,))}


def test_balance_prefers_to_share_the_work() -> None:
    # Of three helpers: 60, 0, 0 is 40 + 20 + 20 from the mean of 20; 30, 30, 0 is 10 + 10 + 20.
    problem = a_problem(crew(), [a_visit("a"), a_visit("b")], weights=Weights(balance=1))
    one = a_day(0, (0, 10), (1, 60), points=20, work=60)
    two = (a_day(0, (0, 10), points=20, work=30), a_day(1, (1, 60), points=20, work=30))
    assert len(chosen(problem, one, *two)) == 2


@pytest.mark.parametrize(
    ("weight", "measure"), [("longest_wait", "wait"), ("longest_idle", "idle"), ("highest_tardiness", "tardy")]
)
def test_the_longest_of_all_is_paid_once(weight: str, measure: str) -> None:
    # One long one costs 40 already, so a second of the same length is free, and cheaper than a way round.
    visits = [a_visit("a", soft_end=True), a_visit("b", soft_end=True)]
    problem = a_problem(crew(), visits, weights=Weights(**{weight: 1}))
    long, round_about = a_day(1, (1, 10), points=10, **{measure: 40}), a_day(1, (1, 20), points=30)
    forced = a_day(0, (0, 10), points=10, **{measure: 40})
    assert chosen(problem, forced, long, round_about) == {(0, (0,), (10,)), (1, (1,), (10,))}
    short = replace(forced, starts=(5,), **{measure: 0})
    assert chosen(problem, short, long, round_about) == {(0, (0,), (5,)), (1, (1,), (20,))}


def test_the_incumbent_is_kept_where_nothing_is_better() -> None:
    problem = a_problem(crew(), [a_visit("a", mandatory=True)])
    incumbent = a_day(0, (0, 10), points=10**6)
    assert chosen(problem, incumbent=(incumbent,)) == {(0, (0,), (10,))}
