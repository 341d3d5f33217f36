"""What one more helper would be worth: with which skills, where and when, in points of the whole plan.

Places to try are read off what is left: each such visit asks for somebody with its skills, who lives there and has
three hours around its time. The most promising are tried in earnest: the day with this helper in it is repaired, with
all left visits within their reach, and judged. So a worth is what a real plan saves; a better one may save more.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from solver.changes import Altered, Change, Joined, Wanted
from solver.plan import Plan
from solver.problem import Helper, Problem, Shift, Skill
from solver.repair import Repairing

HOURS = 3
TRIED = 8
MOST_WANTED = 8
"""Left visits that one helper is asked to make at most."""
REACH_MINUTES = 20
STEPS = 800


@dataclass(frozen=True, slots=True)
class Worth:
    """One more helper like this saves so many points; `made` are the visits that are made with them and were left."""

    helper: Helper
    points: int
    made: tuple[int, ...]
    plan: Plan


def one_more(ready: Repairing, most: int = 3, seed: int = 1) -> list[Worth]:
    """The most valuable kinds of one more helper, the best first; none where nobody new would save anything."""
    worths = [_tried(ready, helper, visits, seed) for helper, visits in list(_posts(ready))[:TRIED]]
    return sorted((one for one in worths if one.points > 0), key=lambda one: (-one.points, one.helper.key))[:most]


def _posts(ready: Repairing) -> Iterator[tuple[Helper, list[int]]]:
    """Helpers to try with the visits that they could make, those with the most to win first."""
    problem = ready.problem
    left = [visit for visit in range(len(problem.visits)) if visit not in ready.made]
    found: dict[tuple[tuple[str, ...], tuple[int, ...]], tuple[int, Helper, list[int]]] = {}
    for visit in left:
        helper = _living_at(problem, visit)
        theirs = [other for other in left if _suits(problem, helper, other)]
        theirs = sorted(theirs, key=lambda other: (-problem.visits[other].priority, other))[:MOST_WANTED]
        win = sum(problem.visits[other].priority for other in theirs)
        key = (problem.visits[visit].skills, tuple(theirs))
        if theirs and (key not in found or found[key][0] < win):
            found[key] = (win, helper, theirs)
    for _, helper, theirs in sorted(found.values(), key=lambda one: (-one[0], one[1].key)):
        yield helper, theirs


def _living_at(problem: Problem, visit: int) -> Helper:
    """Somebody who lives at the visit, has its skills, and three hours around it."""
    wanted = problem.visits[visit]
    minute = problem.ticks_per_minute
    middle = (wanted.windows[0].earliest + wanted.windows[0].latest + wanted.duration) // 2
    start = max(0, min(wanted.windows[0].latest, middle - HOURS * 30 * minute))
    end = max(start + HOURS * 60 * minute, start + wanted.duration)
    return Helper(
        key=f"more for {wanted.key}",
        shifts=(Shift(start, end, wanted.place, wanted.place),),
        skills=tuple(Skill(name) for name in wanted.skills),
        languages=wanted.languages,
        gender=wanted.gender,
        home=wanted.place,
        community=wanted.community,
    )


def _suits(problem: Problem, helper: Helper, visit: int) -> bool:
    """The new helper could make this visit, if it were the only one."""
    wanted, shift = problem.visits[visit], helper.shifts[0]
    table = problem.travel[helper.mode].matrix
    there = table.item(shift.start_place, wanted.place)
    starts = [max(window.earliest, shift.start + there) for window in wanted.windows]
    able = any(
        start <= window.latest and start + wanted.duration + there <= shift.end
        for start, window in zip(starts, wanted.windows, strict=True)
    )
    near = there <= REACH_MINUTES * problem.ticks_per_minute
    skilled = set(wanted.skills) <= {skill.name for skill in helper.skills}
    speaks = not wanted.languages or bool(set(wanted.languages) & set(helper.languages))
    return able and near and skilled and speaks and wanted.people == 1


def _tried(ready: Repairing, helper: Helper, visits: list[int], seed: int) -> Worth:
    """The day with this helper, repaired and judged."""
    number = len(ready.problem.helpers)
    changes: list[Change] = [Joined(helper)]
    for visit in visits:
        wanted = ready.problem.visits[visit]
        if wanted.allowed is not None:
            changes.append(Altered(visit, replace(wanted, allowed=(*wanted.allowed, number))))
        changes.append(Wanted(visit))
    rows = ready.after(changes, most=0, seed=seed, steps=STEPS).rows
    if not rows:
        return Worth(helper, 0, (), ready.plan)
    made = tuple(sorted(rows[0].plan.made().keys() - ready.made.keys()))
    return Worth(helper, ready.cost - rows[0].cost, made, rows[0].plan)
