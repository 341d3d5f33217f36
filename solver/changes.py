"""What happens to a day after it was planned: somebody cancels, falls ill, an emergency comes, a visit grows longer.

A change gives the day as it is now, what still stands of the plan, and the hole that is to be closed: visits that
nobody makes any more, or must be made anew. Numbers of helpers and visits stay; a new visit comes last.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from solver.plan import Assignment, Plan
from solver.problem import Helper, Pin, Problem, ProblemError, Shift, Visit, Window


@dataclass(frozen=True, slots=True)
class Cancelled:
    """The visit falls away; whoever was told of it is told that it does."""

    visit: int


@dataclass(frozen=True, slots=True)
class Away:
    """The helper cannot come from `since` until `until` (ticks); None: from the first shift, to the last."""

    helper: int
    since: int | None = None
    until: int | None = None


@dataclass(frozen=True, slots=True)
class Urgent:
    """A visit that nobody knew of; its place is one of the problem's."""

    visit: Visit


@dataclass(frozen=True, slots=True)
class Longer:
    """The visit takes another time than was planned."""

    visit: int
    duration: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """A visit that the plan leaves is to be made after all."""

    visit: int


@dataclass(frozen=True, slots=True)
class Altered:
    """A visit is asked for otherwise: at other times, with other needs."""

    visit: int
    wanted: Visit


@dataclass(frozen=True, slots=True)
class Able:
    """A helper can do otherwise: stay longer, walk farther, do more. Their shifts keep their numbers."""

    helper: int
    now: Helper


@dataclass(frozen=True, slots=True)
class Joined:
    """One more helper; their places are the problem's."""

    helper: Helper


@dataclass(frozen=True, slots=True)
class Granted:
    """A purse holds so many fen more."""

    purse: int
    fen: int


@dataclass(frozen=True, slots=True)
class Lent:
    """One community may lend another one helper more."""

    lender: int
    borrower: int


Change = Cancelled | Away | Urgent | Longer | Wanted | Altered | Able | Joined | Granted | Lent


@dataclass(frozen=True, slots=True)
class Changed:
    """The day as it is now; `kept` is what stands of the plan, `hole` the visits to be made again, in order."""

    problem: Problem
    kept: Plan
    hole: tuple[int, ...]
    helpers: tuple[int, ...]
    """Whose day the changes themselves touch."""


def changed(problem: Problem, plan: Plan, changes: Iterable[Change]) -> Changed:
    """Apply the changes in their order. Promises that a change itself breaks are no longer counted as promises.

    ProblemError: a change names a visit or helper that is not there.
    """
    gone: set[int] = set()
    hole: set[int] = set()
    touched: set[int] = set()
    for change in changes:
        _check(problem, change)
        if isinstance(change, Away):
            problem, lost = _away(problem, plan, change)
            hole |= lost
            touched.add(change.helper)
        elif isinstance(change, Urgent):
            problem = replace(problem, visits=(*problem.visits, change.visit))
            hole.add(len(problem.visits) - 1)
        elif isinstance(change, Cancelled):
            problem = _cancelled(problem, change.visit)
            gone.add(change.visit)
        elif isinstance(change, Longer):
            longer = replace(problem.visits[change.visit], duration=change.duration)
            problem = _with_visit(problem, change.visit, longer)
            hole.add(change.visit)
        elif isinstance(change, Wanted):
            hole.add(change.visit)
        else:
            problem = _eased(problem, change)
            touched |= _eased_helpers(problem, change)
    hole = _whole(problem, hole) - gone
    touched |= {one.helper for one in plan.assignments if one.visit in gone}
    kept = Plan(tuple(one for one in plan.assignments if one.visit not in hole | gone))
    return Changed(problem, kept, tuple(sorted(hole)), tuple(sorted(touched)))


def _check(problem: Problem, change: Change) -> None:
    if isinstance(change, Away | Able) and not 0 <= change.helper < len(problem.helpers):
        raise ProblemError(f"a change names helper {change.helper}; there are {len(problem.helpers)}")
    if isinstance(change, Cancelled | Longer | Wanted | Altered) and not 0 <= change.visit < len(problem.visits):
        raise ProblemError(f"a change names visit {change.visit}; there are {len(problem.visits)}")


def _eased(problem: Problem, change: Altered | Able | Joined | Granted | Lent) -> Problem:
    """The day with one thing made easier."""
    if isinstance(change, Altered):
        return _with_visit(problem, change.visit, change.wanted)
    if isinstance(change, Able):
        before, after = problem.helpers[: change.helper], problem.helpers[change.helper + 1 :]
        return replace(problem, helpers=(*before, change.now, *after))
    if isinstance(change, Joined):
        return replace(problem, helpers=(*problem.helpers, change.helper))
    if isinstance(change, Granted):
        purses = [
            replace(purse, budget=purse.budget + change.fen) if number == change.purse else purse
            for number, purse in enumerate(problem.purses)
        ]
        return replace(problem, purses=tuple(purses))
    lendings = [
        replace(cap, most=cap.most + 1) if (cap.lender, cap.borrower) == (change.lender, change.borrower) else cap
        for cap in problem.lendings
    ]
    return replace(problem, lendings=tuple(lendings))


def _eased_helpers(problem: Problem, change: Change) -> set[int]:
    if isinstance(change, Able):
        return {change.helper}
    return {len(problem.helpers) - 1} if isinstance(change, Joined) else set()


def _whole(problem: Problem, visits: set[int]) -> set[int]:
    """With all visits that belong together with them."""
    whole = set(visits)
    while True:
        more = {one for link in problem.links if {link.first, link.second} & whole for one in (link.first, link.second)}
        if more <= whole:
            return whole
        whole |= more


def _with_visit(problem: Problem, number: int, visit: Visit) -> Problem:
    return replace(problem, visits=(*problem.visits[:number], visit, *problem.visits[number + 1 :]))


def _cancelled(problem: Problem, visit: int) -> Problem:
    """A visit that falls away keeps its number, and costs nothing to leave."""
    nobody = replace(problem.visits[visit], allowed=(), priority=0, mandatory=False)
    return replace(
        _with_visit(problem, visit, nobody),
        links=tuple(link for link in problem.links if visit not in (link.first, link.second)),
        pins=tuple(pin for pin in problem.pins if pin.visit != visit),
        published=tuple(told for told in problem.published if told.visit != visit),
    )


def _away(problem: Problem, plan: Plan, change: Away) -> tuple[Problem, set[int]]:
    """The day without the helper's lost time, and the visits that they made in it."""
    who = problem.helpers[change.helper]
    shifts = tuple(_left_of(shift, change) for shift in who.shifts)
    lost = {
        one.visit for one in plan.assignments if one.helper == change.helper and not _stands(problem, who, shifts, one)
    }
    pins = tuple(
        replace(pin, helpers=tuple(helper for helper in pin.helpers if helper != change.helper))
        if pin.visit in lost
        else pin
        for pin in problem.pins
    )
    day = replace(
        problem,
        helpers=(
            *problem.helpers[: change.helper],
            replace(who, shifts=shifts),
            *problem.helpers[change.helper + 1 :],
        ),
        pins=tuple(pin for pin in pins if pin.visit not in lost or pin.helpers or pin.start is not None),
        published=tuple(
            told for told in problem.published if not (told.helper == change.helper and told.visit in lost)
        ),
    )
    return day, lost


def _left_of(shift: Shift, away: Away) -> Shift:
    """What is left of a shift: the part before the absence, or else the one after it. Empty ones keep their number."""
    since = shift.start if away.since is None else max(away.since, shift.start)
    until = shift.end if away.until is None else min(away.until, shift.end)
    if since >= until:
        return shift
    if since > shift.start or until == shift.end:
        return replace(shift, end=since)
    return replace(shift, start=until)


def _stands(problem: Problem, who: Helper, shifts: tuple[Shift, ...], one: Assignment) -> bool:
    """The assignment lies in what is left of its shift, with the way there and back."""
    if one.shift >= len(shifts):
        return False
    shift, visit = shifts[one.shift], problem.visits[one.visit]
    table = problem.travel[who.mode].matrix
    back = one.start + visit.duration + table.item(visit.place, shift.end_place)
    return shift.start + table.item(shift.start_place, visit.place) <= one.start and back <= shift.end + who.extra_time


def from_now_on(problem: Problem, plan: Plan, now: int) -> Problem:
    """The day as it can still be changed at `now`: what has started is pinned, and nothing else starts before."""
    made = plan.made()
    started = {visit for visit, ours in made.items() if ours[0].start < now}
    busy = {(one.helper, one.shift) for visit in started for one in made[visit]}
    visits = tuple(
        visit if number in started else _still_open(visit, now) for number, visit in enumerate(problem.visits)
    )
    helpers = tuple(
        replace(
            helper,
            shifts=tuple(
                shift if (number, turn) in busy else replace(shift, start=min(shift.end, max(shift.start, now)))
                for turn, shift in enumerate(helper.shifts)
            ),
        )
        for number, helper in enumerate(problem.helpers)
    )
    pins = [pin for pin in problem.pins if pin.visit not in started]
    pins += [Pin(visit, tuple(one.helper for one in made[visit]), made[visit][0].start) for visit in sorted(started)]
    return replace(problem, helpers=helpers, visits=visits, pins=tuple(pins))


def _still_open(visit: Visit, now: int) -> Visit:
    """Without the time that has passed; nobody may make what has no time left."""
    left = tuple(
        Window(max(now, window.earliest), window.latest)
        for window in visit.windows
        if visit.soft_end or window.latest >= now
    )
    return replace(visit, windows=left) if left else replace(visit, allowed=())
