"""Standbys: lists chosen together, so that one decline strands nobody else."""

import pytest

from solver.judge import hard, judge
from solver.plan import Assignment, Plan
from solver.standbys import Standing, standbys
from tests.solver.worlds import a_helper, a_legal_plan, a_plan, a_problem, a_visit, random_world

ANA, BEN, CLEO, DAN = range(4)
TEA, WALK = 0, 1
NINE = 100


def test_whoever_makes_a_visit_does_not_stand_by_for_it() -> None:
    problem = a_problem([a_helper("Ana"), a_helper("Ben")], [a_visit("tea")])
    assert standbys(problem, a_plan((ANA, NINE, TEA))) == {TEA: (BEN,)}


def test_the_only_one_for_one_visit_is_not_spent_on_another_at_the_same_time() -> None:
    """Cleo is nearest to both; Dan may only make the tea. So Dan stands by for the tea, and Cleo for the walk."""
    helpers = [a_helper("Ana"), a_helper("Ben"), a_helper("Cleo", at=1), a_helper("Dan", at=9)]
    visits = [a_visit("tea"), a_visit("walk", allowed=(ANA, BEN, CLEO))]
    plan = a_plan((ANA, NINE, TEA), (BEN, NINE, WALK))
    found = standbys(a_problem(helpers, visits), plan)
    assert (found[TEA][0], found[WALK][0]) == (DAN, CLEO)
    assert found[TEA][1:] == (CLEO,), "second, for when the walk does not need her"


def test_one_helper_stands_by_for_two_visits_one_after_the_other() -> None:
    helpers = [a_helper("Ana"), a_helper("Ben"), a_helper("Cleo")]
    visits = [a_visit("tea"), a_visit("walk")]
    plan = a_plan((ANA, 100, TEA), (BEN, 300, WALK))
    assert {visit: helpers[0] for visit, helpers in standbys(a_problem(helpers, visits), plan, 1).items()} == {
        TEA: BEN,
        WALK: ANA,
    }
    late = a_plan((ANA, 100, TEA), (ANA, 300, WALK))
    assert standbys(a_problem(helpers[:1] + helpers[2:], visits), late, 1) == {TEA: (1,), WALK: (1,)}


def test_somebody_for_both_is_better_than_nobody_for_one() -> None:
    helpers = [a_helper("Ana"), a_helper("Ben"), a_helper("Cleo")]
    visits = [a_visit("tea"), a_visit("walk")]
    found = standbys(a_problem(helpers, visits), a_plan((ANA, NINE, TEA), (BEN, NINE, WALK)))
    assert found == {TEA: (CLEO,), WALK: (CLEO,)}


@pytest.mark.parametrize(
    ("more", "comes"),
    [
        ({}, True),
        ({"most_visits": 1}, False),
        ({"most_work": 45}, False),
        ({"shifts": ()}, False),
        ({"end": 289}, False),
    ],
)
def test_limits_of_a_day_hold_for_who_stands_by(more: dict[str, object], comes: bool) -> None:
    """Ben makes the walk already; he could make the tea too, unless his day does not hold both."""
    helpers = [a_helper("Ana"), a_helper("Ben", **more)]  # type: ignore[arg-type]
    plan = a_plan((ANA, 250, TEA), (BEN, 100, WALK))
    found = standbys(a_problem(helpers, [a_visit("tea"), a_visit("walk")]), plan)
    assert (BEN in found[TEA]) is comes


@pytest.mark.parametrize("seed", range(25))
def test_the_first_standbys_could_all_come_at_once(seed: int) -> None:
    """In a random world: whoever stands by first could take over, judged by the judge, one visit after the other."""
    problem = random_world(seed, helpers=8, visits=12)
    plan = a_legal_plan(problem, seed)
    for visit, helpers in standbys(problem, plan).items():
        assert len(set(helpers)) == len(helpers)
        makers = [one for one in plan.assignments if one.visit == visit]
        start = makers[0].start
        for helper in helpers:
            assert helper not in {one.helper for one in makers}
            shifts = problem.helpers[helper].shifts
            shift = next(at for at, one in enumerate(shifts) if one.start <= start <= one.end)
            taken = [one for one in plan.assignments if one != makers[0]]
            after = Plan(tuple(sorted([*taken, Assignment(helper, shift, start, visit)])))
            broken = {
                breach.rule
                for breach in hard(judge(problem, after))
                if helper in breach.helpers and breach not in hard(judge(problem, plan))
            }
            assert broken <= {"pinned", "linked"}, broken


def test_who_could_take_over_a_visit_that_nobody_makes_is_known_by_its_start() -> None:
    problem = a_problem([a_helper("Ana"), a_helper("Ben", end=90)], [a_visit("tea")])
    standing = Standing(problem, a_plan(), {TEA: NINE})
    assert standing.takes(ANA, TEA)
    assert not standing.takes(BEN, TEA)
