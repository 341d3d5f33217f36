"""The cookie of who is signed in, and the seal by which a page of theirs is known as ours."""

import hashlib

from matcher.settings import Settings

SEAL = "seal"
"""The form's field; scripts send it as X-Seal."""


def cookie(configured: Settings) -> str:
    """Its name; behind TLS one that no other host and no plain connection can set."""
    return "__Host-matcher" if is_tls(configured) else "matcher"


def is_tls(configured: Settings) -> bool:
    return configured.public_url.startswith("https://")


def seal(token: str) -> str:
    """What a page of ours shows to have the request known as its own; it tells nothing of the token."""
    return hashlib.sha256(f"seal~{token}".encode()).hexdigest()
