"""Questions (询问) about a roster's day: asked at the door, worked out by a worker, kept with their answer.

What if a helper falls ill, a visit is cancelled, an urgent one comes; what would one more helper be worth? An answer
belongs to the version of the roster about which it was asked: nothing is decided upon an older one.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlmodel import Session, col, select, update

from matcher import clock, outbox, rosters
from matcher.errors import UnknownError
from matcher.keys import new_key
from matcher.pages import one
from matcher.tables.questions import Question
from matcher.types import QuestionKind

PATIENCE = timedelta(seconds=60)
"""After so long a question is taken for lost, and asked again."""


def ask(session: Session, roster_id: str, kind: QuestionKind, asked: Mapping[str, Any]) -> tuple[Question, bool]:
    """The question about the roster as it stands, and whether a worker is to be rung for it. The same question about
    the same version is asked once; one that failed or was lost is asked anew.

    UnknownError: no such roster.
    """
    roster = rosters.hold(session, roster_id)
    mine = select(Question).where(
        Question.roster_id == roster_id, Question.kind == kind, Question.version == roster.version
    )
    for row in session.exec(mine.order_by(col(Question.id).desc())):
        if row.asked == dict(asked) and not row.failure:
            return row, _again(session, row)
    row = Question(
        id=new_key("que"),
        roster_id=roster_id,
        kind=kind,
        version=roster.version,
        asked=dict(asked),
        asked_at=clock.now(),
    )
    session.add(row)
    outbox.put(session, outbox.QUESTION, row.id)
    session.flush()
    return row, True


def get(session: Session, roster_id: str, question_id: str) -> Question:
    """UnknownError: the roster has no such question."""
    row = one(session, Question, question_id, "question")
    if row.roster_id != roster_id:
        raise UnknownError(f"There is no question {question_id} about this roster.")
    return row


def state(row: Question) -> str:
    """`working`, `ready` or `failed`."""
    return "failed" if row.failure else "working" if row.answer is None else "ready"


def is_current(session: Session, row: Question) -> bool:
    """The roster is still the one that it was asked about."""
    return rosters.get(session, row.roster_id).version == row.version


def find(session: Session, question_id: str) -> Question | None:
    """The question, if it waits for an answer still."""
    row = session.get(Question, question_id)
    return row if row is not None and row.answered_at is None else None


def answer(session: Session, question_id: str, found: Mapping[str, Any]) -> bool:
    """Keep the answer; False: somebody else has answered."""
    return _end(session, question_id, answer=dict(found))


def fail(session: Session, question_id: str, sentence: str) -> bool:
    return _end(session, question_id, failure=sentence[:500])


def _again(session: Session, row: Question) -> bool:
    """Whether a question was lost: then its moment begins anew."""
    if row.answered_at is not None or clock.now() - row.asked_at <= PATIENCE:
        return False
    row.asked_at = clock.now()
    session.add(row)
    outbox.put(session, outbox.QUESTION, row.id)
    session.flush()
    return True


def _end(session: Session, question_id: str, **values: Any) -> bool:
    session.flush()
    ended = (
        update(Question)
        .where(col(Question.id) == question_id, col(Question.answered_at).is_(None))
        .values(answered_at=clock.now(), **values)
    )
    written = session.connection().execute(ended)
    session.expire_all()
    return bool(written.rowcount == 1)
