from solver.problem import Weights
from solver.rules import fee, model
from tests.solver.worlds import a_helper, a_problem, a_visit, found


def test_a_fee_is_per_visit_and_per_hour_and_is_weighed_per_yuan() -> None:
    # 45 minutes at 30.01 yuan an hour: 22.5075, so 22.50 yuan; with 10.99 a visit 33.49; twice that is 66.98 points.
    crew = a_helper("crew", visit_cost=1099, hour_cost=3001)
    problem = a_problem([crew, a_helper("Ana")], [a_visit("roof", duration=45)], weights=Weights(fee=2))
    assert model(problem).fee.tolist() == [[3349, 0]]
    assert model(problem).cost.tolist() == [[66, 0]]
    assert [(breach.sentence, breach.points) for breach in found(fee, problem, (0, 10, 0), (1, 10, 0))] == [
        ("crew charges 33.49 yuan for roof.", 66)
    ]


def test_hours_are_counted_in_the_problems_ticks() -> None:
    problem = a_problem(
        [a_helper(hour_cost=6000)], [a_visit(duration=900)], ticks_per_minute=10, weights=Weights(fee=1)
    )
    assert model(problem).fee.tolist() == [[9000]]
    assert found(fee, problem, (0, 10, 0))[0].points == 90
