"""What would fix it: the smallest steps by which a visit that is left could be made, cheapest first.

Each rule that keeps somebody away is eased by its own measure: start later or sooner, walk farther, stay longer, one
visit more, a skill, one more person. How much is needed is found by trying: the day is eased, repaired in earnest
(`solver.repair`) and judged, and the least amount that still works is bisected. So nothing is said here that was not
worked out whole. What easing costs is a price in minutes on the way (`EASE`), so that unlike fixes stand in one order.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from solver.changes import Able, Altered, Change, Granted, Joined, Lent, Wanted
from solver.explain import Explainer
from solver.plan import Breach
from solver.problem import Helper, Problem, Shift, Skill, Visit
from solver.repair import Repair, Repairing
from solver.rules import fee

AFTER_ALL = "{helper} can make {visit} at {start_at} after all; nobody who was told something is told otherwise."
SHUFFLE = "{helper} can make {visit} at {start_at} if {changes} things that were told already are told otherwise."
INSTEAD = "{helper} can make {visit} at {start_at} if {others} is left instead."
LATER = "{helper} can make {visit} if it may start {more_minutes} minutes later than asked for, at {start_at}."
SOONER = "{helper} can make {visit} if it may start {more_minutes} minutes sooner than asked for, at {start_at}."
FARTHER = "{helper} can make {visit} at {start_at} if they walk {more_minutes} minutes farther than their circle."
STAYS = "{helper} can make {visit} at {start_at} if they stay {more_minutes} minutes longer, until {until_at}."
COMES = "{helper} can make {visit} at {start_at} if they come {more_minutes} minutes sooner, at {from_at}."
LEARNS = "{helper} could make {visit} at {start_at} if they had what it needs: {skills}."
RENEWS = "{helper} could make {visit} at {start_at} if these were renewed: {skills}."
SPEAKS = "{helper} could make {visit} at {start_at} with somebody beside them who speaks {languages}."
ACCEPTS = "{helper} could make {visit} at {start_at} if the resident accepts somebody of another gender."
ALLOWED = "{helper} could make {visit} at {start_at} if they were among those who may."
ONE_MORE = "{helper} can make {visit} at {start_at} if they make one visit more than they agreed to."
WORKS = "{helper} can make {visit} at {start_at} if they serve {more_minutes} minutes longer than they agreed to."
PAID = "{helper} can make {visit} at {start_at} if its purse holds {more_fen} yuan more."
LENDS = "{helper} can make {visit} at {start_at} if {lender} lends {borrower} one helper more."
PERSON = "One more person could make {visit} at {start_at}, there from {from_at} to {until_at}."
SKILLED_PERSON = "One more person with {skills} could make {visit} at {start_at}, there from {from_at} to {until_at}."
PEOPLE = "{people} more people could make {visit} at {start_at}, there from {from_at} to {until_at}."
TEXTS = (
    *(AFTER_ALL, SHUFFLE, INSTEAD, LATER, SOONER, FARTHER, STAYS, COMES, LEARNS, RENEWS, SPEAKS, ACCEPTS, ALLOWED),
    *(ONE_MORE, WORKS, PAID, LENDS, PERSON, SKILLED_PERSON, PEOPLE),
)
EASE: Mapping[str, int] = {
    **{"after_all": 0, "shuffle": 0, "instead": 0, "later": 2, "sooner": 2, "farther": 4, "stays": 3, "comes": 3},
    **{"one_more": 60, "works": 3, "paid": 0, "lends": 60, "accepts": 90, "speaks": 120, "renews": 240},
    **{"allowed": 240, "learns": 480, "person": 360},
}
"""What easing weighs, as minutes on the way: per minute for later, sooner, farther, stays, comes and works."""
STEP, MOST_MINUTES = 5, 120
WALK_STEP, MOST_WALK = 1, 20
TRIED = 3
"""Helpers per rule whose easing is tried, the nearest first."""
STEPS = 500
REACH = 0.4
"""Iterations per row of each repair, and the share of the helpers that a repair looks at otherwise."""


@dataclass(frozen=True, slots=True)
class Cure:
    """One way to make the visit after all; `changes` ease the day, `repair` is the judged answer to the eased day."""

    kind: str
    text: str
    values: Mapping[str, object]
    changes: tuple[Change, ...]
    repair: Repair
    points: int
    """What the whole plan costs more than now, where the visit is left; below 0 it costs less."""
    price: int
    """Points of the easing itself."""
    helper: int | None
    start: int

    @property
    def sentence(self) -> str:
        return Breach("", self.text, self.values).sentence


def cures(ready: Repairing, visit: int, most: int = 6, seed: int = 1) -> list[Cure]:
    """The cheapest first, by what they cost with their easing; at most two of a kind. Empty: nothing that was tried
    helps. The same seed gives the same answer."""
    kinds: dict[str, int] = {}
    chosen: list[Cure] = []
    for cure in sorted(_Cures(ready, visit, seed).found(), key=lambda one: (one.points + one.price, one.text)):
        kinds[cure.kind] = kinds.get(cure.kind, 0) + 1
        if kinds[cure.kind] <= 2 and len(chosen) < most:
            chosen.append(cure)
    return chosen


@dataclass(frozen=True, slots=True)
class _Easing:
    """One thing that could be easier: the changes for an amount, and what is said of it."""

    kind: str
    text: str
    changes: Callable[[int], tuple[Change, ...]]
    step: int = 0
    """Ticks between the amounts that are tried; 0: it is one thing or nothing."""
    top: int = 0
    values: Mapping[str, object] = field(default_factory=dict)
    wall: Callable[[int], Mapping[str, object]] = lambda amount: {}
    """Values that depend on the amount."""
    extra: int = 0
    """Points beside the price in `EASE`."""


class _Cures:
    """One visit of one plan, and what was learnt of it."""

    def __init__(self, ready: Repairing, visit: int, seed: int) -> None:
        self.ready, self.visit, self.seed = ready, visit, seed
        self.problem: Problem = ready.problem
        self.wanted: Visit = ready.problem.visits[visit]
        self.minute = ready.problem.ticks_per_minute
        self.asked = Explainer(ready.problem, ready.plan)
        may = self.asked.spans(visit)
        self.stopped = self.asked.stopped(visit, may, self.asked.ways.openings.fits(visit, may))
        self.near = np.argsort(self.asked.from_home(visit), kind="stable").tolist()

    def found(self) -> Iterator[Cure]:
        plain = self._rows(())
        yield from self._plain([row for row in plain if self.visit not in row.left])
        for easing in self._easings():
            cure = self._least(easing)
            if cure:
                yield cure

    def _rows(self, changes: tuple[Change, ...]) -> tuple[Repair, ...]:
        return self.ready.after([*changes, Wanted(self.visit)], seed=self.seed, steps=STEPS, reach=REACH).rows

    def _plain(self, rows: Sequence[Repair]) -> Iterator[Cure]:
        """Without easing anything: by moving others, or by leaving another visit."""
        for row in rows:
            if not row.left:
                kind, text = ("after_all", AFTER_ALL) if row.changes == 0 else ("shuffle", SHUFFLE)
                yield self._cure(kind, text, {"changes": row.changes}, (), row, 0)
        instead = min((row for row in rows if row.left), key=lambda row: row.cost, default=None)
        if instead:
            others = ", ".join(self.problem.visits[visit].key for visit in instead.left)
            yield self._cure("instead", INSTEAD, {"others": others}, (), instead, 0)

    def _least(self, easing: _Easing) -> Cure | None:
        """The smallest amount that works, by bisection; the last plan that worked is the answer."""
        high = max(1, easing.top // easing.step) if easing.step else 1
        best = self._tried(easing, high)
        low = 0
        while best is not None and easing.step and high - low > 1:
            middle = (low + high) // 2
            found = self._tried(easing, middle)
            low, high, best = (low, middle, found) if found else (middle, high, best)
        return best

    def _tried(self, easing: _Easing, count: int) -> Cure | None:
        amount = count * easing.step
        changes = easing.changes(amount)
        rows = [row for row in self._rows(changes) if not row.left]
        if not rows:
            return None
        row = min(rows, key=lambda one: one.cost)
        start = next(one.start for one in row.plan.assignments if one.visit == self.visit)
        needed = {"later": start - self._closes(), "sooner": self._opens() - start}.get(easing.kind, amount)
        values = {**easing.values, **easing.wall(amount)}
        if easing.step:
            values["more_minutes"] = self.problem.minutes(max(0, needed))
        per = max(0, needed) if easing.step else self.minute
        price = EASE[easing.kind] * per * max(1, self.problem.weights.travel) + easing.extra
        return self._cure(easing.kind, easing.text, values, changes, row, price)

    def _cure(
        self, kind: str, text: str, values: Mapping[str, object], changes: tuple[Change, ...], row: Repair, price: int
    ) -> Cure:
        made = [one for one in row.plan.assignments if one.visit == self.visit]
        known = [one.helper for one in made if one.helper < len(self.problem.helpers)]
        told = {
            "visit": self.wanted.key,
            "helper": ", ".join(self.problem.helpers[helper].key for helper in known),
            "start_at": self.problem.minutes(made[0].start),
            **values,
        }
        points = row.cost - self.ready.cost
        return Cure(kind, text, told, changes, row, points, price, known[0] if known else None, made[0].start)

    # what can be eased

    def _easings(self) -> Iterator[_Easing]:
        yield from self._times()
        yield from self._accepted()
        for helper in self._only("nearby"):
            yield self._walk(helper)
        for helper in self._only("shift"):
            yield from self._hours(helper)
        for helper in self._only("skilled"):
            yield self._taught(helper)
        for helper in self._only("certified"):
            yield self._renewed(helper)
        for helper in self._only("speaks"):
            yield self._helped(helper)
        for helper in self._only("allowed"):
            wanted = replace(self.wanted, allowed=(*(self.wanted.allowed or ()), helper))
            yield _Easing("allowed", ALLOWED, self._fixed(Altered(self.visit, wanted)))
        for helper in self._only("most_visits"):
            who = self.problem.helpers[helper]
            more = replace(who, most_visits=(who.most_visits or 0) + 1)
            yield _Easing("one_more", ONE_MORE, self._fixed(Able(helper, more)))
        for helper in self._only("most_work"):
            yield self._worked(helper)
        yield from self._shared()
        yield from self._people()

    def _only(self, rule: str) -> list[int]:
        """Helpers whom this rule alone keeps away, the nearest first."""
        if rule not in self.stopped:
            return []
        others = [mask for name, mask in self.stopped.items() if name != rule]
        alone = self.stopped[rule] & ~np.logical_or.reduce(others)
        return [helper for helper in self.near if alone[helper]][:TRIED]

    @staticmethod
    def _fixed(*changes: Change) -> Callable[[int], tuple[Change, ...]]:
        return lambda _: changes

    def _opens(self) -> int:
        return self.wanted.windows[0].earliest

    def _closes(self) -> int:
        return max(window.latest for window in self.wanted.windows)

    def _times(self) -> Iterator[_Easing]:
        """The last window closes later, or the first opens sooner."""
        if self.visit in self.asked.ways.pins:
            return
        first, *_, last = (*self.wanted.windows, self.wanted.windows[-1])
        inner = self.wanted.windows

        def later(amount: int) -> tuple[Change, ...]:
            windows = (*inner[:-1], replace(last, latest=last.latest + amount))
            return (Altered(self.visit, replace(self.wanted, windows=windows)),)

        def sooner(amount: int) -> tuple[Change, ...]:
            windows = (replace(first, earliest=max(0, first.earliest - amount)), *inner[1:])
            return (Altered(self.visit, replace(self.wanted, windows=windows)),)

        step, top = STEP * self.minute, MOST_MINUTES * self.minute
        if not self.wanted.soft_end:
            yield _Easing("later", LATER, later, step, top)
        yield _Easing("sooner", SOONER, sooner, step, top)

    def _accepted(self) -> Iterator[_Easing]:
        if self.wanted.gender is not None and self.wanted.gender_required and self._only("gender"):
            easier = replace(self.wanted, gender_required=False)
            yield _Easing("accepts", ACCEPTS, self._fixed(Altered(self.visit, easier)))

    def _walk(self, helper: int) -> _Easing:
        who = self.problem.helpers[helper]

        def farther(amount: int) -> tuple[Change, ...]:
            return (Able(helper, replace(who, circle=(who.circle or 0) + amount)),)

        return _Easing("farther", FARTHER, farther, WALK_STEP * self.minute, MOST_WALK * self.minute)

    def _hours(self, helper: int) -> Iterator[_Easing]:
        who = self.problem.helpers[helper]
        for number, shift in enumerate(who.shifts):
            before = who.shifts[number - 1].end if number else 0
            after = who.shifts[number + 1].start if number + 1 < len(who.shifts) else None
            top = MOST_MINUTES * self.minute

            def longer(amount: int, number: int = number, shift: Shift = shift) -> tuple[Change, ...]:
                return (self._with_shift(helper, number, replace(shift, end=shift.end + amount)),)

            def until(amount: int, shift: Shift = shift) -> Mapping[str, object]:
                return {"until_at": self.problem.minutes(shift.end + amount)}

            def earlier(amount: int, number: int = number, shift: Shift = shift) -> tuple[Change, ...]:
                return (self._with_shift(helper, number, replace(shift, start=shift.start - amount)),)

            def since(amount: int, shift: Shift = shift) -> Mapping[str, object]:
                return {"from_at": self.problem.minutes(shift.start - amount)}

            step = STEP * self.minute
            room = top if after is None else min(top, after - shift.end)
            if room >= step and shift.end + room >= self._opens():
                yield _Easing("stays", STAYS, longer, step, room // step * step, wall=until)
            room = min(top, shift.start - before)
            if room >= step and shift.start - room <= self._closes() + self.wanted.duration:
                yield _Easing("comes", COMES, earlier, step, room // step * step, wall=since)

    def _with_shift(self, helper: int, number: int, shift: Shift) -> Able:
        who = self.problem.helpers[helper]
        return Able(helper, replace(who, shifts=(*who.shifts[:number], shift, *who.shifts[number + 1 :])))

    def _taught(self, helper: int) -> _Easing:
        who = self.problem.helpers[helper]
        lacked = [name for name in self.wanted.skills if name not in {skill.name for skill in who.skills}]
        more = replace(who, skills=(*who.skills, *(Skill(name) for name in lacked)))
        return _Easing("learns", LEARNS, self._fixed(Able(helper, more)), values={"skills": ", ".join(lacked)})

    def _renewed(self, helper: int) -> _Easing:
        who = self.problem.helpers[helper]
        needed = [skill.name for skill in who.skills if skill.name in self.wanted.skills and skill.expires is not None]
        skills = tuple(replace(skill, expires=None) if skill.name in needed else skill for skill in who.skills)
        values = {"skills": ", ".join(sorted(set(needed)))}
        return _Easing("renews", RENEWS, self._fixed(Able(helper, replace(who, skills=skills))), values=values)

    def _helped(self, helper: int) -> _Easing:
        who = self.problem.helpers[helper]
        more = replace(who, languages=(*who.languages, self.wanted.languages[0]))
        values = {"languages": ", ".join(self.wanted.languages)}
        return _Easing("speaks", SPEAKS, self._fixed(Able(helper, more)), values=values)

    def _worked(self, helper: int) -> _Easing:
        who = self.problem.helpers[helper]

        def longer(amount: int) -> tuple[Change, ...]:
            return (Able(helper, replace(who, most_work=(who.most_work or 0) + amount)),)

        top = -(-self.wanted.duration // (STEP * self.minute)) * STEP * self.minute
        return _Easing("works", WORKS, longer, STEP * self.minute, top)

    def _shared(self) -> Iterator[_Easing]:
        """A purse or a lending cap that is used up."""
        limits = self.asked.ways.limits
        for helper in self._only("purse")[:1] if self.wanted.purse is not None else ():
            purse = self.wanted.purse or 0
            fen = fee.charged(self.problem, self.visit, helper) - limits.budgets[purse]
            points = fen * max(1, self.problem.weights.fee) // 100
            yield _Easing("paid", PAID, self._fixed(Granted(purse, fen)), values={"more_fen": fen}, extra=points)
        for helper in self._only("lending")[:1]:
            lender, borrower = self.problem.helpers[helper].community or 0, self.wanted.community or 0
            names = {"lender": self.problem.communities[lender], "borrower": self.problem.communities[borrower]}
            yield _Easing("lends", LENDS, self._fixed(Lent(lender, borrower)), values=names)

    def _people(self) -> Iterator[_Easing]:
        """As few more people as will do, who live next door and have what the visit asks for."""
        for people in range(1, self.wanted.people + 1):
            easing = self._joined(people)
            if self._tried(easing, 1):
                yield easing
                return

    def _joined(self, people: int) -> _Easing:
        place, count = self.wanted.place, len(self.problem.helpers)
        shift = Shift(self._opens(), self._closes() + self.wanted.duration, place, place)
        new = Helper(
            key="",
            shifts=(shift,),
            skills=tuple(Skill(name) for name in self.wanted.skills),
            languages=self.wanted.languages,
            gender=self.wanted.gender,
            home=place,
            community=self.wanted.community,
        )
        changes: list[Change] = [Joined(replace(new, key=f"more {number + 1}")) for number in range(people)]
        if self.wanted.allowed is not None:
            allowed = (*self.wanted.allowed, *range(count, count + people))
            changes.append(Altered(self.visit, replace(self.wanted, allowed=allowed)))
        values: dict[str, object] = {
            "from_at": self.problem.minutes(shift.start),
            "until_at": self.problem.minutes(shift.end),
            "skills": ", ".join(self.wanted.skills),
            "people": people,
        }
        text = PEOPLE if people > 1 else SKILLED_PERSON if self.wanted.skills else PERSON
        more = (people - 1) * EASE["person"] * self.minute * max(1, self.problem.weights.travel)
        return _Easing("person", text, self._fixed(*changes), values=values, extra=more)
