import pytest

from solver.problem import Weights
from solver.rules import balance, model
from tests.solver.worlds import a_helper, a_problem, a_visit, found


def test_everybodys_distance_from_the_mean_is_rounded_up_and_who_stays_home_counts() -> None:
    helpers = [a_helper("Ana"), a_helper("Ben"), a_helper("Can")]
    visits = [a_visit("a", 1, duration=30), a_visit("b", 2, duration=10)]
    problem = a_problem(helpers, visits, weights=Weights(balance=2))
    told = found(balance, problem, (0, 10, 0), (1, 20, 1))  # 50, 50 and 0: the mean is 33.33
    assert [breach.points for breach in told] == [34, 34, 68]
    assert told[2].sentence == "Can works 0 minutes, 34 less than the mean of 33."
    assert model(problem).balance_weight == 2


@pytest.mark.parametrize(("work", "total", "helpers", "far"), [(95, 155, 2, 18), (60, 155, 2, 18), (5, 10, 2, 0)])
def test_the_distance_is_exact_in_whole_numbers(work: int, total: int, helpers: int, far: int) -> None:
    assert balance.distance(work, total, helpers) == far
