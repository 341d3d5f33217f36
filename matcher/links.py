"""Signed links: who holds one may do one thing without an account, until it ends.

The key lies in the database, so that every machine of an office signs alike; it is made by whoever needs it first.
"""

import hmac
import secrets
from base64 import urlsafe_b64encode
from datetime import UTC, datetime

from sqlmodel import Session

from matcher import clock
from matcher.database import insert_new
from matcher.errors import UnknownError
from matcher.tables.proof import Secret

NAME = "links"
LENGTH = 24
"""Bytes of the signature that are kept: 192 bits."""


def sign(session: Session, purpose: str, subject: str, until: datetime) -> str:
    """A token that says: its holder may do `purpose` with `subject` until then. Neither may hold a tilde."""
    said = f"{purpose}~{subject}~{int(until.timestamp())}"
    return f"{said}~{_signature(_key(session) or _new_key(session), said)}"


def opened(session: Session, purpose: str, token: str) -> str:
    """The subject of a token that was signed for this purpose. UnknownError: it was not, or its time is over."""
    said, _, signature = token.rpartition("~")
    key, parts = _key(session), said.split("~")
    good = key is not None and token.isascii() and hmac.compare_digest(signature, _signature(key, said))
    if not good or len(parts) != 3 or parts[0] != purpose:
        raise UnknownError("This link leads nowhere.", cure="Open the newest one that you were sent.")
    if datetime.fromtimestamp(int(parts[2]), UTC) < clock.now():
        raise UnknownError("The time of this link is over.", cure="Ask the coordinator.")
    return parts[1]


def _key(session: Session) -> bytes | None:
    found = session.get(Secret, NAME)
    return None if found is None else found.value.encode()


def _new_key(session: Session) -> bytes:
    """Made by whoever comes first; the others take that one."""
    made = {"name": NAME, "value": secrets.token_urlsafe(32)}
    session.connection().execute(insert_new(session, Secret), [made])
    return session.get_one(Secret, NAME, populate_existing=True).value.encode()


def _signature(key: bytes, said: str) -> str:
    return urlsafe_b64encode(hmac.digest(key, said.encode(), "sha256")[:LENGTH]).decode()
