"""Alembic's door: called by `matcher.migrations.steps` with an engine."""

from alembic import context
from sqlalchemy import Connection, Engine

from matcher.tables.all import METADATA


def run(engine: Engine) -> None:
    """On SQLite a table is changed by making it anew, and dropping the old one would take along what refers to it."""
    with engine.execution_options(matcher_writes=True).connect() as connection:
        is_sqlite = engine.dialect.name == "sqlite"
        if is_sqlite:
            _heed_references(connection, "OFF")
        context.configure(
            connection=connection,
            target_metadata=METADATA,
            render_as_batch=True,
            compare_type=True,
        )
        with context.begin_transaction():
            context.run_migrations()
        if is_sqlite:
            _heed_references(connection, "ON")


def _heed_references(connection: Connection, how: str) -> None:
    """Outside any transaction, where alone SQLite listens."""
    raw = connection.connection.dbapi_connection
    assert raw is not None
    raw.execute(f"PRAGMA foreign_keys={how}")


run(context.config.attributes["engine"])
