"""Publishing (发布): a draft becomes promises, and exactly those whose own day changed are told.

Looking reads the whole day and judges it, so it happens before the transaction; the version that was looked at is the
version that is published, or nothing is.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlmodel import Session, col, select

from matcher import asking, checks, days, rosters, snapshot, standbys, versions, visits
from matcher.days import Change, ChangeKind, Line
from matcher.errors import ForkError, StaleError
from matcher.keys import new_key
from matcher.sentences import Said, told
from matcher.snapshot import Snapshot, minutes_between
from matcher.standbys import Standby
from matcher.tables.people import Helper
from matcher.tables.rosters import Assignment, Pin, Roster
from matcher.tables.versions import Promise, Version

TEXTS: Mapping[ChangeKind, str] = {
    ChangeKind.NEW: "New: {visit}, from {start_at} to {end_at}.",
    ChangeKind.CHANGED: "Changed: {visit}, from {start_at} to {end_at}; before, from {was_start_at} to {was_end_at}.",
    ChangeKind.WITHDRAWN: "Withdrawn: {visit}, which was from {was_start_at} to {was_end_at}.",
}
CURE = "Solve the roster again, or override what must stay as it is."


@dataclass(frozen=True, slots=True)
class Told:
    """One helper whose own day changes, and how, in words."""

    helper_id: str
    name: str
    changes: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """Who will be told what if the roster is published at this version."""

    roster_id: str
    version: int
    told: tuple[Told, ...]
    breaches: tuple[Said, ...]
    """Why it cannot be published."""
    overrides: tuple[Mapping[str, Any], ...]
    """What is published although it breaks rules."""
    lines: tuple[Mapping[str, Any], ...]
    """The promises that it would make."""
    standbys: tuple[Standby, ...] = ()
    """Who is asked next where somebody declines."""


def look(session: Session, roster_id: str, *, in_earnest: bool = False) -> Preview:
    """Writes nothing, and tells nobody; `in_earnest` also chooses who stands by.

    UnknownError: no such roster. ForkError: a fork is never published.
    """
    roster = rosters.get(session, roster_id)
    if roster.fork_of_id is not None:
        raise ForkError("A fork is never published.", cure="Adopt it, then publish the roster.")
    seen = snapshot.problem(session, roster_id, whole=True)
    pins = {pin.visit_id: pin for pin in session.exec(select(Pin).where(Pin.roster_id == roster_id))}
    lines = tuple(_lines(session, roster_id, seen, pins))
    before = [_line(promise) for promise in versions.standing(session, roster_id)]
    changed = days.changes(before, (_line(Promise(**line)) for line in lines))
    names = _names(session, changed)
    plan = snapshot.drafted(session, seen)
    return Preview(
        roster_id=roster_id,
        version=roster.version,
        told=tuple(
            Told(helper_id, names[helper_id], tuple(words(seen, session, change) for change in mine))
            for helper_id, mine in sorted(changed.items(), key=lambda one: (names[one[0]], one[0]))
        ),
        breaches=checks.unresolved(session, seen, plan),
        overrides=tuple(
            {"visit_id": pin.visit_id, "reason": pin.override, "breaches": pin.breaches}
            for pin in sorted(pins.values(), key=lambda pin: pin.id)
            if pin.override is not None
        ),
        lines=lines,
        standbys=standbys.choose(session, seen, plan) if in_earnest else (),
    )


def publish(session: Session, seen: Preview, version: int, by: str = "") -> Version:
    """Make the draft binding and tell those whose day changes; where nothing changed, the version that stands.

    HardBreachError: the draft breaks rules that nobody has overridden. StaleError: the roster is at another version
    than `version`, or than the one that was looked at.
    """
    checks.refuse(seen.breaches, CURE)
    if version != seen.version:
        raise StaleError(f"The roster is no longer at version {version}.", cure="Look at the preview again.")
    session.flush()
    _hold(session, seen)
    roster = rosters.get(session, seen.roster_id)
    if roster.published and not _differs(session, seen):
        return versions.get(session, seen.roster_id, roster.published)
    told_whom = [{"helper_id": one.helper_id, "name": one.name, "changes": list(one.changes)} for one in seen.told]
    made = versions.make(session, roster, told_whom, by)
    _promise(session, seen, made.number)
    asking.ask(session, roster, made, seen.standbys)
    session.flush()
    return made


def _hold(session: Session, seen: Preview) -> None:
    """Keep the roster's row until the end of the transaction, at the version that was looked at."""
    held = (
        update(Roster)
        .where(col(Roster.id) == seen.roster_id, col(Roster.version) == seen.version, col(Roster.fork_of_id).is_(None))
        .values(version=seen.version)
    )
    if session.connection().execute(held).rowcount != 1:
        raise StaleError(f"The roster is no longer at version {seen.version}.", cure="Look at the preview again.")
    session.expire_all()


def _lines(session: Session, roster_id: str, seen: Snapshot, pins: Mapping[str, Pin]) -> Iterable[Mapping[str, Any]]:
    """The draft's assignments of visits that are still wanted, as promises without their numbers."""
    wanted = set(seen.visit_ids)
    rows = session.exec(select(Assignment).where(Assignment.roster_id == roster_id).order_by(Assignment.id))
    for row in rows:
        if row.visit_id in wanted:
            pin = pins.get(row.visit_id)
            yield {
                **row.model_dump(exclude={"id"}),
                "pinned": pin is not None,
                "override": pin.override if pin is not None else None,
            }


def _differs(session: Session, seen: Preview) -> bool:
    return _contents(seen.lines) != _contents(
        promise.model_dump(exclude={"id", "since", "until"}) for promise in versions.standing(session, seen.roster_id)
    )


def _contents(lines: Iterable[Mapping[str, Any]]) -> dict[tuple[str, str], dict[str, Any]]:
    return {(line["visit_id"], line["helper_id"]): dict(line) for line in lines}


def _promise(session: Session, seen: Preview, number: int) -> None:
    """Take back what no longer holds, and promise what is new; what stays the same stands on."""
    wanted = _contents(seen.lines)
    for promise in versions.standing(session, seen.roster_id):
        same = wanted.get((promise.visit_id, promise.helper_id))
        if same == promise.model_dump(exclude={"id", "since", "until"}):
            del wanted[promise.visit_id, promise.helper_id]
        else:
            promise.until = number
            session.add(promise)
    session.flush()
    session.add_all(Promise(id=new_key("pro"), since=number, **line) for line in wanted.values())


def _line(promise: Promise) -> Line:
    return Line(promise.visit_id, promise.helper_id, promise.start_at, promise.end_at)


def _names(session: Session, helper_ids: Iterable[str]) -> dict[str, str]:
    wanted: Sequence[str] = sorted(helper_ids)
    return {
        helper_id: name
        for begin in range(0, len(wanted), 500)
        for helper_id, name in session.exec(
            select(Helper.id, Helper.name).where(col(Helper.id).in_(wanted[begin : begin + 500]))
        )
    }


def words(seen: Snapshot, session: Session, change: Change) -> dict[str, Any]:
    """The change as it is told and kept."""
    values: dict[str, Any] = {"visit": change.visit_id}
    for name, span in (("", change.after), ("was_", change.before)):
        if span is not None:
            values[f"{name}start_at"], values[f"{name}end_at"] = (minutes_between(seen.start, one) for one in span)
    names = seen.names if change.visit_id in seen.names else visits.titles(session, [change.visit_id])
    return {
        "kind": change.kind.value,
        "visit_id": change.visit_id,
        "before": _shown(change.before),
        "after": _shown(change.after),
        **told(TEXTS[change.kind], values, names, seen.wall),
    }


def _shown(span: tuple[datetime, datetime] | None) -> dict[str, str] | None:
    return None if span is None else {"start": span[0].isoformat(), "end": span[1].isoformat()}
