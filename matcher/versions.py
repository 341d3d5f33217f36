"""Versions: a roster as it was published, and the promises that stood with each."""

from collections.abc import Sequence

from sqlmodel import Session, col, or_, select

from matcher.errors import UnknownError
from matcher.tables.people import Helper
from matcher.tables.versions import Promise, Version


def listed(session: Session, roster_id: str) -> Sequence[Version]:
    """Every version of the roster, the newest first."""
    statement = select(Version).where(Version.roster_id == roster_id).order_by(col(Version.number).desc())
    return session.exec(statement).all()


def get(session: Session, roster_id: str, number: int) -> Version:
    """UnknownError: the roster has no such version."""
    statement = select(Version).where(Version.roster_id == roster_id, Version.number == number)
    found = session.exec(statement).one_or_none()
    if found is None:
        raise UnknownError(f"There is no version {number} of this roster.")
    return found


def promises(session: Session, roster_id: str, number: int) -> list[tuple[Promise, str]]:
    """What a version promised, with the helpers' names, in order of helper and time."""
    found = session.exec(
        select(Promise, Helper.name)
        .join(Helper, col(Promise.helper_id) == col(Helper.id))
        .where(
            Promise.roster_id == roster_id,
            Promise.since <= number,
            or_(col(Promise.until).is_(None), col(Promise.until) > number),
        )
        .order_by(Promise.helper_id, col(Promise.start_at), Promise.id)
    )
    return [(promise, name) for promise, name in found]


def standing(session: Session, roster_id: str) -> list[Promise]:
    """What helpers were told of this roster and still counts."""
    statement = select(Promise).where(Promise.roster_id == roster_id, col(Promise.until).is_(None))
    return list(session.exec(statement.order_by(Promise.helper_id, col(Promise.start_at))))
