"""Who knows whom on a day: what pairings, wishes, leaves, faces and barrings together tell the solver."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from matcher import faces, feedback, substitutes
from matcher.tables.people import Volunteer
from matcher.tables.requests import Barring, Pairing


@dataclass(frozen=True, slots=True)
class Acquaintances:
    """Helpers whom a resident knows, and whom they must not meet."""

    known: frozenset[str]
    barred: frozenset[str]
    is_full: bool = False
    """Whether the resident has seen as many faces this month as they wish."""


NOBODY = Acquaintances(frozenset(), frozenset())


def of_day(session: Session, resident_ids: Iterable[str], day: date, zone: ZoneInfo) -> Mapping[str, Acquaintances]:
    """By resident; who knows nobody and is barred from nobody is left out.

    Known are those who are paired, who were liked, and who stand in for somebody on leave. Where the month holds as
    many faces as the resident wishes, known are those whom they see this month, and those who are paired.
    """
    wanted = sorted(set(resident_ids))
    start = datetime.combine(day, time(), zone).astimezone(UTC)
    end = datetime.combine(day + timedelta(days=1), time(), zone).astimezone(UTC)
    regulars = _by_resident(
        session.exec(
            select(Pairing.resident_id, Volunteer.helper_id)
            .join(Volunteer, col(Pairing.volunteer_id) == col(Volunteer.id))
            .where(Pairing.since <= day)
        )
    )
    friends = _by_resident(
        [
            *feedback.liked(session, wanted, day),
            *substitutes.standing_in(session, wanted, start, end, zone),
        ]
    )
    apart = _by_resident(
        [
            *session.exec(select(Barring.resident_id, Barring.helper_id)),
            *feedback.kept_apart(session),
        ]
    )
    full = faces.full(session, wanted, day)
    found = {}
    for resident_id in wanted:
        seen = full.get(resident_id, friends[resident_id])
        known = frozenset(regulars[resident_id] | seen)
        if known or apart[resident_id]:
            found[resident_id] = Acquaintances(known, frozenset(apart[resident_id]), resident_id in full)
    return found


def _by_resident(pairs: Iterable[tuple[str, str]]) -> defaultdict[str, set[str]]:
    found: defaultdict[str, set[str]] = defaultdict(set)
    for resident_id, helper_id in pairs:
        found[resident_id].add(helper_id)
    return found
