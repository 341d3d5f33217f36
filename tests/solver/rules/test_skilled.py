from solver.problem import Skill, Weights
from solver.rules import model, skilled
from tests.solver.worlds import a_helper, a_problem, a_visit, found


def test_who_lacks_a_skill_is_kept_away_and_told_which() -> None:
    ana, ben = a_helper("Ana", skills=(Skill("nursing"),)), a_helper("Ben", skills=(Skill("nursing"), Skill("wiring")))
    problem = a_problem([ana, ben], [a_visit("lamp", skills=("nursing", "wiring"))])
    assert model(problem).may.tolist() == [[False, True]]
    assert skilled.stands(problem).tolist() == [[False, True]]
    assert [(breach.sentence, breach.hard, breach.points) for breach in found(skilled, problem, (0, 10, 0))] == [
        ("Ana does not have what lamp needs: wiring.", True, 0)
    ]
    assert found(skilled, problem, (1, 10, 0)) == []


def test_with_a_price_the_missing_skills_cost_once_per_assignment() -> None:
    problem = a_problem([a_helper()], [a_visit(skills=("nursing", "wiring"))], weights=Weights(skilled=50))
    assert model(problem).cost.tolist() == [[50]]
    assert model(problem).may.all()
    assert skilled.stands(problem).all()
    assert [(breach.hard, breach.points) for breach in found(skilled, problem, (0, 10, 0))] == [(False, 50)]
