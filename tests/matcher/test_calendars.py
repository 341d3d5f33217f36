"""Calendar feeds, read again by the library and held against what was promised."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar, Event
from sqlmodel import Session

from matcher import calendars, clock, contacts
from matcher.errors import UnknownError
from matcher.keys import new_key
from matcher.tables.offers import Offer
from matcher.tables.requests import Visit
from matcher.tables.rosters import Roster
from matcher.tables.versions import Promise, Version
from tests.matcher.builders import MORNING, a_request, a_resident, a_service, a_volunteer, an_area

DAY = date(2034, 11, 20)
START = datetime(2034, 11, 20, 2, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


class Published:
    """One helper, one visit, and promises made and taken back by version."""

    def __init__(self, session: Session, zone: str = "Asia/Shanghai", day: date = DAY, **said: Any) -> None:
        self.session = session
        self.area = an_area(session, time_zone=zone)
        self.helper = a_volunteer(session, self.area, languages=["汉语"])
        resident = a_resident(session, self.area, **{"name": "阿依古丽", "address": "幸福路1号", **said})
        service = a_service(session, name="打扫", name_en="Cleaning")
        request = a_request(session, self.area, resident_id=resident, service_id=service, day=day)
        plain = {"windows": MORNING, "minutes": 60, "people": 1, "priority": 100}
        self.visit = Visit(id=new_key("vis"), request_id=request.id, day=day, **plain)
        self.roster = Roster(id=new_key("ros"), area_id=self.area, day=day, opened_at=clock.now())
        session.add_all([self.visit, self.roster])
        session.flush()
        self.number = 0

    def version(self) -> int:
        self.number += 1
        moment = START - timedelta(days=1) + timedelta(minutes=self.number)
        row = Version(
            id=new_key("ver"), roster_id=self.roster.id, number=self.number, roster_version=1, published_at=moment
        )
        self.session.add(row)
        self.session.flush()
        return self.number

    def promise(self, start: datetime = START, length: timedelta = HOUR) -> Promise:
        span = {"start_at": start, "end_at": start + length}
        shift = {"shift_start_at": start, "shift_end_at": start + length}
        who = {"roster_id": self.roster.id, "visit_id": self.visit.id, "helper_id": self.helper}
        row = Promise(id=new_key("pro"), since=self.number, **who, **span, **shift)
        self.session.add(row)
        self.session.flush()
        return row

    def take_back(self, promise: Promise) -> None:
        promise.until = self.number
        self.session.add(promise)
        self.session.flush()

    def offer(self, state: str) -> Offer:
        who = {"roster_id": self.roster.id, "visit_id": self.visit.id, "helper_id": self.helper}
        answered = None if state == "offered" else START - timedelta(hours=20)
        times = {"start_at": START, "end_at": START + HOUR, "due": 0.0, "offered_at": START - timedelta(days=1)}
        row = Offer(id=new_key("off"), state=state, answered_at=answered, **who, **times)
        self.session.add(row)
        self.session.flush()
        return row

    def feed(self) -> bytes:
        return calendars.feed(self.session, calendars.renew(self.session, self.helper))

    def event(self) -> Event:
        (event,) = Calendar.from_ical(self.feed()).walk("VEVENT")
        return event


@pytest.fixture(autouse=True)
def now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: START - timedelta(days=1))


@pytest.fixture
def published(session: Session) -> Published:
    made = Published(session)
    made.version()
    return made


def test_a_promise_is_an_event_with_its_place_and_its_moments_in_utc(published: Published) -> None:
    published.promise()
    body, event = published.feed(), published.event()
    assert (str(event["summary"]), str(event["location"])) == ("打扫（阿依古丽）", "幸福路1号")
    assert (event.decoded("dtstart"), event.decoded("dtend")) == (START, START + HOUR)
    assert (str(event["status"]), event["sequence"]) == ("CONFIRMED", 0)
    assert b"DTSTART:20341120T020000Z" in body
    assert b"TZID" not in body


def test_the_same_feed_twice_is_the_same_octets(published: Published) -> None:
    published.promise()
    assert published.feed() == published.feed()


def test_a_change_keeps_the_uid_and_makes_the_sequence_greater(published: Published) -> None:
    first = published.promise()
    before = published.event()
    published.version()
    published.take_back(first)
    second = published.promise(START + HOUR)
    moved = published.event()
    published.version()
    published.take_back(second)
    gone = published.event()
    published.version()
    published.promise()
    again = published.event()
    seen = [before, moved, gone, again]
    assert len({str(event["uid"]) for event in seen}) == 1
    assert [str(event["status"]) for event in seen] == ["CONFIRMED", "CONFIRMED", "CANCELLED", "CONFIRMED"]
    assert [event.decoded("dtstart") for event in seen] == [START, START + HOUR, START + HOUR, START]
    sequences = [event["sequence"] for event in seen]
    assert sequences == sorted(set(sequences))
    stamps = [event.decoded("last-modified") for event in seen]
    assert stamps == sorted(set(stamps))


@pytest.mark.parametrize(
    ("state", "status"),
    [("offered", "TENTATIVE"), ("accepted", "CONFIRMED"), ("declined", "CANCELLED"), ("lapsed", "CANCELLED")],
)
def test_an_offer_shows_how_sure_a_visit_is(published: Published, state: str, status: str) -> None:
    published.promise()
    published.offer(state)
    assert str(published.event()["status"]) == status


def test_a_visit_that_the_resident_took_back_is_cancelled(published: Published) -> None:
    published.promise()
    before = published.event()["sequence"]
    published.visit.cancelled_at = clock.now()
    published.session.add(published.visit)
    published.session.flush()
    assert str(published.event()["status"]) == "CANCELLED"
    assert published.event()["sequence"] > before


def test_lines_are_folded_at_75_octets_and_texts_survive(session: Session) -> None:
    name = "阿依古丽·买买提,艾力;库尔班\\江 😀" * 3
    address = "幸福路1号\n二单元, 三楼; 右手\x07门\r"
    published = Published(session, name=name, address=address)
    published.version()
    published.promise()
    body = published.feed()
    assert max(len(line) for line in body.split(b"\r\n")) <= 75
    assert body.count(b"\n") == body.count(b"\r\n")
    body.decode("utf-8")
    event = published.event()
    assert str(event["summary"]) == f"打扫（{name}）"
    assert str(event["location"]) == address.replace("\x07", " ").replace("\r", " ")


@pytest.mark.parametrize(
    ("zone", "local"),
    [
        ("Asia/Shanghai", "2034-11-20T23:30"),
        ("Asia/Urumqi", "2034-11-20T23:30"),
        ("Europe/Berlin", "2034-03-26T01:30"),
        ("Europe/Berlin", "2034-10-29T02:30"),
        ("Australia/Lord_Howe", "2034-10-01T01:30"),
        ("Australia/Lord_Howe", "2034-04-02T01:30"),
    ],
)
def test_an_hour_is_an_hour_over_midnight_and_over_changes_of_the_clock(
    session: Session, monkeypatch: pytest.MonkeyPatch, zone: str, local: str
) -> None:
    here = datetime.fromisoformat(local).replace(tzinfo=ZoneInfo(zone))
    start = here.astimezone(UTC)
    monkeypatch.setattr(clock, "now", lambda: start - timedelta(days=1))
    published = Published(session, zone, here.date())
    published.version()
    published.promise(start)
    event = published.event()
    assert event.decoded("dtend") - event.decoded("dtstart") == HOUR
    assert event.decoded("dtstart") == start
    assert f"{event.decoded('dtstart').astimezone(ZoneInfo(zone)):%Y-%m-%dT%H:%M}" == local


def test_the_calendar_speaks_the_helpers_language(published: Published) -> None:
    published.promise()
    contacts.put(published.session, published.helper, {"language": "en", "channels": []})
    calendar = Calendar.from_ical(published.feed())
    assert str(calendar["x-wr-calname"]) == "My visits · 王芳"
    assert str(published.event()["summary"]) == "Cleaning (阿依古丽)"


def test_a_renewed_address_closes_the_old_one_and_only_a_digest_is_kept(published: Published) -> None:
    old = calendars.renew(published.session, published.helper)
    new = calendars.renew(published.session, published.helper)
    with pytest.raises(UnknownError):
        calendars.feed(published.session, old)
    assert calendars.feed(published.session, new).startswith(b"BEGIN:VCALENDAR")
    row = calendars.link(published.session, published.helper)
    assert new not in row.model_dump_json()
    calendars.forget(published.session, published.helper)
    with pytest.raises(UnknownError):
        calendars.feed(published.session, new)


def test_what_is_long_past_is_not_in_the_feed(published: Published) -> None:
    published.promise(START - timedelta(days=60))
    assert Calendar.from_ical(published.feed()).walk("VEVENT") == []


def test_a_helper_sees_nobody_elses_visits(published: Published) -> None:
    published.promise()
    other = a_volunteer(published.session, published.area)
    body = calendars.feed(published.session, calendars.renew(published.session, other))
    assert Calendar.from_ical(body).walk("VEVENT") == []
