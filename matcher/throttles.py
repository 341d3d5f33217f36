"""Who guesses waits: each failure lengthens the wait, for one account and, more slowly, for one address.

A try is counted before it is looked at, in one statement, so many at once gain nothing.
"""

import hashlib
from datetime import timedelta

from sqlalchemy import case, update
from sqlmodel import Session, col, delete

from matcher import clock
from matcher.database import insert_new
from matcher.errors import ThrottledError
from matcher.tables.accounts import Throttle

OF_ACCOUNT, OF_ADDRESS = 5, 50
"""Tries that cost no wait: a person mistypes, and a whole office has one address."""
WAITS = (timedelta(seconds=5), timedelta(seconds=30), timedelta(minutes=5), timedelta(minutes=15))
"""After the free tries, one after the other; the last one stays."""
FORGOTTEN = timedelta(days=1)


def count(session: Session, kind: str, who: str, free: int) -> None:
    """Count one try. Commit it, whatever comes of it. ThrottledError: not before the wait is over."""
    now, digest = clock.now(), digest_of(kind, who)
    made = {"digest": digest, "tries": 0, "free_at": now}
    session.connection().execute(insert_new(session, Throttle), [made])
    old = col(Throttle.free_at) <= now - FORGOTTEN
    tries = case((old, 1), else_=col(Throttle.tries) + 1)
    ends = [(col(Throttle.tries) < free + step, now + wait) for step, wait in enumerate(WAITS)]
    wait = case((old, now), (col(Throttle.tries) + 1 < free, now), *ends, else_=now + WAITS[-1])
    counted = (
        update(Throttle)
        .where(col(Throttle.digest) == digest, col(Throttle.free_at) <= now)
        .values(tries=tries, free_at=wait)
    )
    if session.connection().execute(counted).rowcount != 1:
        raise ThrottledError("Too many tries went wrong.", cure="Wait a quarter of an hour, then try again.")


def forget(session: Session, kind: str, who: str) -> None:
    """It was they: begin anew."""
    session.connection().execute(delete(Throttle).where(col(Throttle.digest) == digest_of(kind, who)))


def forgive(session: Session, kind: str, who: str) -> None:
    """The try that was counted last went well; those before it still count."""
    fewer = update(Throttle).where(col(Throttle.digest) == digest_of(kind, who), col(Throttle.tries) > 0)
    session.connection().execute(fewer.values(tries=col(Throttle.tries) - 1))


def digest_of(kind: str, who: str) -> str:
    return hashlib.sha256(f"{kind}~{who}".encode("utf-8", "replace")).hexdigest()
