from solver.problem import MOST_TICKS
from solver.rules import model, most_visits
from tests.solver.worlds import a_helper, a_problem, a_visit, found


def test_nobody_makes_more_visits_than_they_agreed_to() -> None:
    problem = a_problem([a_helper("Ana", most_visits=1), a_helper("Ben")], [a_visit("a"), a_visit("b")])
    assert model(problem).most_visits.tolist() == [1, MOST_TICKS]
    assert found(most_visits, problem, (0, 10, 0), (1, 90, 1)) == []
    assert [(breach.sentence, breach.hard) for breach in found(most_visits, problem, (0, 10, 0), (0, 90, 1))] == [
        ("Ana would make 2 visits; they make at most 1 a day.", True)
    ]
