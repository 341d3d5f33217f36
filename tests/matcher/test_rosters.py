"""Rosters: one for an area and a day, one version at a time, and told as people read it."""

import threading
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlmodel import Session, select

from matcher import clock, pins, providers, requests, rosters, runs
from matcher.database import Database
from matcher.errors import StaleError, UnknownError
from matcher.keys import new_key
from matcher.rosters import Names
from matcher.tables.requests import Visit
from matcher.tables.rosters import Assignment, Roster, Unassigned
from tests.matcher.builders import HERE, MONDAY, a_request, a_volunteer, an_area

SHANGHAI = ZoneInfo("Asia/Shanghai")


def at(clock_time: str) -> datetime:
    return datetime.combine(MONDAY, time.fromisoformat(clock_time), SHANGHAI)


def visit_of_request(session: Session, request_id: str) -> str:
    return session.exec(select(Visit.id).where(Visit.request_id == request_id)).one()


def assign(session: Session, roster: Roster, visit_id: str, helper_id: str, start: str, end: str) -> None:
    row = Assignment(
        id=new_key("asg"),
        roster_id=roster.id,
        visit_id=visit_id,
        helper_id=helper_id,
        start_at=at(start),
        end_at=at(end),
        shift_start_at=at("08:30"),
        shift_end_at=at("12:00"),
        travel_minutes=7,
    )
    session.add(row)
    session.flush()


def test_opening_twice_gives_the_same_roster_and_makes_the_visits_asked_for_in_between(session: Session) -> None:
    area = an_area(session)
    a_request(session, area)
    first = rosters.open_roster(session, area, MONDAY)
    assert (first.state, first.version, first.measures) == ("draft", 1, {})
    a_request(session, area)
    assert rosters.open_roster(session, area, MONDAY).id == first.id
    assert len(rosters.result(session, first.id).waiting) == 2


def test_each_area_and_each_day_has_its_own(session: Session) -> None:
    here, there = an_area(session), an_area(session, "团结社区")
    opened = {
        rosters.open_roster(session, area, MONDAY + timedelta(days=later)).id
        for area in (here, there)
        for later in (0, 1)
    }
    assert len(opened) == 4
    newest = rosters.newest(session, here)
    assert newest is not None
    assert newest.day == MONDAY + timedelta(days=1)


def test_opened_by_many_at_once_it_is_one(database: Database) -> None:
    with database.transaction() as session:
        area = an_area(session)
        for _ in range(3):
            a_request(session, area)
    gate, opened = threading.Barrier(6), []

    def open_it() -> None:
        gate.wait()
        with database.transaction() as session:
            opened.append(rosters.open_roster(session, area, MONDAY).id)

    threads = [threading.Thread(target=open_it) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(opened), len(set(opened))) == (6, 1)
    with database.reading() as session:
        assert len(rosters.result(session, opened[0]).waiting) == 3


def test_a_roster_of_nowhere_is_not_opened(session: Session) -> None:
    with pytest.raises(UnknownError, match="are_nowhere"):
        rosters.open_roster(session, "are_nowhere", MONDAY)


def test_only_who_read_the_present_version_moves_the_roster_on(session: Session) -> None:
    roster = rosters.open_roster(session, an_area(session), MONDAY)
    assert rosters.move_on(session, roster.id, 1) == 2
    assert rosters.get(session, roster.id).version == 2
    for stale in (1, 3):
        with pytest.raises(StaleError, match=f"version {stale}"):
            rosters.move_on(session, roster.id, stale)
    assert rosters.get(session, roster.id).version == 2


def test_of_many_decisions_at_once_on_one_version_one_counts(database: Database) -> None:
    with database.transaction() as session:
        roster = rosters.open_roster(session, an_area(session), MONDAY).id
    gate, answers = threading.Barrier(6), []

    def decide() -> None:
        gate.wait()
        try:
            with database.transaction() as session:
                answers.append(rosters.move_on(session, roster, 1))
        except StaleError:
            answers.append("stale")

    threads = [threading.Thread(target=decide) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(map(str, answers)) == ["2", *["stale"] * 5]


def test_a_visit_of_another_area_or_day_is_not_in_the_roster(session: Session) -> None:
    district = an_area(session, "天山区", tier="district")
    here, there = an_area(session, parent_id=district), an_area(session, "团结社区", parent_id=district)
    request = a_request(session, there, repeat={"weekdays": [0, 1], "every_weeks": 1})
    of_here, of_there, of_both = (rosters.open_roster(session, area, MONDAY) for area in (here, there, district))
    tomorrow = rosters.open_roster(session, there, MONDAY + timedelta(days=1))
    visit = session.exec(select(Visit.id).where(Visit.request_id == request.id, Visit.day == MONDAY)).one()
    assert rosters.visit_of(session, of_there, visit).id == visit
    assert rosters.visit_of(session, of_both, visit).id == visit
    for other in (of_here, tomorrow):
        with pytest.raises(UnknownError, match=visit):
            rosters.visit_of(session, other, visit)
    with pytest.raises(UnknownError, match="vis_nowhere"):
        rosters.visit_of(session, of_there, "vis_nowhere")


class Day:
    """A district: one visit by a volunteer, one by a crew and the volunteer, two left, one waiting."""

    def __init__(self, session: Session) -> None:
        self.district = an_area(session, "天山区", tier="district", name_en="Tianshan")
        self.community = an_area(session, "和平社区", parent_id=self.district, name_ug="تىنچلىق")
        self.volunteer = a_volunteer(session, self.community)
        provider = providers.register(
            session, {"name": "康乐", "name_en": "Kangle", "tier": "district", "area_id": self.district, **HERE}
        )
        crew = {"name": "一组", "area_id": self.community, "mode": "car", **HERE}
        self.crew = providers.add_crew(session, provider.id, crew)[1].id
        asked = [a_request(session, self.community, priority=points).id for points in (100, 100, 100, 800, 100, 100)]
        requests.change(session, asked[1], {"people": 2})
        self.roster = rosters.open_roster(session, self.district, MONDAY)
        self.alone, self.both, self.left, self.urgent, self.waits, taken_back = (
            visit_of_request(session, request) for request in asked
        )
        assign(session, self.roster, self.alone, self.volunteer, "10:00", "11:00")
        for helper in (self.volunteer, self.crew):
            assign(session, self.roster, self.both, helper, "09:00", "10:00")
        assign(session, self.roster, taken_back, self.volunteer, "11:00", "12:00")
        for visit in (self.left, self.urgent, taken_back):
            reasons = {"sentence": "Nobody is near."}
            row = Unassigned(id=new_key("una"), roster_id=self.roster.id, visit_id=visit, reasons=reasons)
            session.add(row)
        session.flush()
        requests.withdraw(session, asked[5])
        pins.put(session, self.roster.id, self.both, [self.crew], None, 2)


@pytest.fixture
def day(session: Session) -> Day:
    return Day(session)


def test_the_result_tells_everybodys_day_in_order_of_time(session: Session, day: Day) -> None:
    result = rosters.result(session, day.roster.id)
    assert {one.helper_id: [line.visit.visit_id for line in one.assignments] for one in result.days} == {
        day.volunteer: [day.both, day.alone],
        day.crew: [day.both],
    }
    mine = next(one for one in result.days if one.helper_id == day.volunteer)
    assert (mine.name, mine.kind, mine.provider, mine.mode) == ("王芳", "volunteer", None, "walk")
    assert mine.shifts == ((at("08:30"), at("12:00")),)
    first, second = mine.assignments
    assert (first.start, first.end, first.travel_minutes, first.pinned) == (at("09:00"), at("10:00"), 7, True)
    assert not second.pinned
    crew = next(one for one in result.days if one.helper_id == day.crew)
    assert (crew.kind, crew.provider) == ("crew", Names("康乐", "Kangle", "康乐"))


def test_the_result_tells_what_is_left_the_most_urgent_first_and_what_waits(session: Session, day: Day) -> None:
    result = rosters.result(session, day.roster.id)
    assert [line.visit.visit_id for line in result.unassigned] == [day.urgent, day.left]
    assert result.unassigned[0].reasons == {"sentence": "Nobody is near."}
    assert [line.visit_id for line in result.waiting] == [day.waits]
    (waits,) = result.waiting
    assert waits.windows == ((at("09:00"), at("11:00")),)
    assert (waits.resident, waits.minutes, waits.people) == ("阿依古丽", 60, 1)
    assert waits.community == Names("和平社区", "和平社区", "تىنچلىق")
    assert waits.category == Names("家政", "Housekeeping", "家政")


def test_the_result_names_its_area_and_its_newest_run(session: Session, day: Day) -> None:
    before = rosters.result(session, day.roster.id)
    assert (before.area.name, before.run, before.roster.version) == ("天山区", None, 3)
    run = runs.start(session, day.roster.id)
    told = rosters.result(session, day.roster.id).run
    assert told is not None
    assert told.id == run.id
    assert told.started_at <= clock.now()


def test_there_is_no_result_of_no_roster(session: Session) -> None:
    with pytest.raises(UnknownError, match="ros_nowhere"):
        rosters.result(session, "ros_nowhere")
