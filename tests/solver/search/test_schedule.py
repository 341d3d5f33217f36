"""Times, worked by hand: places lie on a line, 10 ticks apart; everybody starts and ends at place 0 unless said."""

from solver.problem import Break, Link, Visit, Weights, Window
from tests.solver.search.kernels import desk
from tests.solver.worlds import a_helper, a_problem, a_visit


def test_a_day_is_walked_as_early_as_windows_allow() -> None:
    # a at place 1 from 10; b at place 3 opens at 100: from 100 to 130; c at place 2 right after: 140.
    visits = [a_visit("a", 1), a_visit("b", 3, (100, 200)), a_visit("c", 2)]
    made = desk(a_problem([a_helper()], visits))
    assert made.made([0, 1, 2])
    assert made.stops(0) == [(0, 10), (1, 100), (2, 140)]


def test_latest_starts_leave_room_for_all_that_follows() -> None:
    # Home by 200: c must end by 180, so start by 150 and b by 110; b closes at 105; a by 105 - 20 - 30.
    visits = [a_visit("a", 1), a_visit("b", 3, (100, 105)), a_visit("c", 2)]
    made = desk(a_problem([a_helper(end=200)], visits))
    assert made.made([0, 1, 2])
    assert made.state["stops"][0, 1:5]["last"].tolist() == [55, 105, 150, 200]


def test_a_start_between_two_windows_waits_for_the_second() -> None:
    two = Visit("b", 1, (Window(0, 20), Window(90, 120)), 30)
    made = desk(a_problem([a_helper()], [a_visit("a", 2), two]))
    assert made.made([0, 1])
    assert made.stops(0) == [(0, 20), (1, 90)]


def test_who_starts_together_starts_when_the_later_one_can() -> None:
    # Ana is at the door at 20; Ben has a visit first, 10 to 40, and is there at 50.
    visits = [a_visit("joint", 2, people=2), a_visit("first", 1)]
    made = desk(a_problem([a_helper("Ana"), a_helper("Ben")], visits))
    assert made.made([0], [2, 1])
    assert made.plan() == [[(0, 50)], [(2, 10), (1, 50)]]


def test_what_follows_by_a_link_waits_for_its_least_and_pulls_the_first_to_its_most() -> None:
    # second comes 40 to 60 after first; first could start at 10, but second opens at 200: so first starts at 140.
    visits = [a_visit("first", 1), a_visit("second", 2, (200, 300))]
    made = desk(a_problem([a_helper("Ana"), a_helper("Ben")], visits, links=(Link(0, 1, 40, 60),)))
    assert made.made([0], [1])
    assert made.plan() == [[(0, 140)], [(1, 200)]]


def test_linked_visits_go_to_the_same_window() -> None:
    windows = (Window(0, 30), Window(100, 200))
    visits = [Visit("a", 1, windows, 30), Visit("b", 2, windows, 30), a_visit("long", 2, (0, 0), 90)]
    made = desk(a_problem([a_helper("Ana"), a_helper("Ben", at=2)], visits, links=(Link(0, 1, same_window=True),)))
    assert made.made([0], [2, 1])
    assert made.plan() == [[(0, 100)], [(2, 0), (1, 100)]]


def test_two_who_wait_for_each_other_in_turn_cannot_be() -> None:
    # Ana makes a then b, Ben b's partner then a's: a before b before a.
    visits = [a_visit("a", 1, people=2), a_visit("b", 2, people=2)]
    made = desk(a_problem([a_helper("Ana"), a_helper("Ben")], visits))
    assert not made.made([0, 2], [3, 1])


def test_a_rest_is_taken_where_the_day_ends_soonest() -> None:
    # Rest of 30 within 40 to 100: after a (10-40) it ends at 70, so b, 20 ticks on, starts at 90 instead of 60.
    rest = Break(40, 100, 30)
    made = desk(a_problem([a_helper(rest=rest)], [a_visit("a", 1), a_visit("b", 3, duration=60)]))
    assert made.made([0, 1])
    assert made.stops(0) == [(0, 10), (1, 90)]


def test_the_points_of_a_day_are_travel_waiting_and_tardiness() -> None:
    # Ways 10 + 20 + 30; 40 ticks of waiting before b; c ends up 60 after its due moment, and is the latest of all.
    visits = [a_visit("a", 1), a_visit("b", 3, (100, 200)), a_visit("c", 3, (0, 70), soft_end=True)]
    weights = Weights(travel=1, waiting=2, tardiness=3, highest_tardiness=5)
    made = desk(a_problem([a_helper()], visits, weights=weights))
    assert made.made([0, 1, 2])
    assert made.stops(0) == [(0, 10), (1, 100), (2, 130)]
    assert made.points == 60 + 2 * 40 + 3 * 60 + 5 * 60


def test_balance_counts_everybody_also_who_stays_at_home() -> None:
    # Ana works 10 + 30 + 10 = 50, Ben 0: the mean is 25, each is 25 away.
    made = desk(a_problem([a_helper("Ana"), a_helper("Ben")], [a_visit()], weights=Weights(travel=0, balance=2)))
    assert made.made([0])
    assert made.points == 2 * 50
