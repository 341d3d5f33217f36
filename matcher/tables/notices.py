"""What people are told: notices, their deliveries by channel, and how each person and each office wants to be told."""

from datetime import date, datetime, time
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from matcher.tables.columns import JSON, Moment, at_least, between, key, not_empty, one_of, reference
from matcher.types import Channel, DeliveryState, NoticeKind, Tongue

UNSPREAD = text("spread_at IS NULL")
OPEN = text("state IN ('waiting', 'sending')")


class Notice(SQLModel, table=True):
    """通知: something that one helper, or one office, is to hear once. Never changed after it was written."""

    __table_args__ = (
        one_of("kind", NoticeKind),
        *not_empty("once"),
        *at_least(0, "reach"),
        CheckConstraint("(spread_at IS NULL) = (reach IS NULL)", name="what_was_spread_has_a_reach"),
        Index("notices_to_spread", "place", sqlite_where=UNSPREAD, postgresql_where=UNSPREAD),
    )

    id: str = key()
    kind: str = Field(max_length=12)
    helper_id: str | None = Field(
        default=None, foreign_key="helper.id", index=True, nullable=True, ondelete="CASCADE", max_length=30
    )
    """None: the office itself."""
    area_id: str = reference("area.id")
    once: str = Field(max_length=200, unique=True)
    """What it is about, so that whoever tells it twice tells it once."""
    values: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    """Ids and moments; names and sentences come from the tables when it is sent."""
    urgent: bool = False
    """Sent in quiet hours too."""
    place: int = Field(sa_type=BigInteger)
    """In which order notices were written."""
    written_at: datetime = Field(sa_type=Moment)
    expires_at: datetime | None = Field(default=None, sa_type=Moment, nullable=True)
    """When people need not hear it any more."""
    spread_at: datetime | None = Field(default=None, sa_type=Moment, nullable=True)
    reach: int | None = None
    """On how many channels it went out; 0: somebody must telephone."""


class Delivery(SQLModel, table=True):
    """投递: one notice on one channel to one receiver. Moments of its life are seconds of the database's clock."""

    __table_args__ = (
        one_of("channel", Channel),
        one_of("state", DeliveryState),
        *at_least(0, "attempts", "fence"),
        CheckConstraint("(state = 'sending') = (lease_until IS NOT NULL)", name="only_who_sends_has_a_lease"),
        CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name="what_was_sent_has_its_moment"),
        UniqueConstraint("notice_id", "receiver"),
        Index("deliveries_to_make", "receiver", "next_at", sqlite_where=OPEN, postgresql_where=OPEN),
        Index("deliveries_in_line", "line", "place", sqlite_where=OPEN, postgresql_where=OPEN),
    )

    id: str = key()
    notice_id: str = reference("notice.id")
    channel: str = Field(max_length=10)
    receiver: str = Field(max_length=40, index=True)
    """Who takes it: the mail server, the gateway, one webhook. A slow one delays nobody else."""
    webhook_id: str | None = Field(
        default=None, foreign_key="webhook.id", index=True, nullable=True, ondelete="CASCADE", max_length=30
    )
    line: str = Field(max_length=80)
    """What stands in one line is sent in order: one person's notices on one channel."""
    place: int = Field(sa_type=BigInteger)
    state: str = Field(default=DeliveryState.WAITING, max_length=10)
    attempts: int = 0
    fence: int = 0
    worker: str = Field(default="", max_length=120)
    next_at: float
    lease_until: float | None = None
    give_up_at: float | None = None
    """A day after the first attempt."""
    failure: str = Field(default="", max_length=500)
    sent_at: datetime | None = Field(default=None, sa_type=Moment, nullable=True)


class Webhook(SQLModel, table=True):
    """网络回调: another program's address. Its secret is derived, never stored."""

    __table_args__ = (*not_empty("url"), *at_least(1, "generation"))

    id: str = key()
    url: str = Field(max_length=1000)
    area_id: str = reference("area.id")
    """It hears of this area and of what lies in it."""
    kinds: list[str] = Field(default_factory=list, sa_type=JSON)
    """Empty: everything."""
    generation: int = 1
    """One more with each new secret."""
    renewed_at: datetime = Field(sa_type=Moment)
    made_at: datetime = Field(sa_type=Moment)
    is_active: bool = True
    stopped_why: str = Field(default="", max_length=500)


class CalendarLink(SQLModel, table=True):
    """日历链接: one secret address per helper, of which only the digest is kept."""

    __tablename__ = "calendar_link"

    helper_id: str = reference("helper.id", primary=True)
    digest: str = Field(max_length=64, unique=True)
    renewed_at: datetime = Field(sa_type=Moment)


class Contact(SQLModel, table=True):
    """联系方式: how a helper wants to be told; what is left open is the register's or the office's."""

    __table_args__ = (
        one_of("language", Tongue, nullable=True),
        CheckConstraint("(quiet_from IS NULL) = (quiet_to IS NULL)", name="quiet_hours_are_whole"),
    )

    helper_id: str = reference("helper.id", primary=True)
    language: str | None = Field(default=None, max_length=2)
    email: str = Field(default="", max_length=254)
    phone: str = Field(default="", max_length=30)
    channels: list[str] = Field(default_factory=list, sa_type=JSON)
    quiet_from: time | None = None
    quiet_to: time | None = None


class Routine(SQLModel, table=True):
    """惯例: an office's hours, for its area and what lies in it."""

    __table_args__ = (one_of("language", Tongue), *between(0, 720, "reminder_minutes"))

    area_id: str = reference("area.id", primary=True)
    quiet_from: time
    quiet_to: time
    evening_at: time
    """When helpers are reminded of the next day."""
    reminder_minutes: int = 60
    """And again so long before each visit; 0: not."""
    nightly_at: time | None = None
    """When the roster of the next day is made; None: by hand only."""
    is_for_workdays: bool = False
    """Whether only workdays have a nightly roster."""
    language: str = Field(default=Tongue.CHINESE, max_length=2)
    email: str = Field(default="", max_length=254)
    phone: str = Field(default="", max_length=30)
    """Where the office itself is told: that nobody is left to ask."""


class SpecialDay(SQLModel, table=True):
    """特殊日: a day that the office itself declared a workday or a day off."""

    __tablename__ = "special_day"

    area_id: str = reference("area.id", primary=True)
    day: date = Field(primary_key=True)
    is_workday: bool
    name: str = Field(default="", max_length=120)


class Nightly(SQLModel, table=True):
    """每晚排班: the trigger rang for this area and day; the row is what makes it ring once."""

    area_id: str = reference("area.id", primary=True)
    day: date = Field(primary_key=True)
    run_id: str | None = reference("run.id", nullable=True)
    rung_at: datetime = Field(sa_type=Moment)
    sentence: str = Field(default="", max_length=500)
    """Why there was nothing to do, if so."""
