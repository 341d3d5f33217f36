"""Rosters: one area, one day. Opened as a draft, filled by runs, read by the API and the page."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from matcher import areas, clock, runs, visits
from matcher.errors import StaleError, UnknownError
from matcher.keys import new_key
from matcher.pages import one
from matcher.tables.areas import Area
from matcher.tables.people import Crew, Helper, Provider, Resident
from matcher.tables.requests import Request, Visit
from matcher.tables.rosters import Assignment, Pin, Roster, Run, Unassigned
from matcher.tables.services import Category, Service


@dataclass(frozen=True, slots=True)
class Names:
    """One thing in the three languages."""

    zh: str
    en: str
    ug: str


@dataclass(frozen=True, slots=True)
class VisitLine:
    """A visit as the roster shows it."""

    visit_id: str
    service: Names
    category: Names
    resident: str
    community: Names
    community_id: str
    address: str
    windows: tuple[tuple[datetime, datetime], ...]
    """The visit starts and ends within one of them."""
    minutes: int
    people: int
    priority: int


@dataclass(frozen=True, slots=True)
class AssignmentLine:
    """One assignment in a helper's day."""

    assignment_id: str
    visit: VisitLine
    helper_id: str
    start: datetime
    end: datetime
    travel_minutes: int
    pinned: bool
    override: str | None
    """Why it holds although it breaks rules that may not be broken."""
    breaches: Sequence[Mapping[str, Any]]
    """What the judge said of the pin when it was made."""


@dataclass(frozen=True, slots=True)
class HelperDay:
    """One helper's day, in order of time."""

    helper_id: str
    name: str
    kind: str
    provider: Names | None
    community: Names
    community_id: str
    mode: str
    shifts: tuple[tuple[datetime, datetime], ...]
    assignments: tuple[AssignmentLine, ...]


@dataclass(frozen=True, slots=True)
class UnassignedLine:
    """A visit that is left, with what the explanation stored about it."""

    visit: VisitLine
    reasons: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class RosterResult:
    """All that a roster's page tells."""

    roster: Roster
    area: Area
    run: Run | None
    """The newest run, whatever became of it."""
    days: tuple[HelperDay, ...]
    unassigned: tuple[UnassignedLine, ...]
    waiting: tuple[VisitLine, ...]
    """Visits that no run has looked at yet."""
    measures: Mapping[str, Any]


def open_roster(session: Session, area_id: str, day: date) -> Roster:
    """The roster of the area and day, made as a draft if there is none; the day's visits are made too."""
    areas.get(session, area_id)
    visits.make(session, day)
    found = find(session, area_id, day)
    if found is not None:
        return found
    roster = Roster(id=new_key("ros"), area_id=area_id, day=day, opened_at=clock.now())
    try:
        with session.begin_nested():
            session.add(roster)
    except IntegrityError:
        found = find(session, area_id, day)
        if found is None:
            raise
        return found
    return roster


def find(session: Session, area_id: str, day: date) -> Roster | None:
    real = select(Roster).where(Roster.area_id == area_id, Roster.day == day, col(Roster.fork_of_id).is_(None))
    return session.exec(real).one_or_none()


def newest(session: Session, area_id: str) -> Roster | None:
    """The area's roster of the latest day."""
    real = select(Roster).where(Roster.area_id == area_id, col(Roster.fork_of_id).is_(None))
    return session.exec(real.order_by(col(Roster.day).desc())).first()


def get(session: Session, roster_id: str) -> Roster:
    """UnknownError: no such roster."""
    return one(session, Roster, roster_id, "roster")


def move_on(session: Session, roster_id: str, version: int) -> int:
    """The next version, if nobody was faster. StaleError: the roster has moved on since `version`."""
    session.flush()
    moved = session.connection().execute(
        update(Roster).where(col(Roster.id) == roster_id, col(Roster.version) == version).values(version=version + 1)
    )
    session.expire_all()
    if moved.rowcount != 1:
        raise StaleError(f"The roster is no longer at version {version}.", cure="Read it again, then decide.")
    return version + 1


def hold(session: Session, roster_id: str) -> Roster:
    """Keep the roster as it is until the end of the transaction. UnknownError: no such roster."""
    session.flush()
    session.connection().execute(update(Roster).where(col(Roster.id) == roster_id).values(version=Roster.version))
    session.expire_all()
    return get(session, roster_id)


def visit_of(session: Session, roster: Roster, visit_id: str) -> Visit:
    """UnknownError: no such visit on this roster's day and in its area."""
    statement = (
        select(Visit, Resident.area_id)
        .join(Request, col(Visit.request_id) == col(Request.id))
        .join(Resident, col(Request.resident_id) == col(Resident.id))
        .where(Visit.id == visit_id, Visit.day == roster.day)
    )
    found = session.exec(statement).one_or_none()
    if found is None or found[1] not in areas.subtree(session, roster.area_id):
        raise UnknownError(f"There is no visit {visit_id} in this roster.")
    return found[0]


def result(session: Session, roster_id: str) -> RosterResult:
    """The roster as people read it: everybody's day, what is left and why, and the measures."""
    roster = get(session, roster_id)
    area = areas.get(session, roster.area_id)
    lines = _visit_lines(session, roster, area)
    pins = {pin.visit_id: pin for pin in session.exec(select(Pin).where(Pin.roster_id == roster_id))}
    rows = session.exec(
        select(Assignment).where(Assignment.roster_id == roster_id).order_by(col(Assignment.start_at), Assignment.id)
    ).all()
    left = session.exec(select(Unassigned).where(Unassigned.roster_id == roster_id).order_by(Unassigned.id)).all()
    rows = [row for row in rows if row.visit_id in lines]
    left = [row for row in left if row.visit_id in lines]
    seen = {row.visit_id for row in rows} | {row.visit_id for row in left}
    return RosterResult(
        roster=roster,
        area=area,
        run=runs.latest(session, roster_id),
        days=_days(session, rows, lines, pins),
        unassigned=tuple(
            sorted(
                (UnassignedLine(lines[row.visit_id], row.reasons) for row in left),
                key=lambda line: (-line.visit.priority, line.visit.windows[0][0], line.visit.visit_id),
            )
        ),
        waiting=tuple(line for visit_id, line in lines.items() if visit_id not in seen),
        measures=roster.measures,
    )


def called(session: Session, helper_ids: Iterable[str]) -> dict[str, tuple[str, Names | None]]:
    """What helpers are called, and the provider of those who are a crew: many a provider has a first crew."""
    found = session.exec(
        select(Helper.id, Helper.name, Provider)
        .outerjoin(Crew, col(Crew.helper_id) == col(Helper.id))
        .outerjoin(Provider, col(Crew.provider_id) == col(Provider.id))
        .where(col(Helper.id).in_(sorted(set(helper_ids))))
    )
    return {identity: (name, names(provider) if provider is not None else None) for identity, name, provider in found}


def lines(session: Session, roster_id: str) -> dict[str, VisitLine]:
    """The roster's visits as people read them, by id."""
    roster = get(session, roster_id)
    return _visit_lines(session, roster, areas.get(session, roster.area_id))


def _visit_lines(session: Session, roster: Roster, area: Area) -> dict[str, VisitLine]:
    zone, by_id = areas.zone(area), {row.id: row for row in areas.everything(session)}
    found = session.exec(
        select(Visit, Resident, Service, Category)
        .join(Request, col(Visit.request_id) == col(Request.id))
        .join(Resident, col(Request.resident_id) == col(Resident.id))
        .join(Service, col(Request.service_id) == col(Service.id))
        .join(Category, col(Service.category_id) == col(Category.id))
        .where(
            Visit.day == roster.day,
            col(Visit.cancelled_at).is_(None),
            col(Request.withdrawn_at).is_(None),
            col(Resident.area_id).in_(areas.subtree(session, area.id)),
        )
        .order_by(Visit.id)
    )
    return {
        visit.id: VisitLine(
            visit_id=visit.id,
            service=names(service),
            category=names(category),
            resident=resident.name,
            community=names(by_id[resident.area_id]),
            community_id=resident.area_id,
            address=resident.address,
            windows=tuple(
                (_at(roster.day, window["start"], zone), _at(roster.day, window["end"], zone))
                for window in visit.windows
            ),
            minutes=visit.minutes,
            people=visit.people,
            priority=visit.priority,
        )
        for visit, resident, service, category in found
    }


def _days(
    session: Session, rows: Iterable[Assignment], lines: Mapping[str, VisitLine], pins: Mapping[str, Pin]
) -> tuple[HelperDay, ...]:
    by_helper: dict[str, list[Assignment]] = defaultdict(list)
    for row in rows:
        by_helper[row.helper_id].append(row)
    found = session.exec(
        select(Helper, Area, Provider)
        .join(Area, col(Helper.area_id) == col(Area.id))
        .outerjoin(Crew, col(Crew.helper_id) == col(Helper.id))
        .outerjoin(Provider, col(Crew.provider_id) == col(Provider.id))
        .where(col(Helper.id).in_(list(by_helper)))
    )
    days = []
    for helper, community, provider in found:
        mine = by_helper[helper.id]
        days.append(
            HelperDay(
                helper_id=helper.id,
                name=helper.name,
                kind=helper.kind,
                provider=names(provider) if provider is not None else None,
                community=names(community),
                community_id=community.id,
                mode=helper.mode,
                shifts=tuple(sorted({(row.shift_start_at, row.shift_end_at) for row in mine})),
                assignments=tuple(_line(row, lines[row.visit_id], pins.get(row.visit_id)) for row in mine),
            )
        )
    return tuple(sorted(days, key=lambda day: (day.community_id, day.kind, day.assignments[0].start, day.helper_id)))


def _line(row: Assignment, visit: VisitLine, pin: Pin | None) -> AssignmentLine:
    return AssignmentLine(
        assignment_id=row.id,
        visit=visit,
        helper_id=row.helper_id,
        start=row.start_at,
        end=row.end_at,
        travel_minutes=row.travel_minutes,
        pinned=pin is not None,
        override=pin.override if pin is not None else None,
        breaches=pin.breaches if pin is not None else (),
    )


def names(thing: Area | Service | Category | Provider) -> Names:
    """The thing's names; where a translation is missing, the Chinese one stands."""
    return Names(thing.name, thing.name_en or thing.name, thing.name_ug or thing.name)


def _at(day: date, clock_time: str, zone: Any) -> datetime:
    return datetime.combine(day, datetime.strptime(clock_time, "%H:%M").time(), zone)  # noqa: DTZ007 - a time of day
