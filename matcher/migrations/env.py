"""Alembic's door: called by `matcher.migrations.steps` with an engine."""

from alembic import context
from sqlalchemy import Connection, Engine

from matcher.tables.all import METADATA


def run(engine: Engine) -> None:
    with engine.execution_options(matcher_writes=True).connect() as connection:
        if engine.dialect.name == "sqlite":
            _let_references_be(connection)
        context.configure(
            connection=connection,
            target_metadata=METADATA,
            render_as_batch=True,
            compare_type=True,
        )
        with context.begin_transaction():
            context.run_migrations()


def _let_references_be(connection: Connection) -> None:
    """SQLite changes a table by making it anew, and dropping the old one would take along whatever refers to it. So
    this connection heeds no references; it is taken out of the pool, and nobody gets it after us."""
    connection.detach()
    raw = connection.connection.dbapi_connection
    assert raw is not None
    raw.execute("PRAGMA foreign_keys=OFF")


run(context.config.attributes["engine"])
