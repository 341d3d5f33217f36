"""What was published: versions, and the promises that each of them holds."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from matcher.tables.columns import JSON, Moment, at_least, forward, key, reference

STANDS = text("until IS NULL")


class Version(SQLModel, table=True):
    """A roster as it was published, by its number. Never changed."""

    __table_args__ = (UniqueConstraint("roster_id", "number"), *at_least(1, "number", "roster_version"))

    id: str = key()
    roster_id: str = reference("roster.id")
    number: int
    roster_version: int
    """The version of the draft that was published."""
    run_id: str | None = Field(default=None, max_length=30)
    published_at: datetime = Field(sa_type=Moment)
    published_by: str = Field(default="", max_length=120)
    measures: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    told: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)
    """Who was told what: [{"helper_id": ..., "changes": [...]}]."""


class Promise(SQLModel, table=True):
    """承诺: this helper makes this visit at this time, from one version until another takes it back.

    The promises of version n are those with since <= n and (until is empty or until > n).
    """

    __table_args__ = (
        forward("start_at", "end_at"),
        forward("shift_start_at", "shift_end_at"),
        *at_least(0, "travel_minutes"),
        *at_least(1, "since"),
        CheckConstraint("until IS NULL OR until > since", name="until_is_after_since"),
        Index(
            "one_standing_promise_of_a_pair",
            *("roster_id", "visit_id", "helper_id"),
            unique=True,
            sqlite_where=STANDS,
            postgresql_where=STANDS,
        ),
    )

    id: str = key()
    roster_id: str = reference("roster.id")
    visit_id: str = reference("visit.id")
    helper_id: str = reference("helper.id")
    start_at: datetime = Field(sa_type=Moment)
    end_at: datetime = Field(sa_type=Moment)
    shift_start_at: datetime = Field(sa_type=Moment)
    shift_end_at: datetime = Field(sa_type=Moment)
    travel_minutes: int = 0
    pinned: bool = False
    override: str | None = Field(default=None, max_length=500)
    """Why it was published although it breaks rules that may not be broken."""
    since: int
    until: int | None = None
