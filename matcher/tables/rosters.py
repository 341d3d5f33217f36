"""Rosters, the runs that solve them, and what came of it."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from matcher.tables.columns import JSON, Moment, at_least, between, forward, key, one_of, points, reference
from matcher.types import RosterState, RunState

ACTIVE = text("state IN ('queued', 'running')")
REAL = text("fork_of_id IS NULL")


class Roster(SQLModel, table=True):
    """排班表: one area, one day."""

    __table_args__ = (
        one_of("state", RosterState),
        CheckConstraint("(state = 'published') = (published > 0)", name="a_published_roster_has_a_version"),
        CheckConstraint("fork_of_id IS NULL OR published = 0", name="a_fork_is_never_published"),
        *at_least(1, "version"),
        *at_least(0, "published", "acts"),
        Index("one_roster_of_an_area_and_day", "area_id", "day", unique=True, sqlite_where=REAL, postgresql_where=REAL),
    )

    id: str = key()
    area_id: str = reference("area.id")
    day: date
    state: str = Field(default=RosterState.DRAFT, max_length=10)
    version: int = 1
    """One more with each plan that is stored and each decision made by hand."""
    acts: int = 0
    """One more with each answer that changes nothing which a coordinator has seen, but which a run must keep."""
    published: int = 0
    """The number of the version that stands; 0: nobody was told anything."""
    fork_of_id: str | None = Field(
        default=None, foreign_key="roster.id", index=True, nullable=True, ondelete="CASCADE", max_length=30
    )
    """The roster of which it is a what-if copy."""
    forked: dict[str, Any] | None = Field(default=None, sa_type=JSON, nullable=True)
    """What the fork was made from: {"version": 3, "pins": {...}}."""
    name: str = Field(default="", max_length=120)
    """What a coordinator calls a fork."""
    measures: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    solved_by: str | None = Field(default=None, max_length=30)
    """The run whose plan it holds."""
    opened_at: datetime = Field(sa_type=Moment)


class Run(SQLModel, table=True):
    """排班运算: one solve of a roster. Leases are seconds of the database's clock."""

    __table_args__ = (
        one_of("state", RunState),
        CheckConstraint("seconds > 0 AND seconds <= 3600", name="seconds_are_sensible"),
        CheckConstraint("(state IN ('queued', 'running')) = (ended_at IS NULL)", name="only_an_ended_run_has_an_end"),
        *between(0, 1, "progress"),
        *between(1, 2**31 - 1, "seed"),
        *at_least(0, "fence", "claims"),
        Index("one_active_run_of_a_roster", "roster_id", unique=True, sqlite_where=ACTIVE, postgresql_where=ACTIVE),
        UniqueConstraint("roster_id", "idempotency_key"),
    )

    id: str = key()
    roster_id: str = reference("roster.id")
    state: str = Field(default=RunState.QUEUED, max_length=10, index=True)
    seconds: float
    seed: int = 1
    weights: dict[str, int] = Field(default_factory=dict, sa_type=JSON)
    follows: str | None = Field(default=None, max_length=30)
    """The run whose plan met what people did meanwhile: this one keeps what stands, and staffs only what is left."""
    idempotency_key: str | None = Field(default=None, max_length=100)
    roster_version: int | None = None
    """The version that the plan answers to."""
    fence: int = 0
    claims: int = 0
    worker: str = Field(default="", max_length=120)
    lease_until: float | None = None
    progress: float = 0.0
    objective: int | None = points(None)
    bound: int | None = points(None)
    stop_asked: bool = False
    failure_code: str | None = Field(default=None, max_length=60)
    failure: str | None = Field(default=None, max_length=500)
    sentence: str = Field(default="", max_length=500)
    """What is worth saying of a run that went well: that there was nothing to change."""
    started_at: datetime = Field(sa_type=Moment)
    claimed_at: datetime | None = Field(default=None, sa_type=Moment, nullable=True)
    ended_at: datetime | None = Field(default=None, sa_type=Moment, nullable=True)


class Assignment(SQLModel, table=True):
    """派单: this helper makes this visit at this time."""

    __table_args__ = (
        UniqueConstraint("roster_id", "visit_id", "helper_id"),
        forward("start_at", "end_at"),
        forward("shift_start_at", "shift_end_at"),
        *at_least(0, "travel_minutes"),
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
    """From the previous visit, or from where the shift starts."""


class Unassigned(SQLModel, table=True):
    """A visit that the roster leaves, and why."""

    __table_args__ = (UniqueConstraint("roster_id", "visit_id"),)

    id: str = key()
    roster_id: str = reference("roster.id")
    visit_id: str = reference("visit.id")
    reasons: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)


class Pin(SQLModel, table=True):
    """锁定: a decision of a person that the solver keeps."""

    __table_args__ = (
        UniqueConstraint("roster_id", "visit_id"),
        CheckConstraint("override IS NULL OR start_at IS NOT NULL", name="an_override_names_its_start"),
    )

    id: str = key()
    roster_id: str = reference("roster.id")
    visit_id: str = reference("visit.id")
    helper_ids: list[str] = Field(default_factory=list, sa_type=JSON)
    start_at: datetime | None = Field(default=None, sa_type=Moment, nullable=True)
    override: str | None = Field(default=None, max_length=500)
    """Why it holds although it breaks rules that may not be broken."""
    breaches: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)
    """What the judge said of it when it was made."""
    pinned_at: datetime = Field(sa_type=Moment)


class Outbox(SQLModel, table=True):
    """What must be told outside the database once its transaction has happened."""

    id: str = key()
    topic: str = Field(max_length=20)
    subject: str = Field(max_length=30)
    written_at: datetime = Field(sa_type=Moment)
    sent_at: datetime | None = Field(default=None, sa_type=Moment, nullable=True, index=True)


class Import(SQLModel, table=True):
    """One file that was read in, and what became of its rows."""

    __table_args__ = tuple(at_least(0, "read", "new", "changed", "unchanged", "refused"))

    id: str = key()
    kind: str = Field(max_length=20)
    name: str = Field(max_length=200)
    dry_run: bool = False
    read: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: int = 0
    faults: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)
    ignored: list[str] = Field(default_factory=list, sa_type=JSON)
    seconds: float = 0.0
    stored_at: datetime = Field(sa_type=Moment)
