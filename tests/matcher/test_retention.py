"""What is kept long enough goes, a slice at a time, and nothing else goes with it; on both databases."""

from datetime import datetime, timedelta

import pytest
from sqlmodel import Session, select

from matcher import clock, retention
from matcher.database import Database
from matcher.keys import new_key
from matcher.retention import Terms
from matcher.settings import Settings
from matcher.tables.accounts import Account, ApiKey, SignIn, Throttle
from matcher.tables.notices import Delivery, Notice
from matcher.tables.questions import Question
from matcher.tables.rosters import Outbox, Roster
from matcher.tables.versions import Promise, Version
from tests.matcher.builders import a_volunteer, an_area
from tests.matcher.served import a_moment, a_promise
from workers.sweeper import Broom

TERMS = Terms(notices=timedelta(days=365), questions=timedelta(days=30))
NOW = clock.now()


def a_notice(session: Session, helper: str, area: str, written: datetime, state: str = "sent", **said: object) -> None:
    notice = Notice(
        **{
            **{"id": new_key("not"), "kind": "published", "helper_id": helper, "area_id": area, "once": new_key("x")},
            **{"place": 1, "written_at": written, "spread_at": written, "reach": 1, **said},
        }
    )
    delivery = {"channel": "email", "receiver": "mail", "line": "x", "place": 1, "next_at": 0.0, "state": state}
    session.add(notice)
    session.flush()
    sent_at = written if state == "sent" else None
    session.add(Delivery(id=new_key("dlv"), notice_id=notice.id, sent_at=sent_at, **delivery))
    session.flush()


def all_of(session: Session, kind: type) -> list[str]:
    return sorted(row.id for row in session.exec(select(kind)))


def test_old_notices_go_with_their_deliveries_and_what_is_on_its_way_stays(session: Session) -> None:
    area = an_area(session)
    helper = a_volunteer(session, area)
    year = NOW - TERMS.notices
    a_notice(session, helper, area, year)
    a_notice(session, helper, area, year, "dead")
    a_notice(session, helper, area, year + timedelta(seconds=1), id="not_younger")
    a_notice(session, helper, area, year, "waiting", id="not_waiting")
    a_notice(session, helper, area, year, id="not_unspread", spread_at=None, reach=None)
    assert retention.take_away(session, NOW, TERMS) == {"notices": 2}
    assert all_of(session, Notice) == ["not_unspread", "not_waiting", "not_younger"]
    assert len(all_of(session, Delivery)) == 3
    assert retention.take_away(session, NOW, TERMS) == {}


def test_old_questions_and_bells_go_and_the_roster_with_its_versions_stays(session: Session) -> None:
    area = an_area(session)
    promise = a_promise(session, start_at=a_moment(hours=2), area_id=area, helper_id=a_volunteer(session, area))
    month, week = NOW - TERMS.questions, NOW - retention.HEARD
    asked = {"roster_id": promise.roster_id, "kind": "worth", "version": 1}
    for name, moment in (("que_old", month), ("que_new", month + timedelta(seconds=1))):
        session.add(Question(id=name, asked_at=moment, answered_at=moment, answer={"found": 1}, **asked))
    for name, sent in (("out_old", week), ("out_new", week + timedelta(seconds=1)), ("out_unrung", None)):
        session.add(Outbox(id=name, topic="run", subject="run_1", written_at=NOW - timedelta(days=99), sent_at=sent))
    session.flush()
    kept = [all_of(session, kind) for kind in (Roster, Version, Promise)]
    assert retention.take_away(session, NOW, TERMS) == {"questions": 1, "bells": 1}
    assert all_of(session, Question) == ["que_new"]
    assert all_of(session, Outbox) == ["out_new", "out_unrung"]
    assert [all_of(session, kind) for kind in (Roster, Version, Promise)] == kept
    assert all(kept)


def test_what_ended_goes_and_the_account_stays(session: Session) -> None:
    session.add(Account(id="acc_1", name="wang", role="administrator", made_at=NOW))
    session.flush()
    soon, just = NOW + timedelta(seconds=1), NOW
    for name, ends in (("old", just), ("new", soon)):
        held = {"account_id": "acc_1", "digest": name, "made_at": NOW, "ends_at": ends}
        session.add(SignIn(id=f"sgn_{name}", **held))
        session.add(ApiKey(id=f"apk_{name}", name="x", **held))
    day = timedelta(days=1)
    session.add(Throttle(digest="old", tries=9, free_at=NOW - day))
    session.add(Throttle(digest="new", tries=9, free_at=NOW - day + timedelta(seconds=1)))
    session.flush()
    assert retention.take_away(session, NOW, TERMS) == {"sign-ins": 1, "keys": 1, "throttles": 1}
    assert (all_of(session, SignIn), all_of(session, ApiKey)) == (["sgn_new"], ["apk_new"])
    assert [row.digest for row in session.exec(select(Throttle))] == ["new"]
    assert all_of(session, Account) == ["acc_1"]


def test_the_sweeper_takes_a_slice_at_a_time_the_oldest_first_and_then_rests(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    count = 2 * retention.SLICE + 1
    with database.transaction() as session:
        for number in range(count):
            long_ago = clock.now() - timedelta(days=40)
            session.add(Outbox(id=f"out_{number:04}", topic="run", subject="x", written_at=long_ago, sent_at=long_ago))
    broom = Broom(database, Settings())
    assert broom.sweep_once() == {"bells": retention.SLICE}
    with database.reading() as session:
        assert all_of(session, Outbox)[0] == f"out_{retention.SLICE:04}"
    assert [broom.sweep_once() for _ in range(3)] == [{"bells": retention.SLICE}, {"bells": 1}, {}]
    with database.transaction() as session:
        session.add(Outbox(id="out_late", topic="run", subject="x", written_at=long_ago, sent_at=long_ago))
    assert broom.sweep_once() == {}
    monkeypatch.setattr(broom, "next_at", 0.0)
    assert broom.sweep_once() == {"bells": 1}
