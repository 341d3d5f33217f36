"""Working out the cures of an unassigned visit: RQ's way in, and the child in which the search runs.

A question may be rung twice and do no harm: whoever comes second finds it answered, or answers it alike. A worker that
dies loses only the question, which is asked again by whoever looks again.
"""

import json
import logging
import os
import subprocess
import sys
from functools import lru_cache
from typing import Any

from matcher import cures
from matcher.cures import Question
from matcher.database import Database
from matcher.settings import Settings
from workers.child import PLANS, PROBLEMS

LONGEST = 600.0
"""Seconds; on a fresh machine the search is compiled first."""
FAILED = "The search for a fix broke off."

log = logging.getLogger(__name__)


def cure(unassigned_id: str) -> None:
    """RQ's way in: answer the question, unless there is nothing to answer."""
    settings = Settings()
    cure_in(_database(settings.database_url), unassigned_id, settings)


def cure_in(database: Database, unassigned_id: str, settings: Settings) -> None:
    """Read, close, search, write."""
    with database.reading() as session:
        question = cures.take_up(session, unassigned_id)
    if question is None:
        log.info("cures of %s: nothing to do", unassigned_id)
        return
    found = _searched(question, settings.solve_memory_mb)
    with database.transaction() as session:
        kept = cures.fail(session, question, FAILED) if found is None else cures.answer(session, question, found)
    log.info("cures of %s: %s found; kept: %s", unassigned_id, "none" if found is None else len(found), kept)


def _searched(question: Question, memory_mb: int) -> list[dict[str, Any]] | None:
    """What the child answers; None when it broke off."""
    text = PROBLEMS.dump_json(question.seen.problem)
    wish = {"visit": question.visit, "memory_mb": memory_mb, "plan": PLANS.dump_python(question.plan, mode="json")}
    try:
        ended = subprocess.run(
            [sys.executable, "-m", "workers.curing_child", str(os.getpid())],
            input=json.dumps(wish).encode() + b"\n" + text,
            stdout=subprocess.PIPE,
            timeout=LONGEST,
            check=True,
        )
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        log.warning("cures of %s: %s", question.unassigned_id, error)
        return None
    answer: list[dict[str, Any]] = json.loads(ended.stdout)
    return answer


@lru_cache(maxsize=1)
def _database(url: str) -> Database:
    return Database(url)
