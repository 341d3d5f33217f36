"""Deliveries: claimed under a lease, sent, tried again for a day, given up, replayed.

Who sends what is decided by conditional updates and the database's clock. A killed sender's claim lapses and the
delivery is made again, under the notice's id. What stands in one line is sent in order; lines do not wait for each
other, and receivers have nothing to do with each other at all.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, exists, or_, update
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from matcher import clock
from matcher.database import seconds_now
from matcher.errors import ConflictError
from matcher.pages import Page, one, page
from matcher.tables.notices import Delivery, Notice, Webhook
from matcher.types import Channel, DeliveryState

OPEN = (DeliveryState.WAITING, DeliveryState.SENDING)
DAY = 24 * 3600.0
FIRST_PAUSE, LONGEST_PAUSE = 5.0, 2 * 3600.0
"""Seconds before the second attempt; three times as long before each next one, with a fifth of chance."""
STUBBORN = 6
"""What failed so often (half an hour) lets those behind it in its line pass."""
REPLAYED = {"attempts": 0, "give_up_at": None, "failure": "", "sent_at": None}


@dataclass(frozen=True, slots=True)
class Hold:
    """A sender's hold on one delivery."""

    id: str
    notice_id: str
    channel: str
    receiver: str
    webhook_id: str | None
    fence: int
    attempts: int


def receivers(session: Session) -> list[tuple[str, str]]:
    """Receivers (and their channels) for whom something is due."""
    found = select(Delivery.receiver, Delivery.channel).where(_free(session)).distinct().order_by(Delivery.receiver)
    return [(receiver, channel) for receiver, channel in session.exec(found)]


def claim(session: Session, receiver: str, worker: str, lease_seconds: float, limit: int) -> list[Hold]:
    """Take hold of the next deliveries to a receiver, at most one of each line."""
    before = aliased(Delivery)
    behind = exists().where(
        col(before.line) == Delivery.line,
        col(before.place) < Delivery.place,
        is_open(before),
        col(before.attempts) < STUBBORN,
    )
    due = (
        select(Delivery.id)
        .where(Delivery.receiver == receiver, _free(session), ~behind)
        .order_by(col(Delivery.next_at), col(Delivery.place))
        .limit(limit)
    )
    now = seconds_now(session)
    held = []
    for delivery_id in session.exec(due).all():
        taken = session.connection().execute(
            update(Delivery)
            .where(col(Delivery.id) == delivery_id, _free(session))
            .values(
                state=DeliveryState.SENDING,
                fence=Delivery.fence + 1,
                attempts=Delivery.attempts + 1,
                worker=worker[:120],
                lease_until=now + lease_seconds,
            )
        )
        if taken.rowcount == 1:
            held.append(delivery_id)
    session.expire_all()
    rows = session.exec(select(Delivery).where(col(Delivery.id).in_(held)).order_by(col(Delivery.place)))
    return [
        Hold(row.id, row.notice_id, row.channel, row.receiver, row.webhook_id, row.fence, row.attempts) for row in rows
    ]


def sent(session: Session, hold: Hold) -> bool:
    """False: the hold had lapsed; whoever has it now sends it again."""
    return _end(session, hold, state=DeliveryState.SENT, sent_at=clock.now(), failure="")


def dropped(session: Session, hold: Hold, why: str) -> bool:
    """Nobody needs to hear it any more."""
    return _end(session, hold, state=DeliveryState.DROPPED, failure=why[:500])


def refused(session: Session, hold: Hold, why: str) -> bool:
    """The receiver never will take it: a dead letter at once."""
    return _end(session, hold, state=DeliveryState.DEAD, failure=why[:500])


def failed(session: Session, hold: Hold, why: str, after: float | None = None) -> bool:
    """Try again later, `after` so many seconds if the receiver asked for it; a day after the first attempt: dead."""
    row = one(session, Delivery, hold.id, "delivery")
    now = float(session.exec(select(seconds_now(session))).one())
    give_up_at = row.give_up_at if row.give_up_at is not None else now + DAY
    next_at = now + max(pause(hold.attempts), after or 0.0)
    state = DeliveryState.WAITING if next_at < give_up_at else DeliveryState.DEAD
    return _end(session, hold, state=state, next_at=next_at, give_up_at=give_up_at, failure=why[:500])


def pause(attempts: int) -> float:
    """Seconds until the next attempt after so many."""
    plain = min(LONGEST_PAUSE, FIRST_PAUSE * 3.0 ** min(attempts - 1, 20))
    return plain * random.uniform(0.8, 1.2)


def hurry(session: Session, receiver: str) -> int:
    """The receiver answers again: what failed and waits for it goes at once; how many."""
    waiting = update(Delivery).where(
        col(Delivery.receiver) == receiver, col(Delivery.state) == DeliveryState.WAITING, col(Delivery.attempts) > 0
    )
    return int(session.connection().execute(waiting.values(next_at=seconds_now(session))).rowcount)


def get(session: Session, delivery_id: str) -> Delivery:
    """UnknownError: no such delivery."""
    return one(session, Delivery, delivery_id, "delivery")


def of_notice(session: Session, notice_id: str) -> list[Delivery]:
    return list(session.exec(select(Delivery).where(Delivery.notice_id == notice_id).order_by(Delivery.id)))


def replay_one(session: Session, delivery_id: str) -> Delivery:
    """Send this one again. UnknownError. ConflictError: it is still on its way."""
    get(session, delivery_id)
    if replay(session, [col(Delivery.id) == delivery_id]) != 1:
        raise ConflictError("The delivery is still on its way.", cure="Wait until it was sent or given up.")
    session.expire_all()
    return get(session, delivery_id)


def replay_webhook(session: Session, webhook_id: str, state: DeliveryState, since: datetime | None) -> int:
    """Send again what this webhook was sent, or what was given up, since then; how many."""
    one(session, Webhook, webhook_id, "webhook")
    told = select(Notice.id).where(Notice.written_at >= since) if since else select(Notice.id)
    which = [col(Delivery.webhook_id) == webhook_id, col(Delivery.state) == state, col(Delivery.notice_id).in_(told)]
    return replay(session, which)


def replay(session: Session, where: Sequence[Any]) -> int:
    """Send again what these conditions name, under the same ids; how many. What is being sent is left alone."""
    again = update(Delivery).where(
        col(Delivery.state).in_((DeliveryState.DEAD, DeliveryState.SENT, DeliveryState.DROPPED)), *where
    )
    values = {**REPLAYED, "state": DeliveryState.WAITING, "next_at": seconds_now(session)}
    return int(session.connection().execute(again.values(**values)).rowcount)


def listed(
    session: Session,
    *,
    state: DeliveryState | None = None,
    channel: Channel | None = None,
    webhook_id: str | None = None,
    after: str | None = None,
    limit: int = 50,
) -> Page[Delivery]:
    """Deliveries in order of id; `state=dead` are the dead letters."""
    wanted = {"state": state, "channel": channel, "webhook_id": webhook_id}
    where = [getattr(Delivery, name) == value for name, value in wanted.items() if value is not None]
    return page(session, Delivery, after=after, limit=limit, where=where)


def is_open(table: Any) -> Any:
    """Written out, not bound: only so can a database see that its index of what is open will do."""
    return table.state.in_(bindparam("open", [state.value for state in OPEN], expanding=True, literal_execute=True))


def _free(session: Session) -> Any:
    now = seconds_now(session)
    return is_open(Delivery) & or_(
        and_(col(Delivery.state) == DeliveryState.WAITING, col(Delivery.next_at) <= now),
        and_(col(Delivery.state) == DeliveryState.SENDING, col(Delivery.lease_until) < now),
    )


def _end(session: Session, hold: Hold, **values: Any) -> bool:
    session.flush()
    met = session.connection().execute(
        update(Delivery)
        .where(
            col(Delivery.id) == hold.id,
            col(Delivery.fence) == hold.fence,
            col(Delivery.state) == DeliveryState.SENDING,
        )
        .values(lease_until=None, **values)
    )
    session.expire_all()
    return met.rowcount == 1
