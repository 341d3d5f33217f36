"""Faces and substitutes: who counts as known when a regular helper is away, or when enough people have come."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlmodel import Session, select

from matcher import acquaintances, attendance, availability, bonds, clock, faces, substitutes
from matcher.attendance import Proof
from matcher.errors import InvalidError, UnknownError
from matcher.tables.people import Volunteer
from matcher.tables.versions import Promise
from matcher.types import AttendanceKind, PairingKind, Way
from tests.matcher.builders import a_resident, a_volunteer, an_area
from tests.matcher.served import a_promise

TODAY = clock.now().date()
MIDDLE = TODAY.replace(day=15)
UTC_ZONE = ZoneInfo("UTC")


def at(day: object, hour: int = 9) -> datetime:
    return datetime.combine(day, time(hour), UTC)  # type: ignore[arg-type]


class Home:
    """One resident, and helpers who come."""

    def __init__(self, session: Session) -> None:
        self.session, self.area = session, an_area(session, time_zone="UTC")
        self.resident = a_resident(session, self.area)

    def helper(self) -> str:
        return a_volunteer(self.session, self.area)

    def visited(self, helper_id: str, day: object) -> Promise:
        return a_promise(
            self.session, area_id=self.area, helper_id=helper_id, start_at=at(day), resident_id=self.resident
        )

    def regular(self) -> str:
        helper_id = self.helper()
        volunteer = self.session.exec(select(Volunteer).where(Volunteer.helper_id == helper_id)).one()
        bonds.pair(self.session, self.resident, volunteer.id, PairingKind.ONE_TO_ONE, TODAY - timedelta(days=400))
        return helper_id

    def known(self, day: object) -> acquaintances.Acquaintances:
        found = acquaintances.of_day(self.session, [self.resident], day, UTC_ZONE)  # type: ignore[arg-type]
        return found.get(self.resident, acquaintances.NOBODY)


@pytest.fixture
def home(session: Session) -> Home:
    return Home(session)


def test_faces_are_counted_by_month_and_who_did_not_come_is_none(home: Home) -> None:
    ana, ben, cem = home.helper(), home.helper(), home.helper()
    for day in (MIDDLE, MIDDLE + timedelta(days=1)):
        home.visited(ana, day)
    gone = home.visited(ben, MIDDLE)
    gone.until = 2
    home.session.add(gone)
    home.visited(cem, MIDDLE - timedelta(days=40))
    seen, most = faces.of_resident(home.session, home.resident, MIDDLE)
    assert ([(face.helper_id, face.visits) for face in seen], most) == ([(ana, 2)], None)
    with pytest.raises(UnknownError):
        faces.of_resident(home.session, "res_nobody", MIDDLE)


def test_a_missed_visit_is_no_face_and_one_that_was_made_after_all_is(home: Home) -> None:
    yesterday = TODAY - timedelta(days=1)
    missed, made = home.visited(home.helper(), yesterday), home.visited(home.helper(), yesterday)
    attendance.note(home.session, missed.id, AttendanceKind.NO_SHOW, Proof(Way.PERSON, "李", "没来"), at(yesterday, 10))
    attendance.note(home.session, made.id, AttendanceKind.CHECK_IN, Proof(Way.CODE), at(yesterday))
    made.until = 2
    home.session.add(made)
    home.session.flush()
    seen, _ = faces.of_resident(home.session, home.resident, yesterday)
    assert [face.helper_id for face in seen] == [made.helper_id]


def test_who_has_seen_as_many_faces_as_they_wish_knows_those_and_nobody_else(home: Home) -> None:
    ana, ben = home.helper(), home.helper()
    faces.set_cap(home.session, home.resident, 2)
    home.visited(ana, MIDDLE)
    assert home.known(MIDDLE + timedelta(days=1)) == acquaintances.NOBODY
    home.visited(ben, MIDDLE + timedelta(days=3))
    after = home.known(MIDDLE + timedelta(days=1))
    assert (after.known, after.is_full) == ({ana, ben}, True)
    assert not home.known(MIDDLE).is_full, "the day that is planned anew does not count"
    assert not home.known(MIDDLE + timedelta(days=40)).is_full, "another month"
    faces.set_cap(home.session, home.resident, None)
    assert faces.cap(home.session, home.resident) is None
    assert home.known(MIDDLE + timedelta(days=1)) == acquaintances.NOBODY


def test_whoever_came_since_the_leave_began_is_known_until_it_ends(home: Home) -> None:
    regular, stand_in, before = home.regular(), home.helper(), home.helper()
    leave = TODAY + timedelta(days=10)
    availability.take_time_off(home.session, regular, at(leave, 0), at(leave + timedelta(days=5), 0))
    home.visited(before, leave - timedelta(days=1))
    assert home.known(leave).known == {regular}
    home.visited(stand_in, leave)
    assert home.known(leave).known == {regular}, "the first day chooses freely"
    assert home.known(leave + timedelta(days=2)).known == {regular, stand_in}
    assert home.known(leave + timedelta(days=6)).known == {regular}


def test_a_named_substitute_is_the_only_one_who_is_known_meanwhile(home: Home) -> None:
    regular, came, named = home.regular(), home.helper(), home.helper()
    leave = TODAY + timedelta(days=10)
    off = availability.take_time_off(home.session, regular, at(leave, 0), at(leave + timedelta(days=5), 0))
    home.visited(came, leave)
    home.visited(named, TODAY - timedelta(days=7))
    (plan,) = substitutes.plan(home.session, regular)
    assert (plan.resident_id, plan.named, plan.came) == (home.resident, None, (came,))
    assert plan.days == (leave,), "the resident's requests fall on that day of the leave"
    assert plan.candidates == tuple(sorted([came, named]))
    substitutes.name(home.session, off.id, home.resident, came, "李主任")
    substitutes.name(home.session, off.id, home.resident, named, "李主任")
    assert home.known(leave + timedelta(days=1)).known == {regular, named}
    assert substitutes.plan(home.session, regular)[0].named == named


def test_who_is_away_too_or_must_not_come_is_no_substitute(home: Home) -> None:
    regular, away, barred = home.regular(), home.helper(), home.helper()
    leave = TODAY + timedelta(days=10)
    off = availability.take_time_off(home.session, regular, at(leave, 0), at(leave + timedelta(days=5), 0))
    availability.take_time_off(home.session, away, at(leave, 8), at(leave, 9))
    bonds.bar(home.session, home.resident, barred, "居民要求")
    for helper_id in (away, barred, regular):
        with pytest.raises(InvalidError, match="on leave too"):
            substitutes.name(home.session, off.id, home.resident, helper_id, "李主任")
    other = a_resident(home.session, home.area)
    with pytest.raises(InvalidError, match="not paired"):
        substitutes.name(home.session, off.id, other, home.helper(), "李主任")
