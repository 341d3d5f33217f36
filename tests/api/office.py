"""The tiny world, read in through the API as an office would, and shorthands for what tests ask of it."""

import tempfile
from datetime import date
from pathlib import Path
from typing import Any

from starlette.testclient import TestClient

from fixtures.tiny import write_tiny
from matcher.imports import IMPORTS
from tests.tiny_day import TinyDay

DAY = date(2034, 11, 20)


class Office:
    """Holds the client and the ids that tests name most."""

    def __init__(self, client: TestClient, kinds: tuple[str, ...] = tuple(IMPORTS)) -> None:
        self.client = client
        self.reports: dict[str, dict[str, Any]] = {}
        with tempfile.TemporaryDirectory() as folder:
            files = write_tiny(Path(folder), DAY)
            for kind in kinds:
                if kind in files:
                    self.reports[kind] = self.upload(kind, files[kind].name, files[kind].read_bytes()).json()
        self.areas = client.get("/v1/areas").json()["rows"]
        self.community = next((row["id"] for row in self.areas if row["tier"] == "community"), "")

    def upload(self, kind: str, name: str, data: bytes, *, dry_run: bool = False) -> Any:
        return self.client.post(f"/v1/imports/{kind}", params={"dry_run": dry_run}, files={"file": (name, data)})

    def first(self, path: str) -> dict[str, Any]:
        row: dict[str, Any] = self.client.get(f"/v1/{path}").json()["rows"][0]
        return row

    def a_resident(self, **values: object) -> dict[str, object]:
        """The body of a new resident."""
        place = {"area_id": self.community, "latitude": 43.8, "longitude": 87.6}
        return {"name": "古丽", **place, **values}

    def a_request(self, **values: object) -> dict[str, object]:
        """The body of a new request."""
        who = {"resident_id": self.first("residents")["id"], "service_id": self.first("services")["id"]}
        return {**who, "day": DAY.isoformat(), "windows": [{"start": "09:00", "end": "12:00"}], **values}

    def day(self, roster_id: str | None = None) -> TinyDay:
        """The roster's day by the office's numbers."""
        return TinyDay(self.client.app.state.database, roster_id or self.roster()["id"])  # type: ignore[attr-defined]

    def roster(self) -> dict[str, Any]:
        row: dict[str, Any] = self.client.post(
            "/v1/rosters", json={"area_id": self.community, "day": DAY.isoformat()}
        ).json()
        return row
