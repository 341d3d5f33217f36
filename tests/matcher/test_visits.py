"""Visits come of requests: once, every week, every other week, until a day, or no more."""

import threading
from datetime import date, timedelta
from typing import Any

import pytest
from sqlmodel import Session, select

from matcher import clock, requests, rosters, visits
from matcher.database import Database
from matcher.keys import new_key
from matcher.tables.requests import Visit
from matcher.tables.rosters import Assignment
from tests.matcher.builders import MONDAY, a_request, a_resident, a_volunteer, an_area


def day(later: int) -> date:
    return MONDAY + timedelta(days=later)


def days_of(session: Session, **said: Any) -> list[int]:
    """Days after Monday on which a request so made asks for a visit, in five weeks and the week before."""
    request = a_request(session, an_area(session), **said)
    return [later for later in range(-7, 35) if visits.falls_on(request, day(later), visits.Workdays(session))]


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({}, [0]),
        ({"until": day(20)}, [0]),
        ({"repeat": {"weekdays": [0, 3], "every_weeks": 1}, "until": day(10)}, [0, 3, 7, 10]),
        ({"repeat": {"weekdays": [0], "every_weeks": 2}}, [0, 14, 28]),
        ({"repeat": {"weekdays": [6]}, "until": day(13)}, [6, 13]),
        # Asked from Thursday on: the week of that Thursday counts as the first, and its Monday is over.
        ({"day": day(3), "repeat": {"weekdays": [0, 3], "every_weeks": 2}}, [3, 14, 17, 28, 31]),
        ({"day": day(3), "repeat": {"weekdays": [0], "every_weeks": 1}, "until": day(6)}, []),
    ],
)
def test_the_days_on_which_a_request_asks_for_a_visit(
    session: Session, said: dict[str, Any], expected: list[int]
) -> None:
    assert days_of(session, **said) == expected


def test_a_visit_takes_over_what_its_request_says(session: Session) -> None:
    request = a_request(session, an_area(session), minutes=45, people=2, priority=400)
    assert visits.make(session, MONDAY) == 1
    made = session.exec(select(Visit)).one()
    assert (made.request_id, made.day, made.minutes, made.people, made.priority) == (request.id, MONDAY, 45, 2, 400)
    assert made.windows == [{"start": "09:00", "end": "11:00"}]


def test_made_twice_is_made_once(session: Session) -> None:
    area = an_area(session)
    a_request(session, area)
    assert [visits.make(session, MONDAY), visits.make(session, MONDAY)] == [1, 0]
    a_request(session, area)
    assert visits.make(session, MONDAY) == 1
    assert len(visits.of_day(session, MONDAY, [area])) == 2


def test_made_by_many_at_once_is_made_once(database: Database) -> None:
    with database.transaction() as session:
        area = an_area(session)
        for _ in range(5):
            a_request(session, area)
    gate, came = threading.Barrier(6), []

    def make() -> None:
        gate.wait()
        with database.transaction() as session:
            came.append(visits.make(session, MONDAY))

    threads = [threading.Thread(target=make) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(came) == [0, 0, 0, 0, 0, 5]
    with database.reading() as session:
        assert len(visits.of_day(session, MONDAY, [area])) == 5


def test_a_withdrawn_request_makes_none_and_its_visits_are_staffed_no_more(session: Session) -> None:
    area = an_area(session)
    request = a_request(session, area, repeat={"weekdays": [0], "every_weeks": 1})
    visits.make(session, MONDAY)
    requests.withdraw(session, request.id)
    assert visits.make(session, day(7)) == 0
    assert visits.of_day(session, MONDAY, [area]) == []


def test_what_was_asked_for_before_and_once_makes_no_visit_today(session: Session) -> None:
    area = an_area(session)
    a_request(session, area)
    a_request(session, area, repeat={"weekdays": [1], "every_weeks": 1})
    assert visits.make(session, day(1)) == 1


def test_a_changed_request_moves_the_rosters_of_its_days_on_and_no_other(session: Session) -> None:
    area = an_area(session)
    request = a_request(session, area, repeat={"weekdays": [0, 1], "every_weeks": 1})
    monday, wednesday = (rosters.open_roster(session, area, day(after)) for after in (0, 2))
    for changed, version in (({"note": "two flights up"}, 1), ({"people": 2}, 2), ({"people": 2}, 2)):
        requests.change(session, request.id, changed)
        seen = [rosters.get(session, one.id).version for one in (monday, wednesday)]
        assert seen == [version, 1]


def test_a_visit_that_is_no_longer_asked_for_goes_unless_somebody_is_assigned(session: Session) -> None:
    area = an_area(session)
    helper = a_volunteer(session, area)
    weekly = {"weekdays": [0], "every_weeks": 1}
    lonely, staffed = (a_request(session, area, repeat=weekly) for _ in range(2))
    roster = rosters.open_roster(session, area, day(7))
    (visit,) = (visit.id for visit, request in visits.of_day(session, day(7), [area]) if request.id == staffed.id)
    session.add(
        Assignment(
            id=new_key("asg"),
            roster_id=roster.id,
            visit_id=visit,
            helper_id=helper,
            **{name: clock.now() for name in ("start_at", "shift_start_at")},
            **{name: clock.now() + timedelta(hours=1) for name in ("end_at", "shift_end_at")},
        )
    )
    for request in (lonely, staffed):
        requests.change(session, request.id, {"until": MONDAY})
    assert [(row.id, row.cancelled_at is not None) for row in session.exec(select(Visit))] == [(visit, True)]
    requests.change(session, staffed.id, {"until": None})
    assert [found.id for found, _ in visits.of_day(session, day(7), [area])] == [visit]


def test_a_day_holds_the_visits_of_the_asked_areas_only(session: Session) -> None:
    here, there = an_area(session), an_area(session, "团结社区")
    mine = a_request(session, here)
    theirs = a_request(session, there, resident_id=a_resident(session, there))
    visits.make(session, MONDAY)
    assert [request.id for _, request in visits.of_day(session, MONDAY, [here])] == [mine.id]
    assert {request.id for _, request in visits.of_day(session, MONDAY, [here, there])} == {mine.id, theirs.id}
    assert visits.of_day(session, day(1), [here]) == []


def asked_on(session: Session, first: date, last: date, area: str = "", **repeat: Any) -> list[str]:
    """Days on which a request from New Year 2026 on, so repeated, asks for a visit."""
    said = {"weekdays": [0, 1, 2, 3, 4], "every_weeks": 1, **repeat}
    request = a_request(session, area or an_area(session), day=date(2026, 1, 1), repeat=said)
    days = (first + timedelta(days=number) for number in range((last - first).days + 1))
    return [f"{one:%m-%d}" for one in days if visits.falls_on(request, one, visits.Workdays(session))]


def test_workdays_leave_out_holidays_and_take_in_make_up_days(session: Session) -> None:
    """国庆节 2026: free from 1 to 7 October; people work on Sunday 20 September and Saturday 10 October."""
    first, last = date(2026, 9, 19), date(2026, 10, 12)
    plain = asked_on(session, first, last)
    heeded = asked_on(session, first, last, workdays=True)
    assert set(plain) - set(heeded) == {"09-25", "10-01", "10-02", "10-05", "10-06", "10-07"}
    assert set(heeded) - set(plain) == {"09-20", "10-10"}


def test_who_names_one_weekday_is_not_served_on_a_make_up_day(session: Session) -> None:
    mondays = asked_on(session, date(2026, 9, 20), date(2026, 10, 12), weekdays=[0], workdays=True)
    assert mondays == ["09-21", "09-28", "10-12"]


def test_exceptions_win_over_weekdays_and_workdays(session: Session) -> None:
    said = {"workdays": True, "without": ["2026-10-09"], "also": ["2026-10-03"]}
    assert asked_on(session, date(2026, 9, 30), date(2026, 10, 12), **said) == [
        "09-30",
        "10-03",
        "10-08",
        "10-10",
        "10-12",
    ]


def test_a_day_that_the_office_declares_free_takes_its_visits_along_and_gives_them_back(session: Session) -> None:
    area = an_area(session)
    weekly = {"weekdays": [0, 1, 2, 3, 4], "every_weeks": 1, "workdays": True}
    heeds, any_day = (a_request(session, area, repeat={**weekly, "workdays": one}).id for one in (True, False))
    rosters.open_roster(session, area, MONDAY)

    def there() -> set[str]:
        rows = session.exec(select(Visit.request_id).where(Visit.day == MONDAY, Visit.cancelled_at.is_(None)))  # type: ignore[union-attr]
        return set(rows)

    assert there() == {heeds, any_day}
    visits.declare(session, area, MONDAY, is_workday=False, name="停电")
    assert there() == {any_day}
    visits.undeclare(session, area, MONDAY)
    assert there() == {heeds, any_day}
