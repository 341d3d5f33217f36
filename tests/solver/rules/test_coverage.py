from solver.model import MANDATORY
from solver.rules import coverage, model
from tests.solver.worlds import a_helper, a_problem, a_visit, found

HELPERS = [a_helper("Ana"), a_helper("Ben"), a_helper("Can")]


def test_a_visit_that_nobody_makes_costs_its_priority_once() -> None:
    problem = a_problem(HELPERS, [a_visit("tea", people=2, priority=400)])
    assert model(problem).priority.tolist() == [400]
    assert [(breach.sentence, breach.points, breach.hard) for breach in found(coverage, problem)] == [
        ("Nobody makes tea.", 400, False)
    ]


def test_a_mandatory_visit_may_not_be_left() -> None:
    problem = a_problem(HELPERS, [a_visit("drip", mandatory=True)])
    assert model(problem).priority.tolist() == [MANDATORY]
    assert [(breach.sentence, breach.points, breach.hard) for breach in found(coverage, problem)] == [
        ("Nobody makes drip, and it may not be left.", 0, True)
    ]


def test_as_many_different_people_come_as_are_needed() -> None:
    problem = a_problem(HELPERS, [a_visit("move", people=2)])
    assert len(model(problem).duty_visit) == 2
    assert found(coverage, problem, (0, 10, 0), (1, 10, 0)) == []
    assert [breach.sentence for breach in found(coverage, problem, (0, 10, 0))] == [
        "1 of the 2 people whom move needs are there."
    ]
    assert [breach.sentence for breach in found(coverage, problem, (0, 10, 0), (1, 10, 0), (2, 10, 0))] == [
        "3 people are sent to move, which needs 2."
    ]
    assert [breach.sentence for breach in found(coverage, problem, (0, 10, 0), (0, 10, 0))] == [
        "Ana is sent to move twice."
    ]


def test_the_people_of_one_visit_start_together() -> None:
    problem = a_problem(HELPERS, [a_visit("move", people=2)])
    told = found(coverage, problem, (0, 10, 0), (1, 15, 0))
    assert [(breach.sentence, breach.hard) for breach in told] == [
        ("The helpers of move do not start together: the first at 00:10, the last at 00:15.", True)
    ]
