"""Seals (核验码): what an attestation said when it was made, signed, so whoever holds the paper may have it checked.

Nothing is stored: the seal says it all itself, and without the office's key nobody makes one.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlmodel import Session

from matcher import hours, links
from matcher.hours import Month

PURPOSE = "hours"
NEVER = datetime(9999, 1, 1, tzinfo=UTC)
"""A paper has no end."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """Whose hours of which days, both included, were how many when the paper was made."""

    helper_id: str
    since: date
    until: date
    made: date
    minutes: int
    visits: int
    digest: str
    """Of the months, so that a correction which moves hours from one to another is seen too."""


def of(helper_id: str, since: date, until: date, made: date, months: Sequence[Month]) -> Sealed:
    said = "~".join(f"{month.month} {month.minutes} {month.visits}" for month in months)
    digest = hashlib.sha256(said.encode()).hexdigest()[:12]
    minutes, visits = sum(month.minutes for month in months), sum(month.visits for month in months)
    return Sealed(helper_id, since, until, made, minutes, visits, digest)


def token(session: Session, seal: Sealed) -> str:
    days = (f"{day:%Y%m%d}" for day in (seal.since, seal.until, seal.made))
    said = ".".join((seal.helper_id, *days, str(seal.minutes), str(seal.visits), seal.digest))
    return links.sign(session, PURPOSE, said, NEVER)


def opened(session: Session, said: str) -> Sealed:
    """UnknownError: no office with this key has made such a paper."""
    helper_id, *days, minutes, visits, digest = links.opened(session, PURPOSE, said).split(".")
    since, until, made = (datetime.strptime(day, "%Y%m%d").date() for day in days)  # noqa: DTZ007 - days, not moments
    return Sealed(helper_id, since, until, made, int(minutes), int(visits), digest)


def months_now(session: Session, seal: Sealed) -> list[Month]:
    """What counts today of what the paper could tell: what was served after it was made is nobody's business."""
    return hours.months(session, seal.helper_id, seal.since, max(seal.since, min(seal.until, seal.made)))
