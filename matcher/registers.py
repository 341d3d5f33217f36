"""What every register does alike: take a new row in, change one, and answer a number that is taken."""

from collections.abc import Mapping
from typing import Any, TypeVar

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, SQLModel

from matcher.errors import ConflictError, InvalidError
from matcher.pages import one

Row = TypeVar("Row", bound=SQLModel)


def add(session: Session, row: Row, what: str) -> Row:
    """Store a new row. ConflictError: its number, or the pair that it joins, is there already."""
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError as error:
        raise _taken(getattr(row, "number", None), what) from error
    return row


def change(session: Session, table: type[Row], identity: str, values: Mapping[str, Any], what: str) -> Row:
    """Give a row these values and leave the others. UnknownError, ConflictError."""
    row = one(session, table, identity, what)
    try:
        with session.begin_nested():
            for name, value in values.items():
                setattr(row, name, value)
            session.add(row)
    except IntegrityError as error:
        raise _taken(values.get("number"), what) from error
    return row


def must_exist(session: Session, table: type[Row], identity: str, field: str) -> Row:
    """The row that another one names. InvalidError names the field, for the one at fault is what was sent."""
    row = session.get(table, identity)
    if row is None:
        raise InvalidError(f"There is no {field.removesuffix('_id')} {identity}.", field=field)
    return row


def _taken(number: str | None, what: str) -> ConflictError:
    if number:
        return ConflictError(
            f"There is a {what} with the number {number} already.", cure="Give another number.", field="number"
        )
    return ConflictError(f"There is such a {what} already.")
