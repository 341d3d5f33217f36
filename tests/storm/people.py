"""People who go on working whatever dies: they ask again until they are answered, and remember what was answered."""

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any
from uuid import uuid4

import httpx

from tests.storm.ledger import ENDED, Ledger, moment_of

PATIENCE = 120.0
"""Seconds after which somebody who asks again and again says that the program hangs."""
ASKED_FOR = (("R1", "S1"), ("R6", "S6"), ("R4", "S6"), ("R2", "S6"))
"""Residents and services of a day; two or three helpers could make each."""
DESK = {"by": "李主任", "reason": "来电"}


class HangsError(AssertionError):
    """Nobody answers any more."""


@dataclass
class Answer:
    code: int
    body: Any
    etag: str
    again: bool
    """Whether an earlier attempt broke off, so that it may have happened already."""


@dataclass
class Desk:
    """One person at the office with a client; asks again when the line breaks or the program is busy."""

    http: httpx.Client
    ledger: Ledger
    ending: threading.Event
    random: Random
    names: dict[str, str] = field(default_factory=dict)

    def ask(self, method: str, path: str, **said: Any) -> Answer:
        deadline, again = time.monotonic() + PATIENCE, False
        while time.monotonic() < deadline:
            begun = time.monotonic()
            try:
                answer = self.http.request(method, path, **said)
            except httpx.TransportError:
                again = True
                time.sleep(0.1)
                continue
            if answer.status_code == 503:
                again = True
                time.sleep(0.2)
                continue
            if answer.status_code >= 500:
                self._refuse(f"{method} {path}: {answer.status_code} {answer.text[:300]}")
                again = True
                time.sleep(0.2)
                continue
            if answer.is_success and method != "GET":
                with self.ledger.lock:
                    self.ledger.acts.append((begun, time.monotonic()))
            return Answer(answer.status_code, answer.json(), answer.headers.get("etag", ""), again)
        raise HangsError(f"{method} {path} was not answered for {PATIENCE:g} s")

    def _refuse(self, sentence: str) -> None:
        with self.ledger.lock:
            self.ledger.refused.append(sentence)

    def must(self, answer: Answer, *codes: int) -> Answer:
        if answer.code not in codes:
            self._refuse(f"expected {codes}, got {answer.code}: {str(answer.body)[:300]}")
        return answer

    # a day, from what residents ask for to what helpers answer

    def live(self, days: Sequence[date], area: str) -> None:
        for day in days:
            if self.ending.is_set():
                return
            self._take_requests(day)
            roster = self.must(
                self.ask("POST", "/v1/rosters", json={"area_id": area, "day": day.isoformat()}), 200, 201
            ).body["id"]
            for _ in range(2):
                self._solve(roster)
                self._publish(roster)
                self._answer(roster)

    def _take_requests(self, day: date) -> None:
        for resident, service in ASKED_FOR:
            number = f"ST-{day:%y%m%d}-{resident}"
            asked = self.ask(
                "POST",
                "/v1/requests",
                json={
                    "number": number,
                    "resident_id": self.names[resident],
                    "service_id": self.names[service],
                    "day": day.isoformat(),
                    "windows": [{"start": "09:00", "end": "12:00"}],
                },
            )
            if self.must(asked, 201, *([409] if asked.again else [])).code == 201:
                self.ledger.requests.add(number)

    def _solve(self, roster: str) -> None:
        key, deadline = uuid4().hex, time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            path = f"/v1/rosters/{roster}/runs"
            started = self.ask("POST", path, json={"seconds": 1}, headers={"Idempotency-Key": key})
            if self.must(started, 202, 409).code == 202:
                return self._wait_for(key, started.body["id"])
            time.sleep(0.3)  # a run that follows is under way
        raise HangsError(f"a run of {roster} never ends")

    def _wait_for(self, key: str, run: str) -> None:
        self.ledger.run_started(key, run)
        deadline = time.monotonic() + PATIENCE
        while self.ask("GET", f"/v1/runs/{run}").body["state"] not in ENDED:
            if time.monotonic() > deadline:
                raise HangsError(f"run {run} never ends")
            time.sleep(0.1)
        self.ledger.run_ended(run)

    def _publish(self, roster: str) -> None:
        path = f"/v1/rosters/{roster}/publish"
        for _ in range(20):
            seen = self.must(self.ask("POST", path, params={"preview": True}), 200)
            if seen.body["breaches"]:
                return
            done = self.must(
                self.ask("POST", path, headers={"If-Match": seen.etag}, json={"by": "李主任"}), 200, 409, 412
            )
            if done.code == 200:
                self._remember(roster, done)
                return

    def _remember(self, roster: str, done: Answer) -> None:
        number = done.body["published"]
        lines = self.must(self.ask("GET", f"/v1/rosters/{roster}/versions/{number}"), 200).body["assignments"]
        said = sorted((line["visit_id"], line["helper_id"], moment_of(line["start_at"])) for line in lines)
        self.ledger.versions.setdefault((roster, number), said)
        if not done.again:
            self.ledger.told.setdefault((roster, number), [one["helper_id"] for one in done.body["told"]])

    def _answer(self, roster: str) -> None:
        rows = self.ask("GET", f"/v1/rosters/{roster}/offers").body["rows"]
        for row in rows:
            if row["state"] != "offered":
                continue
            act, state = ("accept", "accepted") if self.random.random() < 0.7 else ("decline", "declined")
            said = self.must(self.ask("POST", f"/v1/offers/{row['id']}/{act}", json={"by": "李主任"}), 200, 409)
            if said.code == 200:
                self.ledger.answers[row["id"]] = state

    # the door

    def attend(self, promises: Sequence[tuple[str, str, str]], pause: float) -> None:
        """Check in and out at each promise, at the moments that were promised."""
        for promise, start, end in promises:
            for act, kind, at in (("check-in", "check_in", start), ("check-out", "check_out", end)):
                if self.ending.wait(pause):
                    return
                said = self.ask("POST", f"/v1/assignments/{promise}/{act}", json={**DESK, "at": at})
                if self.must(said, 200, *([409] if said.again else [])).code == 200:
                    with self.ledger.lock:
                        self.ledger.stays[promise, kind] += 1


def mondays(first: date, every: int) -> list[date]:
    """One Monday of every so many, for ten years."""
    return [first + timedelta(weeks=number) for number in range(0, 520, every)]
