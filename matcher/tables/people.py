"""Who receives service, who gives it, and when they can come."""

from datetime import date, datetime, time
from typing import Any

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from matcher.tables.columns import (
    JSON,
    Moment,
    at_least,
    between,
    forward,
    key,
    not_empty,
    number,
    on_earth,
    one_of,
    points,
    reference,
    text,
)
from matcher.types import Gender, HelperKind, Mode, TeamKind, Tier


class Resident(SQLModel, table=True):
    """居民."""

    __table_args__ = (one_of("gender", Gender, nullable=True), *not_empty("name"), *on_earth())

    id: str = key()
    number: str | None = number()
    name: str = Field(max_length=120)
    gender: str | None = Field(default=None, max_length=10)
    born: date | None = None
    ethnic_group: str = Field(default="", max_length=60)
    languages: list[str] = Field(default_factory=list, sa_type=JSON)
    phone: str = Field(default="", max_length=30)
    area_id: str = reference("area.id")
    address: str = text()
    latitude: float
    longitude: float
    household: str = Field(default="", max_length=40, index=True)
    need_groups: list[str] = Field(default_factory=list, sa_type=JSON)


class Team(SQLModel, table=True):
    """队伍."""

    __table_args__ = (one_of("kind", TeamKind), UniqueConstraint("name", "kind"), *not_empty("name"))

    id: str = key()
    name: str = Field(max_length=120)
    kind: str = Field(max_length=20)


class Helper(SQLModel, table=True):
    """服务者: whoever can be sent. A volunteer or a crew stands behind each."""

    __table_args__ = (
        one_of("kind", HelperKind),
        one_of("mode", Mode),
        one_of("gender", Gender, nullable=True),
        *not_empty("name"),
        *on_earth(),
        *at_least(0, "visit_fee", "hour_fee", "carried_burden"),
        *between(1, 1440, "most_minutes"),
        *at_least(1, "most_visits"),
        CheckConstraint(
            "(rest_from IS NULL AND rest_to IS NULL AND rest_minutes IS NULL)"
            " OR (rest_from IS NOT NULL AND rest_to IS NOT NULL AND rest_minutes IS NOT NULL"
            " AND rest_from < rest_to AND rest_minutes > 0)",
            name="rest_is_whole",
        ),
    )

    id: str = key()
    kind: str = Field(max_length=10)
    name: str = Field(max_length=120)
    gender: str | None = Field(default=None, max_length=10)
    languages: list[str] = Field(default_factory=list, sa_type=JSON)
    area_id: str = reference("area.id")
    latitude: float
    longitude: float
    mode: str = Field(default=Mode.WALK, max_length=10)
    most_visits: int | None = None
    most_minutes: int | None = None
    visit_fee: int = points()
    hour_fee: int = points()
    """In fen."""
    rest_from: time | None = None
    rest_to: time | None = None
    rest_minutes: int | None = None
    carried_burden: int = points()
    is_active: bool = True


class Volunteer(SQLModel, table=True):
    """志愿者."""

    id: str = key()
    number: str | None = number()
    helper_id: str = Field(foreign_key="helper.id", unique=True, ondelete="CASCADE", max_length=30)
    team_id: str | None = reference("team.id", nullable=True)
    born: date | None = None
    ethnic_group: str = Field(default="", max_length=60)
    phone: str = Field(default="", max_length=30)
    address: str = text()


class Provider(SQLModel, table=True):
    """服务商, at any of the three tiers."""

    __table_args__ = (one_of("tier", Tier), *not_empty("name"), *on_earth())

    id: str = key()
    number: str | None = number()
    name: str = Field(max_length=120)
    name_en: str = Field(default="", max_length=120)
    name_ug: str = Field(default="", max_length=120)
    tier: str = Field(max_length=20)
    area_id: str = reference("area.id")
    phone: str = Field(default="", max_length=30)
    address: str = text()
    latitude: float
    longitude: float


class Crew(SQLModel, table=True):
    """班组 of a provider; goes out together as one helper."""

    __table_args__ = tuple(at_least(1, "members"))

    id: str = key()
    number: str | None = number()
    helper_id: str = Field(foreign_key="helper.id", unique=True, ondelete="CASCADE", max_length=30)
    provider_id: str = reference("provider.id")
    members: int = 1


class HelperSkill(SQLModel, table=True):
    """A skill that a helper has; a certificate has the day after which it no longer holds."""

    __tablename__ = "helper_skill"

    helper_id: str = reference("helper.id", primary=True)
    skill_id: str = reference("skill.id", primary=True)
    expires: date | None = None
    """The last day on which it holds."""


class Availability(SQLModel, table=True):
    """可服务时间: one stretch of a helper's week; weekday 0 is Monday."""

    __table_args__ = (
        *between(0, 6, "weekday"),
        forward("start_at", "end_at"),
        UniqueConstraint("helper_id", "weekday", "start_at"),
    )

    id: str = key()
    helper_id: str = reference("helper.id")
    weekday: int
    start_at: time
    end_at: time


class ExceptionalDay(SQLModel, table=True):
    """One day that differs from the week: these stretches instead, or none at all."""

    __tablename__ = "exceptional_day"
    __table_args__ = (UniqueConstraint("helper_id", "day"),)

    id: str = key()
    helper_id: str = reference("helper.id")
    day: date
    stretches: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)
    """[{"start": "09:00", "end": "11:30"}]"""


class TimeOff(SQLModel, table=True):
    """请假; wins over availability and over exceptions."""

    __tablename__ = "time_off"
    __table_args__ = (forward("start_at", "end_at"), UniqueConstraint("helper_id", "start_at"))

    id: str = key()
    helper_id: str = reference("helper.id")
    start_at: datetime = Field(sa_type=Moment)
    end_at: datetime = Field(sa_type=Moment)
    reason: str = text()
