"""What the columns of every table have in common."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Any

import sqlalchemy
from sqlalchemy import BigInteger, CheckConstraint
from sqlmodel import Field, SQLModel

from matcher.database import Moment

__all__ = [
    "JSON",
    "Moment",
    "at_least",
    "between",
    "forward",
    "key",
    "not_empty",
    "number",
    "on_earth",
    "one_of",
    "points",
    "reference",
    "text",
]

JSON = sqlalchemy.JSON(none_as_null=True)
"""Nothing is the database's NULL, so that it can be asked for, and refused."""


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


def text() -> Any:
    """As long as `types.Text` lets it be."""
    return Field(default="", max_length=1000)


def points(default: int | None = 0) -> Any:
    """Points, or money in fen: sums of them outgrow 32 bits."""
    return Field(default=default, sa_type=BigInteger, nullable=default is None)


def between(least: int, most: int, *columns: str) -> Iterable[CheckConstraint]:
    return [
        CheckConstraint(f"{column} BETWEEN {least} AND {most}", name=f"{column}_is_from_{least}_to_{most}")
        for column in columns
    ]


def not_empty(*columns: str) -> Iterable[CheckConstraint]:
    return [CheckConstraint(f"length(trim({column})) > 0", name=f"{column}_is_not_empty") for column in columns]


def on_earth() -> Iterable[CheckConstraint]:
    """NaN and infinity lie outside every range, so they are refused too."""
    return [*between(-90, 90, "latitude"), *between(-180, 180, "longitude")]


def at_least(least: int, *columns: str) -> Iterable[CheckConstraint]:
    return [CheckConstraint(f"{column} >= {least}", name=f"{column}_is_at_least_{least}") for column in columns]


def forward(start: str, end: str) -> CheckConstraint:
    return CheckConstraint(f"{start} < {end}", name=f"{start}_is_before_{end}")
