"""Answering questions about a roster's day: RQ's way in, and the child in which the search runs.

Read, close, search, write. A question may be rung twice and do no harm: whoever comes second finds it answered. A
worker that dies loses only the question, which is asked again by whoever looks again.
"""

import json
import logging
import os
import subprocess
import sys
from functools import lru_cache
from typing import Any

from matcher import changes, questions, worths
from matcher.changes import Wish
from matcher.database import Database
from matcher.settings import Settings
from matcher.types import QuestionKind
from workers.child import PLANS, PROBLEMS

LONGEST = 600.0
"""Seconds; on a fresh machine the search is compiled first."""
FAILED = "The search for an answer broke off."
MOVED = "The roster has changed since this was asked."

log = logging.getLogger(__name__)


def answer(question_id: str) -> None:
    """RQ's way in: answer the question, unless there is nothing to answer."""
    settings = Settings()
    answer_in(_database(settings.database_url), question_id, settings)


def answer_in(database: Database, question_id: str, settings: Settings) -> None:
    """Read, close, search, write."""
    with database.reading() as session:
        row = questions.find(session, question_id)
        if row is None:
            log.info("question %s: nothing to do", question_id)
            return
        worth = row.kind == QuestionKind.WORTH
        wish = worths.take_up(session, row) if worth else changes.take_up(session, row)
    found = _searched(wish, settings.solve_memory_mb) if wish is not None else None
    with database.transaction() as session:
        if wish is None:
            kept = questions.fail(session, question_id, MOVED)
        elif found is None:
            kept = questions.fail(session, question_id, FAILED)
        elif worth:
            kept = questions.answer(session, question_id, worths.told_rows(session, wish.seen, found))
        else:
            kept = questions.answer(session, question_id, changes.told_rows(wish.seen, wish.plan, wish.wish, found))
    log.info("question %s: %s; kept: %s", question_id, "none" if found is None else len(found["rows"]), kept)


def _searched(wish: Wish, memory_mb: int) -> dict[str, Any] | None:
    """What the child answers; None when it broke off."""
    text = PROBLEMS.dump_json(wish.seen.problem)
    said = {**wish.wish, "memory_mb": memory_mb, "plan": PLANS.dump_python(wish.plan, mode="json")}
    try:
        ended = subprocess.run(
            [sys.executable, "-m", "workers.asking_child", str(os.getpid())],
            input=json.dumps(said).encode() + b"\n" + text,
            stdout=subprocess.PIPE,
            timeout=LONGEST,
            check=True,
        )
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        log.warning("question %s: %s", wish.question_id, error)
        return None
    found: dict[str, Any] = json.loads(ended.stdout)
    return found


@lru_cache(maxsize=1)
def _database(url: str) -> Database:
    return Database(url)
