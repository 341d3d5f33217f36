"""Gaps: visits whose helper declined or did not answer, closed by asking the next one beside the whole day.

Looking reads and judges, so it happens before the transaction; it writes only if the roster and its answers are still
what was looked at, and otherwise somebody looks again soon. Each gap is closed once, by a conditional UPDATE.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import ColumnElement, update
from sqlmodel import Session, col, select

from matcher import asking, offers, rosters, snapshot, standbys, versions
from matcher.keys import new_key
from matcher.notices.telling import notify
from matcher.snapshot import Snapshot
from matcher.tables.offers import Fallback, Offer
from matcher.tables.requests import Request, Visit
from matcher.tables.rosters import Roster, Unassigned
from matcher.types import NoticeKind, OfferState
from solver.plan import Assignment, Plan
from solver.standbys import Standing

GONE = (OfferState.DECLINED, OfferState.LAPSED)
NOBODY_LEFT = "Everybody who was asked to make {visit} has declined or did not answer in time."


@dataclass(frozen=True, slots=True)
class Next:
    """A gap and who is asked to close it; None: nobody is left."""

    offer: Offer
    helper_id: str | None


@dataclass(frozen=True, slots=True)
class Look:
    """What was seen of a roster with gaps, and what is to be done."""

    seen: Snapshot
    closing: tuple[Next, ...]


def waiting(session: Session) -> list[str]:
    """Rosters in which somebody should be asked next."""
    return list(session.exec(select(Offer.roster_id).where(*_is_open()).distinct()).all())


def look(session: Session, roster_id: str) -> Look | None:
    """Who should be asked next for each gap; None: there is no gap. Writes nothing."""
    gaps = select(Offer).where(Offer.roster_id == roster_id, *_is_open())
    gone = session.exec(gaps.order_by(col(Offer.answered_at), Offer.id)).all()
    if not gone:
        return None
    lists = _lists(session, roster_id)
    asked = {helper for helpers in lists.values() for helper in helpers}
    seen = snapshot.problem(session, roster_id, whole=True, helper_ids=asked)
    seen = replace(seen, problem=replace(seen.problem, pins=()))
    held = [(row.visit_id, row.helper_id, row.start_at) for row in versions.standing(session, roster_id)]
    plan, closing = snapshot.planned(seen, held), []
    for offer in gone:
        helper_id = _next(seen, plan, offer, lists) if _is_short(seen, plan, offer) else None
        closing.append(Next(offer, helper_id))
        if helper_id is not None:
            plan = _with(seen, plan, offer, helper_id)
            lists[offer.visit_id].remove(helper_id)
    return Look(seen, tuple(closing))


def close(session: Session, looked: Look) -> bool:
    """Ask whoever is next; False: the roster is no longer what was looked at, and nothing was written."""
    roster = rosters.hold(session, looked.seen.roster_id)
    if (roster.version, roster.acts) != (looked.seen.version, looked.seen.acts):
        return False
    for one in looked.closing:
        followed = update(Offer).where(col(Offer.id) == one.offer.id, col(Offer.followed).is_(False))
        if session.connection().execute(followed.values(followed=True)).rowcount == 1:
            _ask(session, roster, one, looked.seen)
    session.expire_all()
    return True


def _ask(session: Session, roster: Roster, closing: Next, seen: Snapshot) -> None:
    gap = closing.offer
    if closing.helper_id is None:
        if _needs(session, roster, gap):
            _give_up(session, roster, gap, seen)
        return
    pair = (col(Fallback.visit_id) == gap.visit_id, col(Fallback.helper_id) == closing.helper_id)
    session.connection().execute(update(Fallback).where(col(Fallback.roster_id) == roster.id, *pair).values(used=True))
    span, left = (gap.start_at, gap.end_at), _lists(session, roster.id)
    made = asking.offer_to(session, roster, gap.visit_id, closing.helper_id, span, left, rank=gap.rank + 1)
    offers.promise_to(session, roster, made, ())
    asking.tell(session, roster, made)
    standbys.step_up(session, roster, gap.visit_id)


def _needs(session: Session, roster: Roster, gap: Offer) -> bool:
    """Whether the visit is still wanted and short of people."""
    found = session.exec(select(Visit, Request).join(Request).where(Visit.id == gap.visit_id)).one()
    there = sum(row.visit_id == gap.visit_id for row in versions.standing(session, roster.id))
    return found[0].cancelled_at is None and found[1].withdrawn_at is None and there < found[0].people


def _give_up(session: Session, roster: Roster, gap: Offer, seen: Snapshot) -> None:
    """The visit is left, with its reason, and the office is told."""
    title = seen.names.get(gap.visit_id, "")
    values = {"visit": title}
    sentence = NOBODY_LEFT.format(**values)
    known = session.exec(
        select(Unassigned).where(Unassigned.roster_id == roster.id, Unassigned.visit_id == gap.visit_id)
    ).one_or_none()
    row = known or Unassigned(id=new_key("una"), roster_id=roster.id, visit_id=gap.visit_id)
    row.reasons = {"text": NOBODY_LEFT, "values": values, "sentence": sentence, "stops": [], "nearest": []}
    session.add(row)
    said = {"visit_id": gap.visit_id, "day": roster.day}
    notify(session, kind=NoticeKind.UNSTAFFED, area_id=roster.area_id, values=said, subject_key=gap.id, urgent=True)
    session.flush()


def _next(seen: Snapshot, plan: Plan, gap: Offer, lists: Mapping[str, Sequence[str]]) -> str | None:
    """The first of the visit's list who can come beside what everybody is promised; rather one who is not the last
    whom another visit could have at that time."""
    visit = seen.visit_ids.index(gap.visit_id)
    start = snapshot.minutes_between(seen.start, gap.start_at)
    standing = Standing(seen.problem, plan, {visit: start})
    index = {helper_id: number for number, helper_id in enumerate(seen.helper_ids)}
    makers = standing.makers.get(visit, set())
    able = [
        helper_id
        for helper_id in lists.get(gap.visit_id, ())
        if helper_id in index and index[helper_id] not in makers and standing.takes(index[helper_id], visit)
    ]
    others = {
        other: helpers[0]
        for other, helpers in lists.items()
        if other != gap.visit_id and len(helpers) == 1 and other in seen.visit_ids
    }

    def strands(helper_id: str) -> bool:
        needed = [seen.visit_ids.index(other) for other, last in others.items() if last == helper_id]
        alone = [other for other in needed if other in standing.made]
        return any(not standing.could(index[helper_id], {visit, other}) for other in alone)

    return min(able, key=strands, default=None)


def _is_short(seen: Snapshot, plan: Plan, gap: Offer) -> bool:
    if gap.visit_id not in seen.visit_ids:
        return False
    visit = seen.visit_ids.index(gap.visit_id)
    return sum(one.visit == visit for one in plan.assignments) < seen.problem.visits[visit].people


def _with(seen: Snapshot, plan: Plan, gap: Offer, helper_id: str) -> Plan:
    line = (gap.visit_id, helper_id, gap.start_at)
    more: tuple[Assignment, ...] = snapshot.planned(seen, [line]).assignments
    return Plan(tuple(sorted([*plan.assignments, *more])))


def _lists(session: Session, roster_id: str) -> dict[str, list[str]]:
    """Who may still be asked, by visit, in order; who has answered already is not asked again."""
    answered = {(row.visit_id, row.helper_id) for row in offers.of_roster(session, roster_id)}
    lists = standbys.remaining(session, roster_id)
    return {
        visit_id: [helper_id for helper_id in helpers if (visit_id, helper_id) not in answered]
        for visit_id, helpers in lists.items()
    }


def _is_open() -> tuple[ColumnElement[bool], ...]:
    return col(Offer.state).in_(GONE), col(Offer.followed).is_(False)
