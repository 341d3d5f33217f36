"""Forks: what-if copies of a roster, which are solved, compared, and then adopted or thrown away."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert
from sqlmodel import Session, col, delete, select

from matcher import clock, days, merging, plans, rosters, snapshot
from matcher.days import Change, Line
from matcher.errors import ForkError, InvalidError, StaleError
from matcher.keys import new_key
from matcher.tables.people import Helper
from matcher.tables.rosters import Assignment, Pin, Roster, Unassigned
from matcher.verdicts import verdict

DECIDED = ("helper_ids", "start_at", "override")


@dataclass(frozen=True, slots=True)
class HelperChanges:
    """One helper whose day is another in the second roster."""

    helper_id: str
    name: str
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Compared:
    """Two rosters of one area and day, side by side."""

    first: Roster
    second: Roster
    days: tuple[HelperChanges, ...]
    left_in_first: tuple[str, ...]
    """Visits that only the second makes."""
    left_in_second: tuple[str, ...]


def fork(session: Session, roster_id: str, name: str = "") -> Roster:
    """A copy of the draft with its pins. UnknownError: no such roster. ForkError: it is a fork itself."""
    roster = rosters.hold(session, roster_id)
    if roster.fork_of_id is not None:
        raise ForkError("This is a fork already.", cure="Fork the roster itself.")
    copy = Roster(
        id=new_key("ros"),
        area_id=roster.area_id,
        day=roster.day,
        fork_of_id=roster.id,
        forked={"version": roster.version, "pins": _decisions(session, roster.id)},
        name=name,
        measures=roster.measures,
        solved_by=roster.solved_by,
        opened_at=clock.now(),
    )
    session.add(copy)
    session.flush()
    for table, prefix in ((Assignment, "asg"), (Unassigned, "una"), (Pin, "pin")):
        _copy(session, table, prefix, roster.id, copy.id)
    session.flush()
    return copy


def listed(session: Session, roster_id: str) -> Sequence[Roster]:
    """The roster's forks, the newest first. UnknownError: no such roster."""
    rosters.get(session, roster_id)
    return session.exec(select(Roster).where(Roster.fork_of_id == roster_id).order_by(col(Roster.id).desc())).all()


def throw_away(session: Session, fork_id: str) -> None:
    """UnknownError: no such roster. ForkError: it is no fork."""
    _the_fork(session, fork_id)
    session.exec(delete(Roster).where(col(Roster.id) == fork_id))


def adopt(session: Session, fork_id: str, version: int) -> Roster:
    """Put the fork's plan and pins in the roster's place, and throw the fork away.

    What people did with the roster since it was forked is kept: of a visit that was decided in both, the roster's
    decision counts, and what contradicts the day as it is now is left.

    UnknownError: no such roster. ForkError: it is no fork. StaleError: the fork is at another version.
    """
    roster_id = _the_fork(session, fork_id).fork_of_id
    assert roster_id is not None
    roster, copy = rosters.hold(session, roster_id), rosters.hold(session, fork_id)
    if copy.version != version:
        raise StaleError(f"The fork is no longer at version {version}.", cure="Read it again, then decide.")
    was = snapshot.problem(session, fork_id)
    plan = snapshot.drafted(session, was)
    known = {
        row.visit_id: row.reasons for row in session.exec(select(Unassigned).where(Unassigned.roster_id == fork_id))
    }
    _adopt_pins(session, roster, copy)
    now = snapshot.problem(session, roster_id)
    merged = merging.merge(was, plan, now)
    judged = verdict(now, merged.plan, known)
    rosters.move_on(session, roster_id, roster.version)
    plans.replace(session, now, merged.plan, judged.reasons)
    adopted = rosters.get(session, roster_id)
    adopted.measures, adopted.solved_by = {**copy.measures, **judged.measures}, None
    session.add(adopted)
    session.flush()
    throw_away(session, fork_id)
    return adopted


def compare(session: Session, first_id: str, second_id: str) -> Compared:
    """UnknownError: no such roster. InvalidError: they are of different areas or days."""
    first, second = rosters.get(session, first_id), rosters.get(session, second_id)
    if (first.area_id, first.day) != (second.area_id, second.day):
        raise InvalidError("The rosters are not of one area and day.", field="with")
    one, other = (_lines(session, roster.id) for roster in (first, second))
    changed = days.changes(one, other)
    named = dict(session.exec(select(Helper.id, Helper.name).where(col(Helper.id).in_(sorted(changed)))).all())
    made, made_there = ({line.visit_id for line in lines} for lines in (one, other))
    return Compared(
        first=first,
        second=second,
        days=tuple(HelperChanges(helper_id, named[helper_id], tuple(mine)) for helper_id, mine in changed.items()),
        left_in_first=tuple(sorted(made_there - made)),
        left_in_second=tuple(sorted(made - made_there)),
    )


def _the_fork(session: Session, fork_id: str) -> Roster:
    found = rosters.get(session, fork_id)
    if found.fork_of_id is None:
        raise ForkError("This is no fork, but the roster itself.")
    return found


def _decisions(session: Session, roster_id: str) -> dict[str, Any]:
    """The roster's pins as plain data, by visit."""
    return {pin.visit_id: _decision(pin) for pin in session.exec(select(Pin).where(Pin.roster_id == roster_id))}


def _decision(pin: Pin) -> dict[str, Any]:
    start = pin.start_at.isoformat() if pin.start_at else None
    return {"helper_ids": sorted(pin.helper_ids), "start_at": start, "override": pin.override}


def _adopt_pins(session: Session, roster: Roster, copy: Roster) -> None:
    """Three ways: where the roster's decision is still the one that was forked, the fork's takes its place."""
    base: Mapping[str, Any] = (copy.forked or {}).get("pins", {})
    ours = {pin.visit_id: pin for pin in session.exec(select(Pin).where(Pin.roster_id == roster.id))}
    theirs = {pin.visit_id: pin for pin in session.exec(select(Pin).where(Pin.roster_id == copy.id))}
    for visit_id in sorted(ours.keys() | theirs.keys()):
        mine, new = ours.get(visit_id), theirs.get(visit_id)
        if (_decision(mine) if mine else None) != base.get(visit_id):
            continue
        if mine is not None:
            session.delete(mine)
            session.flush()
        if new is not None:
            values = new.model_dump(exclude={"id", "roster_id"})
            session.add(Pin(id=new_key("pin"), roster_id=roster.id, **values))
    session.flush()


def _copy(session: Session, table: Any, prefix: str, source: str, target: str) -> None:
    rows = [
        {**row.model_dump(), "id": new_key(prefix), "roster_id": target}
        for row in session.exec(select(table).where(table.roster_id == source).order_by(table.id))
    ]
    if rows:
        session.connection().execute(insert(table), rows)


def _lines(session: Session, roster_id: str) -> list[Line]:
    return [
        Line(row.visit_id, row.helper_id, row.start_at, row.end_at)
        for row in session.exec(select(Assignment).where(Assignment.roster_id == roster_id))
    ]
