import pytest

from solver.problem import Pin, Weights, Window
from solver.rules import model, windows
from tests.solver.worlds import a_helper, a_problem, a_visit, found

SOFT = Weights(tardiness=2, highest_tardiness=3)


def test_a_start_before_the_window_or_after_its_last_start_is_refused() -> None:
    problem = a_problem([a_helper()], [a_visit("tea", window=(60, 90))])
    assert found(windows, problem, (0, 60, 0)) == []
    assert found(windows, problem, (0, 90, 0)) == []
    early, late = found(windows, problem, (0, 59, 0)), found(windows, problem, (0, 95, 0))
    assert [breach.sentence for breach in early] == ["tea would start at 00:59; it may not start before 01:00."]
    assert [breach.sentence for breach in late] == [
        "tea would start at 01:35, 5 minutes after its last start at 01:30."
    ]
    assert early[0].hard
    assert late[0].hard


@pytest.mark.parametrize(
    ("start", "late"), [(10, 0), (30, 0), (31, 1), (59, 29), (60, 0), (75, 15), (100, 0), (140, 20)]
)
def test_a_start_belongs_to_the_last_window_that_has_opened(start: int, late: int) -> None:
    several = (Window(10, 30), Window(60, 60), Window(100, 120))
    assert windows.lateness(a_visit(windows=several), start) == late


def test_after_a_soft_end_every_tick_costs_and_the_tardiest_visit_once_more() -> None:
    visits = [a_visit("tea", window=(0, 10), soft_end=True), a_visit("walk", window=(0, 10), soft_end=True)]
    problem = a_problem([a_helper(), a_helper("Ben")], visits, weights=SOFT)
    assert model(problem).soft_end.tolist() == [True, True]
    assert (model(problem).tardiness_weight, model(problem).highest_tardiness_weight) == (2, 3)
    told = found(windows, problem, (0, 15, 0), (1, 17, 1))
    assert [(breach.sentence, breach.points) for breach in told] == [
        ("tea starts at 00:15, 5 minutes later than wished.", 10),
        ("walk starts at 00:17, 7 minutes later than wished.", 14),
        ("walk is the latest of all: 7 minutes later than wished.", 21),
    ]


def test_a_soft_end_does_not_soften_the_start() -> None:
    problem = a_problem([a_helper()], [a_visit(window=(60, 90), soft_end=True)], weights=SOFT)
    assert [breach.hard for breach in found(windows, problem, (0, 59, 0))] == [True]


def test_a_pinned_start_takes_the_place_of_the_windows() -> None:
    visits = [a_visit(window=(60, 90), soft_end=True)]
    problem = a_problem([a_helper()], visits, pins=(Pin(0, (), 200),), weights=SOFT)
    assert found(windows, problem, (0, 200, 0)) == []
