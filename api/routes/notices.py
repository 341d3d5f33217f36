"""Notices: who was told what, on which channels, and what was given up."""

from datetime import UTC, datetime
from typing import Any

from fastapi import APIRouter

from api.doors import After, Limit, Listed, Reading, Shape, Writing
from matcher.notices import deliveries, telling
from matcher.tables.notices import Delivery, Notice
from matcher.types import AwareTime, Channel, DeliveryState, Key, NoticeKind

router = APIRouter(tags=["telling"])


class DeliveryOut(Shape):
    id: str
    notice_id: str
    channel: Channel
    webhook_id: str | None
    state: DeliveryState
    attempts: int
    next_at: AwareTime | None
    """When it is tried next; null where nothing is to come."""
    failure: str
    sent_at: AwareTime | None


class DeliveriesOut(Listed):
    rows: list[DeliveryOut]


class NoticeOut(Shape):
    id: str
    kind: NoticeKind
    helper_id: str | None
    area_id: str
    urgent: bool
    written_at: AwareTime
    expires_at: AwareTime | None
    reach: int | None
    """On how many channels it went out; 0: somebody must telephone; null: it waits to be spread."""


class NoticeWhole(NoticeOut):
    deliveries: list[DeliveryOut]


class NoticesOut(Listed):
    rows: list[NoticeOut]


@router.get("/notices")
def listed(
    session: Reading,
    after: After = None,
    limit: Limit = 50,
    helper_id: Key | None = None,
    kind: NoticeKind | None = None,
    unreached: bool = False,
) -> NoticesOut:
    """Who was told; `unreached`: only those whom no channel reaches."""
    page = telling.listed(session, after=after, limit=limit, helper_id=helper_id, kind=kind, unreached=unreached)
    return NoticesOut(rows=[NoticeOut(**_shown(row)) for row in page.rows], after=page.after)


@router.get("/notices/{notice_id}")
def one(notice_id: Key, session: Reading) -> NoticeWhole:
    row = telling.get(session, notice_id)
    made = [delivery_out(each) for each in deliveries.of_notice(session, notice_id)]
    return NoticeWhole(**_shown(row), deliveries=made)


@router.get("/deliveries")
def made(
    session: Reading,
    after: After = None,
    limit: Limit = 50,
    state: DeliveryState | None = None,
    channel: Channel | None = None,
) -> DeliveriesOut:
    """Every delivery; the dead letters with `state=dead`."""
    page = deliveries.listed(session, state=state, channel=channel, after=after, limit=limit)
    return DeliveriesOut(rows=[delivery_out(row) for row in page.rows], after=page.after)


@router.post("/deliveries/{delivery_id}/replay")
def replay(delivery_id: Key, session: Writing) -> DeliveryOut:
    """Send it again, under the same id."""
    return delivery_out(deliveries.replay_one(session, delivery_id))


def delivery_out(row: Delivery) -> DeliveryOut:
    shown = row.model_dump(include=set(DeliveryOut.model_fields) - {"next_at"})
    waits = row.state == DeliveryState.WAITING
    return DeliveryOut(**shown, next_at=datetime.fromtimestamp(row.next_at, UTC) if waits else None)


def _shown(row: Notice) -> dict[str, Any]:
    return row.model_dump(include=set(NoticeOut.model_fields))
