from dataclasses import replace

from solver.judge import cost
from solver.plan import Plan
from solver.problem import Skill
from solver.repair import Repairing
from solver.worth import one_more
from tests.solver.worlds import a_helper, a_plan, a_problem, a_visit


def test_one_more_helper_is_worth_what_they_save_where_most_is_left() -> None:
    # Two baths at 5 and 6 are left for want of a nurse, worth 100 and 300; a nurse at 6 makes both for 20 on the way.
    visits = [
        a_visit("tea", 1),
        a_visit("bath", 5, skills=("nursing",), priority=100),
        a_visit("drip", 6, skills=("nursing",), priority=300),
        a_visit("lamp", 9, skills=("wiring",), priority=50),
    ]
    ready = Repairing(a_problem([a_helper("Ana")], visits), a_plan((0, 10, 0)))
    found = one_more(ready)
    assert [(one.points, one.made, [skill.name for skill in one.helper.skills]) for one in found] == [
        (400 - 20, (1, 2), ["nursing"]),
        (50, (3,), ["wiring"]),
    ]
    day = replace(ready.problem, helpers=(*ready.problem.helpers, found[0].helper))
    assert ready.cost - cost(day, found[0].plan) == found[0].points


def test_where_nothing_is_left_nobody_new_is_worth_anything() -> None:
    ready = Repairing(a_problem([a_helper("Ana", skills=(Skill("nursing"),))], []), Plan(()))
    assert one_more(ready) == []
