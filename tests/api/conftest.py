"""A client of the real application over a real database; what breaks inside is answered, not raised."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from matcher.settings import Settings
from tests.api.office import Office


@pytest.fixture
def client(database_url: str, tmp_path: Path) -> Iterator[TestClient]:
    settings = Settings(database_url=database_url, home=tmp_path, redis_url="redis://127.0.0.1:1/0")
    with TestClient(create_app(settings), raise_server_exceptions=False) as opened:
        yield opened


@pytest.fixture
def office(client: TestClient) -> Office:
    """A small office: the tiny world's areas, streets, services and people, read in through the API."""
    return Office(client)
