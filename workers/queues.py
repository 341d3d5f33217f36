"""Ringing the workers: the queue carries the ids of runs and nothing else.

The database is the truth and the queue is only a bell. Ring after the commit; when the queue is away, the sweeper
rings later from the outbox, so a caller never fails for it. Functions are named, never imported, and arguments are
JSON, never pickle: the web process loads neither a solver nor code that somebody else put into the queue.
"""

import logging
from functools import lru_cache
from uuid import uuid4

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry
from rq import Queue
from rq.serializers import JSONSerializer

from matcher.settings import Settings
from workers import server

RUNS = "runs"
SOLVE = "workers.jobs.solve"
CURE = "workers.curing.cure"
ANSWER = "workers.asking.answer"
LONGEST_WAIT = 24 * 3600
"""Seconds for which a bell hangs in the queue; the sweeper rings what still waits after that."""
KEPT_FAILURES = 3600

log = logging.getLogger(__name__)


def address(settings: Settings) -> str:
    """The queue's URL: the one that was set, otherwise the embedded server's."""
    return settings.redis_url or server.address(settings.home)


def connect(url: str, patience: float = 2) -> redis.Redis:
    """A connection that gives up after `patience` seconds: redis-py's own retries would hold the caller for longer."""
    return redis.Redis.from_url(
        url, socket_connect_timeout=patience, socket_timeout=patience, retry=Retry(NoBackoff(), 1)
    )


def answers(settings: Settings) -> bool:
    """Whether the queue's server is there."""
    try:
        return bool(connect(address(settings), patience=0.5).ping())
    except redis.RedisError:
        return False


def ring(run_id: str, settings: Settings | None = None) -> bool:
    """Tell the workers that a run waits; False, and a line in the log, when the queue is away."""
    try:
        return ring_at(_queue(address(settings or Settings())), run_id)
    except redis.RedisError as error:
        log.warning("run %s: the queue does not answer (%s); the sweeper rings later", run_id, error)
        return False


def ring_at(queue: Queue, run_id: str) -> bool:
    """Put the run's id into the queue; RedisError when it is away. Ringing twice does no harm."""
    queue.enqueue_call(
        SOLVE,
        args=(run_id,),
        job_id=f"{run_id}-{uuid4().hex[:8]}",
        description=f"solve {run_id}",
        timeout=-1,  # RQ's alarm does not interrupt C++; the solve has its own wall clock
        result_ttl=0,
        failure_ttl=KEPT_FAILURES,
        ttl=LONGEST_WAIT,
    )
    return True


def ring_for_cures(unassigned_id: str, settings: Settings | None = None) -> bool:
    """Tell the workers that somebody asks what would fix a visit that is left; False when the queue is away."""
    return _ring_softly(CURE, unassigned_id, settings)


def ring_for_cures_at(queue: Queue, unassigned_id: str) -> bool:
    """Put the question's id into the queue; RedisError when it is away. Ringing twice does no harm."""
    return _put(queue, CURE, unassigned_id)


def ring_for_answer(question_id: str, settings: Settings | None = None) -> bool:
    """Tell the workers that a question about a roster waits; False when the queue is away."""
    return _ring_softly(ANSWER, question_id, settings)


def ring_for_answer_at(queue: Queue, question_id: str) -> bool:
    """Put the question's id into the queue; RedisError when it is away. Ringing twice does no harm."""
    return _put(queue, ANSWER, question_id)


def _ring_softly(act: str, subject: str, settings: Settings | None) -> bool:
    try:
        return _put(_queue(address(settings or Settings())), act, subject)
    except redis.RedisError as error:
        log.warning("%s of %s: the queue does not answer (%s); the sweeper rings later", act, subject, error)
        return False


def _put(queue: Queue, act: str, subject: str) -> bool:
    queue.enqueue_call(
        act,
        args=(subject,),
        job_id=f"{subject}-{uuid4().hex[:8]}",
        description=f"{act} {subject}",
        timeout=-1,
        result_ttl=0,
        failure_ttl=KEPT_FAILURES,
        ttl=LONGEST_WAIT,
    )
    return True


def waiting(queue: Queue) -> set[str]:
    """The runs whose bell hangs in the queue and was not yet heard."""
    return {job_id.rpartition("-")[0] for job_id in queue.get_job_ids()}


def queue_at(url: str) -> Queue:
    return Queue(RUNS, connection=connect(url), serializer=JSONSerializer)


_queue = lru_cache(maxsize=8)(queue_at)
