"""Versions: a roster as it was published, and the promises that stood with each."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlmodel import Session, col, or_, select

from matcher import clock
from matcher.errors import UnknownError
from matcher.keys import new_key
from matcher.tables.people import Helper
from matcher.tables.rosters import Roster
from matcher.tables.versions import Promise, Version
from matcher.types import RosterState


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


def make(session: Session, roster: Roster, told: Sequence[Mapping[str, Any]], by: str = "") -> Version:
    """The roster's next version; whoever calls holds the roster's row, and writes the promises that differ."""
    made = Version(
        id=new_key("ver"),
        roster_id=roster.id,
        number=roster.published + 1,
        roster_version=roster.version,
        run_id=roster.solved_by,
        published_at=clock.now(),
        published_by=by,
        measures=roster.measures,
        told=[dict(one) for one in told],
    )
    roster.published, roster.state, roster.version = made.number, RosterState.PUBLISHED, roster.version + 1
    session.add_all([made, roster])
    session.flush()
    return made


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
