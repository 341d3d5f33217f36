"""Linked: two visits that belong together are both made or neither, at the right distance in time, by other people."""

from collections.abc import Iterator

from solver.model import Model
from solver.plan import Assignment, Breach, Plan
from solver.problem import Link, Problem
from solver.rules.windows import window_of

NAME = "linked"
KIND = "roster"
ALONE = "{made} is made without {left}, to which it belongs."
TOO_SOON = "{second} starts {offset_minutes} minutes after {first}; at least {least_minutes} are asked for."
TOO_LATE = "{second} starts {offset_minutes} minutes after {first}; at most {most_minutes} are allowed."
SAME_HELPER = "{helper} is sent to both {first} and {second}, which need different people."
OTHER_WINDOW = "{first} and {second} must lie in the same window; they start at {first_at} and {second_at}."
TEXTS = (ALONE, TOO_SOON, TOO_LATE, SAME_HELPER, OTHER_WINDOW)


def model(problem: Problem, draft: Model) -> None:
    for number, link in enumerate(problem.links):
        draft.link_first[number] = link.first
        draft.link_second[number] = link.second
        draft.link_apart[number] = link.apart
        draft.link_same_window[number] = link.same_window
        if link.least is not None and link.most is not None:
            draft.link_timed[number] = True
            draft.link_least[number] = link.least
            draft.link_most[number] = link.most


def judge(problem: Problem, plan: Plan) -> Iterator[Breach]:
    made = plan.made()
    for link in problem.links:
        first, second = made.get(link.first), made.get(link.second)
        if first and second:
            yield from _times(problem, link, first[0].start, second[0].start)
            yield from _people(problem, link, first, second)
        elif first or second:
            there, left = (link.first, link.second) if first else (link.second, link.first)
            values = {"made": problem.visits[there].key, "left": problem.visits[left].key}
            yield Breach(NAME, ALONE, values, hard=True, visits=(link.first, link.second))


def _times(problem: Problem, link: Link, first: int, second: int) -> Iterator[Breach]:
    names: dict[str, object] = {"first": problem.visits[link.first].key, "second": problem.visits[link.second].key}
    visits = (link.first, link.second)
    offset = second - first
    if link.least is not None and offset < link.least:
        values = {"offset_minutes": problem.minutes(offset), "least_minutes": problem.minutes(link.least)}
        yield Breach(NAME, TOO_SOON, names | values, hard=True, visits=visits)
    if link.most is not None and offset > link.most:
        values = {"offset_minutes": problem.minutes(offset), "most_minutes": problem.minutes(link.most)}
        yield Breach(NAME, TOO_LATE, names | values, hard=True, visits=visits)
    windows = [window_of(problem.visits[visit], start) for visit, start in zip(visits, (first, second), strict=True)]
    if link.same_window and windows[0] != windows[1]:
        values = {"first_at": problem.minutes(first), "second_at": problem.minutes(second)}
        yield Breach(NAME, OTHER_WINDOW, names | values, hard=True, visits=visits)


def _people(problem: Problem, link: Link, first: list[Assignment], second: list[Assignment]) -> Iterator[Breach]:
    if not link.apart:
        return
    for helper in sorted({one.helper for one in first} & {one.helper for one in second}):
        values = {
            "helper": problem.helpers[helper].key,
            "first": problem.visits[link.first].key,
            "second": problem.visits[link.second].key,
        }
        yield Breach(NAME, SAME_HELPER, values, hard=True, visits=(link.first, link.second), helpers=(helper,))
