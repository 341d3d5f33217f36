from solver.problem import Weights
from solver.rules import fairness, model
from tests.solver.worlds import a_helper, a_problem, a_visit, found


def test_only_what_today_adds_above_the_fair_share_costs_points() -> None:
    helpers = [a_helper("Ana", carried_burden=8), a_helper("Ben", carried_burden=12), a_helper("Can")]
    visits = [a_visit("a", burden=3), a_visit("b", burden=2), a_visit("c", burden=5)]
    problem = a_problem(helpers, visits, fair_share=10, weights=Weights(fairness=2))
    told = found(fairness, problem, (0, 10, 0), (0, 90, 1), (1, 10, 2), (2, 10, 2))
    assert [(breach.sentence, breach.points) for breach in told] == [
        ("Ana comes to a burden of 13 with today's 5; 3 of today's pass the fair share of 10.", 6),
        ("Ben comes to a burden of 17 with today's 5; 5 of today's pass the fair share of 10.", 10),
    ]
    draft = model(problem)
    assert draft.burden.tolist() == [3, 2, 5]
    assert draft.carried_burden.tolist() == [8, 12, 0]
    assert (draft.fair_share, draft.fairness_weight) == (10, 2)
