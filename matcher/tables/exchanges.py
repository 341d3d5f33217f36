"""What volunteers arrange among themselves: giving a promise back, or letting another take it."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field, SQLModel

from matcher.tables.columns import Moment, between, key, one_of, reference
from matcher.types import ReleaseState, SwapState

HOLDS = text("state IN ('asked', 'released')")
WAITS = text("state IN ('asked', 'accepted')")


class ExchangeRule(SQLModel, table=True):
    """换班规则: until when a promise may be given back or swapped, and whether a coordinator must agree."""

    __tablename__ = "exchange_rule"
    __table_args__ = tuple(between(0, 10_080, "release_minutes", "swap_minutes"))

    area_id: str = reference("area.id", primary=True)
    release_minutes: int
    """Before the start."""
    swap_minutes: int
    needs_approval: bool = False


class Release(SQLModel, table=True):
    """退回: a helper gives a promise back."""

    __table_args__ = (
        one_of("state", ReleaseState),
        CheckConstraint("(state = 'asked') = (decided_at IS NULL)", name="a_decided_release_has_an_end"),
        Index("one_release_of_a_promise", "promise_id", unique=True, sqlite_where=HOLDS, postgresql_where=HOLDS),
    )

    id: str = key()
    promise_id: str = reference("promise.id", index=False)
    roster_id: str = reference("roster.id")
    visit_id: str = reference("visit.id")
    helper_id: str = reference("helper.id")
    state: str = Field(max_length=10)
    reason: str = Field(default="", max_length=500)
    asked_at: datetime = Field(sa_type=Moment)
    decided_at: datetime | None = Field(default=None, sa_type=Moment, nullable=True)
    decided_by: str = Field(default="", max_length=120)


class Swap(SQLModel, table=True):
    """换班: another helper takes a promise over, perhaps for one of their own."""

    __table_args__ = (
        one_of("state", SwapState),
        CheckConstraint("(state IN ('asked', 'accepted')) = (ended_at IS NULL)", name="an_ended_swap_has_an_end"),
        CheckConstraint("helper_id <> other_helper_id", name="nobody_swaps_alone"),
        Index("one_swap_of_a_promise", "promise_id", unique=True, sqlite_where=WAITS, postgresql_where=WAITS),
    )

    id: str = key()
    roster_id: str = reference("roster.id")
    promise_id: str = reference("promise.id", index=False)
    visit_id: str = reference("visit.id")
    helper_id: str = reference("helper.id")
    other_helper_id: str = reference("helper.id")
    other_promise_id: str | None = Field(
        default=None, foreign_key="promise.id", nullable=True, ondelete="CASCADE", max_length=30
    )
    """What the other gives in return; nothing: they only take over."""
    state: str = Field(max_length=10)
    reason: str = Field(default="", max_length=500)
    asked_at: datetime = Field(sa_type=Moment)
    ended_at: datetime | None = Field(default=None, sa_type=Moment, nullable=True)
    decided_by: str = Field(default="", max_length=120)
