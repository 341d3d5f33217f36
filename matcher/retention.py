"""Retention (保存期限): what nobody needs any more is taken away after a time, a slice at a time so that nobody waits.

Hours, versions, promises, attendance, feedback and imports are not here: they are kept.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Delete, delete, exists
from sqlmodel import Session, col, select

from matcher.tables.accounts import ApiKey, SignIn, Throttle
from matcher.tables.notices import Delivery, Notice
from matcher.tables.questions import Question
from matcher.tables.rosters import Outbox
from matcher.throttles import FORGOTTEN
from matcher.types import DeliveryState

SLICE = 200
"""Rows that one transaction takes away."""
HEARD = timedelta(days=7)
"""For which a bell that was rung is kept."""


@dataclass(frozen=True, slots=True)
class Terms:
    """How long what was said and asked is kept."""

    notices: timedelta
    questions: timedelta


Old = Callable[[datetime, Terms], ColumnElement[bool]]


def _told(now: datetime, terms: Terms) -> ColumnElement[bool]:
    """Old notices, with their deliveries, to webhooks too; not while one is still on its way."""
    on_its_way = exists().where(
        col(Delivery.notice_id) == col(Notice.id),
        col(Delivery.state).in_([DeliveryState.WAITING, DeliveryState.SENDING]),
    )
    return (col(Notice.written_at) <= now - terms.notices) & col(Notice.spread_at).is_not(None) & ~on_its_way


def _asked(now: datetime, terms: Terms) -> ColumnElement[bool]:
    """Answered questions; one that was lost is as old as its asking."""
    return col(Question.asked_at) <= now - terms.questions


def _rung(now: datetime, _terms: Terms) -> ColumnElement[bool]:
    return col(Outbox.sent_at) <= now - HEARD


def _left(now: datetime, _terms: Terms) -> ColumnElement[bool]:
    return col(SignIn.ends_at) <= now


def _locked(now: datetime, _terms: Terms) -> ColumnElement[bool]:
    return col(ApiKey.ends_at) <= now


def _forgiven(now: datetime, _terms: Terms) -> ColumnElement[bool]:
    """Tries that would count as none."""
    return col(Throttle.free_at) <= now - FORGOTTEN


ENDING: Sequence[tuple[str, Any, Old]] = (
    ("notices", Notice.id, _told),
    ("questions", Question.id, _asked),
    ("bells", Outbox.id, _rung),
    ("sign-ins", SignIn.id, _left),
    ("keys", ApiKey.id, _locked),
    ("throttles", Throttle.digest, _forgiven),
)


def take_away(session: Session, now: datetime, terms: Terms, most: int = SLICE) -> dict[str, int]:
    """Take away at most so many rows of each kind; how many of each there were. Empty: nothing is left to take."""
    taken = {
        name: session.connection().execute(_some(key, old(now, terms), most)).rowcount for name, key, old in ENDING
    }
    return {name: count for name, count in taken.items() if count}


def _some(key: Any, is_old: ColumnElement[bool], most: int) -> Delete:
    oldest = select(key).where(is_old).order_by(key).limit(most)
    return delete(key.class_).where(col(key).in_(oldest))
