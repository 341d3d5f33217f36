"""A run's life: started once, held by one worker at a time under a lease, ended once.

Who holds it is decided by conditional updates and the database's clock alone. The fence grows with each claim, and
every write of a holder names it, so that a worker that slept through its lease can no longer write anything.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, or_, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from matcher import clock, outbox
from matcher.database import is_taken, seconds_now
from matcher.errors import ActiveRunError, InvalidError, KeyReusedError
from matcher.keys import new_key
from matcher.pages import one
from matcher.tables.rosters import Roster, Run
from matcher.types import RunState

ACTIVE = (RunState.QUEUED, RunState.RUNNING)
MOST_CLAIMS = 5
MOST_SECONDS = 3600
MOST_SEED = 2**31 - 1
MOST_POINTS = 1_000_000
FOLLOW_SECONDS = 5.0
WEIGHTS = {"travel", "known", "gender", "fee", "fairness", "stability"}
"""What a coordinator may weigh otherwise for one run."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A worker's hold on a run."""

    run_id: str
    roster_id: str
    fence: int
    seconds: float
    seed: int
    weights: Mapping[str, int]
    stop: bool
    follows: str | None = None
    """The run whose plan it completes: what stands is kept."""


@dataclass(frozen=True, slots=True)
class Hold:
    """One run that is held, and by whom."""

    run_id: str
    fence: int
    worker: str


@dataclass(frozen=True, slots=True)
class Beat:
    """What a heartbeat answers: whether the hold still stands, and whether an early end is wished."""

    alive: bool
    stop: bool


def start(
    session: Session,
    roster_id: str,
    *,
    seconds: float = 20,
    seed: int = 1,
    weights: Mapping[str, int] | None = None,
    idempotency_key: str | None = None,
) -> Run:
    """Queue a run of the roster; the same idempotency key with the same wishes gives the same run.

    UnknownError: no such roster. InvalidError names the wish. ActiveRunError: one is under way. KeyReusedError: the
    key stood for other wishes.
    """
    wishes = dict(weights or {})
    _check(seconds, seed, wishes)
    one(session, Roster, roster_id, "roster")
    if idempotency_key is not None:
        before = _by_key(session, roster_id, idempotency_key)
        if before is not None:
            return _the_same(before, seconds, seed, wishes)
    run = Run(
        id=new_key("run"),
        roster_id=roster_id,
        seconds=seconds,
        seed=seed,
        weights=wishes,
        idempotency_key=idempotency_key,
        started_at=clock.now(),
    )
    try:
        with session.begin_nested():
            session.add(run)
    except IntegrityError as error:
        if not is_taken(error):
            raise
        if idempotency_key is not None and (before := _by_key(session, roster_id, idempotency_key)):
            return _the_same(before, seconds, seed, wishes)
        raise ActiveRunError(
            "A run of this roster is under way.", cure="Wait for it, or stop it and keep its best plan."
        ) from error
    outbox.put(session, outbox.RUN, run.id)
    return run


def follow(session: Session, ended: Run) -> Run | None:
    """Queue a short run that keeps what the roster holds and staffs only what is left; None: one is under way."""
    run = Run(
        id=new_key("run"),
        roster_id=ended.roster_id,
        seconds=min(ended.seconds, FOLLOW_SECONDS),
        seed=ended.seed,
        weights=ended.weights,
        follows=ended.id,
        started_at=clock.now(),
    )
    try:
        with session.begin_nested():
            session.add(run)
    except IntegrityError as error:
        if not is_taken(error):
            raise
        return None
    outbox.put(session, outbox.RUN, run.id)
    return run


def _check(seconds: float, seed: int, weights: Mapping[str, int]) -> None:
    if not 0 < seconds <= MOST_SECONDS:  # NaN lies nowhere
        raise InvalidError(f"seconds is {seconds}; it must be above 0 and at most {MOST_SECONDS}.", field="seconds")
    if not 1 <= seed <= MOST_SEED:
        raise InvalidError(f"seed is {seed}; it must be from 1 to {MOST_SEED}.", field="seed")
    for name, points in sorted(weights.items()):
        if name not in WEIGHTS:
            known = ", ".join(sorted(WEIGHTS))
            raise InvalidError(f"There is no weight {name}.", cure=f"The weights are {known}.", field="weights")
        if not 0 <= points <= MOST_POINTS:
            raise InvalidError(f"The weight {name} is {points}; it must be from 0 to {MOST_POINTS}.", field="weights")


def _by_key(session: Session, roster_id: str, idempotency_key: str) -> Run | None:
    return session.exec(
        select(Run).where(Run.roster_id == roster_id, Run.idempotency_key == idempotency_key)
    ).one_or_none()


def _the_same(before: Run, seconds: float, seed: int, weights: dict[str, int]) -> Run:
    if (before.seconds, before.seed, before.weights) != (seconds, seed, weights):
        raise KeyReusedError("This Idempotency-Key started a run with other wishes.", cure="Use a new key.")
    return before


def get(session: Session, run_id: str) -> Run:
    """UnknownError: no such run."""
    return one(session, Run, run_id, "run")


def latest(session: Session, roster_id: str) -> Run | None:
    """The roster's newest run."""
    return session.exec(select(Run).where(Run.roster_id == roster_id).order_by(col(Run.id).desc()).limit(1)).first()


def claim(session: Session, run_id: str, worker: str, lease_seconds: float) -> Claim | None:
    """Take hold of the run if it waits, or if whoever held it let the lease lapse. None: nothing to do.

    Asked again by the same worker, who did not hear whether the first claim came through, it claims anew.

    A run that was claimed five times and never ended takes its workers down; it fails.
    """
    now = seconds_now(session)
    lapsed = or_(col(Run.lease_until) < now, col(Run.worker) == worker[:120])
    free = or_(col(Run.state) == RunState.QUEUED, and_(col(Run.state) == RunState.RUNNING, lapsed))
    taken = _changed(
        session,
        update(Run)
        .where(col(Run.id) == run_id, free, col(Run.claims) < MOST_CLAIMS)
        .values(
            state=RunState.RUNNING,
            fence=Run.fence + 1,
            claims=Run.claims + 1,
            worker=worker[:120],
            lease_until=now + lease_seconds,
            claimed_at=clock.now(),
        ),
    )
    if taken:
        run = session.exec(select(Run).where(Run.id == run_id).execution_options(populate_existing=True)).one()
        return Claim(run.id, run.roster_id, run.fence, run.seconds, run.seed, run.weights, run.stop_asked, run.follows)
    _changed(
        session,
        update(Run)
        .where(col(Run.id) == run_id, free, col(Run.claims) >= MOST_CLAIMS)
        .values(
            state=RunState.FAILED,
            failure_code="given-up",
            failure=f"The run was begun {MOST_CLAIMS} times and never ended; each time its worker broke off.",
            ended_at=clock.now(),
            fence=Run.fence + 1,
        ),
    )
    return None


def heartbeat(session: Session, run_id: str, fence: int, lease_seconds: float) -> Beat:
    """Lengthen the hold, if it is still this worker's."""
    alive = _changed(session, _mine(run_id, fence).values(lease_until=seconds_now(session) + lease_seconds))
    return Beat(alive, alive and asked_to_stop(session, run_id))


def is_held(session: Session, run_id: str, fence: int) -> bool:
    """Whether the run is still this holder's."""
    mine = select(Run.id).where(Run.id == run_id, Run.fence == fence, Run.state == RunState.RUNNING)
    return session.exec(mine).one_or_none() is not None


def report(session: Session, run_id: str, fence: int, objective: int | None, bound: int | None, done: float) -> bool:
    """The best plan so far, for whoever looks at the run; False: the hold is lost."""
    share = min(1.0, max(0.0, done))
    return _changed(session, _mine(run_id, fence).values(objective=objective, bound=bound, progress=share))


def finish(session: Session, run_id: str, fence: int, **values: Any) -> bool:
    """End the run as done or stopped with these values; False: the hold is lost, nothing was written."""
    return _changed(
        session, _mine(run_id, fence).values(ended_at=clock.now(), lease_until=None, progress=1.0, **values)
    )


def say(session: Session, run_id: str, sentence: str) -> None:
    """What is worth saying of a run that ended well."""
    session.connection().execute(update(Run).where(col(Run.id) == run_id).values(sentence=sentence))


def fail(session: Session, run_id: str, fence: int, code: str, sentence: str) -> bool:
    """End the run as failed, with a code for programs and a sentence for people."""
    return _changed(
        session,
        _mine(run_id, fence).values(
            state=RunState.FAILED,
            failure_code=code[:60],
            failure=sentence[:500],
            ended_at=clock.now(),
            lease_until=None,
        ),
    )


def give_back(session: Session, run_id: str, fence: int) -> bool:
    """Let go of the run, so that another may claim it at once; a hold that ends so is not held against the run."""
    return _changed(
        session,
        _mine(run_id, fence).values(
            state=RunState.QUEUED, lease_until=None, claims=Run.claims - 1, fence=Run.fence + 1, progress=0.0
        ),
    )


def held(session: Session) -> list[Hold]:
    """Who holds which run."""
    rows = session.exec(select(Run.id, Run.fence, Run.worker).where(Run.state == RunState.RUNNING).order_by(Run.id))
    return [Hold(*row) for row in rows]


def let_lapse(session: Session, run_id: str, fence: int) -> bool:
    """End a hold before its time, because its holder broke off; another may claim the run, and this claim counts."""
    return _changed(session, _mine(run_id, fence).values(lease_until=0.0, progress=0.0))


def ask_to_stop(session: Session, run_id: str) -> Run:
    """A waiting run ends at once, a running one soon, keeping its best plan; an ended one stays as it is."""
    get(session, run_id)
    at_once = _changed(
        session,
        update(Run)
        .where(col(Run.id) == run_id, col(Run.state) == RunState.QUEUED)
        .values(state=RunState.STOPPED, stop_asked=True, ended_at=clock.now()),
    )
    if not at_once:
        _changed(
            session,
            update(Run).where(col(Run.id) == run_id, col(Run.state) == RunState.RUNNING).values(stop_asked=True),
        )
    return session.exec(select(Run).where(Run.id == run_id).execution_options(populate_existing=True)).one()


def asked_to_stop(session: Session, run_id: str) -> bool:
    return bool(session.exec(select(Run.stop_asked).where(Run.id == run_id)).one_or_none())


def abandoned(session: Session, limit: int = 100) -> list[str]:
    """Runs that wait, or whose holder let the lease lapse: somebody should ring for them."""
    free = or_(
        col(Run.state) == RunState.QUEUED,
        and_(col(Run.state) == RunState.RUNNING, col(Run.lease_until) < seconds_now(session)),
    )
    return list(session.exec(select(Run.id).where(free).order_by(Run.id).limit(limit)).all())


def _mine(run_id: str, fence: int) -> Any:
    return update(Run).where(col(Run.id) == run_id, col(Run.fence) == fence, col(Run.state) == RunState.RUNNING)


def _changed(session: Session, statement: Any) -> bool:
    """Whether the conditional update met its row; rows that the session knows are read anew."""
    session.flush()
    met = session.connection().execute(statement).rowcount == 1
    session.expire_all()
    return met
