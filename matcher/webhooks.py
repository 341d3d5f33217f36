"""Webhooks: other programs that are told what happens in an area.

A webhook's secret is never stored: it is derived from the machine's key, the webhook's id and the generation, so
whoever reads the database can sign nothing.
"""

import hmac
import os
import secrets
from base64 import b64encode
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from sqlalchemy import update
from sqlmodel import Session, col, select

from matcher import areas, clock, registers
from matcher.errors import InvalidError
from matcher.keys import new_key
from matcher.notices.message import UnreachedError
from matcher.notices.post import AddressError, judged, networks
from matcher.notices.telling import notify
from matcher.pages import Page, one, page, remove
from matcher.settings import Settings
from matcher.tables.areas import Area
from matcher.tables.notices import Notice, Webhook
from matcher.types import NoticeKind

OVERLAP = timedelta(days=1)
"""How long the old secret still signs beside the new one."""
PREFIX = "whsec_"
KEY_FILE = "secret.key"


def check(url: str, settings: Settings) -> None:
    """InvalidError: the URL may not be called. Before the transaction, for it asks for the name's address."""
    try:
        judged(url, networks(settings.inside_networks))
    except (AddressError, UnreachedError) as error:
        raise InvalidError(str(error), cure="Give a public https address.", field="url") from error


def register(session: Session, url: str, area_id: str, kinds: Sequence[NoticeKind]) -> Webhook:
    """A new webhook for what happens in an area. InvalidError: no such area."""
    registers.must_exist(session, Area, area_id, "area_id")
    now = clock.now()
    listed = sorted({kind.value for kind in kinds})
    row = Webhook(id=new_key("whk"), url=url, area_id=area_id, kinds=listed, renewed_at=now, made_at=now)
    return registers.add(session, row, "webhook")


def get(session: Session, webhook_id: str) -> Webhook:
    return one(session, Webhook, webhook_id, "webhook")


def listed(session: Session, *, after: str | None = None, limit: int = 50) -> Page[Webhook]:
    return page(session, Webhook, after=after, limit=limit)


def forget(session: Session, webhook_id: str) -> None:
    """Take it away, with what was still to be sent to it."""
    remove(session, Webhook, webhook_id, "webhook")


def renew(session: Session, webhook_id: str) -> Webhook:
    """A new secret; the old one signs along for a day. A webhook that was stopped is heard again."""
    get(session, webhook_id)
    session.flush()
    session.connection().execute(
        update(Webhook)
        .where(col(Webhook.id) == webhook_id)
        .values(generation=Webhook.generation + 1, renewed_at=clock.now(), is_active=True, stopped_why="")
    )
    session.expire_all()
    return get(session, webhook_id)


def stop(session: Session, webhook_id: str, why: str) -> None:
    """It wants to hear nothing any more."""
    session.connection().execute(
        update(Webhook).where(col(Webhook.id) == webhook_id).values(is_active=False, stopped_why=why[:500])
    )


def try_out(session: Session, webhook_id: str) -> str:
    """Tell it something that means nothing, so that its owner sees whether it hears; the notice's id."""
    row = get(session, webhook_id)
    occasion = new_key("try")
    notify(session, kind=NoticeKind.TRIAL, area_id=row.area_id, values={"webhook_id": webhook_id}, subject_key=occasion)
    return session.exec(select(Notice.id).where(Notice.once == f"{NoticeKind.TRIAL}:{row.area_id}:{occasion}")).one()


def concerned(session: Session, area_id: str, kind: str) -> list[Webhook]:
    """Who hears of this kind in this area, in order of id."""
    around = [area_id, *areas.enclosing(session, area_id)]
    rows = session.exec(
        select(Webhook).where(col(Webhook.area_id).in_(around), col(Webhook.is_active)).order_by(Webhook.id)
    )
    return [row for row in rows if not row.kinds or kind in row.kinds]


def secret(key: bytes, webhook_id: str, generation: int) -> bytes:
    return hmac.digest(key, f"webhook:{webhook_id}:{generation}".encode(), "sha256")


def shown(key: bytes, row: Webhook) -> str:
    """As the receiver's library takes it."""
    return PREFIX + b64encode(secret(key, row.id, row.generation)).decode()


def signing(key: bytes, row: Webhook) -> tuple[bytes, ...]:
    """The secrets that sign now."""
    both = row.generation > 1 and clock.now() - row.renewed_at < OVERLAP
    return tuple(secret(key, row.id, row.generation - old) for old in range(2 if both else 1))


def machine_key(settings: Settings) -> bytes:
    """The one that was set, otherwise a file in `home` that only its owner reads, made by whoever needs it first."""
    if settings.secret_key:
        return settings.secret_key.encode()
    path = settings.home / KEY_FILE
    if not path.exists():
        _make(path)
    return path.read_bytes()


def _make(path: Path) -> None:
    """Whole or not at all, and never in the place of one that is there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as opened:
        opened.write(secrets.token_hex(32).encode())
        opened.flush()
        os.fsync(opened.fileno())
    with suppress(FileExistsError):
        os.link(draft, path)
    draft.unlink()
