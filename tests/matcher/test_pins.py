"""Pins: what a person decided, on the version of the roster that they had read."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlmodel import Session, select

from matcher import pins, rosters
from matcher.database import Database
from matcher.errors import InvalidError, StaleError, UnknownError
from matcher.tables.requests import Visit
from tests.matcher.builders import MONDAY, a_request, a_volunteer, an_area

TEN = datetime(2034, 11, 20, 2, tzinfo=UTC)


class Day:
    """A roster with one visit for two, three helpers, and a visit of the next community."""

    def __init__(self, session: Session) -> None:
        here, there = an_area(session), an_area(session, "团结社区")
        self.helpers = [a_volunteer(session, here) for _ in range(3)]
        mine, theirs = a_request(session, here, people=2), a_request(session, there)
        self.roster = rosters.open_roster(session, here, MONDAY).id
        made = dict(session.exec(select(Visit.request_id, Visit.id)).all())
        self.visit, self.elsewhere = made[mine.id], made[theirs.id]


@pytest.fixture
def day(database: Database) -> Day:
    with database.transaction() as session:
        return Day(session)


def put(database: Database, day: Day, helpers: list[str], start: datetime | None = None, version: int = 1) -> str:
    with database.transaction() as session:
        return pins.put(session, day.roster, day.visit, helpers, start, version).id


def stored(database: Database, day: Day) -> tuple[int, list[tuple[list[str], datetime | None]]]:
    """The roster's version, and what is pinned."""
    with database.reading() as session:
        kept = [(pin.helper_ids, pin.start_at) for pin in pins.of_roster(session, day.roster)]
        return rosters.get(session, day.roster).version, kept


@pytest.mark.parametrize(("count", "start"), [(1, None), (2, None), (0, TEN), (2, TEN)])
def test_a_pin_keeps_helpers_or_a_start_or_both(
    database: Database, day: Day, count: int, start: datetime | None
) -> None:
    put(database, day, day.helpers[:count], start)
    assert stored(database, day) == (2, [(day.helpers[:count], start)])


def test_a_second_pin_of_the_visit_replaces_the_first(database: Database, day: Day) -> None:
    first = put(database, day, day.helpers[:1], TEN)
    assert put(database, day, day.helpers[1:2], version=2) == first
    assert stored(database, day) == (3, [(day.helpers[1:2], None)])


def test_a_pin_on_a_version_that_has_passed_changes_nothing(database: Database, day: Day) -> None:
    put(database, day, day.helpers[:1])
    with pytest.raises(StaleError, match="version 1"):
        put(database, day, day.helpers[1:2], version=1)
    assert stored(database, day) == (2, [(day.helpers[:1], None)])


@pytest.mark.parametrize("pick", [[], [0, 1, 2], [0, 0]])
def test_nobody_too_many_or_one_twice_is_refused(database: Database, day: Day, pick: list[int]) -> None:
    with pytest.raises(InvalidError) as refused:
        put(database, day, [day.helpers[one] for one in pick])
    assert refused.value.field == "helper_ids"
    assert stored(database, day) == (1, [])


@pytest.mark.parametrize("hours", [-0.1, 24])
def test_a_start_on_another_day_of_the_area_is_refused(database: Database, day: Day, hours: float) -> None:
    midnight = datetime(2034, 11, 20, tzinfo=ZoneInfo("Asia/Shanghai"))
    with pytest.raises(InvalidError) as caught, database.transaction() as session:
        pins.put(session, day.roster, day.visit, [], midnight + timedelta(hours=hours), 1)
    assert caught.value.field == "start_at"


def test_an_unknown_helper_is_named(database: Database, day: Day) -> None:
    with pytest.raises(InvalidError, match="hlp_nobody") as refused:
        put(database, day, ["hlp_nobody"])
    assert refused.value.field == "helper_ids"


def test_a_visit_of_another_area_cannot_be_pinned_here(database: Database, day: Day) -> None:
    with pytest.raises(UnknownError, match=day.elsewhere), database.transaction() as session:
        pins.put(session, day.roster, day.elsewhere, day.helpers[:1], None, 1)
    assert stored(database, day) == (1, [])


def test_a_lifted_pin_is_gone_and_cannot_be_lifted_again(database: Database, day: Day) -> None:
    put(database, day, day.helpers[:1])
    with pytest.raises(StaleError), database.transaction() as session:
        pins.lift(session, day.roster, day.visit, 1)
    assert stored(database, day) == (2, [(day.helpers[:1], None)])
    with database.transaction() as session:
        pins.lift(session, day.roster, day.visit, 2)
    assert stored(database, day) == (3, [])
    with pytest.raises(UnknownError, match=day.visit), database.transaction() as session:
        pins.lift(session, day.roster, day.visit, 3)
