"""Purses (补贴资金): a programme's subsidy budget for a period."""

from collections.abc import Mapping
from typing import Any

from sqlmodel import Session

from matcher import registers
from matcher.errors import InvalidError
from matcher.keys import new_key
from matcher.pages import Page, one, page
from matcher.tables.requests import Purse


def open_purse(session: Session, values: Mapping[str, Any]) -> Purse:
    """InvalidError: the period runs backward. ConflictError: the number is taken."""
    _check(values)
    return registers.add(session, Purse(id=new_key("pur"), **values), "purse")


def change(session: Session, purse_id: str, values: Mapping[str, Any]) -> Purse:
    _check({**get(session, purse_id).model_dump(), **values})
    return registers.change(session, Purse, purse_id, values, "purse")


def get(session: Session, purse_id: str) -> Purse:
    return one(session, Purse, purse_id, "purse")


def listed(session: Session, *, after: str | None = None, limit: int = 50) -> Page[Purse]:
    return page(session, Purse, after=after, limit=limit)


def _check(values: Mapping[str, Any]) -> None:
    if values["last_day"] < values["first_day"]:
        raise InvalidError(f"The last day {values['last_day']} is before the first.", field="last_day")
