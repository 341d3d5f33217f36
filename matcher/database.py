"""The database: one engine, and the only place that commits.

SQLite writes begin IMMEDIATE, so a writer waits for its turn at the start instead of failing at the end; reading begins
plainly and, in WAL mode, disturbs nobody. Postgres needs neither.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, DateTime, Dialect, Engine, Float, cast, event, extract, func, literal_column
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.types import TypeDecorator
from sqlmodel import Session, create_engine

from matcher.errors import BusyError

BUSY_SECONDS = 5.0
"""How long a writer waits for its turn: shorter than anybody waits for a page."""
JULIAN_1970 = 2_440_587.5
BUSY_STATES = {"55P03", "40001", "40P01", "57P03", "53300"}
"""Postgres: lock not available, serialization failure, deadlock, starting up, too many connections."""


class Moment(TypeDecorator[datetime]):
    """An aware moment, stored in UTC; SQLite drops zones, so they are taken off and put back here."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone cannot be stored")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Database:
    """One database by URL: `sqlite:///path` or `postgresql+psycopg://...`."""

    def __init__(self, url: str, busy_seconds: float = BUSY_SECONDS) -> None:
        self.url = url
        self.engine = _engine(url, busy_seconds)

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """A session whose work is committed at the end, or undone if anything is raised. BusyError: try again."""
        with _heard(), Session(self._writing(), expire_on_commit=False) as session:
            if self.engine.dialect.name == "sqlite":
                session.connection()
            yield session
            session.commit()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that sees one consistent state and stores nothing."""
        with _heard(), Session(self._reading(), expire_on_commit=False, autoflush=False) as session:
            yield session

    def migrate(self) -> None:
        """Bring the tables to the newest form."""
        from matcher.migrations import steps  # Alembic is not wanted in every process

        steps.upgrade(self.engine)

    def close(self) -> None:
        self.engine.dispose()

    def _writing(self) -> Engine:
        return self.engine.execution_options(matcher_writes=True)

    def _reading(self) -> Engine:
        if self.engine.dialect.name == "postgresql":
            return self.engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        return self.engine


@contextmanager
def _heard() -> Iterator[None]:
    try:
        yield
    except (OperationalError, PoolTimeoutError) as error:
        if isinstance(error, PoolTimeoutError) or _is_busy(error):
            raise BusyError("The database is busy.", cure="Try again in a few seconds.") from error
        raise


def _is_busy(error: OperationalError) -> bool:
    if isinstance(error.orig, sqlite3.OperationalError):
        return error.orig.sqlite_errorname.startswith(("SQLITE_BUSY", "SQLITE_LOCKED"))
    state = getattr(error.orig, "sqlstate", None)
    return state in BUSY_STATES or error.connection_invalidated or (state is None)


def _engine(url: str, busy_seconds: float) -> Engine:
    if not url.startswith("sqlite"):
        return _postgres(url, busy_seconds)
    path = url.removeprefix("sqlite:///")
    if path and path != ":memory:":
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(
        url,
        hide_parameters=True,
        pool_size=20,
        max_overflow=30,
        pool_timeout=busy_seconds,
        connect_args={"timeout": busy_seconds, "check_same_thread": False},
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _postgres(url: str, busy_seconds: float) -> Engine:
    engine = create_engine(
        url,
        hide_parameters=True,
        pool_pre_ping=True,
        pool_size=10,
        max_overflow=10,
        pool_timeout=busy_seconds,
        connect_args={"connect_timeout": max(2, round(busy_seconds))},
    )

    @event.listens_for(engine, "begin")
    def wait_no_longer(connection: Connection) -> None:
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = {round(busy_seconds * 1000)}")

    return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves; the driver's own timeout is SQLite's busy_timeout
    for pragma in ("journal_mode=WAL", "foreign_keys=ON", "synchronous=FULL"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Any) -> None:
    writes = connection.get_execution_options().get("matcher_writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def insert_new(session: Session, table: Any) -> Any:
    """An INSERT into a table that passes over rows which are there already, be it since this very moment."""
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    return insert(table).on_conflict_do_nothing()


def is_taken(error: IntegrityError) -> bool:
    """Whether a row of the same number or pair is there already; otherwise the row itself is not sound."""
    if isinstance(error.orig, sqlite3.IntegrityError):
        return error.orig.sqlite_errorname in {"SQLITE_CONSTRAINT_UNIQUE", "SQLITE_CONSTRAINT_PRIMARYKEY"}
    return getattr(error.orig, "sqlstate", None) == "23505"


def seconds_now(session: Session) -> ColumnElement[float]:
    """The database's own clock, in seconds since 1970: leases must not depend on whose machine asks."""
    if session.get_bind().dialect.name == "sqlite":
        return (func.julianday("now") - JULIAN_1970) * 86_400.0
    return cast(extract("epoch", literal_column("clock_timestamp()")), Float)
