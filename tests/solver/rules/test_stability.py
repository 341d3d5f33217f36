from solver.problem import Published, Weights
from solver.rules import model, stability
from tests.solver.worlds import a_helper, a_problem, a_visit, found


def test_taking_away_what_somebody_was_told_costs_points_and_moving_it_does_not() -> None:
    helpers = [a_helper("Ana"), a_helper("Ben")]
    told = (Published(0, 0, 60), Published(1, 1, 90))
    problem = a_problem(helpers, [a_visit("a"), a_visit("b")], published=told, weights=Weights(stability=30))
    assert found(stability, problem, (0, 200, 0), (1, 90, 1)) == []
    assert [(breach.sentence, breach.points) for breach in found(stability, problem, (1, 60, 0))] == [
        ("Ana was told to make a at 01:00, and no longer makes it.", 30),
        ("Ben was told to make b at 01:30, and no longer makes it.", 30),
    ]
    draft = model(problem)
    assert draft.constant == 60
    assert draft.cost.tolist() == [[-30, 0], [0, -30]]
