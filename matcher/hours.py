"""Hours (服务时长): the append-only ledger of confirmed service. Corrections are counter-entries; the sum counts."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, func
from sqlmodel import Session, col, select

from matcher import clock, registers
from matcher.errors import ConflictError, InvalidError
from matcher.keys import new_key
from matcher.pages import Page, one, page
from matcher.stays import Promised, Stay, credited
from matcher.tables.people import Helper
from matcher.tables.proof import Hours
from matcher.tables.requests import Visit
from matcher.types import Basis

RECKONED = "The attendance was corrected."


@dataclass(frozen=True, slots=True)
class Month:
    """What a helper served in one month; `month` is its first day."""

    month: date
    minutes: int
    visits: int


def of_visit(session: Session, visit_id: str, helper_id: str) -> list[Hours]:
    """The entries of one helper's visit, in the order in which they were made."""
    rows = session.exec(select(Hours).where(Hours.visit_id == visit_id, Hours.helper_id == helper_id)).all()
    after = {row.corrects_id: row for row in rows}
    chain: list[Hours] = []
    while (found := after.get(chain[-1].id if chain else None)) is not None:
        chain.append(found)
    return chain


def settle(
    session: Session, visit_id: str, helper_id: str, stay: Stay, promised: Promised, *, is_vouched: bool
) -> None:
    """Enter what the attendance comes to, or a counter-entry where something else was entered. What a person has
    decided stays. Whoever calls holds the visit."""
    chain = of_visit(session, visit_id, helper_id)
    if chain and chain[-1].basis == Basis.PERSON:
        return
    now = credited(stay, promised, is_vouched=is_vouched)
    minutes, basis = now or (0, Basis.MEASURED)
    difference = minutes - sum(entry.minutes for entry in chain)
    if difference:
        visit = one(session, Visit, visit_id, "visit")
        _enter(session, chain, helper_id, visit, difference, basis, RECKONED if chain else "", "")


def correct(session: Session, hours_id: str, minutes: int, reason: str, by: str) -> Hours:
    """Let so many minutes count from now on, by a counter-entry that says why. The last entry of the visit must be
    named, so that nobody corrects what they have not seen.

    UnknownError: no such entry. ConflictError: it was corrected already. InvalidError: it would change nothing.
    """
    entry = one(session, Hours, hours_id, "entry of hours")
    chain = of_visit(session, entry.visit_id, entry.helper_id)
    if chain[-1].id != hours_id:
        raise ConflictError("This entry was corrected already.", cure="Read the hours again, then correct the last.")
    difference = minutes - sum(line.minutes for line in chain)
    if not difference:
        raise InvalidError(f"{minutes} minutes count already.", field="minutes")
    visit = one(session, Visit, entry.visit_id, "visit")
    return _enter(session, chain, entry.helper_id, visit, difference, Basis.PERSON, reason, by)


def listed(
    session: Session,
    helper_id: str,
    *,
    after: str | None = None,
    limit: int = 50,
    since: date | None = None,
    until: date | None = None,
) -> Page[Hours]:
    """A helper's entries, whichever way they count. UnknownError: no such helper."""
    one(session, Helper, helper_id, "helper")
    return page(session, Hours, after=after, limit=limit, where=[Hours.helper_id == helper_id, *_within(since, until)])


def months(session: Session, helper_id: str, since: date | None = None, until: date | None = None) -> list[Month]:
    """What a helper served by month, the oldest first; months without service are left out."""
    rows = session.exec(
        select(col(Hours.day), col(Hours.visit_id), func.sum(col(Hours.minutes)))
        .where(Hours.helper_id == helper_id, *_within(since, until))
        .group_by(col(Hours.day), col(Hours.visit_id))
        .order_by(col(Hours.day))
    )
    found: dict[date, tuple[int, int]] = {}
    for day, _, minutes in rows:
        month = day.replace(day=1)
        before = found.get(month, (0, 0))
        found[month] = (before[0] + int(minutes), before[1] + (1 if minutes else 0))
    return [Month(month, *counted) for month, counted in found.items() if counted != (0, 0)]


def of_helpers(session: Session, helper_ids: Sequence[str], since: date, until: date) -> dict[str, int]:
    """Minutes by helper, of those who served at all."""
    rows = session.exec(
        select(col(Hours.helper_id), func.sum(col(Hours.minutes)))
        .where(col(Hours.helper_id).in_(helper_ids), *_within(since, until))
        .group_by(col(Hours.helper_id))
    )
    return {helper_id: int(minutes) for helper_id, minutes in rows}


def _within(since: date | None, until: date | None) -> Iterable[ColumnElement[bool]]:
    """Both days included. InvalidError: the days run backward."""
    if since is not None and until is not None and until < since:
        raise InvalidError(f"{until} is before {since}.", field="until")
    if since is not None:
        yield col(Hours.day) >= since
    if until is not None:
        yield col(Hours.day) <= until


def _enter(
    session: Session,
    chain: Sequence[Hours],
    helper_id: str,
    visit: Visit,
    minutes: int,
    basis: Basis,
    reason: str,
    by: str,
) -> Hours:
    row = Hours(
        id=new_key("hrs"),
        helper_id=helper_id,
        visit_id=visit.id,
        day=visit.day,
        minutes=minutes,
        basis=basis,
        by=by,
        reason=reason,
        corrects_id=chain[-1].id if chain else None,
        entered_at=clock.now(),
    )
    return registers.add(session, row, "entry of hours")
