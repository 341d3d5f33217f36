import random

import pytest

from solver.explain import STOPS, TEXTS, Explainer, why_not, why_unassigned
from solver.judge import hard, judge
from solver.plan import Assignment, Plan
from solver.problem import Break, Lending, Link, Pin, Problem, Purse, Skill, Weights, Window
from solver.rules import RULES
from tests.solver.worlds import DAY, a_helper, a_legal_plan, a_plan, a_problem, a_visit, random_world

NURSE = (Skill("nursing"),)


def test_a_helper_without_the_skill_is_told_so() -> None:
    problem = a_problem([a_helper("Ana")], [a_visit("drip", skills=("nursing",), languages=("ug",))])
    assert [breach.sentence for breach in why_not(problem, a_plan(), 0, 0)] == [
        "Ana does not have what drip needs: nursing.",
        "Ana speaks none of the languages of drip: ug.",
    ]


def test_who_makes_the_visit_already_is_told_nothing() -> None:
    problem = a_problem([a_helper("Ana")], [a_visit("tea")])
    assert why_not(problem, a_plan((0, 10, 0)), 0, 0) == []


def test_a_full_day_is_told_by_what_it_would_break() -> None:
    problem = a_problem([a_helper("Ana")], [a_visit("tea", window=(60, 60)), a_visit("bath", window=(70, 75))])
    told = why_not(problem, a_plan((0, 60, 0)), 1, 0)
    assert [breach.sentence for breach in told] == [
        "Ana can be at bath at 01:30 after tea, 15 minutes after it starts at 01:15."
    ]


def test_a_day_that_ends_too_soon_is_told_by_how_much() -> None:
    problem = a_problem([a_helper("Ana", 0, 100)], [a_visit("tea", 2, window=(60, 80))])
    assert [breach.sentence for breach in why_not(problem, a_plan(), 0, 0)] == [
        "Ana would be back at 01:50, 10 minutes after the latest they can (01:40)."
    ]


def test_a_helper_who_is_away_is_told_so() -> None:
    problem = a_problem([a_helper("Ana", shifts=())], [a_visit("tea")])
    assert [breach.sentence for breach in why_not(problem, a_plan(), 0, 0)] == [
        "Ana has no such shift on this day, and cannot make tea."
    ]


def test_who_could_come_is_told_what_it_costs() -> None:
    problem = a_problem([a_helper("Ana")], [a_visit("tea", 9, priority=100)])
    assert [(breach.sentence, breach.points) for breach in why_not(problem, a_plan(), 0, 0)] == [
        ("Ana could make tea at 01:30; that costs 80 points more than leaving it.", 80)
    ]


def test_who_could_come_in_place_of_another_is_told_what_it_costs() -> None:
    problem = a_problem([a_helper("Ana"), a_helper("Ben", at=9)], [a_visit("tea", 1)])
    assert [breach.sentence for breach in why_not(problem, a_plan((0, 10, 0)), 0, 1)] == [
        "Ben could make tea at 01:20 in place of who makes it now; the plan would cost 140 points more."
    ]
    assert [breach.sentence for breach in why_not(problem, a_plan((1, 80, 0)), 0, 0)] == [
        "Ana could make tea at 00:10 in place of who makes it now; the plan would cost no more."
    ]


def test_others_may_give_way_when_that_breaks_nothing() -> None:
    visits = [a_visit("tea", 1, window=(60, 120)), a_visit("bath", 1, window=(60, 70))]
    problem = a_problem([a_helper("Ana")], visits)
    assert [breach.sentence for breach in why_not(problem, a_plan((0, 60, 0)), 1, 0)] == [
        "Ana could make bath at 01:00 if 1 other visits started at other times, and that would be better; the search "
        "has not come to it."
    ]


def test_a_visit_shared_with_others_does_not_give_way() -> None:
    visits = [a_visit("lift", 1, window=(60, 120), people=2), a_visit("bath", 1, window=(60, 70))]
    problem = a_problem([a_helper("Ana"), a_helper("Ben")], visits)
    told = why_not(problem, a_plan((0, 60, 0), (1, 60, 0)), 1, 0)
    assert hard(told) == told != []


def test_every_helper_is_counted_under_the_first_rule_that_stops_them() -> None:
    helpers = [
        a_helper("Ana"),
        a_helper("Ben", skills=NURSE),
        a_helper("Can", skills=NURSE, languages=("ug",), shifts=()),
        a_helper("Dan", languages=("ug",)),
    ]
    problem = a_problem(helpers, [a_visit("drip", skills=("nursing",), languages=("ug",))])
    reasons = why_unassigned(problem, a_plan(), 0)
    assert [(stop.rule, stop.helpers, stop.total) for stop in reasons.stops] == [
        ("skilled", 2, 2),
        ("speaks", 1, 2),
        ("shift", 1, 1),
    ]
    assert reasons.sentence == "1 of 4 helpers may make drip, and none of them could even on an empty day."
    assert reasons.stops[0].sentence == "2 helpers lack a skill that drip needs."
    assert reasons.free == 0
    assert reasons.points is None


def test_when_nobody_may_that_is_the_reason() -> None:
    problem = a_problem([a_helper("Ana")], [a_visit("drip", skills=("nursing",))])
    assert (
        why_unassigned(problem, a_plan(), 0).sentence == "None of the 1 helpers may make drip, whatever else they do."
    )
    empty = a_problem([], [a_visit("drip")])
    assert why_unassigned(empty, a_plan(), 0).sentence == "None of the 0 helpers may make drip, whatever else they do."


def test_when_all_are_busy_the_reason_is_their_other_visits() -> None:
    problem = a_problem([a_helper("Ana"), a_helper("Ben", shifts=())], [a_visit("tea"), a_visit("b", window=(0, 35))])
    reasons = why_unassigned(problem, a_plan((0, 10, 0)), 1)
    # From tea Ana is free at 40; before tea she would be there at 10, and tea can give way.
    assert reasons.points == -100
    shut = a_problem(problem.helpers, [a_visit("tea", window=(10, 10)), a_visit("b", window=(0, 35))])
    reasons = why_unassigned(shut, a_plan((0, 10, 0)), 1)
    assert reasons.sentence == "2 of 2 helpers may make b; 1 of them could if other visits were taken from them."
    assert [(stop.rule, stop.helpers) for stop in reasons.stops] == [("shift", 1), ("overlap", 1)]


def test_a_visit_that_costs_more_to_make_than_to_leave_says_so() -> None:
    problem = a_problem([a_helper("Ana"), a_helper("Ben", at=1)], [a_visit("tea", 9, priority=100)])
    reasons = why_unassigned(problem, a_plan(), 0)
    assert reasons.sentence == "Ben could make tea at 01:20; that costs 60 points more than leaving it."
    assert reasons.points == 60
    assert reasons.free == 2
    assert [(one.helper, one.rules, one.travel, one.points) for one in reasons.nearest] == [
        (1, (), 80, 160),
        (0, (), 90, 180),
    ]


def test_a_visit_for_two_says_when_only_one_can_come_at_a_time() -> None:
    helpers = [a_helper("Ana", 0, 100), a_helper("Ben", 200, 300)]
    problem = a_problem(helpers, [a_visit("lift", people=2)])
    reasons = why_unassigned(problem, a_plan(), 0)
    assert reasons.sentence == ("lift needs 2 people at once; 2 helpers have room for it, but never so many together.")
    assert [(stop.rule, stop.helpers) for stop in reasons.stops] == [("coverage", 2)]
    meeting = a_problem([a_helper("Ana", 0, 100), a_helper("Ben", 50, 300)], [a_visit("lift", people=2)])
    assert why_unassigned(meeting, a_plan(), 0).sentence == (
        "Ana, Ben could make lift at 01:00, and that would be better; the search has not come to it."
    )


def test_a_linked_visit_says_what_it_belongs_to() -> None:
    helpers = [a_helper("Ana", skills=NURSE), a_helper("Ben", 0, 60, skills=NURSE)]
    visits = [a_visit("lift"), a_visit("drip", window=(100, 200), skills=("nursing",))]
    problem = a_problem(helpers, visits, links=(Link(0, 1, 60, 90),))
    # lift at 10 by Ben, drip at 100 by Ana
    assert why_unassigned(problem, a_plan(), 0).points == 20 + 20 - 200
    tight = a_problem(helpers, visits, links=(Link(0, 1, 60, 80),))
    reasons = why_unassigned(tight, a_plan(), 0)
    # Ben must leave lift by 50, so start it by 20; then drip by 100
    assert reasons.points == 20 + 20 - 200
    shut = why_unassigned(a_problem(helpers, visits, links=(Link(0, 1, 60, 70),)), a_plan(), 0)
    assert shut.sentence == (
        "lift is made only together with drip; 2 helpers have room for it, but no time and people were found for all."
    )
    assert [(stop.rule, stop.helpers) for stop in shut.stops] == [("linked", 2)]


def test_a_linked_visit_whose_partner_nobody_can_make_says_so() -> None:
    visits = [a_visit("lift"), a_visit("drip", skills=("nursing",))]
    reasons = why_unassigned(a_problem([a_helper("Ana")], visits, links=(Link(0, 1),)), a_plan(), 0)
    assert reasons.sentence == (
        "lift is made only together with drip, which nobody has room for; 1 helpers have room for it."
    )
    assert reasons.points is None


def test_limits_that_other_visits_used_up_are_named() -> None:
    helpers = [
        a_helper("Ana", most_visits=1),
        a_helper("Ben", most_work=50),
        a_helper("Can", visit_cost=600),
        a_helper("Dan", community=0),
        a_helper("Eve", 0, 200, rest=Break(60, 140, 60)),
    ]
    visits = [a_visit(f"v{number}") for number in range(4)] + [a_visit("e", window=(10, 10))]
    visits = [*visits[:2], a_visit("v2", purse=0), a_visit("v3", community=1), visits[4]]
    late = a_visit("late", window=(100, 100), purse=0, community=1)
    problem = a_problem(
        helpers, [*visits, late], communities=("n", "s"), lendings=(Lending(0, 1, 1),), purses=(Purse("p", 1000),)
    )
    reasons = why_unassigned(problem, a_plan((0, 10, 0), (1, 10, 1), (2, 10, 2), (3, 10, 3), (4, 10, 4)), 5)
    assert [(stop.rule, stop.helpers) for stop in reasons.stops] == [
        ("rest", 1),
        ("most_work", 1),
        ("most_visits", 1),
        ("purse", 1),
        ("lending", 1),
    ]
    assert reasons.sentence == "5 of 5 helpers may make late; 2 of them could if other visits were taken from them."


def test_a_visit_pinned_to_somebody_who_cannot_come_says_who_is_stopped_by_what() -> None:
    problem = a_problem([a_helper("Ana", shifts=()), a_helper("Ben")], [a_visit("tea")], pins=(Pin(0, (0,)),))
    reasons = why_unassigned(problem, a_plan(), 0)
    assert [(stop.rule, stop.helpers) for stop in reasons.stops] == [("shift", 1), ("pinned", 1)]


def test_every_rule_that_can_stop_somebody_has_a_sentence_for_all_of_them() -> None:
    assert set(STOPS) <= {rule.NAME for rule in RULES}
    for text in (*TEXTS, *STOPS.values()):
        assert text.endswith(".")
        assert "{visit}" in text


@pytest.mark.parametrize("seed", range(40))
def test_reasons_are_true_on_random_days(seed: int) -> None:
    """Who is said to be free can come without a hard breach; who can come without anybody moving is said to be free."""
    problem = random_world(seed, helpers=5, visits=9)
    plan = a_legal_plan(problem, seed)
    explainer = Explainer(problem, plan)
    made = plan.made()
    linked = {visit for link in problem.links for visit in (link.first, link.second)}
    for visit in sorted(set(range(len(problem.visits))) - set(made)):
        reasons = explainer.why_unassigned(visit)
        assert sum(stop.helpers for stop in reasons.stops) + (reasons.free if reasons.points is not None else 0) == 6
        assert reasons.text in TEXTS
        assert "{" not in reasons.sentence
        if problem.visits[visit].people > 1 or visit in linked:
            continue
        free = {helper for helper in range(6) if not hard(explainer.why_not(visit, helper))}
        assert reasons.free == len(free)
        assert (reasons.points is not None) == bool(free)
        assert {helper for helper in range(6) if fits_without_moving(problem, plan, visit, helper)} <= free


def fits_without_moving(problem: Problem, plan: Plan, visit: int, helper: int) -> bool:
    """By brute force: some shift, some start, the judge."""
    known = hard(judge(problem, plan))
    for number in range(len(problem.helpers[helper].shifts)):
        for start in range(0, DAY, 3):
            grown = Plan(tuple(sorted((*plan.assignments, Assignment(helper, number, start, visit)))))
            if all(breach in known for breach in hard(judge(problem, grown))):
                return True
    return False


@pytest.mark.parametrize("seed", range(40))
def test_the_price_of_making_a_visit_is_what_the_judge_says(seed: int) -> None:
    problem = random_world(seed, helpers=4, visits=7)
    plan = a_legal_plan(problem, seed)
    explainer = Explainer(problem, plan)
    linked = {visit for link in problem.links for visit in (link.first, link.second)}
    for visit in sorted(set(range(len(problem.visits))) - set(plan.made()) - linked):
        if problem.visits[visit].people == 1 and not problem.visits[visit].mandatory:
            reasons = explainer.why_unassigned(visit)
            for one in reasons.nearest:
                if one.points is not None:
                    told = explainer.why_not(visit, one.helper)[0]
                    assert told.values["points"] == one.points - explainer._left(visit)


def test_every_one_of_three_hundred_unassigned_visits_of_a_heavy_day_has_its_reason() -> None:
    dice = random.Random(5)
    helpers = [
        a_helper(
            f"h{number}",
            at=dice.randrange(60),
            start=dice.randrange(60),
            end=dice.randrange(300, 600),
            skills=tuple(Skill(f"s{dice.randrange(30)}") for _ in range(3)),
            languages=("zh",) if number % 3 else ("ug",),
            circle=dice.choice((None, 200)),
            most_visits=3,
            rest=Break(200, 320, 40) if number % 9 == 0 else None,
        )
        for number in range(1350)
    ]
    visits = [
        a_visit(
            f"v{number}",
            dice.randrange(60),
            windows=(Window(dice.randrange(0, 200), 260), Window(300, dice.randrange(310, 500))),
            skills=(f"s{dice.randrange(30)}",),
            languages=dice.choice((("zh",), ("ug",), ())),
            priority=dice.randrange(400),
        )
        for number in range(1500)
    ]
    problem = a_problem(helpers, visits, 60, weights=Weights(known=3, fairness=1))
    plan = Plan(tuple(Assignment(number, 0, 300, number) for number in range(1200)))
    explainer = Explainer(problem, plan)
    reasons = [explainer.why_unassigned(visit) for visit in range(1200, 1500)]
    assert len(reasons) == 300
