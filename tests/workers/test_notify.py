"""The notifier against real receivers: what was written arrives, once if all goes well and never not at all."""

import hmac
import json
import os
import subprocess
import sys
import threading
from base64 import b64decode, b64encode
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update
from sqlmodel import col, select

from matcher import clock, contacts, routines, webhooks
from matcher.database import Database
from matcher.notices import deliveries
from matcher.notices.telling import notify
from matcher.settings import Settings
from matcher.tables.notices import Delivery, Notice, Webhook
from matcher.types import Channel
from tests.matcher.builders import a_volunteer, an_area
from tests.receivers import LOOPBACK, Postbox, Receiver, a_postbox, a_receiver
from tests.workers.processes import eventually
from workers.leash import on_leash
from workers.notify import Notifier

NOON = datetime(2034, 11, 20, 4, 0, tzinfo=UTC)
"""In Shanghai."""
NIGHT = datetime(2034, 11, 20, 15, 0, tzinfo=UTC)
MORNING = datetime(2034, 11, 20, 23, 0, tzinfo=UTC)
"""23:00 in the evening, and 07:00 of the next day."""
TOLD = {"day": "2034-11-21", "changes": []}


@pytest.fixture(autouse=True)
def noon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody's quiet hours, whenever the tests run."""
    monkeypatch.setattr(clock, "now", lambda: NOON)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with a_receiver() as opened:
        yield opened


@pytest.fixture
def another() -> Iterator[Receiver]:
    with a_receiver() as opened:
        yield opened


@pytest.fixture
def postbox() -> Iterator[Postbox]:
    with a_postbox() as opened:
        yield opened


@pytest.fixture
def settings(database: Database, tmp_path: Path) -> Settings:
    return Settings(home=tmp_path, database_url=database.url, inside_networks=LOOPBACK, lease_seconds=0.5)


class Street:
    """One area, one volunteer, and shorthands for what the tests do."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self.database, self.settings = database, settings
        with database.transaction() as session:
            self.area = an_area(session)
            self.helper = a_volunteer(session, self.area, phone="+8613800138000")

    def listens(self, url: str) -> str:
        with self.database.transaction() as session:
            return webhooks.register(session, url, self.area, []).id

    def tell(self, subject: str, kind: str = "published", helper: str | None = None, **more: Any) -> str:
        with self.database.transaction() as session:
            values = more.pop("values", TOLD)
            helper = helper or self.helper
            assert notify(session, kind=kind, helper_id=helper, values=values, subject_key=subject, **more)
            return session.exec(select(Notice.id).where(Notice.once == f"{kind}:{helper}:{subject}")).one()

    def notifier(self, **settings: Any) -> Notifier:
        return Notifier(self.database, self.settings.model_copy(update=settings))

    def rows(self) -> list[Delivery]:
        with self.database.reading() as session:
            return list(session.exec(select(Delivery).order_by(col(Delivery.place), Delivery.receiver)))

    def states(self) -> list[str]:
        return [row.state for row in self.rows()]

    def later(self) -> None:
        """The pause before the next attempt is over."""
        with self.database.transaction() as session:
            waiting = update(Delivery).where(col(Delivery.state) == "waiting")
            session.connection().execute(waiting.values(next_at=0.0))

    def change(self, **values: Any) -> None:
        with self.database.transaction() as session:
            session.connection().execute(update(Delivery).values(**values))


@pytest.fixture
def street(database: Database, settings: Settings) -> Street:
    return Street(database, settings)


def settle(*notifiers: Notifier) -> None:
    """Until nothing is due and nothing is being sent, three looks in a row."""
    eventually(lambda: not any(one.look() + one.busy() for _ in range(3) for one in notifiers), 60)


def test_a_notice_reaches_mail_sms_and_programs_each_in_its_form(
    street: Street, receiver: Receiver, another: Receiver, postbox: Postbox
) -> None:
    with street.database.transaction() as session:
        said = {"language": "en", "email": "wang@example.org", "channels": ["email", "sms"]}
        contacts.put(session, street.helper, said)
    webhook = street.listens(receiver.url)
    notice = street.tell("ver_1")
    settle(street.notifier(mail_url=postbox.url, sms_url=another.url, sms_token="token-of-the-gateway"))
    assert street.states() == ["sent", "sent", "sent"]

    (letter,) = postbox.letters
    assert letter["To"] == "wang@example.org"
    assert letter["Subject"] == "Your day 2034-11-21 Tuesday"
    assert letter["Message-ID"] == f"<{notice}@localhost>"

    (sms,) = another.got
    assert sms.said == {
        **{"id": notice, "to": "+8613800138000", "language": "en"},
        "text": "Your day 2034-11-21 Tuesday",
    }
    assert sms.headers["authorization"] == "Bearer token-of-the-gateway"

    (event,) = receiver.got
    assert event.said["type"] == "notice.published"
    assert event.said["data"]["helper_id"] == street.helper
    assert event.headers["webhook-id"] == notice
    with street.database.reading() as session:
        row = webhooks.get(session, webhook)
    assert is_signed(event.headers, event.body, webhooks.shown(webhooks.machine_key(street.settings), row))


def is_signed(headers: dict[str, str], body: bytes, secret: str) -> bool:
    """As the Standard Webhooks specification tells a receiver to look."""
    key = b64decode(secret.removeprefix("whsec_"))
    said = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    wanted = "v1," + b64encode(hmac.new(key, said, "sha256").digest()).decode()
    return wanted in headers["webhook-signature"].split(" ")


def test_after_a_renewal_the_old_and_the_new_secret_both_sign_for_a_day(
    street: Street, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    webhook, key = street.listens(receiver.url), webhooks.machine_key(street.settings)
    with street.database.transaction() as session:
        old = webhooks.shown(key, webhooks.get(session, webhook))
        new = webhooks.shown(key, webhooks.renew(session, webhook))
    street.tell("first")
    settle(street.notifier())
    monkeypatch.setattr(clock, "now", lambda: NOON + timedelta(days=2))
    street.tell("second")
    settle(street.notifier())
    first, second = receiver.got
    assert old != new
    assert [is_signed(got.headers, got.body, old) for got in (first, second)] == [True, False]
    assert [is_signed(got.headers, got.body, new) for got in (first, second)] == [True, True]


def test_two_notifiers_at_once_send_everything_once(street: Street, receiver: Receiver) -> None:
    street.listens(receiver.url)
    with street.database.transaction() as session:
        helpers = [a_volunteer(session, street.area) for _ in range(60)]
    wanted = {street.tell("ver_1", helper=helper) for helper in helpers}
    threads = [threading.Thread(target=settle, args=(street.notifier(),)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    settle(street.notifier())
    assert sorted(receiver.ids()) == sorted(wanted)
    assert {row.attempts for row in street.rows()} == {1}


def test_a_receiver_that_never_answers_delays_nobody_else(
    street: Street, receiver: Receiver, another: Receiver
) -> None:
    receiver.gate.clear()
    stuck, quick = street.listens(receiver.url), street.listens(another.url)
    with street.database.transaction() as session:
        helpers = [a_volunteer(session, street.area) for _ in range(12)]
    wanted = {street.tell("ver_1", helper=helper) for helper in helpers}
    notifier = street.notifier(lease_seconds=15.0)
    eventually(lambda: (notifier.look(), {*another.ids()} == wanted)[1])
    eventually(lambda: {row.state for row in street.rows() if row.receiver == quick} == {"sent"})
    assert {row.state for row in street.rows() if row.receiver == stuck} == {"sending", "waiting"}
    assert receiver.most_at_once <= 2
    receiver.gate.set()
    settle(notifier)
    assert {*receiver.ids()} == wanted


def test_one_persons_notices_keep_their_order_also_when_the_first_one_fails(street: Street, receiver: Receiver) -> None:
    street.listens(receiver.url)
    receiver.answer = lambda got: 503
    wanted = [street.tell(f"ver_{number}") for number in range(4)]
    settle(street.notifier())
    assert receiver.ids() == wanted[:1]
    receiver.answer = lambda got: 200
    street.later()
    settle(street.notifier())
    assert receiver.ids() == [wanted[0], *wanted]
    assert street.states() == ["sent"] * 4


def test_a_failing_delivery_waits_longer_each_time_and_as_long_as_the_receiver_asks(
    street: Street, receiver: Receiver
) -> None:
    street.listens(receiver.url)
    street.tell("ver_1")
    receiver.answer = lambda got: 500
    receiver.headers["Retry-After"] = "7000"
    settle(street.notifier())
    (row,) = street.rows()
    with street.database.reading() as session:
        now = float(session.exec(select(deliveries.seconds_now(session))).one())
    assert row.state == "waiting"
    assert 6900 < row.next_at - now <= 7000
    assert row.failure == "It answered 500."
    plain = [deliveries.pause(attempts) for attempts in range(1, 12)]
    assert all(4 <= pause <= 2.4 * 3600 for pause in plain)
    assert all(later > sooner for sooner, later in pairwise(plain[:7]))
    assert len({deliveries.pause(3) for _ in range(20)}) > 1


def test_what_fails_for_a_day_is_a_dead_letter_and_can_be_replayed_under_the_same_id(
    street: Street, receiver: Receiver
) -> None:
    webhook = street.listens(receiver.url)
    notice = street.tell("ver_1")
    receiver.answer = lambda got: 500
    settle(street.notifier())
    street.change(give_up_at=0.0, next_at=0.0)
    settle(street.notifier())
    assert street.states() == ["dead"]
    receiver.answer = lambda got: 200
    settle(street.notifier())
    assert len(receiver.got) == 2
    with street.database.transaction() as session:
        assert deliveries.replay(session, [Delivery.webhook_id == webhook]) == 1
    settle(street.notifier())
    assert street.states() == ["sent"]
    assert receiver.ids() == [notice] * 3


def test_a_dead_letter_holds_up_nobody_behind_it(street: Street, postbox: Postbox) -> None:
    with street.database.transaction() as session:
        contacts.put(session, street.helper, {"email": "nobody@example.org", "channels": ["email"]})
    postbox.refuse = lambda address: "550 no such mailbox" if address.startswith("nobody") else None
    street.tell("ver_1")
    settle(street.notifier(mail_url=postbox.url))
    (row,) = street.rows()
    assert (row.state, row.failure) == ("dead", "The mail server answered 550: no such mailbox")
    with street.database.transaction() as session:
        contacts.put(session, street.helper, {"email": "wang@example.org", "channels": ["email"]})
    street.tell("ver_2")
    settle(street.notifier(mail_url=postbox.url))
    assert street.states() == ["dead", "sent"]


def test_a_mail_server_that_is_away_or_busy_gets_the_letter_later(street: Street, postbox: Postbox) -> None:
    with street.database.transaction() as session:
        contacts.put(session, street.helper, {"email": "wang@example.org", "channels": ["email"]})
    notice = street.tell("ver_1")
    settle(street.notifier(mail_url="smtp://127.0.0.1:1"))
    assert street.states() == ["waiting"]
    postbox.refuse = lambda address: "451 come back later"
    street.later()
    settle(street.notifier(mail_url=postbox.url))
    assert street.states() == ["waiting"]
    postbox.refuse = lambda address: None
    street.later()
    settle(street.notifier(mail_url=postbox.url))
    assert street.states() == ["sent"]
    assert [letter["Message-ID"] for letter in postbox.letters] == [f"<{notice}@localhost>"]


def test_what_fails_again_and_again_lets_those_behind_it_pass(street: Street, receiver: Receiver) -> None:
    street.listens(receiver.url)
    stubborn = street.tell("ver_1")
    receiver.answer = lambda got: 500 if got.headers["webhook-id"] == stubborn else 200
    second = street.tell("ver_2")
    for _ in range(deliveries.STUBBORN - 1):
        settle(street.notifier())
        street.later()
    assert {*receiver.ids()} == {stubborn}
    settle(street.notifier())
    street.later()
    settle(street.notifier())
    assert receiver.ids().count(second) == 1
    assert street.states() == ["waiting", "sent"]


def test_a_notice_that_cannot_be_written_is_given_up_like_any_other(street: Street, receiver: Receiver) -> None:
    street.tell("ver_1", values={"day": "never", "changes": []})
    settle(street.notifier(sms_url=receiver.url))
    (row,) = street.rows()
    assert (row.state, row.failure) == ("waiting", "It could not be written: ValueError.")
    street.change(give_up_at=0.0, next_at=0.0)
    settle(street.notifier(sms_url=receiver.url))
    assert (street.states(), receiver.got) == (["dead"], [])


def test_what_is_urgent_does_not_wait_for_the_next_attempt_of_what_failed(street: Street, receiver: Receiver) -> None:
    receiver.answer = lambda got: 503
    notifier = street.notifier(sms_url=receiver.url)
    first = street.tell("ver_1")
    settle(notifier)
    receiver.answer = lambda got: 200
    second = street.tell("ver_2", urgent=True)
    settle(notifier)
    assert [got.said["id"] for got in receiver.got] == [first, first, second]


def test_when_a_receiver_is_back_what_waited_for_it_goes_at_once(street: Street, receiver: Receiver) -> None:
    street.listens(receiver.url)
    with street.database.transaction() as session:
        helpers = [a_volunteer(session, street.area) for _ in range(8)]
    for helper in helpers:
        street.tell("ver_1", helper=helper)
    receiver.answer = lambda got: 503
    notifier = street.notifier()
    settle(notifier)
    assert street.states() == ["waiting"] * 8
    receiver.answer = lambda got: 200
    street.tell("ver_2")
    settle(notifier)
    assert street.states() == ["sent"] * 9


def test_a_program_that_answers_gone_hears_nothing_more_until_it_is_renewed(street: Street, receiver: Receiver) -> None:
    webhook = street.listens(receiver.url)
    receiver.answer = lambda got: 410
    street.tell("ver_1")
    settle(street.notifier())
    street.tell("ver_2")
    settle(street.notifier())
    assert street.states() == ["dead"]
    assert len(receiver.got) == 1
    with street.database.transaction() as session:
        assert not session.get_one(Webhook, webhook).is_active
        webhooks.renew(session, webhook)
    receiver.answer = lambda got: 200
    street.tell("ver_3")
    settle(street.notifier())
    assert street.states() == ["dead", "sent"]


def test_a_redirect_is_not_followed(street: Street, receiver: Receiver, another: Receiver) -> None:
    street.listens(receiver.url)
    receiver.answer = lambda got: 307
    receiver.headers["Location"] = another.url
    street.tell("ver_1")
    settle(street.notifier())
    assert (street.states(), another.got) == (["waiting"], [])


def test_in_quiet_hours_only_what_is_urgent_goes_out_and_takes_along_what_was_held_before_it(
    street: Street, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: NIGHT)
    notifier = street.notifier(sms_url=receiver.url)
    first = street.tell("ver_1")
    settle(notifier)
    (row,) = street.rows()
    with street.database.reading() as session:
        now = float(session.exec(select(deliveries.seconds_now(session))).one())
    assert row.state == "waiting"
    assert abs(row.next_at - now - (MORNING - NIGHT).total_seconds()) < 60
    assert receiver.got == []
    second = street.tell("ver_2", urgent=True)
    settle(notifier)
    assert [got.said["id"] for got in receiver.got] == [first, second]


def test_what_is_told_at_once_keeps_its_order_and_what_comes_after_the_urgent_stays_held(
    street: Street, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: NIGHT)
    first, second = street.tell("ver_1"), street.tell("ver_2", urgent=True)
    street.tell("ver_3")
    settle(street.notifier(sms_url=receiver.url))
    assert [got.said["id"] for got in receiver.got] == [first, second]
    assert street.states() == ["sent", "sent", "waiting"]


def test_programs_are_told_in_quiet_hours_too(
    street: Street, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: NIGHT)
    street.listens(receiver.url)
    street.tell("ver_1")
    settle(street.notifier())
    assert street.states() == ["sent"]


def test_an_office_is_told_at_its_own_address_also_at_night_when_nobody_is_left(
    street: Street, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: NIGHT)
    with street.database.transaction() as session:
        hours = {"quiet_from": time(21, 30), "quiet_to": time(7), "evening_at": time(19)}
        routines.put(session, street.area, {**hours, "phone": "+8609911234567", "language": "en"})
        said = {"visit_id": "vis_x", "day": "2034-11-21"}
        notify(session, kind="unstaffed", area_id=street.area, values=said, subject_key="off_1", urgent=True)
    settle(street.notifier(sms_url=receiver.url))
    (got,) = receiver.got
    assert got.said["to"] == "+8609911234567"
    assert got.said["text"].splitlines()[0] == "Nobody is left to ask: 2034-11-21 Tuesday"


def test_a_person_has_quiet_hours_of_their_own_before_the_offices(
    street: Street, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    with street.database.transaction() as session:
        office = {"quiet_from": time(9), "quiet_to": time(17), "evening_at": time(19)}
        routines.put(session, street.area, office)
        own = {"quiet_from": time(1), "quiet_to": time(5), "channels": ["sms"]}
        other = a_volunteer(session, street.area, phone="+8613900139000")
        contacts.put(session, other, own)
    street.tell("ver_1")
    street.tell("ver_1", helper=other)
    settle(street.notifier(sms_url=receiver.url))
    assert [got.said["to"] for got in receiver.got] == ["+8613900139000"]


def test_what_is_told_twice_is_sent_once(street: Street, receiver: Receiver) -> None:
    street.listens(receiver.url)
    street.tell("ver_1")
    with street.database.transaction() as session:
        again = notify(session, kind="published", helper_id=street.helper, values=TOLD, subject_key="ver_1")
    assert not again
    settle(street.notifier())
    assert len(receiver.got) == 1


def test_what_is_undone_is_never_told(street: Street, receiver: Receiver) -> None:
    street.listens(receiver.url)
    with pytest.raises(RuntimeError), street.database.transaction() as session:
        notify(session, kind="published", helper_id=street.helper, values=TOLD, subject_key="ver_1")
        raise RuntimeError
    settle(street.notifier())
    assert receiver.got == []


def test_whoever_cannot_be_reached_is_known(street: Street) -> None:
    street.tell("ver_1")
    settle(street.notifier())
    with street.database.reading() as session:
        assert session.exec(select(Notice.reach)).all() == [0]


def test_an_offer_whose_time_is_over_is_not_sent_to_people_any_more(
    street: Street, receiver: Receiver, another: Receiver
) -> None:
    street.listens(another.url)
    values = {"visit_id": "vis_x", "start": NOON, "end": NOON, "due": NOON, "path": "/o/secret"}
    street.tell("off_1", kind="offer", values=values, expires_at=NOON - timedelta(seconds=1))
    settle(street.notifier(sms_url=receiver.url))
    assert {row.channel: row.state for row in street.rows()} == {Channel.SMS: "dropped", Channel.WEBHOOK: "sent"}
    assert receiver.got == []
    assert "/o/secret" not in json.dumps(another.got[0].said)


def test_a_notifier_that_is_killed_loses_nothing_and_repeats_under_the_same_id(
    street: Street, receiver: Receiver
) -> None:
    receiver.gate.clear()
    street.listens(receiver.url)
    with street.database.transaction() as session:
        helpers = [a_volunteer(session, street.area) for _ in range(10)]
    wanted = {street.tell("ver_1", helper=helper) for helper in helpers}
    first = start(street.settings)
    eventually(lambda: len(receiver.got) == 2, 60)
    first.kill()
    first.wait()
    in_the_air = set(receiver.ids())
    assert street.states().count("sending") == 2
    receiver.gate.set()
    second = start(street.settings)
    try:
        eventually(lambda: street.states() == ["sent"] * 10, 60)
    finally:
        second.terminate()
        second.wait()
    assert set(receiver.ids()) == wanted
    assert {one for one in wanted if receiver.ids().count(one) > 1} == in_the_air


def start(settings: Settings) -> "subprocess.Popen[bytes]":
    environment = {
        **os.environ,
        "MATCHER_HOME": str(settings.home),
        "MATCHER_DATABASE_URL": settings.database_url,
        "MATCHER_INSIDE_NETWORKS": settings.inside_networks,
        "MATCHER_LEASE_SECONDS": str(settings.lease_seconds),
    }
    return subprocess.Popen(on_leash(sys.executable, "-m", "workers.notify"), env=environment)


def test_a_claim_that_lapsed_can_write_nothing(street: Street, receiver: Receiver) -> None:
    webhook = street.listens(receiver.url)
    street.tell("ver_1")
    street.notifier()._spread()
    with street.database.transaction() as session:
        (first,) = deliveries.claim(session, webhook, "sleeper", -1.0, 5)
    with street.database.transaction() as session:
        (second,) = deliveries.claim(session, webhook, "other", 60.0, 5)
        assert deliveries.claim(session, webhook, "third", 60.0, 5) == []
    with street.database.transaction() as session:
        assert not deliveries.sent(session, first)
        assert not deliveries.failed(session, first, "late")
        assert deliveries.sent(session, second)
    assert street.states() == ["sent"]
