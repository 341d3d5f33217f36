import numpy as np

from solver.problem import Shift, Travel, Weights
from solver.rules import model, travel
from tests.solver.worlds import a_helper, a_problem, a_visit, found


def test_the_way_from_the_start_place_over_the_visits_to_the_end_place_costs_points() -> None:
    ana = a_helper("Ana", shifts=(Shift(0, 600, 0, 5),))
    problem = a_problem([ana, a_helper("Ben")], [a_visit("a", 2), a_visit("b", 1)], weights=Weights(travel=3))
    assert model(problem).travel_weight == 3
    told = found(travel, problem, (0, 20, 0), (0, 60, 1))  # 20 + 10 + 40
    assert [(breach.sentence, breach.points) for breach in told] == [
        ("Ana is on the way for 70 minutes to make 2 visits.", 210)
    ]


def test_each_helper_travels_by_their_own_mode_and_each_shift_anew() -> None:
    ana = a_helper("Ana", mode=1, shifts=(Shift(0, 100, 0, 0), Shift(200, 300, 0, 0)))
    walk, bike = np.array([[0, 9], [9, 0]]), np.array([[0, 2], [3, 0]])
    modes = (Travel.of("walk", walk), Travel.of("bike", bike))
    problem = a_problem([ana], [a_visit("a"), a_visit("b")], travel=modes)
    assert [breach.points for breach in found(travel, problem, (0, 10, 0), (0, 210, 1, 1))] == [5, 5]
