from solver.rules import model, nearby
from tests.solver.worlds import a_helper, a_problem, a_visit, found


def test_a_visit_beyond_the_circle_is_refused_unless_the_one_before_it_is_close() -> None:
    ana = a_helper("Ana", at=0, circle=25)
    problem = a_problem([ana], [a_visit("near", 2), a_visit("far", 4)])
    assert found(nearby, problem, (0, 20, 0), (0, 100, 1)) == []  # 20 from home, then 20 from near
    assert [breach.sentence for breach in found(nearby, problem, (0, 40, 1), (0, 100, 0))] == [
        "far is 40 minutes from the home of Ana and 40 from the place before it; the circle is 25 minutes."
    ]
    assert model(problem).circle.tolist() == [25]
    assert model(problem).home.tolist() == [0]
    assert model(problem).may.all()


def test_the_start_place_counts_as_the_place_before() -> None:
    ana = a_helper("Ana", at=4, home=0, circle=10)
    problem = a_problem([ana], [a_visit("far", 5)])
    assert found(nearby, problem, (0, 10, 0)) == []
    assert model(problem).may.all()


def test_who_has_no_home_is_measured_from_the_place_before() -> None:
    ana = a_helper("Ana", home=None, circle=10)
    assert found(nearby, a_problem([ana], [a_visit("far", 2)]), (0, 20, 0))[0].sentence == (
        "far is 20 minutes from where Ana is before it; the circle is 10."
    )


def test_a_visit_that_no_other_visit_is_close_to_is_out_of_reach() -> None:
    helpers = [a_helper("Ana", circle=25), a_helper("Ben")]
    problem = a_problem(helpers, [a_visit("near", 2), a_visit("alone", 8)])
    assert nearby.stands(problem).tolist() == [[True, True], [False, True]]
    assert model(problem).may.tolist() == [[True, True], [False, True]]
    told = nearby.breach(problem, 1, 0)
    assert told is not None
    assert told.sentence == "alone is further than 25 minutes from every place where Ana could be before it."
    assert nearby.breach(problem, 0, 0) is None
    assert nearby.breach(problem, 1, 1) is None


def test_the_way_home_may_be_longer_than_the_circle() -> None:
    ana = a_helper("Ana", circle=15)
    problem = a_problem([ana], [a_visit("a", 1), a_visit("b", 2), a_visit("c", 3)])
    assert found(nearby, problem, (0, 10, 0), (0, 50, 1), (0, 90, 2)) == []
