"""Candidates of a visit: whom to send, what each choice costs, what it displaces, and why not the others."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session

from matcher import rosters, snapshot
from matcher.checks import said
from matcher.errors import ConflictError
from matcher.sentences import Said
from matcher.snapshot import Snapshot
from solver.candidates import Candidates, Choice, candidates
from solver.plan import Plan

MOST = 20


@dataclass(frozen=True, slots=True)
class Moved:
    """A visit that a choice takes from the helper; without a helper it is left."""

    visit_id: str
    helper_id: str | None
    start: datetime | None


@dataclass(frozen=True, slots=True)
class Suggested:
    """One choice: this helper makes the visit then. `points`: what the roster costs more than now."""

    helper_id: str
    name: str
    start: datetime
    points: int
    with_helper_ids: tuple[str, ...]
    instead_of_ids: tuple[str, ...]
    moves: int
    displaces: tuple[Moved, ...]


@dataclass(frozen=True, slots=True)
class Unsuited:
    """A helper who cannot come, and every rule that stands between."""

    helper_id: str
    name: str
    breaches: tuple[Said, ...]


@dataclass(frozen=True, slots=True)
class Offered:
    """The cheapest choice first; those who cannot come with the nearest first. It answers to the roster's version."""

    visit_id: str
    version: int
    choices: tuple[Suggested, ...]
    unsuited: tuple[Unsuited, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """What was read to answer from; the answer itself needs no database."""

    seen: Snapshot
    visit_id: str
    plan: Plan


def read(session: Session, roster_id: str, visit_id: str) -> Asked:
    """UnknownError: no such roster or visit. ConflictError: no window of the visit is as long as the visit."""
    rosters.visit_of(session, rosters.get(session, roster_id), visit_id)
    seen = snapshot.problem(session, roster_id, whole=True)
    if visit_id not in seen.visit_ids:
        raise ConflictError("No window of the visit is as long as the visit, or it was cancelled.")
    return Asked(seen, visit_id, snapshot.drafted(session, seen))


def answer(asked: Asked, most: int) -> Offered:
    """At most so many choices. Takes up to a second on a large day: hold no transaction meanwhile."""
    seen = asked.seen
    found: Candidates = candidates(seen.problem, asked.plan, seen.visit_ids.index(asked.visit_id), most)
    return Offered(
        asked.visit_id,
        seen.version,
        tuple(_suggested(seen, choice) for choice in found.choices),
        tuple(
            Unsuited(
                seen.helper_ids[one.helper],
                seen.names[seen.helper_ids[one.helper]],
                said(seen, one.breaches),
            )
            for one in found.refused
        ),
    )


def lines(asked: Asked, helper_id: str) -> dict[str, list[list[Any]]] | None:
    """What sending this helper makes otherwise: lines of visit, helper and minute that are new, and of visit and helper
    that are gone; None: they cannot come. Hold no transaction meanwhile."""
    seen = asked.seen
    found = candidates(seen.problem, asked.plan, seen.visit_ids.index(asked.visit_id), MOST)
    chosen = next((one for one in found.choices if seen.helper_ids[one.helper] == helper_id), None)
    if chosen is None:
        return None
    was, now = ({(one.visit, one.helper, one.start) for one in plan.assignments} for plan in (asked.plan, chosen.plan))
    return {
        "made": [[seen.visit_ids[visit], seen.helper_ids[who], start] for visit, who, start in sorted(now - was)],
        "gone": [[seen.visit_ids[visit], seen.helper_ids[who]] for visit, who, _ in sorted(was - now)],
    }


def _suggested(seen: Snapshot, choice: Choice) -> Suggested:
    helper_id = seen.helper_ids[choice.helper]
    return Suggested(
        helper_id=helper_id,
        name=seen.names[helper_id],
        start=at(seen.start, choice.start),
        points=choice.points,
        with_helper_ids=tuple(seen.helper_ids[helper] for helper in choice.others),
        instead_of_ids=tuple(seen.helper_ids[helper] for helper in choice.instead_of),
        moves=choice.moves,
        displaces=tuple(
            Moved(
                seen.visit_ids[one.visit],
                None if one.helper is None else seen.helper_ids[one.helper],
                None if one.start is None else at(seen.start, one.start),
            )
            for one in choice.displaced
        ),
    )


def at(start: datetime, minutes: int) -> datetime:
    """The moment so many minutes after the roster's start."""
    return start + timedelta(minutes=minutes)
