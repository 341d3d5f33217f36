"""Rosters that an act concerns: they move on, so that nobody decides, publishes or stores upon what is no more.

Whoever changes a visit or a helper's day calls this first of all in the transaction, for it waits for whoever is
storing a plan just now.
"""

from collections.abc import Collection, Iterable
from datetime import date, datetime

from sqlalchemy import update
from sqlmodel import Session, col, select

from matcher import areas, clock
from matcher.tables.areas import Area
from matcher.tables.people import Helper, Resident
from matcher.tables.requests import Lending
from matcher.tables.rosters import Roster
from matcher.types import HelperKind


def by_visits(session: Session, days_of: Collection[tuple[str, date]]) -> None:
    """The rosters of these days whose area covers these communities, given as pairs of community and day."""
    wanted: set[str] = set()
    for area_id in sorted({area_id for area_id, _ in days_of}):
        days = sorted({day for area, day in days_of if area == area_id})
        covering = [area_id, *areas.enclosing(session, area_id)]
        wanted.update(
            session.exec(select(Roster.id).where(col(Roster.area_id).in_(covering), col(Roster.day).in_(days)))
        )
    _move_on(session, wanted)


def by_resident(session: Session, resident_id: str) -> None:
    """Whatever roster from today on may serve the resident."""
    area = session.exec(select(Area).join(Resident).where(Resident.id == resident_id)).one()
    covering = [area.id, *areas.enclosing(session, area.id)]
    _move_on(
        session, session.exec(select(Roster.id).where(col(Roster.area_id).in_(covering), Roster.day >= _today(area)))
    )


def by_helper(session: Session, helper_id: str, start: datetime | None = None, end: datetime | None = None) -> None:
    """The rosters of the days from start to end, or of all from today on, that may send the helper."""
    found = session.exec(select(Helper, Area).join(Area).where(Helper.id == helper_id)).one_or_none()
    if found is None:
        return
    helper, area = found
    zone = areas.zone(area)
    first = start.astimezone(zone).date() if start is not None else _today(area)
    mine = select(Roster.id).where(col(Roster.area_id).in_(_reach(session, helper)), Roster.day >= first)
    if end is not None:
        mine = mine.where(Roster.day <= end.astimezone(zone).date())
    _move_on(session, session.exec(mine))


def _reach(session: Session, helper: Helper) -> list[str]:
    """The areas whose rosters may send a helper: around their own and, for a crew, within it; and who borrows there."""
    borrowers = session.exec(select(Lending.borrower_id).where(Lending.lender_id == helper.area_id)).all()
    within = areas.subtree(session, helper.area_id) if helper.kind == HelperKind.CREW else []
    around = [area_id for own in (helper.area_id, *borrowers) for area_id in areas.enclosing(session, own)]
    return sorted({helper.area_id, *borrowers, *within, *around})


def _today(area: Area) -> date:
    return clock.now().astimezone(areas.zone(area)).date()


def _move_on(session: Session, roster_ids: Iterable[str]) -> None:
    """One after the other in order, so that two who do so at once do not lock one another out."""
    session.flush()
    for roster_id in sorted(set(roster_ids)):
        session.connection().execute(
            update(Roster).where(col(Roster.id) == roster_id).values(version=Roster.version + 1)
        )
    session.expire_all()
