import pytest

from solver.problem import Break, Shift, Weights
from solver.rules import model, rest
from tests.solver.worlds import a_helper, a_problem, a_visit, found

NOON = Break(100, 160, 30)


def world(weights: Weights | None = None, **more: object):  # type: ignore[no-untyped-def]
    ana = a_helper("Ana", 0, 300, rest=NOON, **more)
    visits = [a_visit("a", 1, duration=80), a_visit("b", 1, duration=80)]
    return a_problem([ana], visits, weights=weights or Weights())


@pytest.mark.parametrize(
    ("first", "second", "rested"),
    [
        (20, 130, True),  # free from 100 to 130
        (20, 129, False),
        (45, 155, True),  # free from 125 to 155
        (55, 220, False),  # free from 135, but only until 160 counts
        (150, 230, True),  # free until leaving at 140, so from 100 to 140
        (139, 230, False),
        (30, 110, False),  # back at 200, after the span
    ],
)
def test_a_rest_is_an_unbroken_free_stretch_within_its_span(first: int, second: int, rested: bool) -> None:
    assert (found(rest, world(), (0, first, 0), (0, second, 1)) == []) == rested


def test_a_missed_rest_is_told_with_the_longest_stretch() -> None:
    told = found(rest, world(), (0, 20, 0), (0, 125, 1))
    assert [(breach.sentence, breach.hard) for breach in told] == [
        ("Ana has no rest of 30 minutes between 01:40 and 02:40; the longest free stretch is 25 minutes.", True)
    ]


def test_the_time_after_the_return_is_a_rest_too() -> None:
    assert found(rest, world(), (0, 40, 0)) == []  # back at 130
    assert len(found(rest, world(), (0, 41, 0))) == 1


def test_a_rest_is_taken_before_the_way_and_not_at_the_next_door() -> None:
    ana = a_helper("Ana", 0, 300, rest=NOON)
    problem = a_problem([ana], [a_visit("a", 0, duration=90), a_visit("b", 2, duration=90)])
    assert len(found(rest, problem, (0, 0, 0), (0, 145, 1))) == 1  # free from 90 to 125, or at the door from 110 to 145
    assert found(rest, problem, (0, 0, 0), (0, 150, 1)) == []  # free from 90 to 130


def test_a_shift_that_does_not_hold_the_span_asks_for_no_rest() -> None:
    assert found(rest, world(shifts=(Shift(0, 159, 0, 0),)), (0, 60, 0)) == []
    assert len(found(rest, world(shifts=(Shift(0, 160, 0, 0),)), (0, 60, 0))) == 1


def test_with_a_price_a_missed_rest_costs_points() -> None:
    told = found(rest, world(Weights(rest=25)), (0, 60, 0))
    assert [(breach.points, breach.hard) for breach in told] == [(25, False)]
    assert model(world(Weights(rest=25))).rest_weight == 25
    assert model(world()).rest_weight == -1
    assert model(world()).rest_duration.tolist() == [30]
