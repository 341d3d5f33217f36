"""The tiny instances of this folder, and plans thrown together at random to measure them by."""

import json
from pathlib import Path
from random import Random
from typing import Any

from solver.plan import Assignment, Plan
from solver.problem import Problem

HERE = Path(__file__).parent


def text(name: str) -> str:
    return (HERE / f"{name}.json").read_text()


def load(name: str) -> dict[str, Any]:
    return dict(json.loads(text(name)))


def random_plan(problem: Problem, random: Random) -> Plan:
    """Visits dealt out to helpers who walk them in a random order, now and then later than they could.

    Linked visits are both made or neither and by two people; nothing else is heeded.
    """
    partner = {link.first: link.second for link in problem.links}
    groups = [
        (visit, partner[visit]) if visit in partner else (visit,)
        for visit in range(len(problem.visits))
        if visit not in partner.values()
    ]
    days: dict[int, list[int]] = {}
    for group in random.sample(groups, len(groups)):
        if problem.visits[group[0]].mandatory or random.random() < 0.7:
            for visit, helper in zip(group, random.sample(range(len(problem.helpers)), len(group)), strict=True):
                days.setdefault(helper, []).append(visit)
    made = [one for helper, visits in sorted(days.items()) for one in _walked(problem, helper, visits, random)]
    return Plan(tuple(sorted(made)))


def _walked(problem: Problem, helper: int, visits: list[int], random: Random) -> list[Assignment]:
    table = problem.travel[problem.helpers[helper].mode].matrix
    shift = problem.helpers[helper].shifts[0]
    here, free, made = shift.start_place, shift.start, []
    for number in visits:
        visit = problem.visits[number]
        start = max(free + int(table[here, visit.place]), visit.windows[0].earliest) + random.choice((0, 0, 0, 7, 30))
        made.append(Assignment(helper, 0, start, number))
        here, free = visit.place, start + visit.duration
    return made
