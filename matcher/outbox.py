"""What must be told outside once the transaction that wrote it has happened. At least once, never lost."""

from collections.abc import Sequence

from sqlalchemy import update
from sqlmodel import Session, col, select

from matcher import clock
from matcher.keys import new_key
from matcher.tables.rosters import Outbox

RUN = "run"
CURES = "cures"
QUESTION = "question"


def put(session: Session, topic: str, subject: str) -> None:
    """Write it beside what it tells of, in the same transaction."""
    session.add(Outbox(id=new_key("out"), topic=topic, subject=subject, written_at=clock.now()))


def pending(session: Session, limit: int = 100) -> Sequence[Outbox]:
    """What has not been told yet, oldest first."""
    return session.exec(select(Outbox).where(col(Outbox.sent_at).is_(None)).order_by(Outbox.id).limit(limit)).all()


def mark_sent(session: Session, ids: Sequence[str]) -> None:
    session.connection().execute(update(Outbox).where(col(Outbox.id).in_(ids)).values(sent_at=clock.now()))
