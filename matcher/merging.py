"""Merging: a plan that was made of an earlier state of the day, put together with what people did meanwhile.

Everything that still holds is kept. What people decided goes first, what contradicts it is left, and the judge has the
last word: as long as it finds a hard breach, the least important visit of that breach is left too.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta

from matcher import snapshot
from matcher.snapshot import Snapshot
from solver import judge
from solver.plan import Assignment, Breach, Plan
from solver.problem import Pin, Problem


@dataclass(frozen=True, slots=True)
class Merged:
    """The plan as it holds now, and what somebody should look at again."""

    plan: Plan
    again: tuple[str, ...]
    """Visits that the earlier plan made or did not know, and that nobody makes now."""


def merge(before: Snapshot, plan: Plan, now: Snapshot) -> Merged:
    """The plan of `before` as far as it holds in `now`. Pure; no hard breach is left in it."""
    lines = [
        (
            before.visit_ids[one.visit],
            before.helper_ids[one.helper],
            before.start + timedelta(minutes=one.start),
        )
        for one in plan.assignments
    ]
    merged = _sound(now.problem, _decided(now.problem, snapshot.planned(now, lines)))
    made = {now.visit_ids[number] for number in merged.made()}
    was_left = set(before.visit_ids) - {line[0] for line in lines}
    again = [visit_id for visit_id in now.visit_ids if visit_id not in made and visit_id not in was_left]
    return Merged(merged, tuple(again))


def keeping(seen: Snapshot, held: Plan) -> Problem:
    """The problem in which whoever makes a visit now keeps it, so that only what is left is decided."""
    made = merge(seen, held, seen).plan.made()
    decided = {pin.visit: pin for pin in seen.problem.pins}
    standing = {visit: Pin(visit, tuple(one.helper for one in lines)) for visit, lines in made.items()}
    pins = tuple((standing | decided)[visit] for visit in sorted(standing | decided))
    return replace(seen.problem, pins=pins)


def _decided(problem: Problem, plan: Plan) -> Plan:
    """With the visits of which a person decided who and when put just there."""
    whole = {pin.visit: pin for pin in problem.pins if pin.start is not None and _names_all(problem, pin)}
    lines = [one for one in plan.assignments if one.visit not in whole]
    for pin in whole.values():
        lines += [
            Assignment(helper, snapshot.shift_at(problem.helpers[helper], pin.start or 0), pin.start or 0, pin.visit)
            for helper in pin.helpers
        ]
    return Plan(tuple(sorted(lines)))


def _names_all(problem: Problem, pin: Pin) -> bool:
    return len(pin.helpers) == problem.visits[pin.visit].people


def _sound(problem: Problem, plan: Plan) -> Plan:
    """The plan without what the judge cannot let pass."""
    while (broken := judge.hard(judge.judge(problem, plan))) and plan.assignments:
        gone = {_least(problem, plan, breach) for breach in broken}
        plan = Plan(tuple(one for one in plan.assignments if one.visit not in gone))
    return plan


def _least(problem: Problem, plan: Plan, breach: Breach) -> int:
    """The visit whose leaving ends the breach at the lowest price: rather one that nobody pinned."""
    made = plan.made()
    named = [visit for visit in breach.visits if visit in made]
    concerned = named or _of(plan.assignments, breach.helpers) or list(made)
    pinned = {pin.visit for pin in problem.pins}
    return min(concerned, key=lambda visit: (visit in pinned, problem.visits[visit].priority, -visit))


def _of(assignments: Iterable[Assignment], helpers: tuple[int, ...]) -> list[int]:
    return sorted({one.visit for one in assignments if one.helper in helpers})
