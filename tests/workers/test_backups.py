"""`matcher backup` and `matcher restore`, as the office types them."""

import tarfile
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from matcher import clock, links, webhooks
from matcher.database import Database
from matcher.settings import Settings
from workers import server
from workers.commands import app

PURSES = "编号,名称,起始日期,结束日期,预算(元)\nZJ1,助老,2026-01-01,2026-12-31,5000\n"


def said(home: Path, *words: str, code: int = 0) -> str:
    answer = CliRunner().invoke(app, list(words), env={"MATCHER_HOME": str(home), "MATCHER_DATABASE_URL": ""})
    assert answer.exit_code == code, answer.output
    return answer.output


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home whose database knows one purse."""
    file = tmp_path / "purses.csv"
    file.write_text(PURSES, encoding="utf-8")
    said(tmp_path / "home", "import", "purses", str(file))
    return tmp_path / "home"


def test_a_backup_moves_an_office_to_another_home(home: Path, tmp_path: Path) -> None:
    said(home, "backup")
    [file] = (home / "backups").glob("matcher-*.tar")
    assert "is whole" in said(home, "restore", str(file), "--look")
    assert "The database is as it was" in said(tmp_path / "new", "restore", str(file))
    again = said(tmp_path / "new", "import", "purses", str(tmp_path / "purses.csv"))
    assert "│         1 │" in again  # unchanged
    assert "--replace" in said(tmp_path / "new", "restore", str(file), code=1)


def test_links_that_were_sent_open_after_a_restore_elsewhere_and_what_is_missing_is_said(
    home: Path, tmp_path: Path
) -> None:
    until = clock.now() + timedelta(days=1)
    with closing(Database(f"sqlite:///{home / 'matcher.sqlite3'}")) as database, database.transaction() as session:
        token = links.sign(session, "answer", "ros_1.hlp_1", until)
    assert "No webhook has been signed yet" in said(home, "backup")
    key = webhooks.machine_key(Settings(home=home))
    (home / "backups" / next((home / "backups").iterdir()).name).unlink()
    assert f"{home / webhooks.KEY_FILE}, from which webhooks are signed, is not in it" in said(home, "backup")
    [file] = (home / "backups").glob("matcher-*.tar")
    with tarfile.open(file) as tar:
        assert all(key not in tar.extractfile(name).read() for name in tar.getnames())  # type: ignore[union-attr]
    new = tmp_path / "new"
    assert f"There is no {webhooks.KEY_FILE}" in said(new, "restore", str(file))
    with closing(Database(f"sqlite:///{new / 'matcher.sqlite3'}")) as database, database.reading() as session:
        assert links.opened(session, "answer", token) == "ros_1.hlp_1"


def test_nothing_is_restored_under_a_running_program(home: Path) -> None:
    said(home, "backup")
    [file] = (home / "backups").glob("matcher-*.tar")
    running = server.start(home)
    try:
        server.wait_until_ready(server.address(home))
        assert "Matcher is running" in said(home, "restore", str(file), "--replace", code=1)
    finally:
        running.kill()
        running.wait()
