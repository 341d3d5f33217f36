"""A plan on its way back into the tables, in the place of what the roster held."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, exists, insert, select, update
from sqlmodel import Session, col

from matcher import runs
from matcher.availability import Span
from matcher.keys import new_key
from matcher.snapshot import Snapshot
from matcher.tables.all import METADATA
from matcher.tables.rosters import Assignment, Roster, Run, Unassigned
from matcher.types import RunState
from matcher.verdicts import Verdict, verdict
from solver.plan import Plan

ASSIGNMENTS = METADATA.tables["assignment"]
NOTHING_CHANGED = "Nothing had to change: everybody's day stays as it was."


def store(
    session: Session,
    run_id: str,
    fence: int,
    seen: Snapshot,
    proposed: Plan,
    *,
    stopped: bool,
    measures: Mapping[str, Any],
    judged: Verdict | None = None,
    again: Sequence[str] = (),
) -> bool:
    """Put the plan in the place of what the roster held, and end the run. Give `judged` (from `verdict`): working it
    out here holds the transaction open. Where visits are to be tried `again`, a short run follows.

    False, and nothing written: the run is somebody else's by now, or the roster has moved on since it was read.
    HardBreachError: the plan may not be stored.
    """
    judged = judged or verdict(seen, proposed)
    with session.begin_nested() as undo:
        if not (
            _move_on(session, run_id, fence, seen, {**measures, **judged.measures})
            and _end(session, run_id, fence, seen, proposed, stopped)
        ):
            undo.rollback()
            return False
        if not replace(session, seen, proposed, judged.reasons):
            runs.say(session, run_id, NOTHING_CHANGED)
        if again:
            runs.follow(session, runs.get(session, run_id))
    return True


def _move_on(session: Session, run_id: str, fence: int, seen: Snapshot, measures: Mapping[str, Any]) -> bool:
    """The roster's next version, if it is still the one that was read and the run is still ours."""
    ours = exists().where(col(Run.id) == run_id, col(Run.fence) == fence, col(Run.state) == RunState.RUNNING)
    moved = session.connection().execute(
        update(Roster)
        .where(col(Roster.id) == seen.roster_id, col(Roster.version) == seen.version, ours)
        .where(col(Roster.acts) == seen.acts)
        .values(version=seen.version + 1, measures=dict(measures), solved_by=run_id)
    )
    return moved.rowcount == 1


def _end(session: Session, run_id: str, fence: int, seen: Snapshot, proposed: Plan, stopped: bool) -> bool:
    state = RunState.STOPPED if stopped else RunState.DONE
    values = {"objective": proposed.objective, "bound": proposed.bound, "roster_version": seen.version + 1}
    return runs.finish(session, run_id, fence, state=state, **values)


def replace(session: Session, seen: Snapshot, proposed: Plan, reasons: Mapping[str, Mapping[str, Any]]) -> bool:
    """Let the roster hold this plan, and these reasons for what it leaves; whether anybody's day changed by it."""
    changed = settle(session, seen.roster_id, rows(seen, proposed))
    connection = session.connection()
    connection.execute(delete(Unassigned).where(col(Unassigned.roster_id) == seen.roster_id))
    left = [
        {"id": new_key("una"), "roster_id": seen.roster_id, "visit_id": visit_id, "reasons": dict(why)}
        for visit_id, why in reasons.items()
    ]
    if left:
        connection.execute(insert(Unassigned), left)
    session.expire_all()
    return changed


def settle(session: Session, roster_id: str, wanted: Sequence[Mapping[str, Any]]) -> bool:
    """Let the roster's assignments be these rows; one that stays the same helper's keeps its id. False: they were."""
    session.flush()
    connection = session.connection()
    there = {
        (row["visit_id"], row["helper_id"]): row
        for row in connection.execute(select(*ASSIGNMENTS.c).where(ASSIGNMENTS.c.roster_id == roster_id)).mappings()
    }
    new, moved = [], 0
    for row in wanted:
        before = there.pop((row["visit_id"], row["helper_id"]), None)
        if before is None:
            new.append(dict(row))
        elif changed := {name: value for name, value in row.items() if name != "id" and before[name] != value}:
            connection.execute(update(Assignment).where(col(Assignment.id) == before["id"]).values(**changed))
            moved += 1
    gone = sorted(row["id"] for row in there.values())
    for begin in range(0, len(gone), 500):
        connection.execute(delete(Assignment).where(col(Assignment.id).in_(gone[begin : begin + 500])))
    if new:
        connection.execute(insert(Assignment), new)
    session.expire_all()
    return bool(new or moved or gone)


@dataclass(frozen=True, slots=True, order=True)
class _Stop:
    """One visit on a helper's way."""

    helper_id: str
    start: int
    visit_id: str
    duration: int
    place: int


def rows(seen: Snapshot, proposed: Plan) -> list[dict[str, Any]]:
    """The assignments of a plan and of what is held, as rows, each with the minutes of travel before it."""
    problem = seen.problem
    stops = [
        _Stop(helper, one.start, one.visit_id, one.duration, one.place)
        for one in seen.held
        for helper in one.helper_ids
    ]
    for assignment in proposed.assignments:
        visit = problem.visits[assignment.visit]
        who = seen.helper_ids[assignment.helper]
        stops.append(_Stop(who, assignment.start, visit.key, visit.duration, visit.place))
    helpers = dict(zip(seen.helper_ids, problem.helpers, strict=True))
    made: list[dict[str, Any]] = []
    place, before = 0, None
    for stop in sorted(stops):
        helper, start, end = helpers[stop.helper_id], moment(seen, stop.start), moment(seen, stop.start + stop.duration)
        shift = _shift(seen, stop.helper_id, start, end)
        if (stop.helper_id, shift) != before:
            place, before = helper.home or 0, (stop.helper_id, shift)
        made.append(
            {
                "id": new_key("asg"),
                "roster_id": seen.roster_id,
                "visit_id": stop.visit_id,
                "helper_id": stop.helper_id,
                "start_at": start,
                "end_at": end,
                "shift_start_at": shift[0],
                "shift_end_at": shift[1],
                "travel_minutes": int(problem.travel[helper.mode].matrix[place, stop.place]),
            }
        )
        place = stop.place
    return made


def _shift(seen: Snapshot, helper_id: str, start: datetime, end: datetime) -> Span:
    """The helper's shift in which a visit lies; whoever is sent outside all of them is there just for the visit."""
    return next((span for span in seen.shifts.get(helper_id, ()) if span[0] <= start <= span[1]), (start, end))


def moment(seen: Snapshot, tick: int) -> datetime:
    return seen.start + timedelta(minutes=tick)
