"""Repair: the day changed after it was planned; what to do now, and what it costs those who were told already.

Only a part of the day near the hole is searched (`solver.part`), with a cap on broken promises that rises from none
(`solver.mend`). So the answer is a short list: with no change, one, two or three to people already told, this is what
you get. Each row is judged. A promise that the change itself breaks (of whoever fell ill) counts against nobody.

Prepare a `Repairing` once for a published plan, then ask it in fractions of a second.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from solver.changes import Change, Changed, changed, from_now_on
from solver.judge import hard, judge
from solver.mend import held_by_all, load_kept, mend
from solver.model import Bools, Ints
from solver.part import Part, is_local, part
from solver.plan import Assignment, Breach, Plan
from solver.problem import MOST_TICKS, Problem, Published
from solver.rules import PAIRS, model, stability
from solver.search.day import pack
from solver.search.state import clear, new_state

NEAR_ABLE, NEAR_OTHERS, FEWEST = 100, 30, 10
"""Helpers near the hole who may make its visits, and others; and per visit of the hole at least."""
MOST_HELPERS = 200
LEFT = 12
"""Visits left near each visit of the hole that are looked at too."""
FAR_IN_TIME = 0.15
"""How near a helper's visit is: travel, plus this share of the time between."""
STEPS = 1500
"""Iterations per row of the trade-off."""
HOT, COLD = 0.5, 0.01
"""Temperatures, as shares of what a visit of the part costs on average."""
DEAR = 10**9
"""Points of a broken promise while none may be broken."""


@dataclass(frozen=True, slots=True)
class Notice:
    """What somebody has to be told: a visit at another time, one that is new to them, or one no longer theirs."""

    visit: int
    helper: int
    before: int | None
    """Start that they were told; None: the visit is new to them."""
    after: int | None
    """Start that they are told now; None: they no longer make it."""
    counts: bool
    """It breaks a promise, and not the change itself did."""


@dataclass(frozen=True, slots=True)
class Repair:
    """One row of the trade-off. `cost` is the judge's of the whole changed day; `points` is it without `price`."""

    plan: Plan
    cost: int
    price: int
    """Points of the promises broken."""
    changes: int
    notices: tuple[Notice, ...]
    left: tuple[int, ...]
    """Visits of the hole, or made before, that nobody makes now."""

    @property
    def points(self) -> int:
        return self.cost - self.price


@dataclass(frozen=True, slots=True)
class Repairs:
    """The trade-off: fewest changes first, each row cheaper (changes not counted) than those before it."""

    problem: Problem
    """The day as it is now."""
    hole: tuple[int, ...]
    before: int
    """What the plan cost before the change."""
    rows: tuple[Repair, ...]

    @property
    def best(self) -> Repair | None:
        """The cheapest row, changes counted."""
        return min(self.rows, key=lambda row: (row.cost, row.changes), default=None)


def repair(problem: Problem, plan: Plan, changes: Iterable[Change], most: int = 3, seed: int = 1) -> Repairs:
    """What to do after these changes. For many questions about one plan make one `Repairing` and ask it."""
    return Repairing(problem, plan).after(changes, most, seed)


class Repairing:
    """One published plan, made ready to be asked what to do when something happens."""

    def __init__(self, problem: Problem, plan: Plan) -> None:
        self.problem, self.plan = problem, plan
        self.made = plan.made()
        self.cost = sum(breach.points for breach in judge(problem, plan))
        self.able: Bools = np.logical_and.reduce([rule.stands(problem) for rule in PAIRS])

    def after(
        self,
        changes: Iterable[Change],
        most: int = 3,
        seed: int = 1,
        steps: int = STEPS,
        now: int | None = None,
        reach: float = 1.0,
    ) -> Repairs:
        """The rows for 0 to `most` broken promises. What started before `now` stays; nothing else starts before it.
        `reach`: the share of the usual neighbourhood that is looked at.

        The same seed gives the same answer. ProblemError: a change names what is not there.
        """
        day = changed(self.problem, self.plan, changes)
        new = part(day.problem, day.kept, *self._around(day, reach))
        kept = new.inside(day.kept)
        search = _Search(new.problem if now is None else from_now_on(new.problem, kept, now), kept, seed)
        missed = self.made.keys() | set(day.hole)
        wanted = [number for number, visit in enumerate(new.visits) if visit in missed]
        plans = [new.whole(day.kept, mine) for mine in search.rows(wanted, most, steps)]
        found: list[Repair] = []
        for row in _Verdicts(self, day, list(dict.fromkeys(plans))).rows():
            if row.changes <= most and (not found or row.points < found[-1].points):
                found.append(row)
        return Repairs(day.problem, day.hole, self.cost, tuple(found))

    # the part of the day that is looked at

    def _around(self, day: Changed, reach: float) -> tuple[list[int], list[int]]:
        """Helpers and visits near the hole; the whole day where costs look at everybody."""
        if not is_local(day.problem):
            return list(range(len(day.problem.helpers))), list(range(len(day.problem.visits)))
        gone = self.made.keys() - {one.visit for one in day.kept.assignments}
        must = set(day.helpers) | {one.helper for visit in gone for one in self.made[visit]}
        must |= {helper for pin in day.problem.pins if pin.visit in day.hole for helper in pin.helpers}
        chosen: dict[int, None] = {}
        for able, near in ((True, NEAR_ABLE), (False, NEAR_OTHERS)):
            share = int(reach * max(FEWEST, (near + FEWEST * len(day.hole)) / max(1, len(day.hole))))
            for visit in day.hole:
                chosen |= dict.fromkeys(islice(self._helpers_near(day.problem, visit, able), share))
        helpers = must | set(list(chosen)[:MOST_HELPERS])
        left = {visit for hole in day.hole for visit in self._left_near(day.problem, hole)}
        return sorted(helpers), sorted(set(day.hole) | left | gone)

    def _helpers_near(self, problem: Problem, visit: int, able: bool) -> Iterator[int]:
        """Helpers who may make the visit, or those who may not, the nearest in place and time first."""
        wanted = problem.visits[visit]
        way = self._tables[self._spots.mode, self._spots.place, wanted.place]
        middle = (wanted.windows[0].earliest + max(window.latest for window in wanted.windows)) // 2
        apart = np.where(self._spots.time < 0, 0, np.abs(self._spots.time - middle))
        far = np.full(len(problem.helpers), np.inf)
        np.minimum.at(far, self._spots.helper, way + FAR_IN_TIME * apart)
        order = np.argsort(far, kind="stable")
        order = order[np.isfinite(far[order])]
        yield from order[self._may(problem, visit)[order] == able].tolist()

    def _may(self, problem: Problem, visit: int) -> Bools:
        """(H,) who may make the visit, as far as the pair tells."""
        if visit < len(self.problem.visits) and problem.pins is self.problem.pins:
            may: Bools = self.able[visit]
            return may
        told = (
            any((breach := rule.breach(problem, visit, helper)) is not None and breach.hard for rule in PAIRS)
            for helper in range(len(problem.helpers))
        )
        return ~np.fromiter(told, bool, len(problem.helpers))

    def _left_near(self, problem: Problem, hole: int) -> list[int]:
        """Visits that nobody makes anyway, by their way from the hole; none that hang on others."""
        place = problem.visits[hole].place
        far = self._tables[0, [problem.visits[visit].place for visit in self._left], place]
        return [self._left[number] for number in np.argsort(far, kind="stable")[:LEFT].tolist()]

    @cached_property
    def _left(self) -> list[int]:
        linked = {visit for link in self.problem.links for visit in (link.first, link.second)}
        everything = range(len(self.problem.visits))
        return [visit for visit in everything if visit not in self.made and visit not in linked]

    @cached_property
    def _tables(self) -> NDArray[np.int32]:
        return np.stack([travel.matrix for travel in self.problem.travel])

    @cached_property
    def _spots(self) -> "_Spots":
        """Where helpers are during the day: at their shifts' starts (any time) and at their visits."""
        rows = [
            (number, shift.start_place, -1)
            for number, helper in enumerate(self.problem.helpers)
            for shift in helper.shifts
            if shift.start < shift.end
        ]
        rows += [(one.helper, self.problem.visits[one.visit].place, one.start) for one in self.plan.assignments]
        helper, place, time = np.array(rows, np.int64).reshape(len(rows), 3).T
        modes = np.array([one.mode for one in self.problem.helpers], np.int64)
        return _Spots(helper, place, time, modes[helper])


class _Verdicts:
    """What the judge says of plans for one changed day. Only helpers whose day differs are judged, before and after;
    all of them where costs look at everybody. That is exact (`solver.part`), and far quicker."""

    def __init__(self, ready: Repairing, day: Changed, plans: Sequence[Plan]) -> None:
        self.ready, self.day, self.plans = ready, day, plans
        self.before = set(ready.plan.assignments)
        differ = {one for plan in plans for one in self.before.symmetric_difference(plan.assignments)}
        differ |= self.before.symmetric_difference(day.kept.assignments)
        helpers = {one.helper for one in differ} | set(day.helpers)
        self.visits = {one.visit for one in differ} | set(day.hole)
        if not is_local(day.problem):
            helpers, self.visits = set(range(len(day.problem.helpers))), set(range(len(day.problem.visits)))
        self.helpers = helpers
        old = part(ready.problem, ready.plan, helpers, self.visits)
        self.new = part(day.problem, day.kept, helpers, self.visits)
        told = judge(old.problem, old.inside(ready.plan))
        self.outside = ready.cost - sum(breach.points for breach in told)
        self.known = {(breach.rule, self._whole(old, breach.visits), breach.helpers) for breach in hard(told)}

    def rows(self) -> Iterator[Repair]:
        """The judged plans, without those that break a rule that holds; what broke it before is no news."""
        for plan in self.plans:
            breaches = judge(self.new.problem, self.new.inside(plan))
            if not any(self._is_new(plan, breach) for breach in hard(breaches)):
                yield self._row(plan, self.outside + sum(breach.points for breach in breaches))

    def _is_new(self, plan: Plan, breach: Breach) -> bool:
        """It is about visits that are made, or about none; a visit that is left is told as such."""
        visits = self._whole(self.new, breach.visits)
        if (breach.rule, visits, breach.helpers) in self.known:
            return False
        return not visits or any(one.visit in visits for one in plan.assignments)

    def _whole(self, some: Part, visits: tuple[int, ...]) -> tuple[int, ...]:
        return tuple(some.visits[visit] for visit in visits)

    def _row(self, plan: Plan, cost: int) -> Repair:
        notices = tuple(self._notices(plan))
        broken = sum(one.counts for one in notices)
        making, standing = ({one.visit for one in some.assignments} for some in (plan, self.day.kept))
        left = (standing | set(self.day.hole)) - making
        price = broken * self.day.problem.weights.stability
        return Repair(replace(plan, objective=cost), cost, price, broken, notices, tuple(sorted(left)))

    def _notices(self, plan: Plan) -> Iterator[Notice]:
        """Everybody whose day is now another than they know, in order of visit and helper."""
        known = {(one.visit, one.helper): one.start for one in self.before if one.helper in self.helpers}
        now = {(one.visit, one.helper): one.start for one in plan.assignments if one.helper in self.helpers}
        for pair in sorted(known.keys() | now.keys()):
            before, after = known.get(pair), now.get(pair)
            counts = self._counts(pair, before, after)
            if before is None or after is None or counts or (pair not in self._promises and before != after):
                yield Notice(pair[0], pair[1], before, after, counts)

    def _counts(self, pair: tuple[int, int], before: int | None, after: int | None) -> bool:
        """A promise held until now is broken; those that were broken before are nobody's fault here."""
        told = self._promises.get(pair)
        if told is None or not stability.holds(self.ready.problem, told, before):
            return False
        return not stability.holds(self.day.problem, told, after)

    @cached_property
    def _promises(self) -> dict[tuple[int, int], Published]:
        return {(told.visit, told.helper): told for told in self.day.problem.published if told.helper in self.helpers}


@dataclass(frozen=True, slots=True)
class _Spots:
    """(N,) each."""

    helper: Ints
    place: Ints
    time: Ints
    """-1: any."""
    mode: Ints


class _Search:
    """The part packed for the kernels, with a price of promises that can be set."""

    def __init__(self, problem: Problem, kept: Plan, seed: int) -> None:
        self.promises = len(problem.published)
        tolerance = MOST_TICKS if problem.told_tolerance is None else problem.told_tolerance
        weights = replace(problem.weights, stability=1)
        self.numbers = model(replace(problem, weights=weights, told_tolerance=tolerance))
        self.day = pack(self.numbers)
        if problem.told_tolerance is None:
            self.day["told"]["hold"] = 0
        self.price = 1
        self.state = new_state(self.day, seed, 0)
        self.kept = self._rows_of(kept)
        self.guide = max(1, min(problem.weights.stability or 1, self._heat(problem)))

    def _heat(self, problem: Problem) -> int:
        return int(np.mean([visit.priority for visit in problem.visits] or [1]))

    def rows(self, wanted: Iterable[int], most: int, steps: int) -> Iterator[Plan]:
        """The best plan with at most 0, 1, ... broken promises, each search beginning where the last one ended."""
        start: NDArray[np.int64] = self.kept
        groups = self.day["visit_group"]
        holes: NDArray[np.int64] | None = None
        for allowed in range(most + 1):
            self._set_price(DEAR if allowed == 0 else self.guide)
            clear(self.day, self.state)
            load_kept(self.day.record, self.state.record, *start.T.copy())
            if allowed and not self.promises:
                return
            if holes is None:
                left = {int(groups[visit]) for visit in wanted if not self._is_made(visit)}
                holes = np.array(sorted(left), np.int64)
            if not len(holes):
                yield self._plan(self._current())
                return
            heat = self._temperature()
            _, broken = mend(
                self.day.record, self.state.record, holes, steps, HOT * heat, COLD * heat, self.promises, allowed, 0
            )
            if broken >= 0:
                start = self._best()
                yield self._plan(start)

    def _temperature(self) -> float:
        """What a made visit costs on average, promises not counted."""
        loads = self.state["loads"]
        held = held_by_all(self.day.record, self.state.record)
        return max(1.0, abs(float(loads["cost"].sum() + self.price * held)) / max(1, int(loads["count"].sum())))

    def _set_price(self, points: int) -> None:
        """Let a broken promise cost so many points from now on."""
        numbers = self.numbers
        np.subtract.at(self.day["pair"], (numbers.told_visit, numbers.told_helper), points - self.price)
        self.day.record["moved_rate"] = points
        self.price = points

    def _is_made(self, visit: int) -> bool:
        return bool(self.state["spots"]["shift"][self.numbers.first_duty[visit]] >= 0)

    def _rows_of(self, plan: Plan) -> NDArray[np.int64]:
        """(N, 3) duty, shift and 0 of each assignment, in the order of the shifts; a visit that one of its helpers may
        not make any more is left out. Pinned helpers keep their duty."""
        free = {visit: self._duties(visit) for visit in plan.made()}
        rows, barred = [], set()
        for one in sorted(plan.assignments):
            duty = next((duty for duty in free[one.visit] if self.numbers.may[duty, one.helper]), None)
            shifts = self.numbers.first_shift[one.helper + 1] - self.numbers.first_shift[one.helper]
            if duty is None or one.shift >= shifts:
                barred.add(one.visit)
                continue
            free[one.visit].remove(duty)
            rows.append((duty, int(self.numbers.first_shift[one.helper]) + one.shift, 0))
        rows = [row for row in rows if int(self.numbers.duty_visit[row[0]]) not in barred]
        return np.array(rows, np.int64).reshape(len(rows), 3)

    def _duties(self, visit: int) -> list[int]:
        first, end = self.numbers.first_duty[visit : visit + 2]
        return list(range(int(first), int(end)))

    def _current(self) -> NDArray[np.int64]:
        for name in ("stops", "loads"):
            self.state[f"best_{name}"][:] = self.state[name]
        return self._best()

    def _best(self) -> NDArray[np.int64]:
        """(N, 3) duty, shift and looseness of the best plan."""
        rows = [
            (int(stop["duty"]), shift, int(stop["loose"]))
            for shift, count in enumerate(self.state["best_loads"]["count"].tolist())
            for stop in self.state["best_stops"][shift, 1 : count + 1]
        ]
        return np.array(rows, np.int64).reshape(len(rows), 3)

    def _plan(self, rows: Sequence[Sequence[int]] | NDArray[np.int64]) -> Plan:
        made = []
        for shift, count in enumerate(self.state["best_loads"]["count"].tolist()):
            helper = int(self.day["shifts"]["helper"][shift])
            number = shift - int(self.numbers.first_shift[helper])
            for stop in self.state["best_stops"][shift, 1 : count + 1]:
                made.append(Assignment(helper, number, int(stop["start"]), int(self.numbers.duty_visit[stop["duty"]])))
        return Plan(tuple(sorted(made)))
