"""Pinned: a person decided who makes a visit, and perhaps when; the solver keeps that.

A pinned visit that cannot be made as decided is left, at a price above everything else, so that one impossible decision
does not cost the rest of the day its roster. Made by others or at another time it would be a lie: that is hard.
"""

from collections.abc import Iterator

import numpy as np

from solver.model import MANDATORY, Bools, Model
from solver.plan import Assignment, Breach, Plan
from solver.problem import MOST_TICKS, Pin, Problem
from solver.rules.windows import window_of

NAME = "pinned"
KIND = "roster"
LEFT = "{visit} was pinned, and is left: it cannot be made as decided."
WITHOUT = "{visit} was pinned to {helper}, who is not sent."
MOVED = "{visit} was pinned to {pinned_at}; it starts at {start_at}."
TAKEN = "{visit} is pinned to others, and needs no more people than those."
TEXTS = (LEFT, WITHOUT, MOVED, TAKEN)


def model(problem: Problem, draft: Model) -> None:
    for pin in problem.pins:
        draft.priority[pin.visit] += MANDATORY
        _keep_helpers(draft, pin)
        if pin.start is not None:
            _keep_start(problem, draft, pin.visit, pin.start)


def _keep_helpers(draft: Model, pin: Pin) -> None:
    first, end = draft.first_duty[pin.visit], draft.first_duty[pin.visit + 1]
    for duty in range(first, end):
        turn = duty - first
        only = np.zeros(draft.may.shape[1], bool)
        if turn < len(pin.helpers):
            only[pin.helpers[turn]] = True
        else:
            only[:] = True
            only[list(pin.helpers)] = False
        draft.may[duty] &= only


def _keep_start(problem: Problem, draft: Model, visit: int, start: int) -> None:
    """One moment instead of the windows, under the index of the window to which it belongs."""
    windows = slice(draft.first_window[visit], draft.first_window[visit + 1])
    index = max(0, window_of(problem.visits[visit], start))
    moments = np.where(np.arange(len(problem.visits[visit].windows)) <= index, start, MOST_TICKS)
    draft.earliest[windows] = moments
    draft.latest[windows] = moments
    draft.soft_end[visit] = False


def stands(problem: Problem) -> Bools:
    may = np.ones((len(problem.visits), len(problem.helpers)), bool)
    for pin in problem.pins:
        if len(pin.helpers) == problem.visits[pin.visit].people:
            may[pin.visit] = False
            may[pin.visit, list(pin.helpers)] = True
    return may


def breach(problem: Problem, visit: int, helper: int) -> Breach | None:
    for pin in problem.pins:
        if pin.visit == visit and len(pin.helpers) == problem.visits[visit].people and helper not in pin.helpers:
            values = {"visit": problem.visits[visit].key, "helper": problem.helpers[helper].key}
            return Breach(NAME, TAKEN, values, hard=True, visits=(visit,), helpers=(helper,))
    return None


def judge(problem: Problem, plan: Plan) -> Iterator[Breach]:
    made = plan.made()
    for pin in problem.pins:
        if pin.visit in made:
            yield from _kept(problem, pin, made[pin.visit])
        else:
            yield Breach(NAME, LEFT, {"visit": problem.visits[pin.visit].key}, MANDATORY, visits=(pin.visit,))


def _kept(problem: Problem, pin: Pin, assignments: list[Assignment]) -> Iterator[Breach]:
    visit = problem.visits[pin.visit].key
    sent = {assignment.helper for assignment in assignments}
    for helper in pin.helpers:
        if helper not in sent:
            values = {"visit": visit, "helper": problem.helpers[helper].key}
            yield Breach(NAME, WITHOUT, values, hard=True, visits=(pin.visit,), helpers=(helper,))
    start = assignments[0].start
    if pin.start is not None and start != pin.start:
        moments = {"pinned_at": problem.minutes(pin.start), "start_at": problem.minutes(start)}
        yield Breach(NAME, MOVED, {"visit": visit, **moments}, hard=True, visits=(pin.visit,))
