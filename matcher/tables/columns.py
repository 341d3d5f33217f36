"""What the columns of every table have in common."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint
from sqlmodel import Field, SQLModel

from matcher.database import Moment

__all__ = ["JSON", "Moment", "at_least", "forward", "key", "number", "one_of", "reference"]


SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


def key() -> Any:
    return Field(primary_key=True, max_length=30)


def reference(target: str, *, index: bool = True, nullable: bool = False, primary: bool = False) -> Any:
    """A foreign key; who is gone takes along what has no sense without it (cascade), unless the row may stand alone."""
    if nullable:
        return Field(default=None, foreign_key=target, index=index, nullable=True, ondelete="SET NULL", max_length=30)
    if primary:
        return Field(foreign_key=target, primary_key=True, ondelete="CASCADE", max_length=30)
    return Field(foreign_key=target, index=index, ondelete="CASCADE", max_length=30)


def number() -> Any:
    """The office's own number, by which a second import finds the row again."""
    return Field(default=None, max_length=40, unique=True, nullable=True)


def one_of(column: str, words: type[StrEnum], *, nullable: bool = False) -> CheckConstraint:
    listed = ", ".join(f"'{word.value}'" for word in words)
    rule = f"{column} IN ({listed})"
    return CheckConstraint(f"{column} IS NULL OR {rule}" if nullable else rule, name=f"{column}_is_known")


def at_least(least: int, *columns: str) -> Iterable[CheckConstraint]:
    return [CheckConstraint(f"{column} >= {least}", name=f"{column}_is_at_least_{least}") for column in columns]


def forward(start: str, end: str) -> CheckConstraint:
    return CheckConstraint(f"{start} < {end}", name=f"{start}_is_before_{end}")
