"""A client of the real application over a real database, signed in as an administrator.

What breaks inside is answered, not raised.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from matcher.settings import Settings
from tests.api.office import Office
from tests.signed import a_token, shown


@pytest.fixture
def client(database_url: str, tmp_path: Path) -> Iterator[TestClient]:
    settings = Settings(database_url=database_url, home=tmp_path, redis_url="redis://127.0.0.1:1/0")
    with TestClient(create_app(settings), raise_server_exceptions=False) as opened:
        opened.headers.update(shown(a_token(opened.app.state.database)))  # type: ignore[attr-defined]
        yield opened


@pytest.fixture
def office(client: TestClient) -> Office:
    """A small office: the tiny world's areas, streets, services and people, read in through the API."""
    return Office(client)
