"""What helpers are asked to agree to, and who is asked next."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from matcher.tables.columns import Moment, at_least, forward, key, one_of, reference
from matcher.types import OfferState, StandbyState

TAKEN = text("state NOT IN ('lapsed', 'withdrawn')")
WAITING = text("state = 'offered'")
GAP = text("state IN ('declined', 'lapsed') AND NOT followed")


class Offer(SQLModel, table=True):
    """邀约: one assignment shown to one helper, who accepts, declines, or lets it lapse.

    The unique index keeps a declined pair from ever being offered again.
    """

    __table_args__ = (
        one_of("state", OfferState),
        forward("start_at", "end_at"),
        *at_least(0, "rank"),
        CheckConstraint("(state IN ('draft', 'offered')) = (answered_at IS NULL)", name="an_ended_offer_has_an_end"),
        Index(
            "one_offer_of_a_pair",
            *("roster_id", "visit_id", "helper_id"),
            unique=True,
            sqlite_where=TAKEN,
            postgresql_where=TAKEN,
        ),
        Index("offers_that_wait", "due", sqlite_where=WAITING, postgresql_where=WAITING),
        Index("gaps_to_close", "roster_id", sqlite_where=GAP, postgresql_where=GAP),
    )

    id: str = key()
    roster_id: str = reference("roster.id")
    visit_id: str = reference("visit.id")
    helper_id: str = reference("helper.id")
    start_at: datetime = Field(sa_type=Moment)
    end_at: datetime = Field(sa_type=Moment)
    state: str = Field(default=OfferState.OFFERED, max_length=10)
    rank: int = 0
    """0: the first who was asked; then the places of the visit's list of fall-backs."""
    due: float
    """Until when an answer counts, in seconds of the database's clock."""
    offered_at: datetime = Field(sa_type=Moment)
    answered_at: datetime | None = Field(default=None, sa_type=Moment, nullable=True)
    reason: str = Field(default="", max_length=500)
    is_open: bool = False
    """Several were asked at once, and the first who accepts has it (抢单)."""
    followed: bool = False
    """Whether what was declined or lapsed has been seen to: somebody else was asked, or the office was told."""


class Fallback(SQLModel, table=True):
    """候补: who is asked next when a visit's helper declines; the lists of a day are chosen together."""

    __table_args__ = (
        UniqueConstraint("roster_id", "visit_id", "helper_id"),
        forward("start_at", "end_at"),
        *at_least(1, "rank"),
        one_of("state", StandbyState),
        CheckConstraint("(state = 'listed') = (changed_at IS NULL)", name="who_was_told_has_a_moment"),
    )

    id: str = key()
    roster_id: str = reference("roster.id")
    visit_id: str = reference("visit.id")
    helper_id: str = reference("helper.id")
    rank: int
    start_at: datetime = Field(sa_type=Moment)
    end_at: datetime = Field(sa_type=Moment)
    used: bool = False
    """Whether they were asked to come: no standby any more."""
    state: str = Field(default=StandbyState.LISTED, max_length=10)
    """The first who is neither used nor has declined is told that they stand by."""
    changed_at: datetime | None = Field(default=None, sa_type=Moment, nullable=True)
    """When they were told, or answered."""
