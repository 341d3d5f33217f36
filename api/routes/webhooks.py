"""Webhooks: other programs that are told what happens, signed by the Standard Webhooks specification."""

from typing import Annotated, Any

from fastapi import APIRouter, Response
from pydantic import Field, StringConstraints

from api.doors import After, Configured, Limit, Listed, Reading, Shape, Where, Writing
from api.routes.notices import DeliveriesOut, delivery_out
from matcher import webhooks
from matcher.notices import deliveries
from matcher.tables.notices import Webhook
from matcher.types import AwareTime, DeliveryState, Key, NoticeKind, Readable

router = APIRouter(tags=["telling"])
Url = Annotated[str, StringConstraints(strip_whitespace=True, min_length=8, max_length=1000), Readable]


class WebhookIn(Shape):
    url: Url
    area_id: Key
    kinds: Annotated[list[NoticeKind], Field(max_length=10, description="Empty: everything")] = []


class WebhookOut(Shape):
    id: str
    url: str
    area_id: str
    kinds: list[NoticeKind]
    renewed_at: AwareTime
    is_active: bool
    stopped_why: str


class SecretOut(WebhookOut):
    """The secret is told here and never again."""

    secret: str


class WebhooksOut(Listed):
    rows: list[WebhookOut]


class ReplayIn(Shape):
    """Which deliveries to send again: those that were given up, or those that were sent."""

    state: DeliveryState = DeliveryState.DEAD
    since: AwareTime | None = None


class ReplayedOut(Shape):
    replayed: int


class TrialOut(Shape):
    notice_id: str


@router.post("/webhooks", status_code=201)
def register(body: WebhookIn, where: Where, configured: Configured, response: Response) -> SecretOut:
    """Have another program told what happens in an area; only public https addresses, and what the settings name."""
    webhooks.check(body.url, configured)
    key = webhooks.machine_key(configured)
    with where.transaction() as session:
        row = webhooks.register(session, body.url, body.area_id, body.kinds)
        response.headers["Location"] = f"/v1/webhooks/{row.id}"
        response.headers["Cache-Control"] = "no-store"
        return SecretOut(**_shown(row), secret=webhooks.shown(key, row))


@router.get("/webhooks")
def listed(session: Reading, after: After = None, limit: Limit = 50) -> WebhooksOut:
    page = webhooks.listed(session, after=after, limit=limit)
    return WebhooksOut(rows=[WebhookOut(**_shown(row)) for row in page.rows], after=page.after)


@router.get("/webhooks/{webhook_id}")
def one(webhook_id: Key, session: Reading) -> WebhookOut:
    return WebhookOut(**_shown(webhooks.get(session, webhook_id)))


@router.delete("/webhooks/{webhook_id}", status_code=204)
def forget(webhook_id: Key, session: Writing) -> None:
    webhooks.forget(session, webhook_id)


@router.post("/webhooks/{webhook_id}/secret")
def renew(webhook_id: Key, session: Writing, configured: Configured, response: Response) -> SecretOut:
    """A new secret; for a day the old one signs along. A webhook that was stopped is told again."""
    row = webhooks.renew(session, webhook_id)
    response.headers["Cache-Control"] = "no-store"
    return SecretOut(**_shown(row), secret=webhooks.shown(webhooks.machine_key(configured), row))


@router.post("/webhooks/{webhook_id}/trial", status_code=202)
def try_out(webhook_id: Key, session: Writing, response: Response) -> TrialOut:
    """Send a notice that means nothing, to see whether it arrives."""
    notice_id = webhooks.try_out(session, webhook_id)
    response.headers["Location"] = f"/v1/notices/{notice_id}"
    return TrialOut(notice_id=notice_id)


@router.post("/webhooks/{webhook_id}/replay")
def replay(webhook_id: Key, body: ReplayIn, session: Writing) -> ReplayedOut:
    """Send again, under the same ids."""
    return ReplayedOut(replayed=deliveries.replay_webhook(session, webhook_id, body.state, body.since))


@router.get("/webhooks/{webhook_id}/deliveries")
def made(
    webhook_id: Key,
    session: Reading,
    after: After = None,
    limit: Limit = 50,
    state: DeliveryState | None = None,
) -> DeliveriesOut:
    """What was sent to it, what waits, and the dead letters (`state=dead`)."""
    webhooks.get(session, webhook_id)
    page = deliveries.listed(session, webhook_id=webhook_id, state=state, after=after, limit=limit)
    return DeliveriesOut(rows=[delivery_out(row) for row in page.rows], after=page.after)


def _shown(row: Webhook) -> dict[str, Any]:
    return row.model_dump(include=set(WebhookOut.model_fields))
