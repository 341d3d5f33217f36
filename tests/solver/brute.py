"""The best plan of a tiny day by trying them all. It knows only the judge, nothing of the model or the search."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations, product

from solver.judge import hard, judge
from solver.plan import Assignment, Plan
from solver.problem import Break, Problem, Travel, Visit, Window
from solver.rules import allowed, barred, certified, gender, skilled, speaks, windows

Option = tuple[Assignment, ...]
"""How one visit is made: by whom and when; empty when it is left."""


def best_plan(problem: Problem) -> Plan | None:
    """The cheapest plan without a hard breach, with its cost as objective; None if there is no such plan."""
    best: Plan | None = None
    for made in product(*(_options(problem, visit) for visit in range(len(problem.visits)))):
        plan = Plan(tuple(sorted(one for option in made for one in option)))
        if _collides(problem, plan):
            continue
        found = judge(problem, plan)
        points = sum(breach.points for breach in found)
        if (best is None or best.objective is None or points < best.objective) and not hard(found):
            best = replace(plan, objective=points, bound=points)
    return best


def _options(problem: Problem, visit: int) -> list[Option]:
    """Every start in whole ticks, every crew; only what no other visit could make legal is left out."""
    people = problem.visits[visit].people
    options: list[Option] = [()]
    for start in range(max(shift.end + one.extra_time for one in problem.helpers for shift in one.shifts) + 1):
        singles = [one for one in _singles(problem, visit, start) if not _is_hopeless(problem, one)]
        options += [crew for crew in combinations(singles, people) if len({one.helper for one in crew}) == people]
    return options


def _singles(problem: Problem, visit: int, start: int) -> Iterator[Assignment]:
    for helper, who in enumerate(problem.helpers):
        for number, shift in enumerate(who.shifts):
            if shift.start <= start <= shift.end + who.extra_time:
                yield Assignment(helper, number, start, visit)


def _is_hopeless(problem: Problem, one: Assignment) -> bool:
    rules = (skilled, certified, speaks, gender, barred, allowed, windows)
    alone = Plan((one,))
    pinned = {pin.visit: pin.start for pin in problem.pins}
    moved = pinned.get(one.visit) not in (None, one.start)
    return moved or any(breach.hard for rule in rules for breach in rule.judge(problem, alone))


def _collides(problem: Problem, plan: Plan) -> bool:
    """Somebody is in two places at once: what the judge would say too, only sooner."""
    for before, after in zip(plan.assignments, plan.assignments[1:], strict=False):
        if before.helper == after.helper and before.start + problem.visits[before.visit].duration > after.start:
            return True
    return False


def tiny(problem: Problem, by: int = 30, width: int = 2) -> Problem:
    """The same day in ticks that are `by` times as long, so that there are few enough starts to try them all."""
    return replace(
        problem,
        helpers=tuple(
            replace(
                who,
                shifts=tuple(replace(one, start=one.start // by, end=one.end // by) for one in who.shifts),
                skills=tuple(replace(one, expires=one.expires and one.expires // by) for one in who.skills),
                circle=who.circle and 1,
                most_work=who.most_work and who.most_work // by,
                rest=who.rest and Break(who.rest.earliest // by, who.rest.latest // by, 1),
                extra_time=who.extra_time // by,
            )
            for who in problem.helpers
        ),
        visits=tuple(_tiny_visit(visit, by, width) for visit in problem.visits),
        travel=tuple(Travel.of(one.mode, one.matrix // 20) for one in problem.travel),
        links=tuple(
            replace(link, least=link.least and link.least // by, most=link.most and link.most // by)
            for link in problem.links
        ),
        pins=tuple(replace(pin, start=pin.start and pin.start // by) for pin in problem.pins),
        ticks_per_minute=1,
    )


def _tiny_visit(visit: Visit, by: int, width: int) -> Visit:
    kept = [
        Window(window.earliest // by, min(window.latest // by, window.earliest // by + width))
        for window in visit.windows
    ]
    if visit.soft_end:
        kept = [replace(window, latest=window.earliest) for window in kept[:1]]
    return replace(visit, windows=tuple(kept[:2]), duration=max(1, visit.duration // by))
