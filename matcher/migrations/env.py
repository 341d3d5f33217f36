"""Alembic's door: called by `matcher.migrations.steps` with an engine."""

from alembic import context
from sqlalchemy import Engine

from matcher.tables.all import METADATA


def run(engine: Engine) -> None:
    with engine.execution_options(matcher_writes=True).connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=METADATA,
            render_as_batch=True,
            compare_type=True,
        )
        with context.begin_transaction():
            context.run_migrations()


run(context.config.attributes["engine"])
