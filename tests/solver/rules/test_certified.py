from solver.problem import Pin, Skill, Weights
from solver.rules import certified, model, skilled
from tests.solver.worlds import a_helper, a_problem, a_visit, found


def test_an_expired_certificate_keeps_a_helper_away() -> None:
    nurses = [a_helper("Ana", skills=(Skill("nursing", 129),)), a_helper("Ben", skills=(Skill("nursing", 130),))]
    problem = a_problem(nurses, [a_visit("drip", window=(60, 100), skills=("nursing",))])
    assert model(problem).may.tolist() == [[False, True]]
    assert [breach.sentence for breach in found(certified, problem, (0, 60, 0))] == [
        "Ana's certificate for nursing ran out at 02:09; drip may last until 02:10."
    ]
    assert found(certified, problem, (1, 60, 0)) == []
    assert found(skilled, problem, (0, 60, 0)) == []


def test_the_helpers_own_end_of_day_bounds_how_long_the_visit_may_last() -> None:
    nurse = a_helper(end=120, skills=(Skill("nursing", 125),))
    problem = a_problem([nurse], [a_visit(window=(60, 500), skills=("nursing",), soft_end=True)])
    assert model(problem).may.tolist() == [[True]]
    assert found(certified, problem, (0, 60, 0)) == []


def test_a_pinned_start_settles_when_the_visit_ends() -> None:
    nurse = a_helper(skills=(Skill("nursing", 100),))
    visit = a_visit(window=(60, 500), skills=("nursing",))
    assert model(a_problem([nurse], [visit])).may.tolist() == [[False]]
    assert model(a_problem([nurse], [visit], pins=(Pin(0, (0,), 70),))).may.tolist() == [[True]]
    assert model(a_problem([nurse], [visit], pins=(Pin(0, (0,), 71),))).may.tolist() == [[False]]


def test_the_longest_of_two_certificates_counts() -> None:
    nurse = a_helper(skills=(Skill("nursing", 10), Skill("nursing", None)))
    problem = a_problem([nurse], [a_visit(skills=("nursing",))])
    assert model(problem).may.all()
    assert found(certified, problem, (0, 10, 0)) == []


def test_an_expired_certificate_costs_what_a_missing_skill_costs() -> None:
    nurse = a_helper(skills=(Skill("nursing", 10),))
    problem = a_problem([nurse], [a_visit(skills=("nursing",))], weights=Weights(skilled=50))
    assert model(problem).cost.tolist() == [[50]]
    assert [(breach.points, breach.hard) for breach in found(certified, problem, (0, 10, 0))] == [(50, False)]
