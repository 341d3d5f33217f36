"""Where one more visit would fit into a plan, and on whose day: the arithmetic behind the reasons.

An opening is a turn among one shift's visits. Its others keep their order; those that stand alone may start
at other times, while visits shared with or tied to somebody else keep their start.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from solver.model import Bools, Ints
from solver.plan import Assignment, Plan
from solver.problem import MOST_TICKS, Problem, Shift, Visit
from solver.timetable import has_shift

FOREVER = 2 * MOST_TICKS


@dataclass(frozen=True, slots=True)
class Span:
    """Starts from `first` to `last` are free, in the visit's window of this index."""

    first: int
    last: int
    window: int


Spans = tuple[Span, ...]
Tour = Sequence[tuple[int, Spans]]
"""Visits in the order in which they are made, each with the starts it may have."""


def spans(visit: Visit, pinned_start: int | None = None) -> Spans:
    """When a visit may start, by its windows or its pin alone."""
    if pinned_start is not None:
        index = max(0, sum(window.earliest <= pinned_start for window in visit.windows) - 1)
        return (Span(pinned_start, pinned_start, index),)
    found = []
    for index, window in enumerate(visit.windows):
        last = FOREVER if visit.soft_end else window.latest
        if index + 1 < len(visit.windows):
            last = min(last, visit.windows[index + 1].earliest - 1)
        if window.earliest <= last:
            found.append(Span(window.earliest, last, index))
    return tuple(found)


def fit(problem: Problem, helper: int, number: int, tour: Tour) -> list[int] | None:
    """The earliest starts at which the helper can make these visits in this order, all hard rules of the day kept."""
    starts = _forward(problem, helper, number, tour, None)
    if starts is None or _is_rested(problem, helper, number, tour, starts):
        return starts
    for gap in range(len(tour) + 1):
        starts = _forward(problem, helper, number, tour, gap)
        if starts is not None:
            return starts
    return None


def asks_for_rest(problem: Problem, helper: int, shift: Shift) -> bool:
    """A hard rest lies within this shift."""
    rest = problem.helpers[helper].rest
    return (
        rest is not None and problem.weights.rest is None and shift.start <= rest.earliest and rest.latest <= shift.end
    )


def _forward(problem: Problem, helper: int, number: int, tour: Tour, gap: int | None) -> list[int] | None:
    """As early as possible, with the rest before the visit number `gap` (after the return when that is the last)."""
    who = problem.helpers[helper]
    shift, table = who.shifts[number], problem.travel[who.mode].matrix
    free, place, starts = shift.start, shift.start_place, []
    for turn, (visit, may) in enumerate(tour):
        wanted = problem.visits[visit]
        if gap == turn:
            rested = _rested(problem, helper, free, FOREVER)
            if rested is None:
                return None
            free = rested
        leg = table.item(place, wanted.place)
        start = next((max(free + leg, span.first) for span in may if free + leg <= span.last), None)
        if start is None or not _is_near(problem, helper, leg, wanted.place):
            return None
        starts.append(start)
        free, place = start + wanted.duration, wanted.place
    back = free + table.item(place, shift.end_place)
    if back > shift.end + who.extra_time or (gap == len(tour) and _rested(problem, helper, back, shift.end) is None):
        return None
    return starts


def _rested(problem: Problem, helper: int, free: int, end: int) -> int | None:
    """When the rest is over that starts as soon as the helper is free; None if it does not fit."""
    rest = problem.helpers[helper].rest
    if rest is None:
        return free
    over = max(free, rest.earliest) + rest.duration
    return over if over <= min(rest.latest, end) else None


def _is_rested(problem: Problem, helper: int, number: int, tour: Tour, starts: list[int]) -> bool:
    who = problem.helpers[helper]
    shift, table = who.shifts[number], problem.travel[who.mode].matrix
    if not asks_for_rest(problem, helper, shift):
        return True
    free, place = shift.start, shift.start_place
    for (visit, _), start in zip(tour, starts, strict=True):
        wanted = problem.visits[visit]
        if _rested(problem, helper, free, start - table.item(place, wanted.place)) is not None:
            return True
        free, place = start + wanted.duration, wanted.place
    return _rested(problem, helper, free + table.item(place, shift.end_place), shift.end) is not None


def _is_near(problem: Problem, helper: int, leg: int, place: int) -> bool:
    who = problem.helpers[helper]
    if who.circle is None or leg <= who.circle:
        return True
    return who.home is not None and problem.travel[who.mode].matrix.item(who.home, place) <= who.circle


@dataclass(frozen=True, slots=True)
class Turns:
    """All openings of a plan side by side, (N,) each: one before every visit of every shift and one at its end."""

    helper: Ints
    shift: Ints
    turn: Ints
    mode: Ints
    before: Ints
    """Place that the helper comes from."""
    free: Ints
    """Earliest tick at which they may leave it."""
    after: Ints
    """Place that they go to next."""
    due: Ints
    """Latest tick at which they must be there."""
    after_is_near: Bools
    """The next visit lies within the circle of home, or there is none."""


@dataclass(frozen=True, slots=True)
class Fits:
    """What the openings say of one visit: (N,) arrays by opening, and the spans that are left."""

    alone: Bools
    """The shift would have room if it were empty."""
    in_time: Bools
    near: Bools
    first: Ints
    last: Ints
    """(W, N) starts that the opening leaves in each window of the visit; empty where last < first."""


class Openings:
    """A plan's openings, worked out once for many visits."""

    def __init__(self, problem: Problem, plan: Plan) -> None:
        self.problem, self.plan = problem, plan
        self.pinned = {pin.visit: pin.start for pin in problem.pins if pin.start is not None}
        self.tables: NDArray[np.int32] = np.stack([travel.matrix for travel in problem.travel])
        self.days = {day: made for day, made in plan.days().items() if has_shift(problem, *day)}
        self.shared = {number for number, visit in enumerate(problem.visits) if visit.people > 1} | {
            visit for link in problem.links for visit in (link.first, link.second)
        }

    def spans(self, visit: int) -> Spans:
        return spans(self.problem.visits[visit], self.pinned.get(visit))

    def tour(self, helper: int, number: int, kept: bool = False) -> list[tuple[int, Spans]]:
        """The visits of a shift as planned; with `kept` all of them hold their start."""
        made = self.days.get((helper, number), [])
        return [
            (one.visit, (Span(one.start, one.start, 0),) if kept or one.visit in self.shared else self.spans(one.visit))
            for one in made
        ]

    @cached_property
    def turns(self) -> Turns:
        rows = [
            row
            for helper, who in enumerate(self.problem.helpers)
            for number in range(len(who.shifts))
            for row in self._rows(helper, number)
        ]
        columns = np.array(rows, np.int64).reshape(len(rows), 9).T
        helper, number, turn, mode, before, free, after, due, near = columns
        return Turns(helper, number, turn, mode, before, free, after, due, near.astype(bool))

    def _rows(self, helper: int, number: int) -> list[tuple[int, ...]]:
        who = self.problem.helpers[helper]
        shift, tour = who.shifts[number], self.tour(helper, number)
        made = self.days.get((helper, number), [])
        starts = _forward(self.problem, helper, number, tour, None) or [one.start for one in made]
        latest = self._latest(helper, shift, tour, made)
        visits = [self.problem.visits[visit] for visit, _ in tour]
        before = [shift.start_place, *(visit.place for visit in visits)]
        free = [shift.start, *(start + visit.duration for start, visit in zip(starts, visits, strict=True))]
        after = [*(visit.place for visit in visits), shift.end_place]
        due = [*latest, shift.end + who.extra_time]
        near = [*(_is_near(self.problem, helper, FOREVER, visit.place) for visit in visits), True]
        return [
            (helper, number, turn, who.mode, before[turn], free[turn], after[turn], due[turn], near[turn])
            for turn in range(len(visits) + 1)
        ]

    def _latest(self, helper: int, shift: Shift, tour: Tour, made: Sequence[Assignment]) -> list[int]:
        """The latest start of each visit from which the rest of the shift still works out."""
        who = self.problem.helpers[helper]
        table = self.problem.travel[who.mode].matrix
        due, place, latest = shift.end + who.extra_time, shift.end_place, []
        for (visit, may), one in zip(reversed(tour), reversed(made), strict=True):
            wanted = self.problem.visits[visit]
            bound = due - table.item(wanted.place, place) - wanted.duration
            due = max((min(span.last, bound) for span in may if span.first <= bound), default=one.start)
            place = wanted.place
            latest.append(due)
        return latest[::-1]

    def fits(self, visit: int, may: Spans) -> Fits:
        """Exact but for rests, which `fit` alone can tell."""
        turns, wanted = self.turns, self.problem.visits[visit]
        come = self.tables[turns.mode, turns.before, wanted.place].astype(np.int64)
        go = self.tables[turns.mode, wanted.place, turns.after].astype(np.int64)
        shape = (len(may), len(come))
        first = np.array([np.maximum(turns.free + come, span.first) for span in may], np.int64).reshape(shape)
        bound = turns.due - go - wanted.duration
        last = np.array([np.minimum(bound, span.last) for span in may], np.int64).reshape(shape)
        near = self._near(come, wanted.place) & (turns.after_is_near | (go <= self.circle[turns.helper]))
        in_time: Bools = np.any(first <= last, axis=0)
        return Fits(self._alone(wanted, may), in_time, near, first, last)

    def _alone(self, wanted: Visit, may: Spans) -> Bools:
        turns, ends = self.turns, self.ends
        come = self.tables[turns.mode, ends[0], wanted.place]
        go = self.tables[turns.mode, wanted.place, ends[2]]
        alone = np.zeros(len(turns.helper), bool)
        for span in may:
            alone |= np.maximum(ends[1] + come, span.first) <= np.minimum(ends[3] - go - wanted.duration, span.last)
        return alone

    def _near(self, come: Ints, place: int) -> Bools:
        turns, circle = self.turns, self.circle
        near: Bools = (come <= circle[turns.helper]) | (self.from_home(place) <= circle)[turns.helper]
        return near

    def from_home(self, place: int) -> Ints:
        """(H,) ticks from home; FOREVER for who has none."""
        ways: Ints = self.tables[self.modes, np.maximum(self.homes, 0), place].astype(np.int64)
        return np.where(self.homes >= 0, ways, FOREVER)

    @cached_property
    def ends(self) -> NDArray[np.int64]:
        """(4, N) start place, start, end place and latest return of each opening's shift."""
        shifts = [
            (self.problem.helpers[helper].shifts[number], self.problem.helpers[helper].extra_time)
            for helper, number in zip(self.turns.helper.tolist(), self.turns.shift.tolist(), strict=True)
        ]
        rows = [(one.start_place, one.start, one.end_place, one.end + extra) for one, extra in shifts]
        return np.array(rows, np.int64).reshape(len(rows), 4).T

    @cached_property
    def homes(self) -> Ints:
        return np.array([-1 if one.home is None else one.home for one in self.problem.helpers], np.int64)

    @cached_property
    def modes(self) -> Ints:
        return np.array([one.mode for one in self.problem.helpers], np.int64)

    @cached_property
    def circle(self) -> Ints:
        return np.array([MOST_TICKS if one.circle is None else one.circle for one in self.problem.helpers], np.int64)
