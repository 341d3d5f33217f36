"""What was asked about a roster's day, and what a worker answered."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel

from matcher.tables.columns import JSON, Moment, at_least, key, one_of, reference
from matcher.types import QuestionKind


class Question(SQLModel, table=True):
    """询问: what if, worked out by a worker. The answer belongs to one version of the roster."""

    __table_args__ = (
        one_of("kind", QuestionKind),
        CheckConstraint("(answer IS NULL AND failure = '') = (answered_at IS NULL)", name="an_answer_has_its_moment"),
        *at_least(1, "version"),
    )

    id: str = key()
    roster_id: str = reference("roster.id")
    kind: str = Field(max_length=10)
    version: int
    """The roster's, when it was asked."""
    asked: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    """Whom or what it is about."""
    answer: dict[str, Any] | None = Field(default=None, sa_type=JSON, nullable=True)
    failure: str = Field(default="", max_length=500)
    asked_at: datetime = Field(sa_type=Moment)
    answered_at: datetime | None = Field(default=None, sa_type=Moment, nullable=True)
