"""What residents asked for, the visits that come of it, and who should or must not meet."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from matcher.tables.columns import (
    JSON,
    Moment,
    at_least,
    between,
    key,
    not_empty,
    number,
    one_of,
    reference,
    text,
)
from matcher.types import Gender, PairingKind


class Purse(SQLModel, table=True):
    """补贴资金: a programme's subsidy for a period, both days included."""

    __table_args__ = (
        CheckConstraint("first_day <= last_day", name="first_day_is_not_after_last_day"),
        *not_empty("name"),
        *at_least(0, "budget"),
    )

    id: str = key()
    number: str | None = number()
    name: str = Field(max_length=120)
    first_day: date
    last_day: date
    budget: int = Field(sa_type=BigInteger)
    """In fen."""


class Request(SQLModel, table=True):
    """服务申请, once (`repeat` empty) or repeating until `until`."""

    __table_args__ = (
        one_of("gender", Gender, nullable=True),
        *between(1, 1440, "minutes"),
        *between(1, 50, "people"),
        *between(0, 1_000_000, "priority"),
        CheckConstraint("json_array_length(windows) > 0", name="windows_is_not_empty"),
        CheckConstraint("until IS NULL OR until >= day", name="until_is_not_before_day"),
    )

    id: str = key()
    number: str | None = number()
    resident_id: str = reference("resident.id")
    service_id: str = reference("service.id")
    on_behalf: str = Field(default="", max_length=120)
    """Who asked, where it was not the resident."""
    day: date = Field(index=True)
    repeat: dict[str, Any] | None = Field(default=None, sa_type=JSON)
    """{"weekdays": [0, 2, 4], "every_weeks": 1}"""
    until: date | None = None
    windows: list[dict[str, str]] = Field(sa_type=JSON)
    """[{"start": "09:00", "end": "11:00"}]: the visit starts and ends within one of them."""
    minutes: int
    people: int = 1
    language: str | None = Field(default=None, max_length=60)
    gender: str | None = Field(default=None, max_length=10)
    gender_required: bool = False
    priority: int = 100
    """Points that leaving it costs."""
    together_with_id: str | None = reference("request.id", nullable=True)
    purse_id: str | None = reference("purse.id", nullable=True)
    note: str = text()
    taken_at: datetime = Field(sa_type=Moment)
    withdrawn_at: datetime | None = Field(default=None, sa_type=Moment, nullable=True)


class Visit(SQLModel, table=True):
    """上门服务: one dated occurrence of a request."""

    __table_args__ = (
        UniqueConstraint("request_id", "day"),
        *between(1, 1440, "minutes"),
        *between(1, 50, "people"),
        *between(0, 1_000_000, "priority"),
        CheckConstraint("json_array_length(windows) > 0", name="windows_is_not_empty"),
    )

    id: str = key()
    request_id: str = reference("request.id")
    day: date = Field(index=True)
    windows: list[dict[str, str]] = Field(sa_type=JSON)
    minutes: int
    people: int
    priority: int
    cancelled_at: datetime | None = Field(default=None, sa_type=Moment, nullable=True)


class Pairing(SQLModel, table=True):
    """结对: a standing bond, which continuity keeps."""

    __table_args__ = (one_of("kind", PairingKind), UniqueConstraint("resident_id", "volunteer_id"))

    id: str = key()
    resident_id: str = reference("resident.id")
    volunteer_id: str = reference("volunteer.id")
    kind: str = Field(default=PairingKind.ONE_TO_ONE, max_length=20)
    since: date


class Barring(SQLModel, table=True):
    """回避: this helper and this resident must not meet."""

    __table_args__ = (UniqueConstraint("resident_id", "helper_id"),)

    id: str = key()
    resident_id: str = reference("resident.id")
    helper_id: str = reference("helper.id")
    reason: str = text()


class Lending(SQLModel, table=True):
    """跨社区调配: at most this many assignments a day from one community's helpers to another's visits."""

    __table_args__ = (
        UniqueConstraint("lender_id", "borrower_id"),
        CheckConstraint("lender_id <> borrower_id", name="lender_is_not_borrower"),
        *at_least(0, "most"),
    )

    id: str = key()
    lender_id: str = reference("area.id")
    borrower_id: str = reference("area.id")
    most: int
