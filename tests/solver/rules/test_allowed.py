from solver.rules import allowed, model
from tests.solver.worlds import a_helper, a_problem, a_visit, found


def test_where_somebody_is_named_nobody_else_comes() -> None:
    problem = a_problem([a_helper("Ana"), a_helper("Ben")], [a_visit("tea", allowed=(0,)), a_visit("walk")])
    assert model(problem).may.tolist() == [[True, False], [True, True]]
    assert [breach.sentence for breach in found(allowed, problem, (0, 10, 0), (1, 10, 0))] == [
        "Ben is not among the 1 helpers who may make tea."
    ]


def test_an_empty_list_allows_nobody() -> None:
    problem = a_problem([a_helper()], [a_visit(allowed=())])
    assert not model(problem).may.any()
    assert found(allowed, problem, (0, 10, 0))[0].hard
