"""The cheapest place, worked by hand: places lie on a line, 10 ticks apart."""

from typing import Any

from solver.problem import Lending, Problem, Purse
from solver.search.memory import entry
from solver.search.single import cheapest_place
from solver.search.state import TOO_DEAR
from tests.solver.search.kernels import Desk, desk
from tests.solver.worlds import a_helper, a_problem, a_visit


@entry
def _cheapest(day: Any, state: Any, duty: Any) -> Any:
    return cheapest_place(day, state, duty, TOO_DEAR, 0.0)


def cheapest(made: Desk, duty: int) -> tuple[int, ...]:
    """(points, shift, stop), or (-1,) if there is none."""
    points, shift, stop = _cheapest(made.day.record, made.state.record, duty)
    return (-1,) if shift < 0 else (points, shift, stop)


def made_with(problem: Problem, *shifts: list[int]) -> Desk:
    made = desk(problem)
    assert made.made(*shifts)
    return made


def test_a_visit_goes_where_it_is_no_detour() -> None:
    visits = [a_visit("near", 1), a_visit("far", 4), a_visit("between", 3)]
    made = made_with(a_problem([a_helper("Ana"), a_helper("Ben", at=9)], visits), [0, 1], [])
    assert cheapest(made, 2) == (0, 0, 2)


def test_an_empty_day_is_cheaper_than_a_detour() -> None:
    visits = [a_visit("near", 1), a_visit("far", 8)]
    made = made_with(a_problem([a_helper("Ana"), a_helper("Ben", at=9)], visits), [0], [])
    assert cheapest(made, 1) == (20, 1, 1)


def test_whoever_follows_must_still_be_in_time() -> None:
    # Before noon the way is no longer either, but noon's helper would come at 60 and must start by 59.
    visits = [a_visit("noon", 3, (0, 59)), a_visit("new", 2)]
    made = made_with(a_problem([a_helper()], visits), [0])
    assert cheapest(made, 1) == (0, 0, 2)


def test_nobody_makes_more_visits_or_works_longer_than_they_may() -> None:
    visits = [a_visit("a", 1), a_visit("b", 1)]
    assert cheapest(made_with(a_problem([a_helper(most_visits=1)], visits), [0]), 1) == (-1,)
    assert cheapest(made_with(a_problem([a_helper(most_work=59)], visits), [0]), 1) == (-1,)
    assert cheapest(made_with(a_problem([a_helper(most_work=60)], visits), [0]), 1) == (0, 0, 1)


def test_an_empty_purse_pays_for_nobody_who_costs() -> None:
    visits = [a_visit("a", 1, purse=0), a_visit("b", 1, purse=0)]
    helpers = [a_helper("paid", visit_cost=600), a_helper("free", at=5)]
    made = made_with(a_problem(helpers, visits, purses=(Purse("small", 1000),)), [0], [])
    assert cheapest(made, 1) == (80, 1, 1)


def test_no_more_are_lent_than_the_cap_allows() -> None:
    visits = [a_visit("a", 1, community=1), a_visit("b", 1, community=1)]
    helpers = [a_helper("lent", community=0), a_helper("own", at=5, community=1)]
    lendings = (Lending(0, 1, 1),)
    made = made_with(a_problem(helpers, visits, communities=("north", "south"), lendings=lendings), [0], [])
    assert cheapest(made, 1) == (80, 1, 1)


def test_a_visit_outside_the_circle_is_reached_from_the_one_before_it() -> None:
    visits = [a_visit("step", 2), a_visit("far", 4)]
    made = made_with(a_problem([a_helper(circle=25)], visits), [0])
    assert cheapest(made, 1) == (40, 0, 2)
