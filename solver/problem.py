"""A roster day as the solver sees it: frozen, checked at birth, integers only.

Units. Time is in ticks since the roster's start; `Problem.ticks_per_minute` says how many make a minute (1 for our own
rosters, 1000 for public instances with three decimals). Money is in fen. Cost is in points. Helpers, visits, places,
purses and communities are named by their index in the problem; `key` carries the caller's own name for them.

A weight of `None` makes its rule hard; a number is the points that one breach costs.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

MOST_TICKS = 2**31 - 1
MOST_POINTS = 10**9
MOST_FEN = 10**12
MOST_PEOPLE = 1000


class ProblemError(ValueError):
    """The problem contradicts itself; the sentence names the field and the values."""


@dataclass(frozen=True, slots=True)
class Window:
    """When a visit may start: not before `earliest` (hard), not after `latest` (hard unless the end is soft)."""

    earliest: int
    latest: int


@dataclass(frozen=True, slots=True)
class Shift:
    """One unbroken stretch of a helper's availability; travel from and to the two places is part of it."""

    start: int
    end: int
    start_place: int
    end_place: int


@dataclass(frozen=True, slots=True)
class Skill:
    """What a helper can do; `expires` (ticks) is the first moment at which a certificate no longer holds."""

    name: str
    expires: int | None = None


@dataclass(frozen=True, slots=True)
class Break:
    """An unbroken rest of `duration` between `earliest` and `latest`, in each shift that holds both."""

    earliest: int
    latest: int
    duration: int


@dataclass(frozen=True, slots=True)
class Helper:
    """Whoever can be sent: a volunteer, or one crew of a provider."""

    key: str
    shifts: tuple[Shift, ...]
    mode: int = 0
    skills: tuple[Skill, ...] = ()
    languages: tuple[str, ...] = ()
    gender: str | None = None
    home: int | None = None
    circle: int | None = None
    """Most ticks of travel to a visit, from `home` or from the previous visit; None: any distance."""
    community: int | None = None
    visit_cost: int = 0
    hour_cost: int = 0
    """Fees in fen, per visit and per hour of service."""
    most_work: int | None = None
    """Most ticks of service in the day."""
    most_visits: int | None = None
    rest: Break | None = None
    extra_time: int = 0
    """Most ticks by which the return may pass a shift's end."""
    carried_burden: int = 0


@dataclass(frozen=True, slots=True)
class Visit:
    """One dated service to be staffed by `people` different helpers who start together."""

    key: str
    place: int
    windows: tuple[Window, ...]
    duration: int
    skills: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    """Any one of them will do; none: any helper."""
    gender: str | None = None
    """The resident's wish; `gender_required` makes it a condition."""
    gender_required: bool = False
    people: int = 1
    priority: int = 100
    """Points that leaving the visit costs, once: a visit is staffed whole or not at all."""
    mandatory: bool = False
    soft_end: bool = False
    """A start after the window's `latest` is tardy instead of forbidden."""
    allowed: tuple[int, ...] | None = None
    barred: tuple[int, ...] = ()
    known: tuple[int, ...] = ()
    new_face: int = 0
    """Points beyond `Weights.known` that anybody else than those who are known costs."""
    purse: int | None = None
    """The purse that pays this visit's fees."""
    community: int | None = None
    burden: int = 0
    """How heavy the visit is on whoever makes it (heavy, evening, far, unpopular), for fairness."""


@dataclass(frozen=True, slots=True)
class Link:
    """Two visits that belong together: both are made or neither.

    With `least` and `most`: `least` <= start of second - start of first <= `most` (0, 0: the same start).
    """

    first: int
    second: int
    least: int | None = None
    most: int | None = None
    apart: bool = True
    """By different helpers."""
    same_window: bool = False
    """Both start in the window of the same index."""


@dataclass(frozen=True, slots=True)
class Pin:
    """A person's decision that the solver keeps: these helpers make this visit, at this start when one is given."""

    visit: int
    helpers: tuple[int, ...]
    start: int | None = None


@dataclass(frozen=True, slots=True)
class Purse:
    """A subsidy budget in fen: the fees of the visits that name it stay within."""

    key: str
    budget: int


@dataclass(frozen=True, slots=True)
class Lending:
    """At most this many assignments of helpers of one community to visits of another."""

    lender: int
    borrower: int
    most: int


@dataclass(frozen=True, slots=True)
class Published:
    """What somebody was already told; changing it costs `Weights.stability`."""

    visit: int
    helper: int
    start: int


@dataclass(frozen=True, slots=True)
class Travel:
    """Travel ticks by one mode: `size` x `size` little-endian int32, row = from, column = to."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"ser_json_bytes": "base64", "val_json_bytes": "base64"}

    mode: str
    size: int
    cells: bytes

    @staticmethod
    def of(mode: str, rows: Sequence[Sequence[int]] | NDArray[np.integer]) -> "Travel":
        """Pack a square table of ticks (any integer array or nested lists)."""
        table = np.ascontiguousarray(rows, dtype="<i4")
        if table.ndim != 2 or table.shape[0] != table.shape[1]:
            raise ProblemError(f"travel by {mode}: the table must be square, it is {table.shape}")
        return Travel(mode, table.shape[0], table.tobytes())

    @property
    def matrix(self) -> NDArray[np.int32]:
        """(size, size) int32, read-only, without a copy."""
        return np.frombuffer(self.cells, dtype="<i4").reshape(self.size, self.size)


@dataclass(frozen=True, slots=True)
class Weights:
    """Points per unit; None: hard. Times per tick, fees per yuan, the rest per breach."""

    travel: int = 1
    waiting: int = 0
    longest_wait: int = 0
    tardiness: int = 0
    highest_tardiness: int = 0
    extra_time: int = 0
    longest_idle: int = 0
    work: int = 0
    balance: int = 0
    skilled: int | None = None
    barred: int | None = None
    rest: int | None = None
    known: int = 0
    gender: int = 0
    fee: int = 0
    fairness: int = 0
    """Per point of burden by which carried-over and today's burden pass `Problem.fair_share`."""
    stability: int = 0


@dataclass(frozen=True, slots=True)
class Problem:
    """Everything a roster day asks, and nothing about where it came from."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"ser_json_bytes": "base64", "val_json_bytes": "base64"}

    helpers: tuple[Helper, ...]
    visits: tuple[Visit, ...]
    travel: tuple[Travel, ...]
    links: tuple[Link, ...] = ()
    pins: tuple[Pin, ...] = ()
    purses: tuple[Purse, ...] = ()
    communities: tuple[str, ...] = ()
    lendings: tuple[Lending, ...] = ()
    published: tuple[Published, ...] = ()
    weights: Weights = field(default_factory=Weights)
    fair_share: int = 0
    told_tolerance: int | None = None
    """Ticks by which a start may differ from what was told before that is a change; None: only people count."""
    ticks_per_minute: int = 1
    leaves_at_start: bool = False
    """Helpers leave at their shift's start, so waiting at the first door is waiting; otherwise as late as possible."""

    def __post_init__(self) -> None:
        check(self)

    @property
    def places(self) -> int:
        return self.travel[0].size if self.travel else 0

    def minutes(self, ticks: int) -> int | float:
        """Ticks as minutes for a sentence: a whole number where it is one."""
        whole, part = divmod(ticks, self.ticks_per_minute)
        return whole if not part else round(ticks / self.ticks_per_minute, 3)


def check(problem: Problem) -> None:
    """Raise ProblemError, in one sentence with the values, for the first contradiction."""
    _check_travel(problem)
    _bounded("the problem", problem, ("fair_share",), MOST_POINTS)
    _bounded("the problem", problem, ("told_tolerance",), MOST_TICKS)
    _bounded("weights", problem.weights, Weights.__slots__, MOST_POINTS)
    for number, helper in enumerate(problem.helpers):
        _check_helper(problem, number, helper)
    for number, visit in enumerate(problem.visits):
        _check_visit(problem, number, visit)
    _check_references(problem)


def _check_travel(problem: Problem) -> None:
    if not 1 <= problem.ticks_per_minute <= MOST_POINTS:
        raise ProblemError(f"ticks_per_minute is {problem.ticks_per_minute}; it must be at least 1")
    if not problem.travel and (problem.helpers or problem.visits):
        raise ProblemError("travel is empty; give at least one mode's table")
    for travel in problem.travel:
        if travel.size != problem.places:
            raise ProblemError(f"travel by {travel.mode} has {travel.size} places, the first mode has {problem.places}")
        if len(travel.cells) != 4 * travel.size**2:
            raise ProblemError(f"travel by {travel.mode}: {len(travel.cells)} bytes for {travel.size} places")
        if travel.size and int(travel.matrix.min()) < 0:
            raise ProblemError(f"travel by {travel.mode} has a negative time")


def _check_helper(problem: Problem, number: int, helper: Helper) -> None:
    who = f"helper {number} ({helper.key})"
    _within(f"{who}: mode", helper.mode, len(problem.travel))
    if helper.home is not None:
        _within(f"{who}: home", helper.home, problem.places)
    if helper.community is not None:
        _within(f"{who}: community", helper.community, len(problem.communities))
    _bounded(who, helper, ("extra_time", "circle", "most_work", "most_visits"), MOST_TICKS)
    _bounded(who, helper, ("visit_cost", "hour_cost", "carried_burden"), MOST_POINTS)
    before = None
    for shift in helper.shifts:
        if not 0 <= shift.start <= shift.end <= MOST_TICKS:
            raise ProblemError(f"{who}: a shift from {shift.start} to {shift.end} does not run forward from 0")
        if before is not None and shift.start < before:
            raise ProblemError(f"{who}: a shift starts at {shift.start}, before the last one ends at {before}")
        _within(f"{who}: start_place", shift.start_place, problem.places)
        _within(f"{who}: end_place", shift.end_place, problem.places)
        before = shift.end
    rest = helper.rest
    if rest is not None and not 0 <= rest.earliest <= rest.earliest + rest.duration <= rest.latest:
        raise ProblemError(f"{who}: a rest of {rest.duration} does not fit between {rest.earliest} and {rest.latest}")
    if rest is not None:
        _bounded(f"{who}: rest", rest, ("latest", "duration"), MOST_TICKS)
    for skill in helper.skills:
        _bounded(f"{who}: skill {skill.name}", skill, ("expires",), MOST_TICKS)


def _check_visit(problem: Problem, number: int, visit: Visit) -> None:
    what = f"visit {number} ({visit.key})"
    _within(f"{what}: place", visit.place, problem.places)
    if visit.community is not None:
        _within(f"{what}: community", visit.community, len(problem.communities))
    if visit.purse is not None:
        _within(f"{what}: purse", visit.purse, len(problem.purses))
    _bounded(what, visit, ("duration",), MOST_TICKS)
    _bounded(what, visit, ("priority", "burden", "new_face"), MOST_POINTS)
    if visit.people < 1:
        raise ProblemError(f"{what}: people is {visit.people}; it must be at least 1")
    _bounded(what, visit, ("people",), MOST_PEOPLE)
    if not visit.windows:
        raise ProblemError(f"{what}: windows is empty; give at least one")
    earliest = -1
    for window in visit.windows:
        if not 0 <= window.earliest <= MOST_TICKS or abs(window.latest) > MOST_TICKS:
            raise ProblemError(f"{what}: the window {window.earliest} to {window.latest} is out of range")
        if window.latest < window.earliest and not visit.soft_end:
            raise ProblemError(f"{what}: a window ends at {window.latest}, before it starts at {window.earliest}")
        if window.earliest < earliest:
            raise ProblemError(f"{what}: windows must be in order of their start")
        earliest = window.earliest
    for name, helpers in (("allowed", visit.allowed or ()), ("barred", visit.barred), ("known", visit.known)):
        _each_within(f"{what}: {name}", helpers, len(problem.helpers))


def _check_references(problem: Problem) -> None:
    for link in problem.links:
        _each_within("a link's visit", (link.first, link.second), len(problem.visits))
        if link.first == link.second:
            raise ProblemError(f"a link joins visit {link.first} to itself")
        if (link.least is None) != (link.most is None):
            raise ProblemError(f"the link of visits {link.first} and {link.second} has only one of least and most")
        if link.least is not None and link.most is not None and max(abs(link.least), abs(link.most)) > MOST_TICKS:
            raise ProblemError(
                f"the link of visits {link.first} and {link.second} asks for more than {MOST_TICKS} ticks"
            )
        if link.least is not None and link.most is not None and link.least > link.most:
            raise ProblemError(
                f"the link of visits {link.first} and {link.second}: least {link.least} is more than most {link.most}"
            )
    pinned: dict[int, Pin] = {}
    for pin in problem.pins:
        _within("a pin's visit", pin.visit, len(problem.visits))
        _each_within(f"the pin of visit {pin.visit}: helpers", pin.helpers, len(problem.helpers))
        if pin.visit in pinned:
            raise ProblemError(_pinned_twice(problem, pinned[pin.visit], pin))
        if len(set(pin.helpers)) != len(pin.helpers) or len(pin.helpers) > problem.visits[pin.visit].people:
            raise ProblemError(
                f"the pin of visit {pin.visit} names helpers {pin.helpers}; the visit needs fewer or each once"
            )
        if pin.start is not None and not 0 <= pin.start <= MOST_TICKS:
            raise ProblemError(f"visit {pin.visit} is pinned to {pin.start}, out of range")
        pinned[pin.visit] = pin
    _check_pinned_days(problem)
    for lending in problem.lendings:
        _each_within("a lending's community", (lending.lender, lending.borrower), len(problem.communities))
        _bounded("a lending", lending, ("most",), MOST_TICKS)
    for purse in problem.purses:
        _bounded(f"purse {purse.key}", purse, ("budget",), MOST_FEN)
    for told in problem.published:
        _within("published visit", told.visit, len(problem.visits))
        _within("published helper", told.helper, len(problem.helpers))


def _pinned_twice(problem: Problem, first: Pin, second: Pin) -> str:
    visit = f"visit {first.visit} ({problem.visits[first.visit].key})"
    sides = []
    for pin in (first, second):
        who = ", ".join(problem.helpers[helper].key for helper in pin.helpers) or "nobody by name"
        sides.append(f"to {who}" + (f" at {pin.start}" if pin.start is not None else ""))
    return f"{visit} is pinned twice: {sides[0]}, and {sides[1]}. Maybe remove one of them."


def _check_pinned_days(problem: Problem) -> None:
    """Nobody is pinned to two visits at once. What else keeps a pin from being kept depends on the rest of the day."""
    spans: dict[int, list[tuple[int, int, str]]] = {}
    for pin in problem.pins:
        visit = problem.visits[pin.visit]
        for helper in pin.helpers if pin.start is not None else ():
            spans.setdefault(helper, []).append((pin.start or 0, (pin.start or 0) + visit.duration, visit.key))
    for helper, pinned in spans.items():
        for (start, end, first), (later, last, second) in pairwise(sorted(pinned)):
            if later < end:
                raise ProblemError(
                    f"{problem.helpers[helper].key} is pinned to {first} from {start} to {end} and to {second} "
                    f"from {later} to {last}, at once. Maybe move or remove one of the two pins."
                )


def _within(what: str, index: int, size: int) -> None:
    if not 0 <= index < size:
        raise ProblemError(f"{what} is {index}; there are {size}")


def _each_within(what: str, indices: Iterable[int], size: int) -> None:
    for index in indices:
        _within(what, index, size)


def _bounded(what: str, thing: object, names: Iterable[str], most: int) -> None:
    for name in names:
        value = getattr(thing, name)
        if value is not None and value < 0:
            raise ProblemError(f"{what}: {name} is {value}; it must not be negative")
        if value is not None and value > most:
            raise ProblemError(f"{what}: {name} is {value}; at most {most}")
