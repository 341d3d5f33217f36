"""What people were told has happened, and whether the database says the same, once and no more."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from matcher.database import Database
from matcher.tables.notices import Notice
from matcher.tables.offers import Offer
from matcher.tables.proof import Attendance, Hours
from matcher.tables.requests import Request, Visit
from matcher.tables.rosters import Roster, Run
from matcher.tables.versions import Promise, Version
from matcher.types import OfferState

Line = tuple[str, str, str]
"""Visit, helper and start of one promise, as the API said them."""
ENDED = ("done", "stopped", "failed")


@dataclass
class Ledger:
    """Every act that was answered by 2xx, and when; what was never answered may have happened once or not at all."""

    requests: set[str] = field(default_factory=set)
    """Numbers."""
    runs: dict[str, str] = field(default_factory=dict)
    """By idempotency key: the run's id."""
    open_runs: dict[str, float] = field(default_factory=dict)
    ended_runs: dict[str, float] = field(default_factory=dict)
    """When somebody saw that it had ended."""
    versions: dict[tuple[str, int], list[Line]] = field(default_factory=dict)
    told: dict[tuple[str, int], list[str]] = field(default_factory=dict)
    """Which helpers publishing said it would tell."""
    answers: dict[str, str] = field(default_factory=dict)
    """By offer: accepted or declined."""
    stays: Counter[tuple[str, str]] = field(default_factory=Counter)
    """How often a promise was checked in and out."""
    refused: list[str] = field(default_factory=list)
    """Answers that nobody should ever get: 500, and what contradicts an answer given before."""
    acts: list[tuple[float, float]] = field(default_factory=list)
    """When each act that was acknowledged began and was acknowledged."""
    lock: threading.Lock = field(default_factory=threading.Lock)

    def count(self) -> int:
        with self.lock:
            return len(self.acts)

    def first_since(self, moment: float) -> float | None:
        """When the first act that began after this moment was acknowledged."""
        with self.lock:
            return min((done for begun, done in self.acts if begun >= moment), default=None)

    def under_way(self) -> list[str]:
        with self.lock:
            return [run for run in self.open_runs if run not in self.ended_runs]

    def run_started(self, key: str, run: str) -> None:
        with self.lock:
            self.runs[key] = run
            self.open_runs[run] = time.monotonic()

    def run_ended(self, run: str) -> None:
        with self.lock:
            self.ended_runs.setdefault(run, time.monotonic())


def faults(ledger: Ledger, database: Database, log: str) -> list[str]:
    """Every act that was acknowledged and does not hold, or holds twice, in a sentence each; none: all is well."""
    looks: tuple[Callable[[Ledger, Session], Iterable[str]], ...] = (
        _requests,
        _runs,
        _versions,
        _notices,
        _answers,
        _promises,
        _stays,
    )
    with database.reading() as session:
        found = [sentence for look in looks for sentence in look(ledger, session)]
    return [*ledger.refused, *found, *_stored_twice(ledger, log)]


def _requests(ledger: Ledger, session: Session) -> Iterable[str]:
    rows = Counter(session.exec(select(Request.number).where(col(Request.number).startswith("ST-"))).all())
    visits = Counter(
        session.exec(select(Request.number).join(Visit).where(col(Request.number).startswith("ST-"))).all()
    )
    for number in sorted(ledger.requests):
        if rows[number] != 1 or visits[number] != 1:
            yield f"request {number}: {rows[number]} rows and {visits[number]} visits"
    yield from (f"request {number}: doubled" for number, times in rows.items() if times > 1)


def _runs(ledger: Ledger, session: Session) -> Iterable[str]:
    rows = {row.id: row for row in session.exec(select(Run)).all()}
    keys = Counter(row.idempotency_key for row in rows.values() if row.idempotency_key)
    for key, run in ledger.runs.items():
        if run not in rows or keys[key] != 1:
            yield f"run {run}: {keys[key]} rows of its key"
        elif rows[run].state not in ENDED:
            yield f"run {run}: is {rows[run].state} at the end"
    yield from (
        f"run {row.id}: failed ({row.failure_code}: {row.failure})" for row in rows.values() if row.state == "failed"
    )


def _stored_twice(ledger: Ledger, log: str) -> Iterable[str]:
    stored = Counter(line.split("run ", 1)[1].split(":")[0] for line in log.splitlines() if "stored: True" in line)
    yield from (f"run {run}: stored {times} times" for run, times in stored.items() if times > 1)


def _versions(ledger: Ledger, session: Session) -> Iterable[str]:
    for roster_id in {roster for roster, _ in ledger.versions}:
        numbers = list(session.exec(select(Version.number).where(Version.roster_id == roster_id)).all())
        published = session.exec(select(Roster.published).where(Roster.id == roster_id)).one()
        if sorted(numbers) != list(range(1, published + 1)):
            yield f"roster {roster_id}: versions {sorted(numbers)}, published {published}"
    for (roster_id, number), said in ledger.versions.items():
        rows = session.exec(
            select(Promise).where(
                Promise.roster_id == roster_id,
                Promise.since <= number,
                col(Promise.until).is_(None) | (col(Promise.until) > number),
            )
        ).all()
        held = sorted((row.visit_id, row.helper_id, f"{row.start_at.timestamp():.0f}") for row in rows)
        if held != said:
            yield f"roster {roster_id}, version {number}: was {said}, is {held}"


def _notices(ledger: Ledger, session: Session) -> Iterable[str]:
    versions = {(row.roster_id, row.number): row.id for row in session.exec(select(Version)).all()}
    told = session.exec(select(Notice.once).where(Notice.kind == "published")).all()
    times = Counter(once.partition(":")[2] for once in told)
    for key, helpers in ledger.told.items():
        for helper in helpers:
            if (heard := times[f"{helper}:{versions.get(key)}"]) != 1:
                yield f"roster and version {key}: {helper} has {heard} notices"


def _answers(ledger: Ledger, session: Session) -> Iterable[str]:
    rows = {row.id: row for row in session.exec(select(Offer)).all()}
    standing = {
        (row.visit_id, row.helper_id) for row in session.exec(select(Promise).where(col(Promise.until).is_(None)))
    }
    taken_back = {
        (row.helper_id, change["visit_id"])
        for row in session.exec(select(Notice).where(Notice.kind == "published")).all()
        for change in row.values["changes"]
        if change["kind"] != "new"
    }
    for offer, said in ledger.answers.items():
        row = rows.get(offer)
        if row is not None and row.state == "withdrawn" and (row.helper_id, row.visit_id) in taken_back:
            continue  # published since without them, as they were told: the other of two who were needed declined
        if row is None or row.state != said:
            yield f"offer {offer}: {said} was acknowledged, it is {row.state if row else 'gone'}"
        elif ((row.visit_id, row.helper_id) in standing) != (said == OfferState.ACCEPTED):
            yield f"offer {offer}: {said}, and the promise says otherwise"
    live = Counter((row.roster_id, row.visit_id, row.helper_id) for row in rows.values() if row.state != "withdrawn")
    yield from (f"offer of {pair}: made {times} times" for pair, times in live.items() if times > 1)


def _promises(ledger: Ledger, session: Session) -> Iterable[str]:
    standing = Counter(session.exec(select(Promise.visit_id).where(col(Promise.until).is_(None))).all())
    for visit, people in session.exec(select(Visit.id, Visit.people)).all():
        if standing[visit] > people:
            yield f"visit {visit}: promised by {standing[visit]}, needs {people}"


def _stays(ledger: Ledger, session: Session) -> Iterable[str]:
    for (promise_id, kind), times in ledger.stays.items():
        promise = session.get(Promise, promise_id)
        assert promise is not None
        pair = (promise.visit_id, promise.helper_id)
        entries = session.exec(
            select(Attendance).where(
                Attendance.visit_id == pair[0], Attendance.helper_id == pair[1], Attendance.kind == kind
            )
        ).all()
        if len(entries) != 1 or times != 1:
            yield f"{kind} at {promise_id}: acknowledged {times} times, {len(entries)} entries"
        if kind == "check_out":
            minutes = session.exec(select(Hours.minutes).where(Hours.visit_id == pair[0], Hours.helper_id == pair[1]))
            if (counted := list(minutes)) != [60]:
                yield f"hours of {promise_id}: {counted} for one hour"


def moment_of(text: Any) -> str:
    """An ISO moment as whole seconds, so that two zones' ways of writing it are one."""
    return f"{datetime.fromisoformat(text).timestamp():.0f}"
