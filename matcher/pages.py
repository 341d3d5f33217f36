"""Long lists a page at a time: by id, so that nothing is shown twice or left out while rows come and go."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlmodel import Session, col, delete, select

from matcher.errors import InvalidError, UnknownError

T = TypeVar("T")
MOST = 200
WITHIN = "within"
"""Where a session keeps the condition that its actor's reach puts on a table's rows; without it they see all."""


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some rows, and the id after which the next page begins (None: that was all)."""

    rows: Sequence[T]
    after: str | None


def page(
    session: Session, table: type[T], *, after: str | None = None, limit: int = 50, where: Sequence[Any] = ()
) -> Page[T]:
    """Rows in order of id. InvalidError: the limit is not from 1 to 200."""
    if not 1 <= limit <= MOST:
        raise InvalidError(f"limit is {limit}; it must be from 1 to {MOST}.", field="limit")
    identity = table.id  # type: ignore[attr-defined]
    statement = select(table).where(*where, *within(session, table)).order_by(identity).limit(limit + 1)
    if after is not None:
        statement = statement.where(identity > after)
    rows = session.exec(statement).all()
    return Page(rows[:limit], rows[limit - 1].id if len(rows) > limit else None)  # type: ignore[attr-defined]


def within(session: Session, table: type) -> list[Any]:
    """The condition on what whoever asks may see."""
    holds = session.info.get(WITHIN)
    return [] if holds is None else [holds(table)]


def one(session: Session, table: type[T], identity: str, what: str) -> T:
    """The row with this id. UnknownError names what was looked for."""
    row = session.get(table, identity)
    if row is None:
        raise UnknownError(f"There is no {what} {identity}.")
    return row


def remove(session: Session, table: type[T], identity: str, what: str) -> None:
    """Take the row with this id away. UnknownError: there is none, or somebody else was faster."""
    statement = delete(table).where(col(table.id) == identity)  # type: ignore[attr-defined]
    if session.exec(statement).rowcount != 1:
        raise UnknownError(f"There is no {what} {identity}.")
