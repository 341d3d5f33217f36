"""What a channel sends, and what it raises when that fails."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from matcher.settings import Settings


class UnreachedError(Exception):
    """It may work later: the receiver is away, slow or busy. `after`: seconds that it asked us to wait."""

    def __init__(self, why: str, after: float | None = None) -> None:
        super().__init__(why)
        self.after = after


class RefusedError(Exception):
    """It will not work later either. `gone`: the receiver wants to hear nothing any more."""

    def __init__(self, why: str, gone: bool = False) -> None:
        super().__init__(why)
        self.gone = gone


@dataclass(frozen=True, slots=True)
class Message:
    """One notice, written for one receiver. `id` is the same at every repeat, so that a receiver can drop them."""

    id: str
    kind: str
    language: str
    subject: str
    lines: tuple[str, ...]
    is_right_to_left: bool
    to: str
    """Address, number or URL."""
    settings: Settings
    event: Mapping[str, Any]
    """What programs are told: ids and moments, no names."""
    secrets: tuple[bytes, ...] = ()
    """With which a webhook is signed; two for a day after a renewal."""

    @property
    def text(self) -> str:
        return "\n".join((self.subject, *self.lines))
