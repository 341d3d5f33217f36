from solver.problem import Weights
from solver.rules import known, model
from tests.solver.worlds import a_helper, a_problem, a_visit, found


def test_a_stranger_costs_points_where_somebody_is_known() -> None:
    helpers = [a_helper("Ana"), a_helper("Ben")]
    problem = a_problem(helpers, [a_visit("tea", known=(0,)), a_visit("walk")], weights=Weights(known=10))
    assert model(problem).cost.tolist() == [[0, 10], [0, 0]]
    assert known.stands(problem).all()
    assert [
        (breach.sentence, breach.points) for breach in found(known, problem, (0, 10, 0), (1, 10, 0), (1, 90, 1))
    ] == [("Ben is new to tea; 1 others are known there.", 10)]


def test_a_new_face_costs_more_where_the_resident_has_seen_as_many_as_they_wish() -> None:
    helpers = [a_helper("Ana"), a_helper("Ben")]
    visits = [a_visit("tea", known=(0,), new_face=30), a_visit("walk", new_face=30)]
    weighed, unweighed = (a_problem(helpers, visits, weights=Weights(known=points)) for points in (10, 0))
    assert model(weighed).cost.tolist() == [[0, 40], [0, 0]]
    assert model(unweighed).cost.tolist() == [[0, 30], [0, 0]]
    assert [breach.points for breach in found(known, weighed, (0, 10, 0), (1, 10, 0), (1, 90, 1))] == [40]
    assert [breach.points for breach in found(known, unweighed, (0, 10, 0), (1, 10, 0), (1, 90, 1))] == [30]
