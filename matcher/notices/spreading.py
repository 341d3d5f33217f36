"""Spreading: on which channels a notice goes out, and when. One row per notice and receiver, made exactly once."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlmodel import Session, col, select

from matcher import clock, contacts, routines, webhooks
from matcher.database import insert_new, seconds_now
from matcher.keys import new_key
from matcher.settings import Settings
from matcher.tables.notices import Delivery, Notice
from matcher.types import Channel, DeliveryState, NoticeKind

AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Way:
    """One receiver of one notice."""

    channel: Channel
    receiver: str
    hold_seconds: float = 0.0
    webhook_id: str | None = None


def spread(session: Session, settings: Settings, limit: int = AT_ONCE) -> int:
    """Spread what was written and not spread yet; how many notices."""
    rows = session.exec(
        select(Notice).where(col(Notice.spread_at).is_(None)).order_by(col(Notice.place)).limit(limit)
    ).all()
    for notice in rows:
        ways = list(_ways(session, settings, notice))
        mine = session.connection().execute(
            update(Notice)
            .where(col(Notice.id) == notice.id, col(Notice.spread_at).is_(None))
            .values(spread_at=clock.now(), reach=len(ways))
        )
        if mine.rowcount == 1:
            for way in ways:
                _deliver(session, notice, way)
    session.expire_all()
    return len(rows)


def waits(session: Session) -> bool:
    """Whether there is something to spread."""
    unspread = select(Notice.id).where(col(Notice.spread_at).is_(None)).limit(1)
    return session.exec(unspread).first() is not None


def _ways(session: Session, settings: Settings, notice: Notice) -> Iterable[Way]:
    if notice.kind == NoticeKind.TRIAL:
        webhook_id = notice.values["webhook_id"]
        yield Way(Channel.WEBHOOK, webhook_id, webhook_id=webhook_id)
        return
    yield from _personal(session, settings, notice)
    for webhook in webhooks.concerned(session, notice.area_id, notice.kind):
        yield Way(Channel.WEBHOOK, webhook.id, webhook_id=webhook.id)
    if settings.console_notices:
        yield Way(Channel.CONSOLE, Channel.CONSOLE)


def _personal(session: Session, settings: Settings, notice: Notice) -> Iterable[Way]:
    reached = contacts.of(session, notice)
    hold = _hold(notice, contacts.zone_of(session, notice.area_id), reached.quiet)
    if settings.mail_url and reached.email and Channel.EMAIL in reached.channels:
        yield Way(Channel.EMAIL, Channel.EMAIL, hold)
    if settings.sms_url and reached.phone and Channel.SMS in reached.channels:
        yield Way(Channel.SMS, Channel.SMS, hold)


def _hold(notice: Notice, zone: Any, quiet: routines.Hours) -> float:
    """Seconds for which it waits: until the quiet ends, unless it is urgent or would be void by then."""
    now = clock.now()
    until = routines.quiet_until(now, zone, quiet)
    if until is None or notice.urgent or _would_be_void(notice, until):
        return 0.0
    return (until - now).total_seconds()


def _would_be_void(notice: Notice, until: datetime) -> bool:
    return notice.kind != NoticeKind.REMINDER and notice.expires_at is not None and notice.expires_at <= until


def _deliver(session: Session, notice: Notice, way: Way) -> None:
    now, line = seconds_now(session), f"{way.receiver}:{notice.helper_id or notice.area_id}"
    if not way.hold_seconds:
        _release(session, line, notice.urgent)
    session.connection().execute(
        insert_new(session, Delivery).values(
            id=new_key("dlv"),
            notice_id=notice.id,
            channel=way.channel.value,
            receiver=str(way.receiver),
            webhook_id=way.webhook_id,
            line=line,
            place=notice.place,
            state=DeliveryState.WAITING.value,
            attempts=0,
            fence=0,
            worker="",
            next_at=now + way.hold_seconds,
            failure="",
        )
    )


def _release(session: Session, line: str, urgent: bool) -> None:
    """What goes out now takes along what was held before it: nobody hears of a withdrawal before what it withdraws.
    What is urgent does not wait for the next attempt of what failed before it, either."""
    held = update(Delivery).where(col(Delivery.line) == line, col(Delivery.state) == DeliveryState.WAITING)
    if not urgent:
        held = held.where(col(Delivery.attempts) == 0)
    session.connection().execute(held.values(next_at=seconds_now(session)))
