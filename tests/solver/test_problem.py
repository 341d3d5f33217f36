from dataclasses import FrozenInstanceError, replace
from typing import Any

import pytest
from pydantic import TypeAdapter

from solver.plan import Breach, Plan
from solver.problem import (
    Break,
    Helper,
    Lending,
    Link,
    Pin,
    Problem,
    ProblemError,
    Published,
    Purse,
    Shift,
    Skill,
    Travel,
    Visit,
    Weights,
    Window,
)
from tests.solver.worlds import a_helper, a_plan, a_problem, a_visit, random_world


@pytest.mark.parametrize("seed", range(10))
def test_a_problem_survives_the_way_through_json_whole(seed: int) -> None:
    problem = random_world(seed)
    adapter = TypeAdapter(Problem)
    assert adapter.validate_json(adapter.dump_json(problem)) == problem


def test_a_plan_survives_the_way_through_json_whole() -> None:
    plan = replace(a_plan((0, 10, 0), (1, 20, 1)), objective=12, bound=3)
    adapter = TypeAdapter(Plan)
    assert adapter.validate_json(adapter.dump_json(plan)) == plan


def test_a_problem_cannot_be_changed() -> None:
    problem = a_problem([a_helper()], [a_visit()])
    with pytest.raises(FrozenInstanceError):
        problem.fair_share = 3  # type: ignore[misc]
    with pytest.raises(ValueError, match="read-only"):
        problem.travel[0].matrix[0, 0] = 3


def test_the_same_seed_makes_the_same_world_and_worlds_use_every_field() -> None:
    assert random_world(3) == random_world(3)
    worlds = [random_world(seed) for seed in range(60)]
    assert unused(Helper, [helper for world in worlds for helper in world.helpers]) == set()
    assert unused(Visit, [visit for world in worlds for visit in world.visits]) == set()
    assert unused(Link, [link for world in worlds for link in world.links]) == set()
    assert unused(Pin, [pin for world in worlds for pin in world.pins]) == set()
    assert unused(Weights, [world.weights for world in worlds]) == set()
    assert unused(Problem, worlds) == {"communities"}


def unused(kind: type, things: list[Any]) -> set[str]:
    """Fields that have the same value in all things."""
    return {name for name in kind.__slots__ if all(getattr(one, name) == getattr(things[0], name) for one in things)}


HELPER, VISIT = a_helper("Ana"), a_visit("tea")
WRONG = {
    "travel is empty": {"travel": ()},
    "travel by bike has 3 places, the first mode has 10": {
        "travel": (a_problem([], []).travel[0], Travel("bike", 3, b"\0" * 36))
    },
    "travel by walk: 8 bytes for 3 places": {"travel": (Travel("walk", 3, b"\0" * 8),)},
    "travel by walk has a negative time": {"travel": (Travel.of("walk", [[0, -1], [1, 0]]),)},
    "ticks_per_minute is 0": {"ticks_per_minute": 0},
    r"helper 0 \(Ana\): mode is 1; there are 1": {"helpers": (replace(HELPER, mode=1),)},
    r"helper 0 \(Ana\): home is 10; there are 10": {"helpers": (replace(HELPER, home=10),)},
    r"helper 0 \(Ana\): community is 0; there are 0": {"helpers": (replace(HELPER, community=0),)},
    "circle is -1; it must not be negative": {"helpers": (replace(HELPER, circle=-1),)},
    "a shift from 5 to 4 does not run forward": {"helpers": (replace(HELPER, shifts=(Shift(5, 4, 0, 0),)),)},
    "a shift starts at 8, before the last one ends at 9": {
        "helpers": (replace(HELPER, shifts=(Shift(5, 9, 0, 0), Shift(8, 12, 0, 0))),)
    },
    "start_place is 77": {"helpers": (replace(HELPER, shifts=(Shift(5, 9, 77, 0),)),)},
    "a rest of 20 does not fit between 10 and 29": {"helpers": (replace(HELPER, rest=Break(10, 29, 20)),)},
    "place is -1": {"visits": (replace(VISIT, place=-1),)},
    "purse is 0; there are 0": {"visits": (replace(VISIT, purse=0),)},
    "duration is -5": {"visits": (replace(VISIT, duration=-5),)},
    "circle is 2147483648; at most 2147483647": {"helpers": (replace(HELPER, circle=2**31),)},
    "skill nursing: expires is": {"helpers": (replace(HELPER, skills=(Skill("nursing", 2**70),)),)},
    "weights: travel is -1": {"weights": Weights(travel=-1)},
    "weights: known is": {"weights": Weights(known=2**70)},
    "asks for more than": {"visits": (VISIT, VISIT), "links": (Link(0, 1, 0, 2**70),)},
    "is pinned to -1": {"pins": (Pin(0, (), -1),)},
    "purse p: budget is -3": {"purses": (Purse("p", -3),)},
    "people is 1001; at most": {"visits": (replace(VISIT, people=1001),)},
    "priority is 1000000001; at most": {"visits": (replace(VISIT, priority=10**9 + 1),)},
    "people is 0": {"visits": (replace(VISIT, people=0),)},
    "windows is empty": {"visits": (replace(VISIT, windows=()),)},
    "a window ends at 4, before it starts at 5": {"visits": (replace(VISIT, windows=(Window(5, 4),)),)},
    "windows must be in order": {"visits": (replace(VISIT, windows=(Window(5, 9), Window(4, 9))),)},
    "allowed is 1; there are 1": {"visits": (replace(VISIT, allowed=(1,)),)},
    "a link joins visit 0 to itself": {"links": (Link(0, 0),)},
    "a link's visit is 1": {"links": (Link(0, 1),)},
    "only one of least and most": {"visits": (VISIT, VISIT), "links": (Link(0, 1, least=3),)},
    "least 4 is more than most 3": {"visits": (VISIT, VISIT), "links": (Link(0, 1, 4, 3),)},
    "is pinned twice": {"pins": (Pin(0, (0,)), Pin(0, (0,)))},
    "the pin of visit 0 names helpers": {"pins": (Pin(0, (0, 0)),)},
    "a lending's community is 0": {"lendings": (Lending(0, 0, 1),)},
    "published helper is 9": {"published": (Published(0, 9, 0),)},
}


@pytest.mark.parametrize("sentence", WRONG)
def test_a_contradiction_is_refused_in_one_sentence_with_its_values(sentence: str) -> None:
    fine = a_problem([HELPER], [VISIT])
    with pytest.raises(ProblemError, match=sentence):
        replace(fine, **WRONG[sentence])


def test_a_table_of_travel_must_be_square() -> None:
    with pytest.raises(ProblemError, match="square"):
        Travel.of("walk", [[0, 1, 2], [1, 0, 2]])


def test_a_soft_window_may_end_before_it_opens() -> None:
    assert a_problem([HELPER], [a_visit(window=(10, 5), soft_end=True)]).visits[0].windows == (Window(10, 5),)


def test_a_sentence_shows_moments_and_money_as_people_read_them() -> None:
    breach = Breach("r", "{who} at {start_at}, {wait_minutes} min, {fee_fen} yuan.", values(65.5, 2.5, 1205))
    assert breach.sentence == "Ana at 01:05, 2.5 min, 12.05 yuan."


def values(start: float, wait: float, fee: int) -> dict[str, object]:
    return {"who": "Ana", "start_at": start, "wait_minutes": wait, "fee_fen": fee}


def test_ticks_are_minutes_where_the_problem_says_so() -> None:
    thousandths = a_problem([HELPER], [VISIT], ticks_per_minute=1000)
    assert thousandths.minutes(2000) == 2
    assert thousandths.minutes(2500) == 2.5
    assert a_problem([HELPER], [VISIT]).minutes(7) == 7


def test_days_and_visits_of_a_plan_come_in_order() -> None:
    plan = a_plan((1, 50, 0), (0, 30, 1), (0, 10, 2), (0, 300, 3, 1))
    assert {day: [one.visit for one in made] for day, made in plan.days().items()} == {
        (0, 0): [2, 1],
        (0, 1): [3],
        (1, 0): [0],
    }
    assert {visit: len(made) for visit, made in plan.made().items()} == {0: 1, 1: 1, 2: 1, 3: 1}
