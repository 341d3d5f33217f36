"""What an import did: counts, and every fault by row, column and reason."""

from dataclasses import asdict, dataclass, field
from typing import Any

from matcher.imports.faults import Fault

MOST_FAULTS = 2_000
"""So many faults are kept for reading; the counts are always whole."""


@dataclass(frozen=True, slots=True)
class Report:
    """One import as its uploader reads it. Rows read = new + changed + unchanged + refused."""

    id: str
    kind: str
    name: str
    dry_run: bool
    read: int
    new: int
    changed: int
    unchanged: int
    refused: int
    faults: tuple[Fault, ...] = ()
    ignored: tuple[str, ...] = ()
    """Headers that no column answers to."""
    seconds: float = 0.0


def to_json(faults: tuple[Fault, ...]) -> list[dict[str, Any]]:
    """Faults as they are stored."""
    return [asdict(fault) for fault in faults[:MOST_FAULTS]]


def from_json(faults: list[dict[str, Any]]) -> tuple[Fault, ...]:
    return tuple(Fault(**fault) for fault in faults)


@dataclass(slots=True)
class Tally:
    """What became of each row. A row that touches several tables counts once, by the most that happened to it."""

    read: int = 0
    new: set[tuple[str, int]] = field(default_factory=set)
    changed: set[tuple[str, int]] = field(default_factory=set)
    kept: set[tuple[str, int]] = field(default_factory=set)
    faults: list[Fault] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)

    def counts(self) -> dict[str, int]:
        new, changed = len(self.new), len(self.changed - self.new)
        unchanged = len(self.kept - self.changed - self.new)
        refused = self.read - new - changed - unchanged
        return {"read": self.read, "new": new, "changed": changed, "unchanged": unchanged, "refused": refused}
