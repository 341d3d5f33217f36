"""Backups: one file that holds the whole database as it was at one moment, and the way back.

The file is a tar of `manifest.json` and the database's own copy: SQLite's from VACUUM INTO, Postgres's from pg_dump in
its custom format, both taken in one snapshot while people go on working. It holds personal data: only the owner may
read it, and nothing in it is encrypted.
"""

import hashlib
import json
import os
import sqlite3
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, MetaData, Table, create_engine, func, make_url, select
from sqlalchemy import inspect as inspected

from matcher import clock
from matcher.database import Database
from matcher.errors import BackupError

PRODUCT = "matcher backup 1"
MANIFEST, COPY = "manifest.json", "database"
CHUNK = 2**20
VERSIONS = "alembic_version"


@dataclass(frozen=True)
class Manifest:
    """What a backup holds. `rows` by table; `sha256` of the copy."""

    product: str
    made_at: str
    kind: str
    revision: str
    rows: dict[str, int]
    sha256: str

    @property
    def total(self) -> int:
        return sum(self.rows.values())


def write(database: Database, path: Path) -> Manifest:
    """Back the database up into a new file, whole or not at all. BackupError names what stands in the way."""
    if path.exists():
        raise BackupError(f"{path} is there already.", cure="Maybe choose another name: a backup is never overwritten.")
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".backup-", dir=path.parent) as folder:
        copy = Path(folder) / COPY
        kind, moment = database.engine.dialect.name, clock.now().isoformat(timespec="seconds")
        revision, rows = _copy_sqlite(database, copy) if kind == "sqlite" else _copy_postgres(database, copy)
        manifest = Manifest(PRODUCT, moment, kind, revision, rows, _sha256(copy))
        (Path(folder) / MANIFEST).write_text(json.dumps(asdict(manifest), indent=1), encoding="utf-8")
        whole = Path(folder) / "whole"
        with tarfile.open(whole, "w") as tar:
            for name in (MANIFEST, COPY):
                tar.add(Path(folder) / name, name)
        os.chmod(whole, 0o600)
        _settle(whole)
        os.link(whole, path)  # unlike a rename, never over a file that came meanwhile
    return manifest


def read(path: Path) -> Manifest:
    """What the file holds, once its copy is found whole. BackupError: it is no backup, or damaged."""
    with _unpacked(path) as (manifest, _copy):
        return manifest


def restore(database: Database, path: Path, replace: bool = False) -> Manifest:
    """Bring the database back to the backup, whole or not at all, then to today's tables.

    BackupError: the file is no whole backup, is of the other kind of database or of a newer program, or the database
    holds rows and `replace` was not asked for.
    """
    with _unpacked(path) as (manifest, copy):
        kind = database.engine.dialect.name
        if manifest.kind != kind:
            raise BackupError(
                f"{path.name} is a backup of {manifest.kind}, and the database is {kind}.",
                cure=f"Maybe set MATCHER_DATABASE_URL to a {manifest.kind} database.",
            )
        _refuse_newer(manifest, path)
        if not replace and (held := _rows(database)):
            raise BackupError(f"The database holds {held:,} rows.", cure="Say --replace if they may go.")
        if kind == "sqlite":
            _restore_sqlite(database, copy)
        else:
            _restore_postgres(database, copy)
    _compare(database, manifest)
    database.migrate()
    return manifest


def _refuse_newer(manifest: Manifest, path: Path) -> None:
    from matcher.migrations import steps

    if manifest.revision not in steps.known():
        raise BackupError(
            f"{path.name} was made by a newer Matcher (tables {manifest.revision}).",
            cure="Maybe update this one first.",
        )


def _copy_sqlite(database: Database, copy: Path) -> tuple[str, dict[str, int]]:
    """One statement, one snapshot; then the copy is looked through, row by row."""
    with closing(sqlite3.connect(_file(database))) as connection:
        connection.execute("VACUUM INTO ?", (str(copy),))
    held = create_engine(f"sqlite:///{copy}")
    try:
        with held.connect() as connection:
            troubles = [
                *(row[0] for row in connection.exec_driver_sql("PRAGMA integrity_check") if row[0] != "ok"),
                *(
                    f"a row of {row[0]} points nowhere"
                    for row in connection.exec_driver_sql("PRAGMA foreign_key_check")
                ),
            ]
            if troubles:
                raise BackupError(f"The database is damaged: {'; '.join(troubles[:3])}.")
            return _revision(connection), _counts(connection)
    finally:
        held.dispose()


def _copy_postgres(database: Database, copy: Path) -> tuple[str, dict[str, int]]:
    """Counted and dumped in the same exported snapshot."""
    with database.engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        snapshot = connection.exec_driver_sql("SELECT pg_export_snapshot()").scalar_one()
        counted = _revision(connection), _counts(connection)
        _run(database, "pg_dump", "--format=custom", "--no-owner", f"--snapshot={snapshot}", f"--file={copy}")
    return counted


def _restore_sqlite(database: Database, copy: Path) -> None:
    """Page by page through SQLite's own locks: whoever has the file open sees the old state or the new one."""
    with closing(sqlite3.connect(copy)) as source, closing(sqlite3.connect(_file(database), timeout=10)) as target:
        try:
            source.backup(target)
        except sqlite3.OperationalError as error:
            raise BackupError(f"The database cannot be written: {error}.", cure="Maybe end Matcher first.") from error


def _restore_postgres(database: Database, copy: Path) -> None:
    database.engine.dispose()
    _run(database, "pg_restore", "--clean", "--if-exists", "--no-owner", "--single-transaction", str(copy))


def _run(database: Database, tool: str, *words: str) -> None:
    """A tool of Postgres on this database; the password goes by the environment, not by the list of processes."""
    url = make_url(database.url).set(drivername="postgresql")
    address = url.set(password=None).render_as_string()
    password = {"PGPASSWORD": str(url.password)} if url.password else {}
    try:
        done = subprocess.run(
            [tool, f"--dbname={address}", *words], env={**os.environ, **password}, capture_output=True, text=True
        )
    except FileNotFoundError as error:
        raise BackupError(
            f"{tool} is not on this machine.", cure="Install Postgres's client programs (postgresql-client)."
        ) from error
    if done.returncode:
        said = done.stderr.strip().splitlines()[:2] or [f"exit code {done.returncode}"]
        raise BackupError(f"{tool} did not succeed: {'; '.join(said)}.")


def _file(database: Database) -> str:
    return str(make_url(database.url).database)


def _revision(connection: Connection) -> str:
    found = MigrationContext.configure(connection).get_current_revision()
    if found is None:
        raise BackupError("The database has no tables yet; there is nothing to back up.")
    return found


def _counts(connection: Connection) -> dict[str, int]:
    """Rows by table, of whatever tables there are."""
    names = sorted(set(inspected(connection).get_table_names()) - {VERSIONS})
    metadata = MetaData()
    counts = {name: select(func.count()).select_from(Table(name, metadata)) for name in names}
    return {name: int(connection.execute(count).scalar_one()) for name, count in counts.items()}


def _rows(database: Database) -> int:
    with database.engine.connect() as connection:
        return sum(_counts(connection).values())


def _compare(database: Database, manifest: Manifest) -> None:
    with database.engine.connect() as connection:
        counts = _counts(connection)
    wrong = [name for name, count in manifest.rows.items() if counts.get(name) != count]
    if wrong:
        raise BackupError(f"What was restored differs from the backup in {', '.join(wrong)}.")


@contextmanager
def _unpacked(path: Path) -> Iterator[tuple[Manifest, Path]]:
    """The manifest and the copy, checked against each other, in a folder that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="matcher-restore-") as folder:
        try:
            with tarfile.open(path) as tar:
                for name in (MANIFEST, COPY):
                    tar.extract(name, folder, filter="data")
            manifest = Manifest(**json.loads((Path(folder) / MANIFEST).read_text(encoding="utf-8")))
        except (tarfile.TarError, KeyError, TypeError, ValueError, EOFError) as error:
            raise BackupError(f"{path.name} is no backup of Matcher, or only a part of one.") from error
        copy = Path(folder) / COPY
        if manifest.product != PRODUCT or _sha256(copy) != manifest.sha256:
            raise BackupError(f"{path.name} is damaged: what it holds is not what it says.")
        yield manifest, copy


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as opened:
        while chunk := opened.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def _settle(path: Path) -> None:
    """On the disk, not only on its way there."""
    with path.open("rb") as opened:
        os.fsync(opened.fileno())
