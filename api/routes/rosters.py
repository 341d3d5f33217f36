"""Rosters: one area, one day, and what came of it."""

from typing import Annotated, Any

from fastapi import APIRouter, Response
from pydantic import Field

from api.doors import Reading, Shape, Writing
from matcher import areas, rosters
from matcher.rosters import AssignmentLine, HelperDay, Names, RosterResult, VisitLine
from matcher.tables.rosters import Roster
from matcher.types import AwareTime, Day, HelperKind, Key, Mode, RosterState

router = APIRouter(tags=["rosters"])


class RosterIn(Shape):
    area_id: Key
    day: Day


class RosterOut(Shape):
    id: str
    area_id: str
    day: Day
    state: RosterState
    version: int
    published: Annotated[int, Field(description="The number of the version that stands; 0: nobody was told anything")]
    fork_of_id: Annotated[str | None, Field(description="The roster of which it is a what-if copy")]
    name: Annotated[str, Field(description="What a coordinator calls a fork")]


class NamesOut(Shape):
    zh: str
    en: str
    ug: str


class WindowOut(Shape):
    start: AwareTime
    end: AwareTime


class VisitOut(Shape):
    visit_id: str
    service: NamesOut
    category: NamesOut
    resident: str
    community: NamesOut
    address: str
    windows: list[WindowOut]
    minutes: int
    people: int
    priority: int


class AssignmentOut(Shape):
    assignment_id: str
    visit_id: str
    start: AwareTime
    end: AwareTime
    travel_minutes: int
    pinned: bool
    override: Annotated[str | None, Field(description="Why it holds although it breaks rules")]
    breaches: Annotated[list[dict[str, Any]], Field(description="What the judge said of it when it was pinned")]


class HelperDayOut(Shape):
    helper_id: str
    name: str
    kind: HelperKind
    provider: NamesOut | None
    community: NamesOut
    mode: Mode
    shifts: list[WindowOut]
    assignments: list[AssignmentOut]


class UnassignedOut(Shape):
    visit_id: str
    reasons: dict[str, Any]


class RosterWhole(RosterOut):
    """The roster with everybody's day, what is left and why, and the measures."""

    visits: list[VisitOut]
    days: list[HelperDayOut]
    unassigned: list[UnassignedOut]
    waiting: list[str]
    measures: dict[str, Any]
    run_id: str | None


@router.post("/rosters", status_code=201)
def open_roster(body: RosterIn, session: Writing, response: Response) -> RosterOut:
    """Open the roster of an area and day; the day's visits are made. The same area and day give the same roster."""
    row = rosters.open_roster(session, body.area_id, body.day)
    response.headers["Location"] = f"/v1/rosters/{row.id}"
    response.headers["ETag"] = f'"{row.version}"'
    return RosterOut.model_validate(row.model_dump(include=set(RosterOut.model_fields)))


@router.get("/rosters/{roster_id}")
def one(roster_id: Key, session: Reading, response: Response) -> RosterWhole:
    result = rosters.result(session, roster_id)
    response.headers["ETag"] = f'"{result.roster.version}"'
    return _whole(result, areas.zone(result.area))


def _whole(result: RosterResult, zone: Any) -> RosterWhole:
    lines = {line.visit.visit_id: line.visit for day in result.days for line in day.assignments}
    lines.update({line.visit.visit_id: line.visit for line in result.unassigned})
    lines.update({line.visit_id: line for line in result.waiting})
    roster: Roster = result.roster
    return RosterWhole(
        **roster.model_dump(include=set(RosterOut.model_fields)),
        visits=[_visit(line) for _, line in sorted(lines.items())],
        days=[_day(day, zone) for day in result.days],
        unassigned=[
            UnassignedOut(visit_id=line.visit.visit_id, reasons=dict(line.reasons)) for line in result.unassigned
        ],
        waiting=[line.visit_id for line in result.waiting],
        measures=dict(result.measures),
        run_id=result.run.id if result.run else None,
    )


def _visit(line: VisitLine) -> VisitOut:
    return VisitOut(
        visit_id=line.visit_id,
        service=_names(line.service),
        category=_names(line.category),
        resident=line.resident,
        community=_names(line.community),
        address=line.address,
        windows=[WindowOut(start=start, end=end) for start, end in line.windows],
        minutes=line.minutes,
        people=line.people,
        priority=line.priority,
    )


def _day(day: HelperDay, zone: Any) -> HelperDayOut:
    return HelperDayOut(
        helper_id=day.helper_id,
        name=day.name,
        kind=HelperKind(day.kind),
        provider=_names(day.provider) if day.provider else None,
        community=_names(day.community),
        mode=Mode(day.mode),
        shifts=[WindowOut(start=start.astimezone(zone), end=end.astimezone(zone)) for start, end in day.shifts],
        assignments=[_assignment(line, zone) for line in day.assignments],
    )


def _assignment(line: AssignmentLine, zone: Any) -> AssignmentOut:
    return AssignmentOut(
        assignment_id=line.assignment_id,
        visit_id=line.visit.visit_id,
        start=line.start.astimezone(zone),
        end=line.end.astimezone(zone),
        travel_minutes=line.travel_minutes,
        pinned=line.pinned,
        override=line.override,
        breaches=[dict(breach) for breach in line.breaches],
    )


def _names(names: Names) -> NamesOut:
    return NamesOut(zh=names.zh, en=names.en, ug=names.ug)
