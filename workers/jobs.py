"""What the workers do when a bell rings. A job may run twice and do no harm: who may write is decided by the run's
fence.

    claim -> snapshot -> child -> incumbents -> store

Nothing here holds a transaction while it solves, and nothing is written after the lease was lost.
"""

import logging
import os
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, TypeVar

import redis
from sqlmodel import Session

from matcher import merging, plans, runs, snapshot, verdicts
from matcher.database import Database
from matcher.errors import MatcherError
from matcher.runs import Claim
from matcher.settings import Settings
from matcher.snapshot import Snapshot
from matcher.verdicts import Verdict
from solver.plan import Plan
from solver.problem import Problem, ProblemError
from workers import parent, progress, queues
from workers.child import Limits
from workers.lease import HICCUPS, Lease
from workers.lives import worker_name
from workers.parent import Ending

MOST_THREADS = 8
TELL_DATABASE = 1.0
"""Seconds between two incumbents written to the run's row."""
PAUSE = 0.5
"""Seconds before a write is tried again that met a database hiccup."""

T = TypeVar("T")
log = logging.getLogger(__name__)
leaving = threading.Event()
"""Set when this worker was asked to end: a running solve gives its run back."""


def solve(run_id: str) -> None:
    """RQ's way in: solve the run, unless somebody else has it or it has ended."""
    settings = Settings()
    solve_run(run_id, _database(settings.database_url), _connection(queues.address(settings)), settings)


def solve_run(run_id: str, database: Database, connection: redis.Redis, settings: Settings) -> None:
    """Claim the run and see it through; without a claim there is nothing to do."""
    claim = _claim(run_id, database, settings.lease_seconds)
    if claim is None:
        log.info("run %s: nothing to do", run_id)
        return
    log.info("run %s: claimed, fence %d", run_id, claim.fence)
    with Lease(database, run_id, claim.fence, settings.lease_seconds) as lease:
        if claim.stop:
            lease.stop.set()
        Work(claim, database, connection, lease, settings).do()


def _claim(run_id: str, database: Database, lease_seconds: float) -> Claim | None:
    """Asked again after a hiccup, for a claim may have come through unheard, and would be waited for."""
    name, deadline = worker_name(), time.monotonic() + lease_seconds
    while True:
        try:
            with database.transaction() as session:
                return runs.claim(session, run_id, name, lease_seconds)
        except HICCUPS:
            if time.monotonic() > deadline or leaving.wait(PAUSE):
                raise


@dataclass
class Work:
    """One claimed run, from its snapshot to its last word."""

    claim: Claim
    database: Database
    connection: redis.Redis
    lease: Lease
    settings: Settings
    begun: float = field(default_factory=time.monotonic)
    wrote: float = 0.0

    def do(self) -> None:
        try:
            self._do()
        except HICCUPS:
            raise  # nothing was lost: the lease lapses, and the sweeper rings again
        except MatcherError as error:
            self._fail(error.code, str(error))
        except ProblemError as error:
            self._fail("problem", f"The roster's day contradicts itself: {error}.")
        except Exception as error:
            self._fail("crash", f"The run broke off: {type(error).__name__}.")
            raise

    def _do(self) -> None:
        with self.database.reading() as session:
            seen = snapshot.problem(session, self.claim.roster_id, weights=self.claim.weights)
            held = snapshot.drafted(session, seen) if self.claim.follows else None
        ending = self._solve(seen, merging.keeping(seen, held) if held is not None else seen.problem)
        if ending.code == "abandoned":
            self._give_back()
        elif ending.plan is None and ending.code == "killed":
            self._leave(ending.sentence)
        elif ending.plan is None:
            self._fail(ending.code, ending.sentence)
        else:
            self._store(seen, ending, ending.plan)

    def _give_back(self) -> None:
        """Whoever comes next may begin at once, if the run is still ours and the database hears it."""
        log.warning("run %s: given up, fence %d", self.claim.run_id, self.claim.fence)
        try:
            with self.database.transaction() as session:
                runs.give_back(session, self.claim.run_id, self.claim.fence)
        except HICCUPS as error:
            log.warning("run %s: waits until its lease lapses (%s)", self.claim.run_id, error)

    def _leave(self, sentence: str) -> None:
        """Somebody else begins anew; this attempt counts, so that what kills every child comes to an end."""
        log.warning("run %s: begun anew: %s", self.claim.run_id, sentence)
        self._write(lambda session: runs.let_lapse(session, self.claim.run_id, self.claim.fence))

    def _solve(self, seen: Snapshot, problem: Problem) -> Ending:
        return parent.solve(
            problem,
            Limits(self.claim.seconds, None, threads(), self.claim.seed, self.settings.solve_memory_mb),
            on_plan=lambda plan: self._tell(seen, plan),
            should_stop=self.lease.stop.is_set,
            should_abandon=lambda: self.lease.lost.is_set() or leaving.is_set(),
        )

    def _tell(self, seen: Snapshot, plan: Plan) -> None:
        line = {**self._measures(seen, plan), "done": self._done()}
        progress.tell(self.connection, self.claim.run_id, line)
        if time.monotonic() - self.wrote < TELL_DATABASE:
            return
        self.wrote = time.monotonic()
        try:
            with self.database.transaction() as session:
                runs.report(session, self.claim.run_id, self.claim.fence, plan.objective, plan.bound, self._done())
        except HICCUPS as error:
            log.info("run %s: an incumbent is not told (%s)", self.claim.run_id, error)

    def _done(self) -> float:
        return min(1.0, round((time.monotonic() - self.begun) / self.claim.seconds, 3))

    def _measures(self, seen: Snapshot, plan: Plan) -> dict[str, float | None]:
        made, seconds = len(plan.made()), time.monotonic() - self.begun
        return {
            "objective": plan.objective,
            "bound": plan.bound,
            "gap": gap(plan),
            "seconds": round(seconds, 1),
            "assigned": made,
            "unassigned": len(seen.problem.visits) - made,
            "attempt": self.claim.fence,
        }

    def _store(self, seen: Snapshot, ending: Ending, plan: Plan) -> None:
        """Store the plan, or what still holds of it after what people did meanwhile; then a short run follows."""
        judged = verdicts.verdict(seen, plan)
        again: tuple[str, ...] = ()
        known: Mapping[str, Mapping[str, Any]] | None = None
        if self.claim.follows:
            plan = Plan(plan.assignments, judged.cost)  # its bound is that of what was left to decide
        while not (stored := self._put(seen, ending, plan, judged, again)):
            now = self._today() if stored is False else None
            if now is None:
                break
            merged = merging.merge(seen, plan, now)
            judged = verdicts.verdict(now, merged.plan, known)
            seen, plan, known = now, Plan(merged.plan.assignments, judged.cost), judged.reasons
            again = tuple(one for one in dict.fromkeys((*again, *merged.again)) if one in known)
        log.info("run %s: %s; stored: %s, again: %d", self.claim.run_id, ending.sentence, stored, len(again))
        progress.tell(self.connection, self.claim.run_id, self._measures(seen, plan), name="end")

    def _put(self, seen: Snapshot, ending: Ending, plan: Plan, judged: Verdict, again: tuple[str, ...]) -> bool | None:
        """Whether it was stored; None: the run is not ours any more."""
        measures = {**self._measures(seen, plan), "ending": ending.code, "ending_sentence": ending.sentence}
        stopped, mine = ending.code == "stopped", (self.claim.run_id, self.claim.fence, seen, plan)
        return self._write(
            lambda session: plans.store(session, *mine, stopped=stopped, measures=measures, judged=judged, again=again)
        )

    def _today(self) -> Snapshot | None:
        """The roster's day as it is now; None: the run is not ours any more."""
        with self.database.reading() as session:
            if not runs.is_held(session, self.claim.run_id, self.claim.fence):
                return None
            return snapshot.problem(session, self.claim.roster_id, weights=self.claim.weights)

    def _fail(self, code: str, sentence: str) -> None:
        log.warning("run %s: failed (%s): %s", self.claim.run_id, code, sentence)
        self._write(lambda session: runs.fail(session, self.claim.run_id, self.claim.fence, code, sentence))
        progress.tell(self.connection, self.claim.run_id, {"code": code}, name="end")

    def _write(self, act: Callable[[Session], T]) -> T | None:
        """Write the last word, again after a database hiccup, for as long as the run is ours."""
        while not self.lease.lost.is_set():
            try:
                with self.database.transaction() as session:
                    return act(session)
            except HICCUPS as error:
                log.warning("run %s: the last word is tried again (%s)", self.claim.run_id, error)
                self.lease.lost.wait(PAUSE)
        return None


def gap(plan: Plan) -> float | None:
    """How far the plan may be from the best there is, as a share of the plan's cost."""
    if plan.objective is None or plan.bound is None or plan.objective <= 0:
        return None
    return round((plan.objective - plan.bound) / plan.objective, 4)


def threads() -> int:
    """The cores that this process may use."""
    return min(MOST_THREADS, len(os.sched_getaffinity(0)))


@lru_cache(maxsize=1)
def _database(url: str) -> Database:
    return Database(url)


@lru_cache(maxsize=1)
def _connection(url: str) -> redis.Redis:
    return queues.connect(url)
