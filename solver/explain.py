"""Why a visit is not made, and why not by this helper. What is said here is tried out, never guessed.

`why_not` puts the visit into the helper's day in the best way there is and lets the judge speak. `why_unassigned` asks
for every helper at once which rules stop them; who is stopped by none can really come, and then the reason says so.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from solver.judge import hard
from solver.model import MANDATORY, Bools, Ints
from solver.openings import FOREVER, Fits, Span, Spans, asks_for_rest, fit
from solver.part import difference
from solver.plan import Assignment, Breach, Plan
from solver.problem import Link, Problem
from solver.rules import PAIRS, RULES
from solver.ways import Way, Ways

COULD = "{helper} could make {visit} at {start_at}; that costs {points} points more than leaving it."
COULD_MOVING = (
    "{helper} could make {visit} at {start_at} if {moves} other visits started at other times; that costs {points} "
    "points more than leaving it."
)
OVERLOOKED = "{helper} could make {visit} at {start_at}, and that would be better; the search has not come to it."
OVERLOOKED_MOVING = (
    "{helper} could make {visit} at {start_at} if {moves} other visits started at other times, and that would be "
    "better; the search has not come to it."
)
INSTEAD = (
    "{helper} could make {visit} at {start_at} in place of who makes it now; the plan would cost {points} points more."
)
INSTEAD_BETTER = "{helper} could make {visit} at {start_at} in place of who makes it now; the plan would cost no more."
NOBODY_MAY = "None of the {helpers} helpers may make {visit}, whatever else they do."
NOBODY_COMES = "{suited} of {helpers} helpers may make {visit}, and none of them could even on an empty day."
BUSY = "{suited} of {helpers} helpers may make {visit}; {busy} of them could if other visits were taken from them."
AT_A_LIMIT = (
    "{suited} of {helpers} helpers may make {visit}; each of them is away, too far off, or stopped by a limit that "
    "other visits have used up."
)
NOT_AT_ONCE = "{visit} needs {people} people at once; {free} helpers have room for it, but never so many together."
NOT_TOGETHER = (
    "{visit} is made only together with {others}; {free} helpers have room for it, but no time and people were found "
    "for all."
)
WITHOUT_PARTNER = (
    "{visit} is made only together with {others}, which nobody has room for; {free} helpers have room for it."
)
TEXTS = (
    *(COULD, COULD_MOVING, OVERLOOKED, OVERLOOKED_MOVING, INSTEAD, INSTEAD_BETTER),
    *(NOBODY_MAY, NOBODY_COMES, BUSY, AT_A_LIMIT, NOT_AT_ONCE, NOT_TOGETHER, WITHOUT_PARTNER),
)
STOPS: Mapping[str, str] = {
    "skilled": "{count} helpers lack a skill that {visit} needs.",
    "certified": "{count} helpers have a certificate for {visit} that runs out too soon.",
    "speaks": "{count} helpers speak none of the languages of {visit}.",
    "gender": "{count} helpers are not of the gender that {visit} must have.",
    "barred": "{count} helpers are barred from {visit}.",
    "allowed": "{count} helpers are not among those who may make {visit}.",
    "nearby": "{count} helpers would have {visit} outside their circle.",
    "shift": "{count} helpers are not there when {visit} could be made, or could not be back in time.",
    "overlap": "{count} helpers are busy with other visits when {visit} could be made.",
    "rest": "{count} helpers would miss their rest for {visit}.",
    "most_work": "{count} helpers would serve longer than they can with {visit}.",
    "most_visits": "{count} helpers make as many visits as they can without {visit}.",
    "coverage": "{count} helpers have room for {visit}, but it needs more people at the same time.",
    "linked": "{count} helpers cannot make {visit} together with the visits to which it belongs.",
    "pinned": "{count} helpers are not those to whom {visit} is pinned.",
    "purse": "{count} helpers charge more for {visit} than its purse still holds.",
    "lending": "{count} helpers cannot come to {visit}, because their community has lent as many as agreed.",
}
"""What a rule says of all helpers whom it stops; rules that never stop anybody are not here."""


@dataclass(frozen=True, slots=True)
class Stop:
    """How many helpers one rule keeps from a visit: `helpers` counted here first, `total` also those stopped before."""

    rule: str
    helpers: int
    total: int
    visit: str

    @property
    def text(self) -> str:
        return STOPS[self.rule]

    @property
    def sentence(self) -> str:
        return self.text.format(count=self.total, visit=self.visit)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A helper who could come, or nearly: the rules that stop them (none: they could), and how far from home it is."""

    helper: int
    rules: tuple[str, ...]
    travel: int | None
    """Ticks from home, or from the first start place of who has no home recorded."""
    points: int | None = None
    """What sending them costs; None where a rule stops them or nobody worked it out."""
    start: int | None = None
    moves: int = 0
    """Visits of theirs that would have to start at another time."""


@dataclass(frozen=True, slots=True)
class Reasons:
    """Why nobody makes a visit. Where `points` is a number it could be made, for so much more than leaving it."""

    visit: int
    text: str
    values: Mapping[str, object] = field(default_factory=dict)
    stops: tuple[Stop, ...] = ()
    free: int = 0
    """Helpers whom no rule stops by themselves."""
    nearest: tuple[Candidate, ...] = ()
    points: int | None = None

    @property
    def sentence(self) -> str:
        return Breach("", self.text, self.values).sentence


def why_unassigned(problem: Problem, plan: Plan, visit: int) -> Reasons:
    """Why nobody makes this visit. For many visits of one plan make one `Explainer` and ask it."""
    return Explainer(problem, plan).why_unassigned(visit)


def why_not(problem: Problem, plan: Plan, visit: int, helper: int) -> list[Breach]:
    """The rules that stand between: of the pair, or else what the best try to fit it into the day would break.

    Empty where the helper makes the visit already; one breach that is not hard where they could.
    """
    return Explainer(problem, plan).why_not(visit, helper)


class Explainer:
    """One plan, asked many times; what holds for all visits is worked out once."""

    def __init__(self, problem: Problem, plan: Plan) -> None:
        self.problem, self.plan = problem, plan
        self.made = plan.made()
        self.links: dict[int, list[Link]] = {}
        for link in problem.links:
            self.links.setdefault(link.first, []).append(link)
            self.links.setdefault(link.second, []).append(link)

    @cached_property
    def ways(self) -> Ways:
        return Ways(self.problem, self.plan)

    @cached_property
    def stands(self) -> list[tuple[str, Bools]]:
        return [(rule.NAME, rule.stands(self.problem)) for rule in PAIRS]

    # why nobody

    def why_unassigned(self, visit: int) -> Reasons:
        if visit in self.made:
            rest = tuple(one for one in self.plan.assignments if one.visit != visit)
            return Explainer(self.problem, Plan(rest)).why_unassigned(visit)
        if not self.problem.helpers:
            return Reasons(visit, NOBODY_MAY, self._values(visit, helpers=0))
        may = self.spans(visit)
        fits = self.ways.openings.fits(visit, may)
        stopped = self.stopped(visit, may, fits)
        free = ~np.logical_or.reduce(list(stopped.values()))
        ways = self.ways.nearest(visit, fits, may, free)
        together = self.together(visit, may, fits, free, ways)
        text, values, points = self._told(visit, may, fits, stopped, free, together)
        if not together and free.any():
            name = "linked" if visit in self.links else "coverage"
            stopped[name] = stopped.get(name, False) | free
        return Reasons(
            visit=visit,
            text=text,
            values=values,
            stops=self._counted(visit, stopped),
            free=int(free.sum()),
            nearest=self._nearest(visit, stopped, ways),
            points=points,
        )

    def spans(self, visit: int) -> Spans:
        """The starts that the windows, a pin and the people who are there already leave."""
        may = self.ways.openings.spans(visit)
        for one in self.made.get(visit, [])[:1]:
            may = tuple(Span(one.start, one.start, span.window) for span in may if span.first <= one.start <= span.last)
        for link in self.links.get(visit, []):
            may = self._linked(may, link, visit)
        return may

    def _linked(self, may: Spans, link: Link, visit: int) -> Spans:
        """Cut to what the other visit's start allows, where that one is made."""
        other = link.first + link.second - visit
        if other not in self.made:
            return may
        start = self.made[other][0].start
        if link.same_window:
            windows = {span.window for span in self.ways.openings.spans(other) if span.first <= start <= span.last}
            may = tuple(span for span in may if span.window in windows)
        if link.least is None or link.most is None:
            return may
        least, most = (link.least, link.most) if visit == link.second else (-link.most, -link.least)
        cut = (Span(max(span.first, start + least), min(span.last, start + most), span.window) for span in may)
        return tuple(span for span in cut if span.first <= span.last)

    def stopped(self, visit: int, may: Spans, fits: Fits) -> dict[str, Bools]:
        """Per rule: (H,) the helpers whom it stops. Whoever is left over has an opening that works out."""
        limits = self.ways.limits
        stopped = {name: ~stands[visit] for name, stands in self.stands}
        stopped["shift"] = ~self._anywhere(fits.alone)
        stopped["nearby"] = stopped["nearby"] | ~(self._anywhere(fits.near) | stopped["shift"])
        stopped["most_visits"] = limits.full
        stopped["most_work"] = limits.spare < self.problem.visits[visit].duration
        stopped["purse"] = limits.too_dear(visit)
        stopped["lending"] = limits.lent_out(visit)
        stopped["linked"] = self._partners(visit)
        room = self._anywhere(fits.in_time & fits.near)
        stopped["overlap"] = ~(room | stopped["shift"] | stopped["nearby"])
        stopped["rest"] = self._restless(visit, may, fits, ~np.logical_or.reduce(list(stopped.values())))
        return stopped

    def _anywhere(self, openings: Bools) -> Bools:
        """(H,) from (N,): the helper has one such opening."""
        found = np.zeros(len(self.problem.helpers), bool)
        found[self.ways.openings.turns.helper[openings]] = True
        return found

    def _partners(self, visit: int) -> Bools:
        """(H,) who makes a linked visit that asks for different people."""
        found = np.zeros(len(self.problem.helpers), bool)
        for link in self.links.get(visit, []):
            if link.apart:
                found[[one.helper for one in self.made.get(link.first + link.second - visit, [])]] = True
        return found

    def _restless(self, visit: int, may: Spans, fits: Fits, asked: Bools) -> Bools:
        """(H,) who has openings, but none that leaves them their rest."""
        restless = np.zeros(len(asked), bool)
        for helper in np.flatnonzero(asked & self._rests).tolist():
            restless[helper] = not self.ways.starts(visit, helper, fits, may)
        return restless

    @cached_property
    def _rests(self) -> Bools:
        """(H,) a shift of theirs asks for a rest."""
        return np.array(
            [
                any(asks_for_rest(self.problem, number, shift) for shift in who.shifts)
                for number, who in enumerate(self.problem.helpers)
            ],
            bool,
        )

    def together(self, visit: int, may: Spans, fits: Fits, free: Bools, ways: list[Way]) -> list[Way]:
        """The ways of all who are needed, at starts that go together; empty where none were found."""
        open_links = [link for link in self.links.get(visit, []) if link.first + link.second - visit not in self.made]
        if len(open_links) == 1:
            return self._pair(visit, open_links[0], may, fits, free)
        if open_links:
            return []
        if self.problem.visits[visit].people > 1:
            return self.ways.at_once(visit, may, fits, free)
        best = min(ways, key=lambda way: (way.points, way.moves, way.helper), default=None)
        return [best] if best else []

    def _pair(self, visit: int, link: Link, may: Spans, fits: Fits, free: Bools) -> list[Way]:
        other = link.first + link.second - visit
        if len(self.links[other]) > 1 or max(self.problem.visits[one].people for one in (visit, other)) > 1:
            return []
        sides = {visit: (may, fits, free), other: self._free(other)}
        return sorted(
            self.ways.as_pair(link, sides[link.first], sides[link.second]), key=lambda way: way.visit != visit
        )

    def _free(self, visit: int) -> tuple[Spans, Fits, Bools]:
        """The starts that are left, the openings, and (H,) the helpers whom no rule stops."""
        may = self.spans(visit)
        fits = self.ways.openings.fits(visit, may)
        return may, fits, ~np.logical_or.reduce(list(self.stopped(visit, may, fits).values()))

    # what is said

    def _values(self, visit: int, **more: object) -> dict[str, object]:
        return {"visit": self.problem.visits[visit].key, **more}

    def _told(
        self, visit: int, may: Spans, fits: Fits, stopped: dict[str, Bools], free: Bools, together: list[Way]
    ) -> tuple[str, dict[str, object], int | None]:
        """The sentence, its values, and the points that making the visit would cost more."""
        if together:
            left = sum(self._left(one) for one in {way.visit for way in together})
            points = sum(way.points for way in together) - left
            return *self._told_of_ways(visit, together, points), points
        if free.any():
            return *self._told_of_company(visit, int(free.sum())), None
        suited = ~np.logical_or.reduce([stopped[rule.NAME] for rule in PAIRS if rule.NAME != "nearby"])
        values = self._values(visit, helpers=len(free), suited=int(suited.sum()))
        if not suited.any():
            return NOBODY_MAY, values, None
        if not (suited & ~stopped["shift"] & ~stopped["nearby"]).any():
            return NOBODY_COMES, values, None
        busy = suited & self._idle_could(visit, may, fits, stopped)
        return (BUSY if busy.any() else AT_A_LIMIT), values | {"busy": int(busy.sum())}, None

    def _left(self, visit: int) -> int:
        """Points that leaving the visit costs; a mandatory or pinned one is worth any price."""
        wanted, pinned = self.problem.visits[visit], visit in self.ways.pins
        return (MANDATORY if wanted.mandatory else wanted.priority) + MANDATORY * pinned

    def _told_of_ways(self, visit: int, together: list[Way], points: int) -> tuple[str, dict[str, object]]:
        moves = sum(way.moves for way in together)
        values = self._values(
            visit,
            helper=", ".join(self.problem.helpers[way.helper].key for way in together),
            start_at=self.problem.minutes(together[0].start),
            points=points,
            moves=moves,
        )
        if points > 0:
            return (COULD_MOVING if moves else COULD), values
        return (OVERLOOKED_MOVING if moves else OVERLOOKED), values

    def _told_of_company(self, visit: int, free: int) -> tuple[str, dict[str, object]]:
        if visit not in self.links:
            return NOT_AT_ONCE, self._values(visit, people=self.problem.visits[visit].people, free=free)
        others = sorted({link.first + link.second - visit for link in self.links[visit]})
        closed = [other for other in others if other not in self.made and not self._free(other)[2].any()]
        keys = ", ".join(self.problem.visits[other].key for other in closed or others)
        return (WITHOUT_PARTNER if closed else NOT_TOGETHER), self._values(visit, others=keys, free=free)

    def _idle_could(self, visit: int, may: Spans, fits: Fits, stopped: dict[str, Bools]) -> Bools:
        """(H,) who could come if they had nothing else to do today."""
        limits = self.ways.limits
        able = (limits.most_visits > 0) & (limits.most_work >= self.problem.visits[visit].duration)
        for name in ("shift", "nearby", "linked", "purse", "lending"):
            able &= ~stopped[name]
        could = np.zeros(len(able), bool)
        for helper in np.flatnonzero(able).tolist():
            shifts = range(len(self.problem.helpers[helper].shifts))
            could[helper] = any(fit(self.problem, helper, number, [(visit, may)]) is not None for number in shifts)
        return could

    def _counted(self, visit: int, stopped: dict[str, Bools]) -> tuple[Stop, ...]:
        """In the order of the rules, each helper under the first one that stops them."""
        left, stops = np.ones(len(self.problem.helpers), bool), []
        for rule in RULES:
            here = stopped.get(rule.NAME)
            if here is not None and here.any():
                key = self.problem.visits[visit].key
                stops.append(Stop(rule.NAME, int((here & left).sum()), int(here.sum()), key))
                left &= ~here
        return tuple(stops)

    def _nearest(self, visit: int, stopped: dict[str, Bools], ways: list[Way], most: int = 5) -> tuple[Candidate, ...]:
        """Who is stopped by the fewest rules, then the cheapest, then the nearest."""
        travel = self.from_home(visit)
        by_helper = {way.helper: way for way in ways}
        count = np.add.reduce([here.astype(np.int64) for here in stopped.values()])
        price = np.full(len(count), FOREVER, np.int64)
        for way in ways:
            price[way.helper] = way.points
        order = np.lexsort((np.arange(len(count)), travel, price, count))[:most].tolist()
        return tuple(self._candidate(helper, int(travel[helper]), stopped, by_helper.get(helper)) for helper in order)

    def _candidate(self, helper: int, travel: int, stopped: dict[str, Bools], way: Way | None) -> Candidate:
        return Candidate(
            helper=helper,
            rules=tuple(rule.NAME for rule in RULES if rule.NAME in stopped and stopped[rule.NAME][helper]),
            travel=travel if travel < FOREVER else None,
            points=way.points if way else None,
            start=way.start if way else None,
            moves=way.moves if way else 0,
        )

    def from_home(self, visit: int) -> Ints:
        """(H,) ticks from home to the visit, or from the first start place."""
        openings, place = self.ways.openings, self.problem.visits[visit].place
        ways = openings.from_home(place)
        for helper in np.flatnonzero(ways >= FOREVER).tolist():
            who = self.problem.helpers[helper]
            if who.shifts:
                ways[helper] = openings.tables[who.mode, who.shifts[0].start_place, place]
        return ways

    # why not by this one

    def why_not(self, visit: int, helper: int) -> list[Breach]:
        if any(one.helper == helper for one in self.made.get(visit, [])):
            return []
        told = [breach for rule in PAIRS if (breach := rule.breach(self.problem, visit, helper)) and breach.hard]
        return told or self._tried(visit, helper)

    def _tried(self, visit: int, helper: int) -> list[Breach]:
        """What the judge says of the best try; the helper takes the place of the last who makes the visit now."""
        base = Explainer(self.problem, self.without_one(visit))
        best = min(base._tries(visit, helper), key=lambda plan: base._severity(plan, helper))
        points, new = difference(self.problem, self.plan, best)
        if new:
            return new
        start = next(one.start for one in best.assignments if (one.visit, one.helper) == (visit, helper))
        moves = len(set(base.plan.assignments) - set(best.assignments))
        return [self._possible(visit, helper, start, moves, points)]

    def without_one(self, visit: int) -> Plan:
        """The plan with a place left at the visit; nobody who is pinned goes."""
        pin = self.ways.pins.get(visit)
        pinned = pin.helpers if pin else ()
        there = sorted(self.made.get(visit, []), key=lambda one: one.helper not in pinned)
        gone = set(there[self.problem.visits[visit].people - 1 :])
        return Plan(tuple(one for one in self.plan.assignments if one not in gone))

    def _tries(self, visit: int, helper: int) -> Iterator[Plan]:
        """Plans with the visit in the helper's day: those that work out, or else every place in the order."""
        may = self.spans(visit)
        fits = self.ways.openings.fits(visit, may)
        way = self.ways.way(visit, helper, fits, may)
        if way:
            yield self._with(helper, way.shift, way.day)
            return
        shifts = self.problem.helpers[helper].shifts
        if not shifts:
            yield self._with(helper, 0, (Assignment(helper, 0, may[0].first if may else 0, visit),))
        for number in range(len(shifts)):
            for turn in range(len(self.ways.openings.tour(helper, number)) + 1):
                for kept in (True, False):
                    yield self._with(helper, number, self._forced(visit, helper, number, turn, kept))

    def _with(self, helper: int, number: int, day: tuple[Assignment, ...]) -> Plan:
        others = (one for one in self.plan.assignments if (one.helper, one.shift) != (helper, number))
        return Plan(tuple(sorted((*others, *day))))

    def _forced(self, visit: int, helper: int, number: int, turn: int, kept: bool) -> tuple[Assignment, ...]:
        """The shift with the visit in this turn, whatever that breaks: the others keep their starts, or give way."""
        shift, table = self.problem.helpers[helper].shifts[number], self._table(helper)
        made = [(one.visit, one.start) for one in self.ways.openings.days.get((helper, number), [])]
        free, place, day = shift.start, shift.start_place, []
        for one, planned in [*made[:turn], (visit, None), *made[turn:]]:
            wanted = self.problem.visits[one]
            ready = free + table.item(place, wanted.place)
            since = ready if planned is None or not kept else planned
            start = self._closest(visit, ready) if planned is None else max(planned, since)
            day.append(Assignment(helper, number, start, one))
            free, place = start + wanted.duration, wanted.place
        return tuple(sorted(day))

    def _table(self, helper: int) -> np.ndarray[tuple[int, ...], np.dtype[np.int32]]:
        return self.problem.travel[self.problem.helpers[helper].mode].matrix

    def _closest(self, visit: int, ready: int) -> int:
        """The first start that is left from then on, or the last one before it."""
        may = self.spans(visit)
        starts = [max(ready, span.first) for span in may if ready <= span.last]
        return min(starts) if starts else max((span.last for span in may), default=ready)

    def _severity(self, plan: Plan, helper: int) -> tuple[int, float, int]:
        """How bad a try is for the helper's own day: hard breaches, by how much, points."""
        mine = Plan(tuple(one for one in plan.assignments if one.helper == helper))
        rules = (rule for rule in RULES if rule.KIND in {"leg", "day"})
        found = [breach for rule in rules for breach in rule.judge(self.problem, mine)]
        over = [breach.values.get("over_minutes", 0) for breach in hard(found)]
        amount = sum(one for one in over if isinstance(one, int | float))
        return len(over), amount, sum(breach.points for breach in found)

    def _possible(self, visit: int, helper: int, start: int, moves: int, points: int) -> Breach:
        """The answer for who could come: what it would cost."""
        if visit in self.made:
            text = INSTEAD if points > 0 else INSTEAD_BETTER
        else:
            points -= MANDATORY * self.problem.visits[visit].mandatory
            text = (COULD_MOVING if moves else COULD) if points > 0 else OVERLOOKED_MOVING if moves else OVERLOOKED
        values = self._values(
            visit,
            helper=self.problem.helpers[helper].key,
            start_at=self.problem.minutes(start),
            points=points,
            moves=moves,
        )
        return Breach("coverage", text, values, max(0, points), visits=(visit,), helpers=(helper,))
