"""Proof of service: who came and left, the hours that count, what residents say, and what a person should look at.

`attendance` and `hours` are append-only: triggers in the migrations refuse UPDATE and DELETE on both databases, and
what they refer to cannot be deleted either. Whoever makes one of them anew in a migration makes its triggers anew.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from matcher.tables.columns import JSON, Moment, at_least, between, key, not_empty, one_of, reference
from matcher.types import AttendanceKind, Basis, Doubt, FlagState, Way, WishKind

FIRST = text("corrects_id IS NULL")
OPEN = text("state = 'open'")
NO_DECISION = text("kind = 'not_again' AND decided_at IS NULL")


def lasting(target: str) -> Any:
    """A foreign key to what cannot be deleted while this row names it."""
    return Field(foreign_key=target, index=True, max_length=30)


class Secret(SQLModel, table=True):
    """A key with which links are signed; made once, by whoever needs it first."""

    name: str = Field(primary_key=True, max_length=30)
    value: str = Field(max_length=100)


class DoorCode(SQLModel, table=True):
    """签到码: what the resident shows at the door, so that a check-in proves presence."""

    __tablename__ = "door_code"
    __table_args__ = tuple(at_least(0, "wrong"))

    visit_id: str = reference("visit.id", primary=True)
    code: str = Field(max_length=12)
    wrong: int = 0
    """How often somebody guessed; too often locks it until it is renewed."""
    made_at: datetime = Field(sa_type=Moment)


class Attendance(SQLModel, table=True):
    """签到记录: one entry of who came, left or did not come. Never changed; a correction is an entry of its own."""

    __table_args__ = (
        one_of("kind", AttendanceKind),
        one_of("way", Way),
        CheckConstraint("at IS NOT NULL OR corrects_id IS NOT NULL", name="only_a_correction_takes_back"),
        CheckConstraint("way <> 'person' OR length(trim(reason)) > 0", name="a_person_gives_a_reason"),
        CheckConstraint("corrects_id IS NULL OR way = 'person'", name="a_person_corrects"),
        Index(
            "once_of_each_kind",
            *("visit_id", "helper_id", "kind"),
            unique=True,
            sqlite_where=FIRST,
            postgresql_where=FIRST,
        ),
        UniqueConstraint("corrects_id"),
    )

    id: str = key()
    visit_id: str = lasting("visit.id")
    helper_id: str = lasting("helper.id")
    kind: str = Field(max_length=10)
    at: datetime | None = Field(default=None, sa_type=Moment, nullable=True)
    """When it was, as it was claimed; nothing: it did not happen."""
    way: str = Field(max_length=10)
    by: str = Field(default="", max_length=120)
    reason: str = Field(default="", max_length=500)
    corrects_id: str | None = Field(default=None, foreign_key="attendance.id", nullable=True, max_length=30)
    """The entry in whose place this one counts; each is corrected at most once, so corrections form a chain."""
    written_at: datetime = Field(sa_type=Moment)


class Hours(SQLModel, table=True):
    """服务时长: one entry of the append-only ledger of confirmed service. What counts of a visit is their sum."""

    __table_args__ = (
        one_of("basis", Basis),
        CheckConstraint("minutes <> 0 AND minutes BETWEEN -1440 AND 1440", name="minutes_are_sensible"),
        CheckConstraint("corrects_id IS NOT NULL OR minutes > 0", name="only_a_counter_entry_takes_away"),
        CheckConstraint("corrects_id IS NULL OR length(trim(reason)) > 0", name="a_counter_entry_gives_a_reason"),
        Index(
            "one_first_entry_of_a_visit",
            "visit_id",
            "helper_id",
            unique=True,
            sqlite_where=FIRST,
            postgresql_where=FIRST,
        ),
        UniqueConstraint("corrects_id"),
        Index("hours_of_a_helper", "helper_id", "day"),
    )

    id: str = key()
    helper_id: str = Field(foreign_key="helper.id", max_length=30)
    visit_id: str = lasting("visit.id")
    day: date
    minutes: int
    basis: str = Field(max_length=10)
    by: str = Field(default="", max_length=120)
    reason: str = Field(default="", max_length=500)
    corrects_id: str | None = Field(default=None, foreign_key="hours.id", nullable=True, max_length=30)
    """The entry after which this counter-entry comes."""
    entered_at: datetime = Field(sa_type=Moment)


class Flag(SQLModel, table=True):
    """疑点: a claim that cannot be quite right, for a person to look at. Nobody is punished by it."""

    __table_args__ = (
        one_of("kind", Doubt),
        one_of("state", FlagState),
        CheckConstraint("(state = 'open') = (resolved_at IS NULL)", name="a_resolved_flag_has_an_end"),
        CheckConstraint("state = 'open' OR length(trim(reason)) > 0", name="a_resolved_flag_has_a_reason"),
        UniqueConstraint("kind", "helper_id", "visit_id", "other"),
        Index("flags_that_are_open", "raised_at", sqlite_where=OPEN, postgresql_where=OPEN),
    )

    id: str = key()
    kind: str = Field(max_length=20)
    helper_id: str = reference("helper.id")
    visit_id: str = reference("visit.id")
    other: str = Field(default="", max_length=30)
    """The other visit, where two claims contradict each other."""
    text: str = Field(max_length=300)
    told: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    """What fills the text."""
    state: str = Field(default=FlagState.OPEN, max_length=10)
    raised_at: datetime = Field(sa_type=Moment)
    resolved_at: datetime | None = Field(default=None, sa_type=Moment, nullable=True)
    resolved_by: str = Field(default="", max_length=120)
    reason: str = Field(default="", max_length=500)


class Feedback(SQLModel, table=True):
    """反馈: what the resident says of a visit; it closes the visit."""

    __table_args__ = (
        UniqueConstraint("visit_id"),
        *between(1, 5, "rating"),
    )

    id: str = key()
    visit_id: str = reference("visit.id", index=False)
    rating: int
    words: str = Field(default="", max_length=1000)
    happened: bool = True
    """Whether anybody came, as the resident says."""
    on_behalf: str = Field(default="", max_length=120)
    """Who wrote it down, where it was not the resident."""
    given_at: datetime = Field(sa_type=Moment)


class Wish(SQLModel, table=True):
    """意愿: whether a resident would like to see a helper again. Not again: a barring proposal until it is decided."""

    __table_args__ = (
        one_of("kind", WishKind),
        UniqueConstraint("feedback_id", "helper_id"),
        CheckConstraint("(decided_at IS NULL) = (barred IS NULL)", name="a_decision_is_whole"),
        Index("barring_proposals", "said_at", sqlite_where=NO_DECISION, postgresql_where=NO_DECISION),
    )

    id: str = key()
    feedback_id: str = reference("feedback.id")
    resident_id: str = reference("resident.id")
    helper_id: str = reference("helper.id")
    kind: str = Field(max_length=10)
    said_at: datetime = Field(sa_type=Moment)
    barred: bool | None = None
    decided_at: datetime | None = Field(default=None, sa_type=Moment, nullable=True)
    decided_by: str = Field(default="", max_length=120)
    reason: str = Field(default="", max_length=500)


class FaceCap(SQLModel, table=True):
    """面孔上限: the most different helpers whom a resident wishes to see in a month."""

    __tablename__ = "face_cap"
    __table_args__ = tuple(between(1, 100, "most"))

    resident_id: str = reference("resident.id", primary=True)
    most: int
    said_at: datetime = Field(sa_type=Moment)


class Substitute(SQLModel, table=True):
    """代班人: who comes to a resident while their regular helper is on leave."""

    __table_args__ = (UniqueConstraint("time_off_id", "resident_id"), *not_empty("named_by"))

    id: str = key()
    time_off_id: str = reference("time_off.id", index=False)
    resident_id: str = reference("resident.id")
    helper_id: str = reference("helper.id")
    named_by: str = Field(max_length=120)
    named_at: datetime = Field(sa_type=Moment)
