from solver.problem import Weights
from solver.rules import model, work
from tests.solver.worlds import a_helper, a_problem, a_visit, found


def test_work_is_service_and_travel_and_not_waiting() -> None:
    problem = a_problem([a_helper("Ana"), a_helper("Ben")], [a_visit("a", 1), a_visit("b", 2)], weights=Weights(work=2))
    told = found(work, problem, (0, 10, 0), (0, 300, 1))  # 10 + 30 + 10 + 30 + 20
    assert [(breach.sentence, breach.points) for breach in told] == [("Ana serves and travels for 100 minutes.", 200)]
    assert model(problem).work_weight == 2
