from solver.rules import model, speaks
from tests.solver.worlds import a_helper, a_problem, a_visit, found


def test_one_common_language_is_enough_and_none_is_too_few() -> None:
    helpers = [a_helper("Ana", languages=("zh",)), a_helper("Ben", languages=("kk", "ug")), a_helper("Can")]
    problem = a_problem(helpers, [a_visit("tea", languages=("ug", "uz")), a_visit("walk")])
    assert model(problem).may.tolist() == [[False, True, False], [True, True, True]]
    assert [breach.sentence for breach in found(speaks, problem, (0, 10, 0), (1, 10, 0))] == [
        "Ana speaks none of the languages of tea: ug, uz."
    ]


def test_a_language_that_nobody_speaks_stops_everybody() -> None:
    problem = a_problem([a_helper()], [a_visit(languages=("xx",))])
    assert not model(problem).may.any()
    assert found(speaks, problem, (0, 10, 0))[0].hard
