from solver.problem import MOST_TICKS, Shift
from solver.rules import model, most_work
from tests.solver.worlds import a_helper, a_problem, a_visit, found


def test_service_over_all_shifts_of_the_day_stays_within_what_the_helper_can() -> None:
    shifts = (Shift(0, 100, 0, 0), Shift(200, 300, 0, 0))
    problem = a_problem([a_helper("Ana", shifts=shifts, most_work=60), a_helper("Ben")], [a_visit("a"), a_visit("b")])
    assert found(most_work, problem, (0, 10, 0), (0, 210, 1, 1)) == []
    assert model(problem).most_work.tolist() == [60, MOST_TICKS]
    tight = a_problem([a_helper("Ana", shifts=shifts, most_work=50)], [a_visit("a"), a_visit("b")])
    assert [(breach.sentence, breach.hard) for breach in found(most_work, tight, (0, 10, 0), (0, 210, 1, 1))] == [
        ("Ana would serve 60 minutes, 10 more than the 50 a day they can.", True)
    ]
