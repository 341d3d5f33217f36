"""Whose own day differs between two rosters, or between what was promised and what is planned now."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

Span = tuple[datetime, datetime]


class ChangeKind(StrEnum):
    """新增, 变更, 撤回."""

    NEW = "new"
    CHANGED = "changed"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Line:
    """One assignment, as far as it is a helper's own affair."""

    visit_id: str
    helper_id: str
    start_at: datetime
    end_at: datetime


@dataclass(frozen=True, slots=True)
class Change:
    """One difference in one helper's day."""

    kind: ChangeKind
    visit_id: str
    before: Span | None
    after: Span | None


def changes(before: Iterable[Line], after: Iterable[Line]) -> dict[str, list[Change]]:
    """By helper, in order of time; whose day is the same is not named."""
    was, now = _spans(before), _spans(after)
    found: dict[str, list[Change]] = defaultdict(list)
    for helper_id, visit_id in sorted(was.keys() | now.keys()):
        old, new = was.get((helper_id, visit_id)), now.get((helper_id, visit_id))
        if old != new:
            kind = ChangeKind.NEW if old is None else ChangeKind.WITHDRAWN if new is None else ChangeKind.CHANGED
            found[helper_id].append(Change(kind, visit_id, old, new))
    for mine in found.values():
        mine.sort(key=lambda change: (change.after or change.before or (), change.visit_id))
    return dict(found)


def _spans(lines: Iterable[Line]) -> dict[tuple[str, str], Span]:
    return {(line.helper_id, line.visit_id): (line.start_at, line.end_at) for line in lines}
