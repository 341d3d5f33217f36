"""Small worlds in code: builders with harmless defaults, and random worlds that use every field there is."""

import random
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from solver.judge import hard, judge
from solver.plan import Assignment, Breach, Plan
from solver.problem import (
    Break,
    Helper,
    Lending,
    Link,
    Pin,
    Problem,
    Published,
    Purse,
    Shift,
    Skill,
    Travel,
    Visit,
    Weights,
    Window,
)
from solver.rules import PAIRS, Rule

STEP = 10
"""Ticks between neighbouring places of the default world, which lie on a line: 0, 1, 2, ..."""


def a_helper(key: str = "Ana", start: int = 0, end: int = 600, at: int = 0, **more: Any) -> Helper:
    """Somebody with one shift, who lives at place `at` and starts and ends there."""
    return Helper(**({"key": key, "shifts": (Shift(start, end, at, at),), "home": at} | more))


def a_visit(
    key: str = "tea", place: int = 1, window: tuple[int, int] = (0, 600), duration: int = 30, **more: Any
) -> Visit:
    return Visit(**({"key": key, "place": place, "windows": (Window(*window),), "duration": duration} | more))


def a_problem(helpers: Sequence[Helper], visits: Sequence[Visit], places: int = 10, **more: Any) -> Problem:
    """Helpers and visits on a line of places, `STEP` ticks apart."""
    line = np.arange(places) * STEP
    table = Travel.of("walk", np.abs(line[:, None] - line[None, :]))
    return Problem(**({"helpers": tuple(helpers), "visits": tuple(visits), "travel": (table,)} | more))


def a_plan(*made: tuple[int, int, int] | tuple[int, int, int, int]) -> Plan:
    """Each is (helper, start, visit), in the helper's first shift unless a fourth number names another."""
    return Plan(tuple(sorted(Assignment(one[0], one[3] if len(one) == 4 else 0, one[1], one[2]) for one in made)))


def found(rule: Rule, problem: Problem, *made: tuple[int, int, int] | tuple[int, int, int, int]) -> list[Breach]:
    """What one rule says of a plan."""
    return list(rule.judge(problem, a_plan(*made)))


SKILLS, LANGUAGES, GENDERS = ("nursing", "cooking", "wiring"), ("zh", "ug", "kk"), ("f", "m", None)
DAY = 480


def random_world(seed: int, helpers: int = 5, visits: int = 10, **more: Any) -> Problem:
    """A day that uses every field of a problem; the same seed gives the same day.

    Mandatory visits are easy and have a helper of their own, so that a plan without a hard breach exists.
    """
    dice = random.Random(seed)
    places = helpers + visits
    communities = ("north", "south")
    people = [_helper(dice, number, places) for number in range(helpers)]
    wanted = [_visit(dice, number, helpers, places) for number in range(visits)]
    warden = a_helper("warden", 0, 2 * DAY, dice.randrange(places), community=0)
    wanted.append(a_visit("must", dice.randrange(places), (0, DAY), 10, mandatory=True, allowed=(helpers,)))
    world: dict[str, Any] = {
        "helpers": (*people, warden),
        "visits": tuple(wanted),
        "travel": (_travel(dice, "walk", places, 40), _travel(dice, "bike", places, 15)),
        "links": _links(dice, visits),
        "purses": (Purse("spring", dice.randrange(5000, 20000)), Purse("autumn", dice.randrange(0, 8000))),
        "communities": communities,
        "lendings": (Lending(0, 1, dice.randrange(3)), Lending(1, 0, dice.randrange(4))),
        "published": tuple(
            Published(dice.randrange(visits), dice.randrange(helpers), dice.randrange(DAY)) for _ in range(3)
        ),
        "weights": _weights(dice),
        "fair_share": dice.randrange(5, 20),
        "ticks_per_minute": dice.choice((1, 1, 10)),
        "leaves_at_start": dice.random() < 0.3,
        "told_tolerance": dice.choice((None, 0, 15)),
    }
    open_day = Problem(**(world | more))
    return replace(open_day, pins=_pins(dice, open_day, visits)) if "pins" not in more else open_day


def _helper(dice: random.Random, number: int, places: int) -> Helper:
    home = dice.randrange(places)
    morning = Shift(dice.randrange(0, 60), dice.randrange(200, 240), home, dice.choice((home, dice.randrange(places))))
    evening = Shift(dice.randrange(240, 300), dice.randrange(400, DAY), dice.randrange(places), home)
    whole = Shift(0, DAY, home, home)
    skills = [Skill(name, dice.choice((None, None, 200, 600))) for name in SKILLS if dice.random() < 0.85]
    return Helper(
        key=f"h{number}",
        shifts=dice.choice(((whole,), (whole,), (morning, evening), (morning,))),
        mode=dice.randrange(2),
        skills=tuple(skills),
        languages=tuple(language for language in LANGUAGES if dice.random() < 0.85),
        gender=dice.choice(GENDERS),
        home=dice.choice((home, home, None)),
        circle=dice.choice((None, None, 25)),
        community=dice.choice((None, 0, 1)),
        visit_cost=dice.choice((0, 1550)),
        hour_cost=dice.choice((0, 3333)),
        most_work=dice.choice((None, None, 150)),
        most_visits=dice.choice((None, 2, 4)),
        rest=dice.choice((None, Break(140, 240, 80))),
        extra_time=dice.choice((0, 30, 60)),
        carried_burden=dice.randrange(0, 15),
    )


def _visit(dice: random.Random, number: int, helpers: int, places: int) -> Visit:
    earliest = sorted(dice.sample(range(0, 420, 10), dice.choice((1, 1, 2, 3))))
    windows = [Window(start, start + dice.randrange(30, 120)) for start in earliest]
    everybody = range(helpers)
    return Visit(
        key=f"v{number}",
        place=dice.randrange(places),
        windows=tuple(windows),
        duration=dice.randrange(10, 60),
        skills=tuple(sorted({dice.choice(SKILLS) for _ in range(dice.choice((0, 0, 1, 2)))})),
        languages=dice.choice(((), (), (), ("ug",), ("zh", "kk"))),
        gender=dice.choice((None, None, "f", "m")),
        gender_required=dice.random() < 0.3,
        people=dice.choice((1, 1, 1, 2)),
        priority=dice.choice((100, 200, 400, 800)),
        soft_end=dice.random() < 0.3,
        allowed=dice.choice((None, None, None, tuple(dice.sample(everybody, min(3, helpers))))),
        barred=tuple(dice.sample(everybody, dice.choice((0, 0, 1)))),
        known=tuple(dice.sample(everybody, dice.choice((0, 1, 2)))) if helpers > 1 else (),
        new_face=30 * (number % 3 == 0),
        purse=dice.choice((None, 0, 1)),
        community=dice.choice((None, 0, 1)),
        burden=dice.randrange(0, 6),
    )


def _links(dice: random.Random, visits: int) -> tuple[Link, ...]:
    """Up to three pairs of different visits: together, one after the other, and only both or neither."""
    order = dice.sample(range(visits), min(6, visits - visits % 2))
    kinds = [
        {"least": 0, "most": 0},
        {"least": 10, "most": 90, "apart": dice.random() < 0.5},
        {"apart": dice.random() < 0.5, "same_window": True},
    ]
    pairs = zip(order[::2], order[1::2], strict=True)
    return tuple(Link(first, second, **kind) for (first, second), kind in zip(pairs, kinds, strict=False))


def _pins(dice: random.Random, problem: Problem, visits: int) -> tuple[Pin, ...]:
    """One visit pinned to somebody and one to a moment, mostly such as can be kept."""
    whom, when = dice.sample(range(visits), 2)
    return (
        Pin(whom, _pinnable(dice, problem, whom)),
        Pin(when, _pinnable(dice, problem, when)[: dice.randrange(2)], problem.visits[when].windows[0].earliest + 20),
    )


def _pinnable(dice: random.Random, problem: Problem, visit: int) -> tuple[int, ...]:
    told = {number: [rule.breach(problem, visit, number) for rule in PAIRS] for number in range(len(problem.helpers))}
    able = [number for number in told if not any(breach and breach.hard for breach in told[number])]
    return (dice.choice(able),) if able else ()


def _travel(dice: random.Random, mode: str, places: int, width: int) -> Travel:
    spots = [(dice.uniform(0, width), dice.uniform(0, width)) for _ in range(places)]
    rows = [
        [0 if a is b else int(abs(a[0] - b[0]) + abs(a[1] - b[1])) + dice.randrange(3) for b in spots] for a in spots
    ]
    return Travel.of(mode, rows)


def _weights(dice: random.Random) -> Weights:
    def some(most: int) -> int:
        return dice.choice((0, dice.randrange(1, most)))

    return Weights(
        travel=dice.randrange(0, 3),
        waiting=some(3),
        longest_wait=some(3),
        tardiness=some(4),
        highest_tardiness=some(4),
        extra_time=some(4),
        longest_idle=some(3),
        work=some(3),
        balance=some(3),
        skilled=dice.choice((None, None, 60)),
        barred=dice.choice((None, 70)),
        rest=dice.choice((None, 25)),
        known=some(20),
        gender=some(20),
        fee=some(4),
        fairness=some(5),
        stability=some(40),
    )


def without(problem: Problem, **changes: Any) -> Problem:
    """The same day with other fields."""
    return replace(problem, **changes)


def a_legal_plan(problem: Problem, seed: int, tries: int = 40) -> Plan:
    """Some plan without a hard breach save for what it leaves, made by trying at random and asking the judge."""
    dice = random.Random(seed)
    groups: dict[int, set[int]] = {visit: {visit} for visit in range(len(problem.visits))}
    for link in problem.links:
        both = groups[link.first] | groups[link.second]
        groups |= dict.fromkeys(both, both)
    plan = Plan(())
    for group in sorted({tuple(sorted(group)) for group in groups.values()}, key=lambda _: dice.random()):
        for _ in range(tries):
            fresh = _thrown(problem, dice, group)
            grown = Plan(tuple(sorted((*plan.assignments, *fresh))))
            wrong = hard(judge(problem, grown))
            if fresh and not any(breach.rule != "coverage" or set(breach.visits) & set(group) for breach in wrong):
                plan = grown
                break
    return plan


def _thrown(problem: Problem, dice: random.Random, group: tuple[int, ...]) -> list[Assignment]:
    made = []
    pins = {pin.visit: pin for pin in problem.pins}
    for visit in group:
        wanted = problem.visits[visit]
        window = dice.choice(wanted.windows)
        start = dice.randrange(window.earliest, window.latest + 1 + 20 * wanted.soft_end)
        if visit in pins and pins[visit].start is not None:
            start = pins[visit].start or 0
        for helper in dice.sample(range(len(problem.helpers)), min(wanted.people, len(problem.helpers))):
            shifts = problem.helpers[helper].shifts
            if shifts:
                made.append(Assignment(helper, dice.randrange(len(shifts)), start, visit))
    return made
