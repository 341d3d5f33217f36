"""What days may not do together: each limit, met and passed by one, by hand."""

from dataclasses import replace

import pytest

from solver.columns.lawful import is_lawful
from solver.problem import Helper, Lending, Link, Problem, Purse, Shift
from solver.rules import model
from solver.search.day import pack
from solver.search.pool import Column
from tests.solver.worlds import a_helper, a_problem, a_visit


def a_day(shift: int, *duties: int) -> Column:
    return Column(shift, duties, tuple(100 * number for number in range(len(duties))), 0, 0, 0, 0, 0)


def goes(problem: Problem, *days: Column) -> bool:
    numbers = model(problem)
    return is_lawful(numbers, pack(numbers), days)


def two_shifts(**more: int) -> Helper:
    return a_helper("Ana", shifts=(Shift(0, 300, 0, 0), Shift(300, 600, 0, 0)), **more)


@pytest.mark.parametrize("limit", [{"most_work": 60}, {"most_visits": 2}])
def test_nobody_serves_too_much_over_two_shifts(limit: dict[str, int]) -> None:
    problem = a_problem([two_shifts(**limit)], [a_visit(f"v{number}", duration=30) for number in range(3)])
    assert goes(problem, a_day(0, 0), a_day(1, 1))
    assert not goes(problem, a_day(0, 0, 2), a_day(1, 1))


def test_a_purse_pays_for_what_it_holds() -> None:
    visits = [a_visit("a", purse=0), a_visit("b", purse=0), a_visit("c")]
    people = [a_helper("Ana", visit_cost=100), a_helper("Ben", visit_cost=101)]
    problem = a_problem(people, visits, purses=(Purse("spring", 200),))
    assert goes(problem, a_day(0, 0, 1), a_day(1, 2))
    assert not goes(problem, a_day(0, 0), a_day(1, 1))


def test_a_community_lends_as_many_visits_as_it_said() -> None:
    people = [a_helper("Ana", community=0), a_helper("Ben", community=0)]
    visits = [a_visit("a", community=1), a_visit("b", community=1), a_visit("c", community=0)]
    problem = a_problem(people, visits, communities=("north", "south"), lendings=(Lending(0, 1, 1),))
    assert goes(problem, a_day(0, 0, 2))
    assert not goes(problem, a_day(0, 0), a_day(1, 1))


def test_a_group_is_made_whole_or_not_at_all_and_nothing_is_made_twice() -> None:
    people = [a_helper("Ana"), a_helper("Ben"), a_helper("Cem")]
    link = Link(1, 2, least=0, most=300)
    problem = a_problem(people, [a_visit("lift", people=2), a_visit("a"), a_visit("b"), a_visit("c")], links=(link,))
    assert goes(problem, a_day(0, 0, 4), a_day(1, 1))
    assert not goes(problem, a_day(0, 0, 4))
    assert goes(problem, a_day(0, 2), a_day(1, 3))
    assert not goes(problem, a_day(0, 2), a_day(1, 4))
    assert not goes(problem, a_day(0, 4), a_day(1, 4))
    assert not goes(problem, a_day(0, 0), a_day(1, 1), a_day(2, 0))


def test_nobody_is_two_of_those_who_must_be_two() -> None:
    lift = a_visit("lift", people=2)
    problem = a_problem([two_shifts(), a_helper("Ben")], [lift])
    assert goes(problem, a_day(0, 0), a_day(2, 1))
    assert not goes(problem, a_day(0, 0), a_day(1, 1))


def test_linked_visits_for_different_people_are_not_made_by_one() -> None:
    link = Link(0, 1, least=0, most=300, apart=True)
    problem = a_problem([two_shifts(), a_helper("Ben")], [a_visit("a"), a_visit("b")], links=(link,))
    assert goes(problem, a_day(0, 0), a_day(2, 1))
    assert not goes(problem, a_day(0, 0), a_day(1, 1))
    assert goes(replace(problem, links=(replace(link, apart=False),)), a_day(0, 0), a_day(1, 1))
