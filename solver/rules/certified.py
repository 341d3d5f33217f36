"""Certified: a certificate that a visit needs still holds when the visit ends.

A pair rule, so it asks for the last moment at which the visit could end: its windows' last end, or the end of the
helper's own day if that is sooner. A certificate that runs out between two possible ends therefore keeps the helper
away even from the early one; certificates are dated by day, so this bites only visits that may run past midnight.
A certificate that ran out counts as much as a skill that is missing.
"""

from collections.abc import Iterator

import numpy as np

from solver.model import Bools, Ints, Model
from solver.plan import Breach, Plan
from solver.problem import MOST_TICKS, Problem

NAME = "certified"
KIND = "pair"
EXPIRED = "{helper}'s certificate for {skill} ran out at {expires_at}; {visit} may last until {end_at}."
TEXTS = (EXPIRED,)


def model(problem: Problem, draft: Model) -> None:
    if problem.weights.skilled is None:
        draft.may &= _holds(problem)[draft.duty_visit]
    else:
        draft.cost += problem.weights.skilled * ~_holds(problem)


def stands(problem: Problem) -> Bools:
    if problem.weights.skilled is None:
        return _holds(problem)
    return np.ones((len(problem.visits), len(problem.helpers)), bool)


def _holds(problem: Problem) -> Bools:
    """(V, H) no certificate that the visit needs runs out too soon; one that the helper never had is not our affair."""
    expires = _expiries(problem)
    day_ends = np.array([_day_end(problem, number) for number in range(len(problem.helpers))], np.int64)
    pinned = {pin.visit: pin.start for pin in problem.pins if pin.start is not None}
    holds = np.ones((len(problem.visits), len(problem.helpers)), bool)
    for number, visit in enumerate(problem.visits):
        for name in visit.skills:
            if name in expires:
                holds[number] &= np.minimum(day_ends, _last_end(problem, number, pinned)) <= expires[name]
    return holds


def _expiries(problem: Problem) -> dict[str, Ints]:
    """Per skill that runs out for somebody: (H,) when it does."""
    expires: dict[str, Ints] = {}
    for number in range(len(problem.helpers)):
        for name, moment in _certificates(problem, number).items():
            if moment < MOST_TICKS:
                expires.setdefault(name, np.full(len(problem.helpers), MOST_TICKS, np.int64))[number] = moment
    return expires


def _certificates(problem: Problem, helper: int) -> dict[str, int]:
    """When each skill of the helper runs out; the longest of several certificates for the same skill counts."""
    held: dict[str, int] = {}
    for skill in problem.helpers[helper].skills:
        moment = MOST_TICKS if skill.expires is None else skill.expires
        held[skill.name] = max(held.get(skill.name, moment), moment)
    return held


def _day_end(problem: Problem, helper: int) -> int:
    who = problem.helpers[helper]
    return max((shift.end for shift in who.shifts), default=0) + who.extra_time


def _last_end(problem: Problem, visit: int, pinned: dict[int, int]) -> int:
    wanted = problem.visits[visit]
    if visit in pinned:
        return pinned[visit] + wanted.duration
    if wanted.soft_end:
        return MOST_TICKS
    return max(window.latest for window in wanted.windows) + wanted.duration


def breach(problem: Problem, visit: int, helper: int) -> Breach | None:
    wanted = problem.visits[visit]
    held = _certificates(problem, helper)
    runs_out = [(held[name], name) for name in wanted.skills if held.get(name, MOST_TICKS) < MOST_TICKS]
    if not runs_out:
        return None
    pinned = {pin.visit: pin.start for pin in problem.pins if pin.start is not None}
    end = min(_day_end(problem, helper), _last_end(problem, visit, pinned))
    moment, name = min(runs_out)
    if end <= moment:
        return None
    values = {
        "helper": problem.helpers[helper].key,
        "visit": wanted.key,
        "skill": name,
        "expires_at": problem.minutes(moment),
        "end_at": problem.minutes(end),
    }
    points = problem.weights.skilled
    return Breach(NAME, EXPIRED, values, points or 0, points is None, (visit,), (helper,))


def judge(problem: Problem, plan: Plan) -> Iterator[Breach]:
    for assignment in plan.assignments:
        found = breach(problem, assignment.visit, assignment.helper)
        if found:
            yield found
