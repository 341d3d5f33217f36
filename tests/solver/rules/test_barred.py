from solver.problem import Weights
from solver.rules import barred, model
from tests.solver.worlds import a_helper, a_problem, a_visit, found


def test_a_barred_helper_is_kept_away() -> None:
    problem = a_problem([a_helper("Ana"), a_helper("Ben")], [a_visit("tea", barred=(1,))])
    assert model(problem).may.tolist() == [[True, False]]
    assert [(breach.sentence, breach.hard) for breach in found(barred, problem, (0, 10, 0), (1, 10, 0))] == [
        ("Ben is barred from tea.", True)
    ]


def test_with_a_price_a_barring_costs_points() -> None:
    problem = a_problem([a_helper()], [a_visit(barred=(0,))], weights=Weights(barred=70))
    assert model(problem).may.all()
    assert model(problem).cost.tolist() == [[70]]
    assert [(breach.points, breach.hard) for breach in found(barred, problem, (0, 10, 0))] == [(70, False)]
