"""A tiny office with a real queue, real workers and a real database, on which things are killed."""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pytest

from fixtures.tiny import write_tiny
from matcher import areas, imports, rosters, runs
from matcher.database import Database
from matcher.rosters import RosterResult
from matcher.settings import Settings
from matcher.tables.rosters import Run
from tests.workers.processes import eventually, running
from workers import queues, server
from workers.leash import on_leash

DAY = date(2034, 11, 20)
LEASE = 2.0


@dataclass
class Office:
    """The tiny world's roster, and the processes that serve it."""

    settings: Settings
    database: Database
    roster_id: str
    processes: list["subprocess.Popen[bytes]"] = field(default_factory=list)

    @property
    def queue_url(self) -> str:
        return queues.address(self.settings)

    def start_queue(self) -> "subprocess.Popen[bytes]":
        started = server.start(self.settings.home)
        self.processes.append(started)
        server.wait_until_ready(self.queue_url)
        return started

    def start_worker(self) -> "subprocess.Popen[bytes]":
        return self._start("workers.worker")

    def start_sweeper(self) -> "subprocess.Popen[bytes]":
        return self._start("workers.sweeper")

    def _start(self, module: str) -> "subprocess.Popen[bytes]":
        settings = self.settings
        environment = {
            **os.environ,
            **{"MATCHER_HOME": str(settings.home), "MATCHER_DATABASE_URL": settings.database_url},
            **{"MATCHER_LEASE_SECONDS": str(settings.lease_seconds), "REDIS_URL": self.queue_url},
        }
        started = subprocess.Popen(on_leash(sys.executable, "-m", module), env=environment)
        self.processes.append(started)
        return started

    def trigger(self, seconds: float = 3, ring: bool = True) -> str:
        """Start a run as the API does: commit, then ring."""
        with self.database.transaction() as session:
            run_id = runs.start(session, self.roster_id, seconds=seconds).id
        if ring:
            queues.ring(run_id, self.settings)
        return run_id

    def run(self, run_id: str) -> Run:
        with self.database.reading() as session:
            return runs.get(session, run_id)

    def ended(self, run_id: str, seconds: float = 120) -> Run:
        """The run once it has ended."""
        return eventually(lambda: found if (found := self.run(run_id)).ended_at else None, seconds)

    def stop(self, run_id: str) -> None:
        with self.database.transaction() as session:
            runs.ask_to_stop(session, run_id)

    def result(self) -> RosterResult:
        with self.database.reading() as session:
            return rosters.result(session, self.roster_id)

    def solving(self, run_id: str, worker: "subprocess.Popen[bytes]", fence: int = 1) -> int:
        """The solver child of a worker, once its first incumbent is known."""
        eventually(lambda: (seen := self.run(run_id)).objective is not None and seen.fence == fence, 120)
        return eventually(lambda: running(worker.pid, "workers.child"))[0]


@pytest.fixture(scope="session")
def search_is_ready() -> None:
    """The search compiled on disk, so that no test waits for it while it measures something else."""
    subprocess.run([sys.executable, "-m", "workers.warming"], check=True, timeout=280)


@pytest.fixture
def office(database: Database, tmp_path: Path, search_is_ready: None) -> Iterator[Office]:
    """The tiny world imported, its roster open, its queue up; no worker yet."""
    for kind, path in ordered(write_tiny(tmp_path / "files", DAY)):
        assert imports.run(database, kind, path.name, path.read_bytes()).faults == ()
    with database.transaction() as session:
        area = areas.first_subdistrict(session)
        assert area is not None
        roster_id = rosters.open_roster(session, area.id, DAY).id
    settings = Settings(home=tmp_path, database_url=database.url, redis_url=None, lease_seconds=LEASE)
    opened = Office(settings, database, roster_id)
    opened.start_queue()
    yield opened
    for process in reversed(opened.processes):
        if process.poll() is None:
            process.kill()
        process.wait()


def ordered(files: dict[str, Path]) -> list[tuple[str, Path]]:
    return [(kind, files[kind]) for kind in imports.IMPORTS if kind in files]
