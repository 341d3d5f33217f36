"""One served office for all tests of pages: the tiny world, its day solved by hand."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from fixtures import tiny
from matcher.database import Database
from matcher.settings import Settings
from tests.matcher.test_snapshot import BY_HAND, Looked, claimed, opened, store
from tests.pages.seeing import NOBODY, chromium, served


@dataclass(frozen=True)
class Site:
    """Where it is served, and its rosters: one solved, one still empty."""

    address: str
    solved: str
    empty: str
    database: Database

    @property
    def roster(self) -> str:
        return f"{self.address}/rosters/{self.solved}"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One per module: while it lives, its event loop keeps `asyncio.run` from other modules of the same process."""
    with chromium() as opened_browser:
        yield opened_browser


@pytest.fixture(scope="session")
def site(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    home = tmp_path_factory.mktemp("site")
    url = f"sqlite:///{copied(sqlite_template, home)}"
    database = Database(url)
    solved = opened(database, home, area=tiny.SUBDISTRICT)
    looked, claim = Looked(database, solved), claimed(database, solved)
    assert store(database, claim, looked, replace(looked.plan(*BY_HAND), objective=705, bound=600))
    empty = opened(database, home, area=tiny.COMMUNITY)
    with served(Settings(home=home, database_url=url, redis_url=NOBODY)) as address:
        yield Site(address, solved, empty, database)
    database.close()


@pytest.fixture(scope="session")
def bare(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of an office that has imported nothing."""
    home = tmp_path_factory.mktemp("bare")
    with served(Settings(home=home, database_url=f"sqlite:///{copied(sqlite_template, home)}", redis_url=NOBODY)) as at:
        yield at


def copied(template: Path, home: Path) -> Path:
    path = home / "matcher.sqlite3"
    path.write_bytes(template.read_bytes())
    return path
