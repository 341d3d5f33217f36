from solver.problem import Link, Window
from solver.rules import linked, model
from tests.solver.worlds import a_helper, a_problem, a_visit, found

HELPERS = [a_helper("Ana"), a_helper("Ben")]
VISITS = [a_visit("lift", 1), a_visit("wash", 1)]


def world(*links: Link):  # type: ignore[no-untyped-def]
    return a_problem(HELPERS, VISITS, links=links)


def test_both_are_made_or_neither() -> None:
    problem = world(Link(0, 1))
    assert found(linked, problem) == []
    assert found(linked, problem, (0, 10, 0), (1, 200, 1)) == []
    told = found(linked, problem, (0, 10, 1))
    assert [(breach.sentence, breach.hard) for breach in told] == [
        ("wash is made without lift, to which it belongs.", True)
    ]


def test_the_second_starts_within_its_distance_of_the_first() -> None:
    problem = world(Link(0, 1, 20, 60))
    assert found(linked, problem, (0, 10, 0), (1, 30, 1)) == []
    assert found(linked, problem, (0, 10, 0), (1, 70, 1)) == []
    assert [breach.sentence for breach in found(linked, problem, (0, 10, 0), (1, 29, 1))] == [
        "wash starts 19 minutes after lift; at least 20 are asked for."
    ]
    assert [breach.sentence for breach in found(linked, problem, (0, 10, 0), (1, 71, 1))] == [
        "wash starts 61 minutes after lift; at most 60 are allowed."
    ]


def test_different_people_make_them_unless_the_same_may() -> None:
    told = found(linked, world(Link(0, 1)), (0, 10, 0), (0, 60, 1))
    assert [breach.sentence for breach in told] == ["Ana is sent to both lift and wash, which need different people."]
    assert found(linked, world(Link(0, 1, apart=False)), (0, 10, 0), (0, 60, 1)) == []


def test_both_lie_in_the_same_window_where_that_is_asked() -> None:
    windows = (Window(0, 50), Window(100, 150))
    visits = [a_visit("lift", windows=windows), a_visit("wash", windows=windows)]
    problem = a_problem(HELPERS, visits, links=(Link(0, 1, same_window=True),))
    assert found(linked, problem, (0, 100, 0), (1, 150, 1)) == []
    told = found(linked, problem, (0, 10, 0), (1, 110, 1))
    assert [breach.sentence for breach in told] == [
        "lift and wash must lie in the same window; they start at 00:10 and 01:50."
    ]


def test_the_search_hears_of_every_link() -> None:
    draft = model(world(Link(0, 1, 20, 60, apart=False), Link(1, 0, same_window=True)))
    assert draft.link_first.tolist() == [0, 1]
    assert draft.link_second.tolist() == [1, 0]
    assert draft.link_timed.tolist() == [True, False]
    assert (draft.link_least[0], draft.link_most[0]) == (20, 60)
    assert draft.link_apart.tolist() == [False, True]
    assert draft.link_same_window.tolist() == [False, True]
