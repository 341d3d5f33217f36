import random
import re
from pathlib import Path
from string import Formatter

import pytest

from solver import rules
from solver.judge import Measure, PlanError, cost, hard, judge, measures
from solver.plan import Assignment, Plan
from solver.problem import Break, Link, Pin, Problem, Shift, Skill, Travel, Visit, Weights, Window
from solver.rules import PAIRS, RULES, model
from tests.solver.worlds import a_helper, a_plan, a_problem, a_visit, random_world

HERE = Path(rules.__file__).parent


def test_every_rules_file_is_in_the_list_and_has_a_test_of_its_own() -> None:
    files = {path.stem for path in HERE.glob("*.py")} - {"__init__"}
    tests = {path.stem.removeprefix("test_") for path in (Path(__file__).parent / "rules").glob("test_*.py")}
    assert sorted(rule.NAME for rule in RULES) == sorted(files)
    assert files == tests


def test_rules_come_in_order_of_what_they_look_at() -> None:
    kinds = ["pair", "leg", "day", "roster"]
    order = [kinds.index(rule.KIND) for rule in RULES]
    assert order == sorted(order)
    assert {rule.NAME for rule in RULES if rule.KIND == "pair"} <= {rule.NAME for rule in PAIRS}


def test_every_sentence_is_whole_and_names_what_it_speaks_of() -> None:
    for rule in RULES:
        for text in rule.TEXTS:
            names = [name for _, name, _, _ in Formatter().parse(text) if name]
            assert names, text
            assert re.fullmatch(r"[A-Z{].*\.", text), text


def a_random_plan(problem: Problem, dice: random.Random) -> Plan:
    """Nonsense that names real helpers and visits."""
    made = []
    for _ in range(dice.randrange(12)):
        helper = dice.randrange(len(problem.helpers))
        shift = dice.randrange(3)
        made.append(Assignment(helper, shift, dice.randrange(500), dice.randrange(len(problem.visits))))
    return Plan(tuple(sorted(set(made))))


@pytest.mark.parametrize("seed", range(30))
def test_the_judge_has_a_whole_sentence_for_whatever_is_wrong_with_any_plan(seed: int) -> None:
    dice = random.Random(seed)
    problem = random_world(seed)
    texts = {rule.NAME: rule.TEXTS for rule in RULES}
    for _ in range(10):
        for breach in judge(problem, a_random_plan(problem, dice)):
            assert breach.text in texts[breach.rule]
            assert "{" not in breach.sentence
            assert breach.points == 0 or not breach.hard
            assert breach.points >= 0


@pytest.mark.parametrize("seed", range(30))
def test_both_voices_of_every_pair_rule_agree_on_every_pair(seed: int) -> None:
    problem = random_world(seed)
    draft = model(problem)
    for visit in range(len(problem.visits)):
        for helper in range(len(problem.helpers)):
            told = [breach for rule in PAIRS if (breach := rule.breach(problem, visit, helper))]
            first, end = draft.first_duty[visit], draft.first_duty[visit + 1]
            assert bool(hard(told)) != draft.may[first:end, helper].any()
            kept = sum((one.visit, one.helper) == (visit, helper) for one in problem.published)
            points = sum(breach.points for breach in told) - problem.weights.stability * kept
            assert points == draft.cost[visit, helper]
            for rule in PAIRS:
                breach = rule.breach(problem, visit, helper)
                assert rule.stands(problem)[visit, helper] == (breach is None or not breach.hard)


def test_the_first_public_format_by_hand() -> None:
    """FORMAT.md, section 1: (85 + 5 + 5) / 3."""
    problem = a_public_problem(weights=Weights(travel=1, tardiness=1, highest_tardiness=1), end=10000, mandatory=True)
    assert cost(problem, a_plan((0, 10, 0), (0, 60, 1), (1, 60, 2))) == 95
    assert not hard(judge(problem, a_plan((0, 10, 0), (0, 60, 1), (1, 60, 2))))


def a_public_problem(weights: Weights, end: int | None = None, mandatory: bool = False) -> Problem:
    """The example of both public formats, with window ends as the latest start (or latest end minus duration)."""
    table = Travel.of("way", [[0, 10, 20, 0], [10, 0, 15, 0], [20, 15, 0, 0], [0, 0, 0, 0]])
    lunch = None if end else Break(30, 60, 20)
    late = (5, 180) if end else (5, 55)
    return Problem(
        helpers=(
            a_helper("c1", 0, end or 100, skills=(Skill("s1"),), rest=lunch, extra_time=1000),
            a_helper("c2", 0, end or 90, skills=(Skill("s2"),), extra_time=1000),
        ),
        visits=(
            a_visit("p1", 1, (0, late[0]), 30, skills=("s1",), soft_end=True, mandatory=mandatory),
            Visit("p2/1", 2, (Window(60, late[1]),), 20, ("s1",), known=(0,), soft_end=True, mandatory=mandatory),
            Visit("p2/2", 2, (Window(60, late[1]),), 20, ("s2",), known=(0,), soft_end=True, mandatory=mandatory),
            *([] if mandatory else [a_visit("p3", 3, (0, 900), 10, priority=50)]),
        ),
        travel=(table,),
        links=(Link(1, 2, 0, 0),),
        weights=weights,
    )


def test_the_second_public_format_by_hand() -> None:
    """FORMAT.md, section 2: 301 points, component by component."""
    weights = Weights(
        travel=1,
        tardiness=2,
        highest_tardiness=3,
        waiting=1,
        extra_time=1,
        longest_idle=1,
        balance=1,
        known=10,
        rest=20,
    )
    problem = a_public_problem(weights)
    found = judge(problem, a_plan((0, 10, 0), (0, 60, 1), (1, 60, 2)))
    assert not hard(found)
    points = {name: measure.points for name, measure in measures(found).items() if measure.points}
    assert points == {
        "travel": 85,
        "windows": 30 + 15,
        "waiting": 5 + 40,
        "shift": 10,
        "balance": 36,
        "known": 10,
        "coverage": 50,
        "rest": 20,
    }
    assert cost(problem, a_plan((0, 10, 0), (0, 60, 1), (1, 60, 2))) == 301


def test_measures_count_breaches_and_points_by_rule() -> None:
    problem = a_problem([a_helper()], [a_visit("a"), a_visit("b", priority=70), a_visit("c", priority=30)])
    found = measures(judge(problem, a_plan((0, 5, 0))))
    assert found["coverage"] == Measure(count=2, hard=0, points=100)
    assert found["travel"] == Measure(count=1, hard=0, points=20)
    assert found["shift"] == Measure(count=1, hard=1, points=0)
    assert found["rest"] == Measure()
    assert list(found) == [rule.NAME for rule in RULES]


@pytest.mark.parametrize("made", [(1, 10, 0), (0, 10, 1), (-1, 10, 0), (0, 10, -1)])
def test_a_plan_that_names_nobody_is_refused(made: tuple[int, int, int]) -> None:
    with pytest.raises(PlanError, match="the plan names"):
        judge(a_problem([a_helper()], [a_visit()]), a_plan(made))


def test_nothing_to_do_is_no_breach() -> None:
    assert judge(Problem((), (), ()), Plan(())) == []
    assert judge(a_problem([], [], pins=()), Plan(())) == []
    assert model(Problem((), (), ())).may.shape == (0, 0)


def test_a_heavy_day_is_judged_whole() -> None:
    problem, plan = a_heavy_day(visits=1500, helpers=1350)
    found = judge(problem, plan)
    assert measures(found)["coverage"].count == 300


def a_heavy_day(visits: int, helpers: int) -> tuple[Problem, Plan]:
    """Four of five visits are made, two in a row by each of the first helpers."""
    dice = random.Random(1)
    crews = [
        a_helper(
            f"h{number}",
            at=dice.randrange(60),
            shifts=(Shift(0, 240, 0, 0), Shift(300, 600, 0, 0)),
            skills=(Skill(f"s{number % 9}"), Skill("all", dice.choice((None, 10)))),
            languages=("zh",),
            circle=300,
            rest=Break(300, 400, 30),
            visit_cost=500,
        )
        for number in range(helpers)
    ]
    wanted = [
        a_visit(f"v{number}", dice.randrange(60), skills=(f"s{number % 9}", "all"), languages=("zh", "ug"), burden=1)
        for number in range(visits)
    ]
    weights = Weights(1, 1, 1, 1, 1, 1, 1, 1, 1, None, None, None, 1, 1, 1, 1, 1)
    pins = tuple(Pin(number, (number,)) for number in range(0, 100, 10))
    problem = a_problem(crews, wanted, 60, weights=weights, pins=pins)
    made = [(number // 2, 100 + 200 * (number % 2), number) for number in range(visits * 4 // 5)]
    return problem, a_plan(*made)
