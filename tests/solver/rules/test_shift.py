from solver.problem import Shift, Weights
from solver.rules import model, shift
from tests.solver.worlds import a_helper, a_problem, a_visit, found


def test_nobody_leaves_before_the_shift_or_returns_after_it() -> None:
    problem = a_problem([a_helper("Ana", 100, 200)], [a_visit("tea", 2, duration=30)])
    assert found(shift, problem, (0, 120, 0)) == []  # leaves at 100
    assert found(shift, problem, (0, 150, 0)) == []  # back at 200
    assert [breach.sentence for breach in found(shift, problem, (0, 119, 0))] == [
        "Ana would have to leave at 01:39 for tea; the shift starts at 01:40."
    ]
    assert [breach.sentence for breach in found(shift, problem, (0, 157, 0))] == [
        "Ana would be back at 03:27, 7 minutes after the latest they can (03:20)."
    ]


def test_extra_time_stretches_the_return_and_costs_points() -> None:
    problem = a_problem([a_helper("Ana", 100, 200, extra_time=10)], [a_visit(place=2)], weights=Weights(extra_time=4))
    assert model(problem).extra_time.tolist() == [10]
    assert model(problem).extra_time_weight == 4
    assert [(breach.points, breach.hard) for breach in found(shift, problem, (0, 157, 0))] == [(28, False)]
    assert [(breach.points, breach.hard) for breach in found(shift, problem, (0, 161, 0))] == [(0, True)]


def test_a_shift_that_the_helper_does_not_have_is_told_and_nothing_else_breaks() -> None:
    problem = a_problem([a_helper("Ana", shifts=())], [a_visit("tea")])
    told = found(shift, problem, (0, 10, 0))
    assert [breach.sentence for breach in told] == ["Ana has no such shift on this day, and cannot make tea."]
    assert told[0].hard


def test_each_shift_is_judged_by_its_own_ends() -> None:
    ana = a_helper("Ana", shifts=(Shift(0, 100, 0, 0), Shift(200, 300, 0, 0)))
    problem = a_problem([ana], [a_visit("a"), a_visit("b")])
    assert found(shift, problem, (0, 10, 0), (0, 210, 1, 1)) == []
    assert len(found(shift, problem, (0, 10, 0), (0, 205, 1, 1))) == 1
