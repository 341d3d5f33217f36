"""What an import did: counts, and every fault by row, column and reason."""

from collections.abc import Callable, Container
from dataclasses import asdict, dataclass, field
from typing import Any

from matcher.imports.columns import Reading, Record
from matcher.imports.faults import Fault
from matcher.imports.storing import Stored

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
    """What became of each row, by sheet and number. A row that touches several tables counts once, by the most that
    happened to it."""

    read: int = 0
    new: set[tuple[str, int]] = field(default_factory=set)
    changed: set[tuple[str, int]] = field(default_factory=set)
    kept: set[tuple[str, int]] = field(default_factory=set)

    def mark(self, found: Reading, *, new: Callable[[Record], bool], changed: Callable[[Record], bool]) -> None:
        """Count the records that were stored: what is new is not also changed."""
        for record in found.records:
            kept = self.new if new(record) else self.changed if changed(record) else self.kept
            kept.add((found.sheet or "", record.row))

    def mark_stored(self, found: Reading, stored: Stored, *names: str, also: Container[Any] = ()) -> None:
        """Count by what became of the row with the same key; `also`: keys that changed in another table."""

        def key(record: Record) -> tuple[Any, ...]:
            return tuple(record.values[name] for name in names or ("number",))

        self.mark(
            found,
            new=lambda record: key(record) in stored.new,
            changed=lambda record: key(record) in stored.changed or key(record) in also,
        )

    def counts(self) -> dict[str, int]:
        new, changed, unchanged = len(self.new), len(self.changed), len(self.kept)
        refused = self.read - new - changed - unchanged
        return {"read": self.read, "new": new, "changed": changed, "unchanged": unchanged, "refused": refused}
