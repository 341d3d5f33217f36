"""What people read, in three languages, from real rows."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from babel.messages.pofile import read_po
from sqlmodel import Session, select

from matcher import calendars, clock, contacts, languages
from matcher.notices import deliveries, letters, reminders, spreading
from matcher.notices.message import Message
from matcher.notices.telling import NEEDS, notify
from matcher.settings import Settings
from matcher.tables.notices import Notice
from matcher.tables.people import Helper
from matcher.tables.versions import Version
from matcher.types import NoticeKind, Tongue
from tests.matcher.test_calendars import HOUR, START, Published

WRITTEN = re.compile(r'\bwrite\(\s*"((?:[^"\\]|\\.)*)"')
SMS = Settings(sms_url="http://127.0.0.1:1/", public_url="https://hall.example.org")
BEFORE = START - timedelta(days=2)


@pytest.fixture(autouse=True)
def now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: BEFORE)


def sentences() -> set[str]:
    """What letters and calendars say."""
    files = [Path(letters.__file__), Path(calendars.__file__)]
    found = {text for path in files for text in WRITTEN.findall(path.read_text())}
    return found | {*letters.CHANGES.values(), *letters.EXCHANGES.values(), *languages.WEEKDAYS}


@pytest.mark.parametrize("language", ["zh", "ug"])
def test_every_sentence_is_there_in_every_language_with_the_same_blanks(language: str) -> None:
    with (languages.LOCALE / language / "LC_MESSAGES" / "notices.po").open("rb") as source:
        told = {str(message.id): str(message.string) for message in read_po(source) if message.id}
    assert set(told) == sentences()
    for text, translated in told.items():
        assert translated
        assert set(re.findall(r"\{(\w+)\}", text)) == set(re.findall(r"\{(\w+)\}", translated)), text


def read(published: Published, kind: str, values: dict[str, Any], language: str = "zh") -> Message:
    """What the helper reads."""
    session = published.session
    contacts.put(session, published.helper, {"language": language, "phone": "+8613800138000", "channels": ["sms"]})
    notify(session, kind=kind, helper_id=published.helper, values=values, subject_key=f"{kind}-{language}")
    return message(session)


def message(session: Session) -> Message:
    spreading.spread(session, SMS)
    (hold,) = deliveries.claim(session, "sms", "reader", 60.0, 1)
    found = letters.letter(session, hold, SMS)
    deliveries.dropped(session, hold, "read")
    assert isinstance(found, Message), found
    return found


def span(start: datetime) -> dict[str, datetime]:
    return {"start": start, "end": start + HOUR}


def test_a_day_that_changed_says_what_is_new_changed_and_withdrawn(session: Session) -> None:
    published = Published(session)
    kinds = (("new", None, span(START)), ("changed", span(START), span(START + HOUR)), ("withdrawn", span(START), None))
    changes = [
        {"kind": kind, "visit_id": published.visit.id, "from": before, "to": after} for kind, before, after in kinds
    ]
    said = read(published, "published", {"day": published.visit.day, "changes": changes})
    assert said.subject == "您2034-11-20 星期一的安排"
    assert said.lines == (
        "新增：打扫（阿依古丽），10:00至11:00。幸福路1号",
        "变更：打扫（阿依古丽），现为11:00至12:00，原为10:00至11:00。幸福路1号",
        "撤回：打扫（阿依古丽），原为10:00至11:00。您不用去了。",
    )
    english = read(published, "published", {"day": published.visit.day, "changes": changes}, "en")
    asked = {"path": "/o/abc", "due": START - HOUR}
    wanted = read(published, "published", {"day": published.visit.day, "changes": changes, **asked}, "ug")
    assert wanted.lines[-1] == "https://hall.example.org/o/abc"
    assert english.lines[0] == "New: Cleaning (阿依古丽), 10:00 to 11:00. 幸福路1号"


def test_an_offer_says_until_when_and_where_it_is_answered(session: Session) -> None:
    published = Published(session)
    values = {"visit_id": published.visit.id, **span(START), "due": START - 3 * HOUR, "path": "/o/abc"}
    said = read(published, "offer", values, "en")
    assert said.subject == "Can you come? 2034-11-20 Monday, 10:00 to 11:00"
    assert said.lines == (
        "Cleaning (阿依古丽), 2034-11-20 Monday, 10:00 to 11:00. 幸福路1号",
        "Please answer by 2034-11-20 Monday 07:00:",
        "https://hall.example.org/o/abc",
    )


@pytest.mark.parametrize("language", list(Tongue))
@pytest.mark.parametrize("kind", [kind for kind in NoticeKind if kind not in (NoticeKind.TRIAL, NoticeKind.REMINDER)])
def test_every_kind_can_be_told_in_every_language(session: Session, kind: NoticeKind, language: Tongue) -> None:
    published = Published(session)
    change = {"kind": "new", "visit_id": published.visit.id, "from": None, "to": span(START)}
    whole = {
        **{"visit_id": published.visit.id, **span(START), "due": START, "path": "/o/abc"},
        **{"day": published.visit.day, "changes": [change], "state": "refused"},
        "visits": [{"visit_id": published.visit.id, **span(START)}],
    }
    said = read(published, kind, {name: whole[name] for name in NEEDS[kind]}, language)
    assert said.subject
    assert "{" not in said.text
    assert said.is_right_to_left == (language == "ug")
    assert ("\u2068" in said.text) == (language == "ug")


def test_who_said_nothing_is_told_in_the_language_that_they_speak_first(session: Session) -> None:
    published = Published(session)
    for spoken, language in ((["维吾尔语", "汉语"], "ug"), (["汉语", "维吾尔语"], "zh"), (["哈萨克语"], "zh")):
        helper = session.get_one(Helper, published.helper)
        helper.languages = spoken
        session.add(helper)
        session.flush()
        assert contacts.language_of(session, helper) == language


def at(session: Session, moment: datetime, monkeypatch: pytest.MonkeyPatch) -> list[Notice]:
    """The reminders that there are once the clock shows this moment."""
    monkeypatch.setattr(clock, "now", lambda: moment)
    reminders.write(session, moment)
    reminders.write(session, moment)
    return list(session.exec(select(Notice).where(Notice.kind == "reminder").order_by(Notice.place)))  # type: ignore[arg-type]


def test_helpers_are_reminded_the_evening_before_and_an_hour_before_and_once(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    published = Published(session)
    published.version()
    promise = published.promise()
    backdate(published, START - timedelta(days=3))
    evening = datetime(2034, 11, 19, 11, 0, tzinfo=UTC)
    assert at(session, evening - timedelta(seconds=1), monkeypatch) == []
    (first,) = at(session, evening, monkeypatch)
    assert first.values["visits"][0]["visit_id"] == promise.visit_id
    assert first.expires_at == START
    assert len(at(session, START - HOUR - timedelta(seconds=1), monkeypatch)) == 1
    assert len(at(session, START - HOUR, monkeypatch)) == 2
    assert len(at(session, START + HOUR, monkeypatch)) == 2


def test_who_agreed_after_an_earlier_offer_lapsed_is_reminded(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    published = Published(session)
    published.version()
    published.promise()
    backdate(published, START - timedelta(days=3))
    published.offer("lapsed")
    published.offer("accepted")
    assert [one.promises[0].visit_id for one in reminders.due(session, START - HOUR)] == [published.visit.id] * 2
    assert len(at(session, START - HOUR, monkeypatch)) == 2
    assert reminders.due(session, START - HOUR) == []


def backdate(published: Published, moment: datetime) -> None:
    for row in published.session.exec(select(Version)):
        row.published_at = moment
        published.session.add(row)
    published.session.flush()


def test_who_was_only_just_told_is_not_reminded_at_once(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    published = Published(session)
    published.version()
    published.promise()
    backdate(published, START - timedelta(minutes=30))
    assert at(session, START - timedelta(minutes=20), monkeypatch) == []


def test_what_was_taken_back_or_not_agreed_is_not_reminded_of(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    published = Published(session)
    published.version()
    promise = published.promise()
    backdate(published, START - timedelta(days=3))
    offer = published.offer("offered")
    assert at(session, START - HOUR, monkeypatch) == []
    session.delete(offer)
    published.version()
    published.take_back(promise)
    assert at(session, START - HOUR, monkeypatch) == []


def test_a_reminder_whose_visit_was_moved_since_is_not_sent(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    published = Published(session)
    published.version()
    promise = published.promise()
    backdate(published, START - timedelta(days=3))
    contacts.put(session, published.helper, {"phone": "+8613800138000", "channels": ["sms"]})
    (notice,) = at(session, datetime(2034, 11, 19, 11, 0, tzinfo=UTC), monkeypatch)
    spreading.spread(session, SMS)
    (hold,) = deliveries.claim(session, "sms", "reader", 60.0, 1)
    sent = letters.letter(session, hold, SMS)
    assert isinstance(sent, Message)
    assert sent.lines == ("10:00至11:00：打扫（阿依古丽）。幸福路1号",)
    published.version()
    published.take_back(promise)
    published.promise(START + HOUR)
    assert letters.letter(session, hold, SMS) == "What it tells of does not hold any more."
    assert notice.kind == "reminder"
