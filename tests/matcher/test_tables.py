"""What the tables themselves take and refuse, the same on both databases."""

from datetime import date, time, timedelta
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, SQLModel, select

from matcher import clock
from matcher.database import Database, is_taken
from matcher.keys import new_key
from matcher.tables.areas import Area
from matcher.tables.people import Availability, ExceptionalDay, Helper, Resident, TimeOff, Volunteer
from matcher.tables.requests import Barring, Lending, Pairing, Purse, Request, Visit
from matcher.tables.rosters import Assignment, Roster, Run
from matcher.tables.services import Service, Skill
from tests.matcher.builders import HERE, MONDAY, MORNING, a_request, a_resident, a_service, a_volunteer, an_area

NOW = clock.now()
SOON = NOW + timedelta(hours=1)
LARGEST = 10_000_000_000
"""The most that types.Money lets through: a hundred million yuan, beyond 32 bits."""


@pytest.fixture
def there(database: Database) -> dict[str, str]:
    """The ids of one of each, to which other rows may point."""
    with database.transaction() as session:
        area = an_area(session)
        resident = a_resident(session, area)
        request = a_request(session, area, resident_id=resident)
        visit = Visit(
            id=new_key("vis"), request_id=request.id, day=MONDAY, windows=MORNING, minutes=60, people=1, priority=100
        )
        roster = Roster(id=new_key("ros"), area_id=area, day=MONDAY, opened_at=NOW)
        session.add_all([visit, roster])
        return {
            "area_id": area,
            "resident_id": resident,
            "helper_id": a_volunteer(session, area),
            "service_id": a_service(session),
            "request_id": request.id,
            "visit_id": visit.id,
            "roster_id": roster.id,
        }


SOUND: dict[type[SQLModel], dict[str, Any]] = {
    Area: {"name": "团结社区", "tier": "community", "latitude": 43.8, "longitude": 87.6},
    Resident: {"name": "买买提", "area_id": "", **HERE},
    Helper: {"name": "李军", "kind": "volunteer", "area_id": "", "most_visits": 3, "most_minutes": 240, **HERE},
    Availability: {"helper_id": "", "weekday": 0, "start_at": time(9), "end_at": time(12)},
    TimeOff: {"helper_id": "", "start_at": NOW, "end_at": SOON},
    Skill: {"name": "理发"},
    Purse: {"name": "居家养老", "first_day": MONDAY, "last_day": MONDAY, "budget": 1},
    Request: {
        **{"resident_id": "", "service_id": "", "day": MONDAY, "windows": MORNING, "minutes": 60, "taken_at": NOW},
        "until": MONDAY,
    },
    Roster: {"area_id": "", "day": date(2034, 11, 21), "opened_at": NOW},
    Run: {"roster_id": "", "seconds": 20, "started_at": NOW},
    Assignment: {
        **{"roster_id": "", "visit_id": "", "helper_id": "", "start_at": NOW, "end_at": SOON},
        **{"shift_start_at": NOW, "shift_end_at": SOON},
    },
}


def row(table: type[SQLModel], there: dict[str, str], **said: Any) -> SQLModel:
    plain = {name: there.get(name) or value for name, value in SOUND[table].items()}
    return table(id=new_key("xxx"), **{**plain, **said})


@pytest.mark.parametrize("table", SOUND, ids=lambda table: table.__name__)
def test_a_sound_row_is_taken(database: Database, there: dict[str, str], table: type[SQLModel]) -> None:
    with database.transaction() as session:
        session.add(row(table, there))


@pytest.mark.parametrize(
    ("table", "said"),
    [
        (Area, {"name": ""}),
        (Area, {"name": "  "}),
        (Area, {"tier": "planet"}),
        (Area, {"latitude": 91.0}),
        (Area, {"longitude": float("inf")}),
        (Resident, {"latitude": float("nan")}),
        (Resident, {"longitude": -180.5}),
        (Resident, {"gender": "?"}),
        (Resident, {"area_id": "are_nowhere"}),
        (Helper, {"kind": "robot"}),
        (Helper, {"mode": "rocket"}),
        (Helper, {"most_visits": 0}),
        (Helper, {"most_minutes": 1441}),
        (Helper, {"visit_fee": -1}),
        (Helper, {"rest_from": time(12), "rest_to": time(13)}),
        (Helper, {"rest_from": time(13), "rest_to": time(12), "rest_minutes": 30}),
        (Availability, {"weekday": 7}),
        (Availability, {"end_at": time(9)}),
        (TimeOff, {"end_at": NOW}),
        (Skill, {"name": ""}),
        (Purse, {"budget": -1}),
        (Purse, {"last_day": date(2034, 11, 19)}),
        (Request, {"minutes": 0}),
        (Request, {"minutes": 1441}),
        (Request, {"people": 51}),
        (Request, {"priority": -1}),
        (Request, {"until": date(2034, 11, 19)}),
        (Request, {"windows": None}),
        (Request, {"windows": []}),
        (Roster, {"state": "wished"}),
        (Roster, {"version": 0}),
        (Run, {"seconds": 0}),
        (Run, {"seconds": float("nan")}),
        (Run, {"seconds": 3601}),
        (Run, {"state": "lost"}),
        (Run, {"state": "done"}),
        (Run, {"ended_at": NOW}),
        (Run, {"progress": 1.1}),
        (Run, {"seed": 0}),
        (Assignment, {"end_at": NOW}),
        (Assignment, {"shift_end_at": NOW}),
        (Assignment, {"travel_minutes": -1}),
    ],
    ids=lambda value: value.__name__ if isinstance(value, type) else next(iter(value)),
)
def test_a_row_that_makes_no_sense_is_refused(
    database: Database, there: dict[str, str], table: type[SQLModel], said: dict[str, Any]
) -> None:
    with pytest.raises(IntegrityError) as caught, database.transaction() as session:
        session.add(row(table, there, **said))
    assert not is_taken(caught.value)


@pytest.mark.parametrize(
    ("table", "field", "largest"),
    [
        (Purse, "budget", LARGEST),
        (Helper, "visit_fee", LARGEST),
        (Helper, "hour_fee", LARGEST),
        (Helper, "carried_burden", LARGEST),
        (Run, "objective", 2**53),
        (Run, "bound", -(2**53)),
        (Run, "seed", 2**31 - 1),
        (Resident, "address", "街" * 1000),
        (TimeOff, "reason", "因" * 1000),
        (Request, "note", "记" * 1000),
        (Request, "priority", 1_000_000),
    ],
    ids=lambda value: value if isinstance(value, str) and len(value) < 20 else "",
)
def test_the_largest_that_the_door_lets_through_is_stored_whole(
    database: Database, there: dict[str, str], table: type[SQLModel], field: str, largest: object
) -> None:
    with database.transaction() as session:
        stored = row(table, there, **{field: largest})
        session.add(stored)
    with database.reading() as session:
        assert getattr(session.get(table, stored.id), field) == largest  # type: ignore[attr-defined]


def test_a_price_beyond_32_bits_is_stored_whole(session: Session) -> None:
    service = a_service(session, price=LARGEST)
    session.expire_all()
    assert session.exec(select(Service.price).where(Service.id == service)).one() == LARGEST


@pytest.mark.parametrize(
    ("table", "pair"),
    [
        (Pairing, {"resident_id": "resident_id", "volunteer_id": "volunteer_id"}),
        (Barring, {"resident_id": "resident_id", "helper_id": "helper_id"}),
        (ExceptionalDay, {"helper_id": "helper_id"}),
        (Visit, {"request_id": "request_id"}),
        (Roster, {"area_id": "area_id"}),
    ],
    ids=lambda value: value.__name__ if isinstance(value, type) else "",
)
def test_what_may_be_there_once_is_there_once(
    database: Database, there: dict[str, str], table: type[SQLModel], pair: dict[str, str]
) -> None:
    rest: dict[type[SQLModel], dict[str, Any]] = {
        Pairing: {"since": MONDAY},
        Barring: {},
        ExceptionalDay: {"day": MONDAY},
        Visit: {"day": MONDAY + timedelta(1), "windows": MORNING, "minutes": 60, "people": 1, "priority": 1},
        Roster: {"day": MONDAY + timedelta(1), "opened_at": NOW},
    }
    with database.transaction() as session:
        there["volunteer_id"] = session.exec(select(Volunteer.id)).first() or ""
        said = {**{name: there[of] for name, of in pair.items()}, **rest[table]}
        session.add(table(id=new_key("xxx"), **said))
    with pytest.raises(IntegrityError) as caught, database.transaction() as session:
        session.add(table(id=new_key("xxx"), **said))
    assert is_taken(caught.value)


def test_a_community_does_not_lend_to_itself(database: Database, there: dict[str, str]) -> None:
    area = there["area_id"]
    with pytest.raises(IntegrityError), database.transaction() as session:
        session.add(Lending(id=new_key("lnd"), lender_id=area, borrower_id=area, most=1))


def test_a_second_active_run_of_a_roster_is_refused_and_one_after_the_end_is_not(
    database: Database, there: dict[str, str]
) -> None:
    with database.transaction() as session:
        session.add(row(Run, there, state="done", ended_at=NOW))
        session.add(row(Run, there, state="failed", ended_at=NOW))
        session.add(row(Run, there, state="running"))
    with pytest.raises(IntegrityError) as caught, database.transaction() as session:
        session.add(row(Run, there))
    assert is_taken(caught.value)


def test_who_goes_takes_along_what_has_no_sense_without_them(database: Database, there: dict[str, str]) -> None:
    with database.transaction() as session:
        session.add(row(Assignment, there))
        session.add(row(Availability, there))
    with database.transaction() as session:
        session.delete(session.get(Resident, there["resident_id"]))
    with database.reading() as session:
        assert [len(session.exec(select(table)).all()) for table in (Request, Visit, Assignment)] == [0, 0, 0]
        assert len(session.exec(select(Availability)).all()) == 1


def test_no_repeat_is_null_and_can_be_asked_for(session: Session) -> None:
    area = an_area(session)
    once = a_request(session, area)
    weekly = a_request(session, area, repeat={"weekdays": [0], "every_weeks": 1})
    table = Request.__table__  # type: ignore[attr-defined]
    assert session.exec(select(Request.id).where(table.c.repeat.is_(None))).all() == [once.id]
    assert session.exec(select(Request.id).where(table.c.repeat.is_not(None))).all() == [weekly.id]
