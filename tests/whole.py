"""The whole program as an office starts it: one process tree over a database, talked to over HTTP."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
from playwright.sync_api import Browser, Page

from fixtures.tiny import write_tiny
from matcher.database import Database
from matcher.imports import IMPORTS
from tests.api.office import DAY
from tests.signed import a_token, remember, shown
from tests.tiny_day import TinyDay
from tests.workers.processes import eventually, of_session


class Whole:
    """`matcher up` in a session of its own."""

    def __init__(self, database_url: str, home: Path, workers: int = 1) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.address = f"http://127.0.0.1:{free.getsockname()[1]}"
        self.files = home / "files"
        self.database_url = database_url
        self.process = subprocess.Popen(
            [
                *(sys.executable, "-m", "workers.commands", "up"),
                *("--port", self.address.rpartition(":")[2], "--workers", str(workers)),
            ],
            env={
                **os.environ,
                "MATCHER_DATABASE_URL": database_url,
                "MATCHER_HOME": str(home / "var"),
                "REDIS_URL": "",
            },
            stderr=(home / "up.log").open("w"),
            start_new_session=True,
        )
        without_reuse = httpx.Limits(max_keepalive_connections=0)
        self.http = httpx.Client(base_url=self.address, timeout=30, limits=without_reuse)
        eventually(self._served, seconds=150, pause=0.3)
        opened = Database(database_url)
        self.token = a_token(opened)
        opened.close()
        self.http.headers.update(shown(self.token))

    def _served(self) -> bool:
        try:
            return self.http.get("/healthz").status_code == 200
        except httpx.TransportError:
            return False

    def looking(self, browser: Browser, **how: Any) -> Page:
        """A page in a browser on which an administrator has signed in."""
        context = browser.new_context(**how)
        remember(context, self.address, self.token)
        return context.new_page()

    def read_in_the_tiny_world(self) -> dict[str, Any]:
        """Every file of the tiny world through the importer; the reports by kind."""
        self.files.mkdir(exist_ok=True)
        written = write_tiny(self.files, DAY)
        return {
            kind: self.http.post(
                f"/v1/imports/{kind}", files={"file": (written[kind].name, written[kind].read_bytes())}
            ).json()
            for kind in IMPORTS
            if kind in written
        }

    def a_roster(self) -> str:
        """The roster of the sub-district, with the tiny world's day."""
        areas = self.http.get("/v1/areas").json()["rows"]
        area = next(row["id"] for row in areas if row["tier"] == "subdistrict")
        roster: str = self.http.post("/v1/rosters", json={"area_id": area, "day": DAY.isoformat()}).json()["id"]
        return roster

    def day(self, roster: str) -> TinyDay:
        """The roster's day by the office's numbers, looked at from beside the program."""
        return TinyDay(Database(self.database_url), roster)

    def solve(self, roster: str, seconds: float = 2) -> dict[str, Any]:
        """A run from its start to its end."""
        run = self.http.post(f"/v1/rosters/{roster}/runs", json={"seconds": seconds}).json()["id"]

        def ended() -> dict[str, Any] | None:
            seen: dict[str, Any] = self.http.get(f"/v1/runs/{run}").json()
            return seen if seen["state"] not in ("queued", "running") else None

        seen = eventually(ended, seconds=120, pause=0.3)
        assert seen is not None
        assert seen["state"] == "done", seen
        return seen

    def end(self) -> list[int]:
        """Ctrl-C; the processes that are left, which should be none."""
        self.http.close()
        os.killpg(self.process.pid, signal.SIGINT)
        self.process.wait(timeout=30)
        return of_session(self.process.pid)
