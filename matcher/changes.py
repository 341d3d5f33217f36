"""Changes (变动): what happens to a day after it was planned, and the trade-off that a coordinator chooses from.

Somebody cannot come, a visit is cancelled, an urgent one must be made. The answer is a short list: with no change to
what people were told, with one, two or three, this is what you get. One of them can be adopted as the draft: the fact
is written (time off, a cancelled visit) together with the plan, judged as the day is then, or nothing is. Who is away
is let go and told at once; whoever comes instead is asked when the draft is published.
"""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from sqlmodel import Session, col, select

from matcher import areas, clock, plans, questions, releases, rosters, snapshot, visits
from matcher.cures import KEPT
from matcher.days import ChangeKind
from matcher.errors import ConflictError, ForkError, InvalidError, StaleError
from matcher.publishing import TEXTS as TOLD
from matcher.sentences import Said, told
from matcher.snapshot import Snapshot
from matcher.tables.questions import Question
from matcher.tables.rosters import Assignment, Pin, Roster, Unassigned
from matcher.types import QuestionKind, RosterState
from matcher.verdicts import verdict
from solver.plan import Plan

CALM = "Nobody hears anything else than what they were told."
STIR = "Changes to what people were told: {changes}."
NO_VISIT = "They make no visit in that time."
OUTSIDE = "The absence does not lie within the roster's day."
GONE_ALREADY = "The visit is cancelled already."
MADE_ALREADY = "Somebody makes this visit already."
HELD = "An override holds one of these visits."
REFUSALS = (NO_VISIT, OUTSIDE, GONE_ALREADY, MADE_ALREADY, HELD)
TEXTS = (CALM, STIR, *REFUSALS)
KINDS = (QuestionKind.AWAY, QuestionKind.CANCELLED, QuestionKind.URGENT)


@dataclass(frozen=True, slots=True)
class Wish:
    """A question as a worker takes it up: the day, the draft, and what is asked in the solver's numbers."""

    question_id: str
    seen: Snapshot
    plan: Plan
    wish: Mapping[str, Any]


def ask(
    session: Session,
    roster_id: str,
    kind: QuestionKind,
    *,
    helper_id: str | None = None,
    visit_id: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> tuple[Question, bool]:
    """Ask what to do when a helper is away from `since` until `until` (all day where they are open), when a visit is
    cancelled, or when one that nobody makes must be made. Whether a worker is to be rung for it comes along.

    UnknownError: no such roster or visit. InvalidError names the field. ConflictError: there is nothing to do about it.
    """
    roster = rosters.get(session, roster_id)
    if roster.fork_of_id is not None:
        raise ForkError("A change happens to the roster, not to a what-if copy.", cure="Ask the roster itself.")
    if kind == QuestionKind.AWAY:
        asked = _away(session, roster, helper_id, since, until)
    else:
        asked = _visit(session, roster, kind, visit_id)
    return questions.ask(session, roster_id, kind, asked)


def _away(
    session: Session, roster: Roster, helper_id: str | None, since: datetime | None, until: datetime | None
) -> dict[str, Any]:
    if helper_id is None:
        raise InvalidError("The change names no helper.", field="helper_id")
    first, last = day_of(session, roster)
    start, end = max(first, since or first), min(last, until or last)
    if start >= end:
        raise InvalidError(OUTSIDE, field="since")
    lost = session.exec(
        select(Assignment.visit_id).where(
            Assignment.roster_id == roster.id,
            Assignment.helper_id == helper_id,
            Assignment.end_at > start,
            Assignment.start_at < end,
        )
    ).all()
    if not lost:
        raise ConflictError(NO_VISIT, cure="Note it as time off.")
    _refuse_overridden(session, roster, lost)
    return {"helper_id": helper_id, "since": start.isoformat(), "until": end.isoformat()}


def _visit(session: Session, roster: Roster, kind: QuestionKind, visit_id: str | None) -> dict[str, Any]:
    if visit_id is None:
        raise InvalidError("The change names no visit.", field="visit_id")
    visit = rosters.visit_of(session, roster, visit_id)
    if visit.cancelled_at is not None:
        raise ConflictError(GONE_ALREADY)
    made = select(Assignment.id).where(Assignment.roster_id == roster.id, Assignment.visit_id == visit_id)
    if kind == QuestionKind.URGENT and session.exec(made).first() is not None:
        raise ConflictError(MADE_ALREADY)
    _refuse_overridden(session, roster, [visit_id])
    return {"visit_id": visit_id}


def _refuse_overridden(session: Session, roster: Roster, visit_ids: Sequence[str]) -> None:
    held = select(Pin).where(
        Pin.roster_id == roster.id, col(Pin.visit_id).in_(visit_ids), col(Pin.override).is_not(None)
    )
    if session.exec(held).first() is not None:
        raise ConflictError(HELD, cure="Lift it first.")


def day_of(session: Session, roster: Roster) -> tuple[datetime, datetime]:
    """The moments at which the roster's day begins and ends."""
    zone = areas.zone(areas.get(session, roster.area_id))
    return datetime.combine(roster.day, time(), zone), datetime.combine(roster.day + timedelta(days=1), time(), zone)


def take_up(session: Session, row: Question) -> Wish | None:
    """The question with the day that it is about; None when the roster has moved on."""
    seen = snapshot.problem(session, row.roster_id)
    if seen.version != row.version:
        return None
    asked: dict[str, Any] = dict(row.asked)
    helper_id, visit_id = asked.pop("helper_id", None), asked.pop("visit_id", None)
    if helper_id not in (None, *seen.helper_ids) or visit_id not in (None, *seen.visit_ids):
        return None
    wish: dict[str, Any] = {"kind": row.kind, "now": _now(session, seen)}
    if helper_id is not None:
        wish["helper"] = seen.helper_ids.index(helper_id)
    if visit_id is not None:
        wish["visit"] = seen.visit_ids.index(visit_id)
    for name, moment in asked.items():
        wish[name] = snapshot.minutes_between(seen.start, datetime.fromisoformat(moment))
    return Wish(row.id, seen, snapshot.drafted(session, seen), wish)


def _now(session: Session, seen: Snapshot) -> int | None:
    """On a published day that has begun, nothing starts in the past and what has started stays."""
    if rosters.get(session, seen.roster_id).state != RosterState.PUBLISHED:
        return None
    minute = snapshot.minutes_between(seen.start, clock.now())
    return minute if 0 < minute < snapshot.DAY else None


def told_rows(seen: Snapshot, plan: Plan, wish: Mapping[str, Any], found: Mapping[str, Any]) -> dict[str, Any]:
    """The worker's answer as it is kept: ids for numbers, and everybody's change in words."""
    made = {seen.visit_ids[visit] for visit in plan.made()}
    about = {seen.visit_ids[wish["visit"]]} if wish["kind"] == QuestionKind.URGENT else set()
    rows = [_told_row(seen, row, made | about) for row in found["rows"]]
    return {"start": seen.start.isoformat(), "hole": [seen.visit_ids[one] for one in found["hole"]], "rows": rows}


def _told_row(seen: Snapshot, row: Mapping[str, Any], wanted: set[str]) -> dict[str, Any]:
    text = STIR if row["changes"] else CALM
    left = [seen.visit_ids[visit] for visit in row["left"]]
    return {
        **told(text, {"changes": row["changes"]} if row["changes"] else {}, {}),
        "points": row["points"],
        "price": row["price"],
        "changes": row["changes"],
        "left": [visit_id for visit_id in left if visit_id in wanted],
        "notices": [told_notice(seen, one) for one in row["notices"]],
        "made": [[seen.visit_ids[visit], seen.helper_ids[helper], start] for visit, helper, start in row["made"]],
        "gone": [[seen.visit_ids[visit], seen.helper_ids[helper]] for visit, helper in row["gone"]],
    }


def told_notice(seen: Snapshot, one: Mapping[str, Any]) -> Said:
    """What one person would hear of one visit."""
    visit_id, helper_id = seen.visit_ids[one["visit"]], seen.helper_ids[one["helper"]]
    before, after, length = one["before"], one["after"], seen.problem.visits[one["visit"]].duration
    kind = ChangeKind.NEW if before is None else ChangeKind.WITHDRAWN if after is None else ChangeKind.CHANGED
    values: dict[str, Any] = {"visit": visit_id}
    if after is not None:
        values |= {"start_at": after, "end_at": after + length}
    if before is not None:
        values |= {"was_start_at": before, "was_end_at": before + length}
    said = {"helper": seen.names[helper_id], "kind": kind.value, **told(TOLD[kind], values, seen.names, seen.wall)}
    return {**said, "visit_id": visit_id, "helper_id": helper_id, **{name: one[name] for name in NOTICED}}


NOTICED = ("before", "after", "counts")


def adopt(session: Session, roster_id: str, question_id: str, row: int, version: int) -> Roster:
    """Make a row of the answer the roster's draft, with the fact that it answers to.

    UnknownError: no such question, or it has no such row. ConflictError: it is not answered. StaleError: the roster is
    no longer the one that was asked about. HardBreachError: on the day as it is now, the plan breaks a rule that holds.
    """
    question = questions.get(session, roster_id, question_id)
    if question.kind not in KINDS or question.answer is None:
        raise ConflictError("There is no answer to adopt yet.", cure="Wait until it is ready.")
    if row >= len(question.answer["rows"]):
        raise InvalidError("The answer has no such row.", field="row")
    roster = rosters.hold(session, roster_id)
    if not roster.version == version == question.version:
        raise StaleError(f"The roster is no longer at version {version}.", cure="Read it again, then decide.")
    asked, chosen = dict(question.asked), dict(question.answer["rows"][row])
    start = datetime.fromisoformat(question.answer["start"])
    if question.kind == QuestionKind.AWAY:
        _note_absence(session, roster, asked, {visit_id for visit_id, _, _ in chosen["made"]})
    elif question.kind == QuestionKind.CANCELLED:
        visits.cancel(session, asked["visit_id"])
    return put(session, roster_id, chosen, start)


def _note_absence(session: Session, roster: Roster, asked: Mapping[str, Any], decided: Set[str]) -> None:
    """The time off, with what was promised in it, and pins of visits that the helper can no longer make name them no
    more. For visits that are decided, somebody was chosen already: nobody else is asked by itself."""
    helper_id, since, until = asked["helper_id"], *(datetime.fromisoformat(asked[name]) for name in ("since", "until"))
    lost = session.exec(
        select(Assignment.visit_id).where(
            Assignment.roster_id == roster.id,
            Assignment.helper_id == helper_id,
            Assignment.end_at > since,
            Assignment.start_at < until,
        )
    ).all()
    for pin in session.exec(select(Pin).where(Pin.roster_id == roster.id, col(Pin.visit_id).in_(lost))):
        if helper_id not in pin.helper_ids:
            continue
        pin.helper_ids = [one for one in pin.helper_ids if one != helper_id]
        if pin.helper_ids or pin.start_at is not None:
            session.add(pin)
        else:
            session.delete(pin)
    releases.take_time_off(session, helper_id, since, until, decided=decided)


def put(session: Session, roster_id: str, chosen: Mapping[str, Any], start: datetime) -> Roster:
    """Let the draft be what it is with these lines made and those gone, judged as the day is now."""
    now = snapshot.problem(session, roster_id)
    gone = {(visit_id, helper_id) for visit_id, helper_id in chosen["gone"]}
    drafted = session.exec(select(Assignment).where(Assignment.roster_id == roster_id)).all()
    lines = [
        (row.visit_id, row.helper_id, row.start_at) for row in drafted if (row.visit_id, row.helper_id) not in gone
    ]
    lines += [(visit_id, helper_id, start + timedelta(minutes=tick)) for visit_id, helper_id, tick in chosen["made"]]
    plan = snapshot.planned(now, lines)
    left = session.exec(select(Unassigned).where(Unassigned.roster_id == roster_id)).all()
    known = {row.visit_id: {name: said for name, said in row.reasons.items() if name != KEPT} for row in left}
    judged = verdict(now, plan, known)
    rosters.move_on(session, roster_id, rosters.get(session, roster_id).version)
    plans.replace(session, now, plan, judged.reasons)
    roster = rosters.get(session, roster_id)
    roster.measures = {**roster.measures, **judged.measures}
    session.add(roster)
    session.flush()
    return roster
