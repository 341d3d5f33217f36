"""Spreading: on which channels a notice goes out, and when. One row per notice and receiver, made exactly once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, update
from sqlmodel import Session, col, select

from matcher import clock, contacts, routines, webhooks
from matcher.database import insert_new, seconds_now
from matcher.keys import new_key
from matcher.notices.deliveries import is_open
from matcher.settings import Settings
from matcher.tables.notices import Delivery, Notice, Webhook
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
    """Spread what was written and not spread yet, in few statements; how many notices.

    Two who spread at once: SQLite lets one write at a time, Postgres hands each row to one of them, and a delivery that
    is there already stays as it is.
    """
    unspread = select(Notice).where(col(Notice.spread_at).is_(None)).order_by(col(Notice.place)).limit(limit)
    rows = session.exec(unspread.with_for_update(skip_locked=True)).all()
    if not rows:
        return 0
    spreader, now = _Spreader(session, settings), float(session.exec(select(seconds_now(session))).one())
    ways = [(notice, list(spreader.ways(notice))) for notice in rows]
    made = [_delivery(notice, way, now) for notice, mine in ways for way in mine]
    _take_along(made, now)
    at_once = [one for one in made if one["next_at"] == now]
    _release(session, [one["line"] for one in at_once], now, urgent=False)
    urgent = {notice.id for notice in rows if notice.urgent}
    _release(session, [one["line"] for one in at_once if one["notice_id"] in urgent], now, urgent=True)
    if made:
        session.connection().execute(insert_new(session, Delivery), made)
    done = [{"b_id": notice.id, "b_reach": len(mine)} for notice, mine in ways]
    told = update(Notice).where(col(Notice.id) == bindparam("b_id"))
    session.connection().execute(told.values(spread_at=clock.now(), reach=bindparam("b_reach")), done)
    session.expire_all()
    return len(rows)


def waits(session: Session) -> bool:
    """Whether there is something to spread."""
    unspread = select(Notice.id).where(col(Notice.spread_at).is_(None)).limit(1)
    return session.exec(unspread).first() is not None


class _Spreader:
    """Works out the ways of notices; what an area's notices have in common is read once."""

    def __init__(self, session: Session, settings: Settings) -> None:
        self.session, self.settings = session, settings
        self.offices = routines.Offices(session)
        self.listening: dict[tuple[str, str], list[Webhook]] = {}

    def ways(self, notice: Notice) -> Iterable[Way]:
        if notice.kind == NoticeKind.TRIAL:
            webhook_id = notice.values["webhook_id"]
            yield Way(Channel.WEBHOOK, webhook_id, webhook_id=webhook_id)
            return
        yield from self._personal(notice)
        for webhook in self._concerned(notice.area_id, notice.kind):
            yield Way(Channel.WEBHOOK, webhook.id, webhook_id=webhook.id)
        if self.settings.console_notices:
            yield Way(Channel.CONSOLE, Channel.CONSOLE)

    def _personal(self, notice: Notice) -> Iterable[Way]:
        if not (self.settings.mail_url or self.settings.sms_url):
            return
        routine, zone = self.offices.of(notice.area_id)
        reached = contacts.of(self.session, notice, routine)
        hold = _hold(notice, zone, reached.quiet)
        if self.settings.mail_url and reached.email and Channel.EMAIL in reached.channels:
            yield Way(Channel.EMAIL, Channel.EMAIL, hold)
        if self.settings.sms_url and reached.phone and Channel.SMS in reached.channels:
            yield Way(Channel.SMS, Channel.SMS, hold)

    def _concerned(self, area_id: str, kind: str) -> list[Webhook]:
        if (area_id, kind) not in self.listening:
            self.listening[area_id, kind] = webhooks.concerned(self.session, area_id, kind)
        return self.listening[area_id, kind]


def _hold(notice: Notice, zone: ZoneInfo, quiet: routines.Hours) -> float:
    """Seconds for which it waits: until the quiet ends, unless it is urgent or would be void by then."""
    now = clock.now()
    until = routines.quiet_until(now, zone, quiet)
    if until is None or notice.urgent or _would_be_void(notice, until):
        return 0.0
    return (until - now).total_seconds()


def _would_be_void(notice: Notice, until: datetime) -> bool:
    return notice.kind != NoticeKind.REMINDER and notice.expires_at is not None and notice.expires_at <= until


def _delivery(notice: Notice, way: Way, now: float) -> dict[str, Any]:
    return {
        "id": new_key("dlv"),
        "notice_id": notice.id,
        "channel": way.channel.value,
        "receiver": str(way.receiver),
        "webhook_id": way.webhook_id,
        "line": f"{way.receiver}:{notice.helper_id or notice.area_id}",
        "place": notice.place,
        "state": DeliveryState.WAITING.value,
        "attempts": 0,
        "fence": 0,
        "worker": "",
        "next_at": now + way.hold_seconds,
        "failure": "",
    }


def _take_along(made: list[dict[str, Any]], now: float) -> None:
    """What goes out now takes along what was held before it: nobody hears of a withdrawal before what it withdraws."""
    goes: set[str] = set()
    for one in reversed(made):
        if one["next_at"] == now or one["line"] in goes:
            one["next_at"] = now
            goes.add(one["line"])


def _release(session: Session, lines: Sequence[str], now: float, *, urgent: bool) -> None:
    """The same for what waits from earlier on; before what is urgent, also for what failed."""
    wanted = sorted(set(lines))
    for begin in range(0, len(wanted), 500):
        held = update(Delivery).where(
            col(Delivery.line).in_(wanted[begin : begin + 500]),
            col(Delivery.state) == DeliveryState.WAITING,
            col(Delivery.next_at) > now,
            is_open(Delivery),
        )
        if not urgent:
            held = held.where(col(Delivery.attempts) == 0)
        session.connection().execute(held.values(next_at=now))
