from solver.problem import Purse
from solver.rules import model, purse
from tests.solver.worlds import a_helper, a_problem, a_visit, found


def test_a_purse_pays_the_fees_of_its_own_visits_and_no_more_than_it_holds() -> None:
    crews = [a_helper("crew", visit_cost=6000), a_helper("Ana")]
    visits = [a_visit("a", purse=0), a_visit("b", purse=0), a_visit("c")]
    problem = a_problem(crews, visits, purses=(Purse("spring", 10000),))
    assert found(purse, problem, (0, 10, 0), (1, 10, 1), (0, 90, 2)) == []
    told = found(purse, problem, (0, 10, 0), (0, 90, 1))
    assert [(breach.sentence, breach.hard, breach.visits) for breach in told] == [
        ("The purse spring would pay 120.00 yuan, 20.00 more than the 100.00 it holds.", True, (0, 1))
    ]
    assert model(problem).visit_purse.tolist() == [0, 0, -1]
    assert model(problem).purse_budget.tolist() == [10000]
