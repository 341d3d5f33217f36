"""The only clock. Moments are aware and in UTC inside; the area's zone belongs to the edge."""

from datetime import UTC, datetime


def now() -> datetime:
    return datetime.now(UTC)
