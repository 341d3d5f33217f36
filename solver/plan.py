"""What the solver proposes, and what the judge says of it."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, order=True)
class Assignment:
    """Helper `helper` makes visit `visit` in shift `shift` of theirs, starting at tick `start`."""

    helper: int
    shift: int
    start: int
    visit: int


@dataclass(frozen=True, slots=True)
class Plan:
    """Assignments in order of helper, shift and start; a visit that is not named is unassigned.

    `objective` and `bound` are in points: what the solver says the plan costs, and what no plan can be below.
    """

    assignments: tuple[Assignment, ...]
    objective: int | None = None
    bound: int | None = None

    def days(self) -> dict[tuple[int, int], list[Assignment]]:
        """The assignments of each used shift, in the order in which they are made."""
        days: dict[tuple[int, int], list[Assignment]] = defaultdict(list)
        for assignment in sorted(self.assignments):
            days[assignment.helper, assignment.shift].append(assignment)
        return dict(days)

    def made(self) -> dict[int, list[Assignment]]:
        """The assignments of each visit that somebody makes."""
        made: dict[int, list[Assignment]] = defaultdict(list)
        for assignment in sorted(self.assignments):
            made[assignment.visit].append(assignment)
        return dict(made)


@dataclass(frozen=True, slots=True)
class Breach:
    """One place where a plan does not meet a rule. `text` is a template for `values`, translated at the edge.

    A value's name tells how to show it: `..._at` is a moment in minutes since the roster's start, `..._minutes` a
    length of time, `..._fen` money. Hard breaches have no points: the plan may not be published.
    """

    rule: str
    text: str
    values: Mapping[str, object] = field(default_factory=dict)
    points: int = 0
    hard: bool = False
    visits: tuple[int, ...] = ()
    helpers: tuple[int, ...] = ()

    @property
    def sentence(self) -> str:
        """In English, for a roster that starts at midnight."""
        return self.text.format(**{name: _shown(name, value) for name, value in self.values.items()})


def _shown(name: str, value: object) -> object:
    if name.endswith("_at") and isinstance(value, int | float):
        return f"{int(value) // 60:02}:{int(value) % 60:02}"
    if name.endswith("_fen") and isinstance(value, int):
        return f"{value // 100}.{value % 100:02}"
    return value
