from solver.problem import Weights
from solver.rules import model, waiting
from tests.solver.worlds import a_helper, a_problem, a_visit, found

WEIGHTS = Weights(waiting=1, longest_wait=100, longest_idle=10000)
# Ana starts at 50 and ends at 300: way 10, a at 70 for 30, way 10, b at 135 for 30, way 20, back at 185.
MADE = ((0, 70, 0), (0, 135, 1))


def world(leaves_at_start: bool):  # type: ignore[no-untyped-def]
    visits = [a_visit("a", 1), a_visit("b", 2)]
    return a_problem([a_helper("Ana", 50, 300)], visits, weights=WEIGHTS, leaves_at_start=leaves_at_start)


def test_who_leaves_as_late_as_possible_does_not_wait_at_the_first_door() -> None:
    told = found(waiting, world(False), *MADE)
    assert [(breach.sentence, breach.points) for breach in told] == [
        ("Ana waits 25 minutes between visits.", 25),
        ("Ana has the longest wait of all: 25 minutes before b.", 2500),
        ("Ana has the longest idle time of all: 150 minutes of the shift.", 1500000),  # 10 + 25 + 115
    ]


def test_who_leaves_at_the_shifts_start_waits_at_the_first_door_too() -> None:
    assert [breach.points for breach in found(waiting, world(True), *MADE)] == [35, 2500, 1500000]


def test_idle_time_ends_with_the_shift_and_is_never_less_than_nothing() -> None:
    problem = a_problem([a_helper("Ana", 50, 100, extra_time=50)], [a_visit("a", 1)], weights=WEIGHTS)
    assert found(waiting, problem, (0, 60, 0)) == []  # back at 100
    assert found(waiting, problem, (0, 75, 0))[-1].points == 150000  # leaves at 65, back at 115


def test_the_weights_reach_the_search() -> None:
    draft = model(world(False))
    assert (draft.waiting_weight, draft.longest_wait_weight, draft.longest_idle_weight) == (1, 100, 10000)
