"""The pool of days: each once, the newest first, and room is made by letting the older half go."""

from typing import Any

from solver.search.anneal import keep
from solver.search.memory import entry
from solver.search.pool import make_room, newest, record, used
from tests.solver.search.kernels import desk
from tests.solver.worlds import a_helper, a_problem, a_visit


@entry
def _record(day: Any, state: Any, shift: Any) -> None:
    record(day, state, shift)


def test_a_day_is_recorded_once_with_its_points_and_starts() -> None:
    made = desk(a_problem([a_helper()], [a_visit("a", 1), a_visit("b", 2)]))
    assert made.made([0, 1])
    for _ in range(3):
        _record(made.day.record, made.state.record, 0)
    (column,) = newest(made.state, 10)
    assert (column.shift, column.duties, column.starts, column.points) == (0, (0, 1), (10, 50), 40)


def test_an_empty_day_is_not_recorded() -> None:
    made = desk(a_problem([a_helper()], [a_visit()]))
    _record(made.day.record, made.state.record, 0)
    assert list(newest(made.state, 10)) == []


def test_the_newest_come_first_and_outlive_the_older_half() -> None:
    visits = [a_visit(f"v{number}", 1) for number in range(20)]
    problem = a_problem([a_helper()], visits)
    made = desk(problem, columns=20)
    for number in range(19):
        state = desk(problem).state
        for name in ("stops", "loads", "spots", "tallies"):
            made.state[name][:] = state[name]
        assert made.made([number])
        _record(made.day.record, made.state.record, 0)
    assert [column.duties for column in newest(made.state, 3)] == [(18,), (17,), (16,)]
    make_room(made.state)
    assert [column.duties for column in newest(made.state, 99)] == [(number,) for number in range(18, 8, -1)]
    _record(made.day.record, made.state.record, 0)
    assert next(newest(made.state, 1)).duties == (18,)


def test_the_days_of_the_best_plan_are_known() -> None:
    made = desk(a_problem([a_helper("Ana"), a_helper("Ben", at=9)], [a_visit("a", 1), a_visit("b", 8)]))
    assert made.made([0], [1])
    keep(made.day.record, made.state.record)
    assert [(column.shift, column.duties, column.points) for column in used(made.state)] == [
        (0, (0,), 20),
        (1, (1,), 20),
    ]
