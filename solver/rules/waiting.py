"""Waiting: time at a closed door, the longest such wait, and the longest idle day.

The wait before the first visit counts only where helpers leave at their shift's start. A day's idle time is the time
from the shift's start to the departure, all waits, and the time from the return to the shift's end; helpers who stay at
home do not idle. A rest is idle time too.
"""

from collections.abc import Iterator

from solver.model import Model
from solver.plan import Breach, Plan
from solver.problem import Problem
from solver.timetable import Day, timetable

NAME = "waiting"
KIND = "day"
WAITS = "{helper} waits {wait_minutes} minutes between visits."
LONGEST_WAIT = "{helper} has the longest wait of all: {wait_minutes} minutes before {visit}."
LONGEST_IDLE = "{helper} has the longest idle time of all: {idle_minutes} minutes of the shift."
TEXTS = (WAITS, LONGEST_WAIT, LONGEST_IDLE)


def model(problem: Problem, draft: Model) -> None:
    draft.waiting_weight = problem.weights.waiting
    draft.longest_wait_weight = problem.weights.longest_wait
    draft.longest_idle_weight = problem.weights.longest_idle


def judge(problem: Problem, plan: Plan) -> Iterator[Breach]:
    weights = problem.weights
    if not (weights.waiting or weights.longest_wait or weights.longest_idle):
        return
    days = list(timetable(problem, plan))
    for day in days:
        yield from _sum(problem, day)
    if days:
        yield from _longest_wait(problem, max(days, key=lambda day: max(day.waits)))
        yield from _longest_idle(problem, max(days, key=lambda day: day.idle))


def _sum(problem: Problem, day: Day) -> Iterator[Breach]:
    total = sum(day.waits)
    if problem.weights.waiting * total:
        values = {"helper": problem.helpers[day.helper].key, "wait_minutes": problem.minutes(total)}
        yield Breach(NAME, WAITS, values, problem.weights.waiting * total, helpers=(day.helper,))


def _longest_wait(problem: Problem, day: Day) -> Iterator[Breach]:
    wait = max(day.waits)
    visit = day.visits[day.waits.index(wait)].visit
    if problem.weights.longest_wait * wait:
        values = {
            "helper": problem.helpers[day.helper].key,
            "visit": problem.visits[visit].key,
            "wait_minutes": problem.minutes(wait),
        }
        points = problem.weights.longest_wait * wait
        yield Breach(NAME, LONGEST_WAIT, values, points, visits=(visit,), helpers=(day.helper,))


def _longest_idle(problem: Problem, day: Day) -> Iterator[Breach]:
    if problem.weights.longest_idle * day.idle:
        values = {"helper": problem.helpers[day.helper].key, "idle_minutes": problem.minutes(day.idle)}
        points = problem.weights.longest_idle * day.idle
        yield Breach(NAME, LONGEST_IDLE, values, points, helpers=(day.helper,))
