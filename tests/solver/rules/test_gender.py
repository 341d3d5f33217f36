from solver.problem import Weights
from solver.rules import gender, model
from tests.solver.worlds import a_helper, a_problem, a_visit, found

HELPERS = [a_helper("Ana", gender="f"), a_helper("Ben", gender="m"), a_helper("Can")]


def test_a_wish_costs_points() -> None:
    problem = a_problem(HELPERS, [a_visit("bath", gender="f")], weights=Weights(gender=15))
    assert model(problem).may.all()
    assert model(problem).cost.tolist() == [[0, 15, 15]]
    assert [(breach.sentence, breach.points) for breach in found(gender, problem, (1, 10, 0), (0, 10, 0))] == [
        ("bath would rather be made by somebody of gender f; Ben is of gender m.", 15)
    ]


def test_a_condition_keeps_others_away() -> None:
    problem = a_problem(HELPERS, [a_visit("bath", gender="f", gender_required=True)], weights=Weights(gender=15))
    assert model(problem).may.tolist() == [[True, False, False]]
    assert model(problem).cost.tolist() == [[0, 0, 0]]
    breaches = found(gender, problem, (1, 10, 0), (2, 10, 0))
    assert [breach.hard for breach in breaches] == [True, True]
    assert breaches[1].sentence == "bath asks for somebody of gender f; the gender of Can is not recorded."


def test_no_wish_no_word() -> None:
    problem = a_problem(HELPERS, [a_visit()], weights=Weights(gender=15))
    assert model(problem).cost.tolist() == [[0, 0, 0]]
    assert found(gender, problem, (2, 10, 0)) == []
