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

    Hard breaches have no points: the plan may not be published.
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
        return self.text.format(**self.values)
