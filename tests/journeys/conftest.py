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


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One per module: while it lives, no other module of the same process can open one."""
    with chromium() as opened:
        yield opened
