"""The whole program, and a real browser."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.pages.seeing import chromium
from tests.whole import Whole


@pytest.fixture
def whole(database_url: str, tmp_path: Path) -> Iterator[Whole]:
    started = Whole(database_url, tmp_path)
    yield started
    assert started.end() == []


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened
