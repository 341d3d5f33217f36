"""What every register does alike: take a new row in, change one, and answer a number that is taken."""

from collections.abc import Mapping
from typing import Any, TypeVar

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, SQLModel

from matcher.database import is_taken
from matcher.errors import ConflictError, InvalidError
from matcher.pages import one

Row = TypeVar("Row", bound=SQLModel)


def add(session: Session, row: Row, what: str) -> Row:
    """Store a new row. ConflictError: its number, or the pair that it joins, is there already. InvalidError: the
    tables refuse it."""
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError as error:
        raise _refused(error, what, getattr(row, "number", None)) from error
    return row


def change(session: Session, table: type[Row], identity: str, values: Mapping[str, Any], what: str) -> Row:
    """Give a row these values and leave the others. UnknownError, ConflictError, InvalidError."""
    row = one(session, table, identity, what)
    try:
        with session.begin_nested():
            for name, value in values.items():
                setattr(row, name, value)
            session.add(row)
    except IntegrityError as error:
        raise _refused(error, what, values.get("number")) from error
    return row


def must_exist(session: Session, table: type[Row], identity: str, field: str) -> Row:
    """The row that another one names. InvalidError names the field, for the one at fault is what was sent."""
    row = session.get(table, identity)
    if row is None:
        raise InvalidError(f"There is no {field.removesuffix('_id')} {identity}.", field=field)
    return row


def _refused(error: IntegrityError, what: str, number: str | None) -> ConflictError | InvalidError:
    if not is_taken(error):
        return InvalidError(f"The {what} contradicts itself, or names what is not there; nothing was stored.")
    if number:
        return ConflictError(
            f"There is a {what} with the number {number} already.", cure="Give another number.", field="number"
        )
    return ConflictError(f"There is such a {what} already.")
