"""Who may sign in, and what they hold to show that it is they. Of every secret only a digest is kept."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel

from matcher.tables.columns import JSON, Moment, at_least, key, not_empty, one_of, reference
from matcher.types import Role

OF_AREA = "'desk', 'coordinator', 'auditor', 'program'"
OF_HELPER = "'volunteer', 'crew'"


def _goes_with(target: str) -> Any:
    """A narrower scope never becomes a wider one: who loses what they were bound to is gone with it."""
    return Field(default=None, foreign_key=target, index=True, nullable=True, ondelete="CASCADE", max_length=30)


class Account(SQLModel, table=True):
    """账号: somebody, or another program, who may sign in, with one role and the scope in which it holds."""

    __table_args__ = (
        one_of("role", Role),
        *not_empty("name"),
        CheckConstraint(f"(area_id IS NOT NULL) = (role IN ({OF_AREA}))", name="an_area_bounds_who_works_for_it"),
        CheckConstraint("(provider_id IS NOT NULL) = (role = 'dispatcher')", name="a_provider_bounds_its_dispatcher"),
        CheckConstraint(f"(helper_id IS NOT NULL) = (role IN ({OF_HELPER}))", name="who_helps_is_one_helper"),
    )

    id: str = key()
    name: str = Field(max_length=60, unique=True)
    """By which one signs in: in small letters, in one form of Unicode."""
    role: str = Field(max_length=15)
    area_id: str | None = _goes_with("area.id")
    provider_id: str | None = _goes_with("provider.id")
    helper_id: str | None = _goes_with("helper.id")
    password: str = Field(default="", max_length=200)
    """argon2id with its salt; empty: nobody signs in with a password."""
    is_active: bool = True
    made_at: datetime = Field(sa_type=Moment)


class SignIn(SQLModel, table=True):
    """登录: one device on which somebody is signed in; without the row they are not."""

    __tablename__ = "sign_in"

    id: str = key()
    account_id: str = reference("account.id")
    digest: str = Field(max_length=64, unique=True)
    made_at: datetime = Field(sa_type=Moment)
    ends_at: datetime = Field(sa_type=Moment)


class ApiKey(SQLModel, table=True):
    """接口密钥: by which another program is known."""

    __tablename__ = "api_key"
    __table_args__ = (*not_empty("name"),)

    id: str = key()
    account_id: str = reference("account.id")
    name: str = Field(max_length=60)
    digest: str = Field(max_length=64, unique=True)
    scopes: list[str] = Field(default_factory=list, sa_type=JSON)
    """The acts that it is good for, of those that its account may do."""
    made_at: datetime = Field(sa_type=Moment)
    ends_at: datetime = Field(sa_type=Moment)


class Throttle(SQLModel, table=True):
    """限速: how often somebody tried one account, or from one address, without success."""

    __table_args__ = (*at_least(0, "tries"),)

    digest: str = Field(primary_key=True, max_length=64)
    """Of the name or the address, so that neither a mistyped password nor anybody's address is kept."""
    tries: int = 0
    free_at: datetime = Field(sa_type=Moment)
    """Before then nobody is let through."""
