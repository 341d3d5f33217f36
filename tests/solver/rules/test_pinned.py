from solver.model import MANDATORY
from solver.problem import MOST_TICKS, Pin, Window
from solver.rules import model, pinned
from tests.solver.worlds import a_helper, a_problem, a_visit, found

HELPERS = [a_helper("Ana"), a_helper("Ben"), a_helper("Can")]


def test_only_the_pinned_helper_takes_the_first_duty_and_somebody_else_the_rest() -> None:
    problem = a_problem(HELPERS, [a_visit("move", people=2, priority=100)], pins=(Pin(0, (1,)),))
    draft = model(problem)
    assert draft.may.tolist() == [[False, True, False], [True, False, True]]
    assert draft.priority.tolist() == [MANDATORY + 100]
    assert found(pinned, problem, (0, 10, 0), (1, 10, 0)) == []
    assert [(breach.sentence, breach.hard) for breach in found(pinned, problem, (0, 10, 0), (2, 10, 0))] == [
        ("move was pinned to Ben, who is not sent.", True)
    ]


def test_a_pinned_start_is_the_only_start() -> None:
    visit = a_visit("tea", windows=(Window(0, 40), Window(100, 140), Window(200, 240)), soft_end=True)
    problem = a_problem(HELPERS, [visit], pins=(Pin(0, (), 110),))
    draft = model(problem)
    assert draft.earliest.tolist() == [110, 110, MOST_TICKS]
    assert draft.latest.tolist() == [110, 110, MOST_TICKS]
    assert draft.soft_end.tolist() == [False]
    assert found(pinned, problem, (0, 110, 0)) == []
    assert [breach.sentence for breach in found(pinned, problem, (0, 111, 0))] == [
        "tea was pinned to 01:50; it starts at 01:51."
    ]


def test_a_pinned_visit_that_is_left_costs_more_than_everything_else_and_does_not_forbid_the_plan() -> None:
    problem = a_problem(HELPERS, [a_visit("tea")], pins=(Pin(0, (0,)),))
    assert [(breach.sentence, breach.points, breach.hard) for breach in found(pinned, problem)] == [
        ("tea was pinned, and is left: it cannot be made as decided.", MANDATORY, False)
    ]


def test_a_visit_pinned_whole_stops_everybody_else() -> None:
    problem = a_problem(HELPERS, [a_visit("tea"), a_visit("move", people=2)], pins=(Pin(0, (0,)), Pin(1, (0,))))
    assert pinned.stands(problem).tolist() == [[True, False, False], [True, True, True]]
    told = pinned.breach(problem, 0, 1)
    assert told is not None
    assert told.sentence == "tea is pinned to others, and needs no more people than those."
    assert pinned.breach(problem, 1, 1) is None
