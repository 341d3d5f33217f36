"""Calendars, webhooks, contacts, routines and dead letters, through the API."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from icalendar import Calendar
from sqlmodel import Session, select

from matcher import clock, webhooks
from matcher.database import Database
from matcher.keys import new_key
from matcher.notices.spreading import spread
from matcher.notices.telling import notify
from matcher.settings import Settings
from matcher.tables.notices import Delivery
from matcher.tables.requests import Visit
from matcher.tables.versions import Promise, Version
from tests.api.office import Office

PUBLIC = "https://93.184.215.14/told"
"""A number, so that no name has to be asked for."""


@pytest.fixture
def helper(office: Office) -> str:
    return str(office.first("volunteers")["helper_id"])


@pytest.fixture
def writing(database_url: str) -> Iterator[Database]:
    opened = Database(database_url)
    yield opened
    opened.close()


def promised(session: Session, roster: str, helper: str) -> None:
    """One promise to this helper, as publishing would make it."""
    now = clock.now()
    visit = session.exec(select(Visit)).first()
    assert visit is not None
    session.add(Version(id=new_key("ver"), roster_id=roster, number=1, roster_version=1, published_at=now))
    span = {"start_at": now + timedelta(days=1), "end_at": now + timedelta(days=1, hours=1)}
    shift = {"shift_start_at": span["start_at"], "shift_end_at": span["end_at"]}
    who = {"roster_id": roster, "visit_id": visit.id, "helper_id": helper}
    session.add(Promise(id=new_key("pro"), since=1, **who, **span, **shift))


def test_a_calendar_has_one_secret_address_and_answers_304_while_nothing_changed(
    office: Office, helper: str, writing: Database
) -> None:
    client = office.client
    roster = office.roster()["id"]
    with writing.transaction() as session:
        promised(session, roster, helper)
    assert client.get(f"/v1/helpers/{helper}/calendar").status_code == 404
    made = client.post(f"/v1/helpers/{helper}/calendar")
    assert (made.status_code, made.headers["Location"]) == (201, f"/v1/helpers/{helper}/calendar")
    path = "/calendars/" + made.json()["url"].rpartition("/")[2]
    first = client.get(path)
    assert first.headers["content-type"] == "text/calendar; charset=utf-8"
    assert len(Calendar.from_ical(first.content).walk("VEVENT")) == 1
    again = client.get(path, headers={"If-None-Match": f'W/{first.headers["ETag"]}, "other"'})
    assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", first.headers["ETag"])
    head = client.head(path)
    assert (head.status_code, head.content, head.headers["ETag"]) == (200, b"", first.headers["ETag"])
    renewed = client.post(f"/v1/helpers/{helper}/calendar").json()["url"]
    assert renewed != made.json()["url"]
    assert client.get(path).status_code == 404
    assert client.get(f"/v1/helpers/{helper}/calendar").json().keys() == {"helper_id", "renewed_at"}
    assert client.delete(f"/v1/helpers/{helper}/calendar").status_code == 204
    assert client.get("/calendars/" + renewed.rpartition("/")[2]).status_code == 404


def test_a_webhook_is_told_its_secret_once_and_can_be_renewed_and_forgotten(office: Office) -> None:
    client = office.client
    made = client.post("/v1/webhooks", json={"url": PUBLIC, "area_id": office.community, "kinds": ["published"]})
    assert made.status_code == 201, made.text
    secret, path = made.json()["secret"], made.headers["Location"]
    assert secret.startswith("whsec_")
    assert "secret" not in client.get(path).json()
    assert [row["id"] for row in client.get("/v1/webhooks").json()["rows"]] == [made.json()["id"]]
    renewed = client.post(f"{path}/secret")
    assert renewed.json()["secret"] not in ("", secret)
    assert client.delete(path).status_code == 204
    assert client.get(path).status_code == 404


@pytest.mark.parametrize(
    "url",
    [
        *("https://127.0.0.1/", "https://10.0.0.1/told", "https://169.254.169.254/latest", "http://93.184.215.14/"),
        *("ftp://93.184.215.14/", "https://name:word@93.184.215.14/", "https://[::ffff:192.168.0.1]/", "nonsense"),
    ],
)
def test_a_webhook_may_not_lead_inside(office: Office, url: str) -> None:
    answer = office.client.post("/v1/webhooks", json={"url": url, "area_id": office.community})
    assert (answer.status_code, answer.json()["field"]) == (422, "url")


def test_what_was_given_up_is_listed_and_replayed(office: Office, helper: str, writing: Database) -> None:
    client = office.client
    webhook = client.post("/v1/webhooks", json={"url": PUBLIC, "area_id": office.community}).json()["id"]
    trial = client.post(f"/v1/webhooks/{webhook}/trial")
    notice = trial.json()["notice_id"]
    assert (trial.status_code, trial.headers["Location"]) == (202, f"/v1/notices/{notice}")
    assert client.get(f"/v1/notices/{notice}").json()["reach"] is None
    with writing.transaction() as session:
        session.add(given_up(notice, webhook))
    (dead,) = client.get("/v1/deliveries", params={"state": "dead"}).json()["rows"]
    assert (dead["notice_id"], dead["failure"], dead["next_at"]) == (notice, "It answered 500.", None)
    assert client.get(f"/v1/webhooks/{webhook}/deliveries", params={"state": "dead"}).json()["rows"] == [dead]
    body = {"since": (clock.now() + timedelta(hours=1)).isoformat()}
    assert client.post(f"/v1/webhooks/{webhook}/replay", json=body).json() == {"replayed": 0}
    assert client.post(f"/v1/webhooks/{webhook}/replay", json={}).json() == {"replayed": 1}
    (waiting,) = client.get("/v1/deliveries").json()["rows"]
    assert (waiting["state"], waiting["attempts"], waiting["failure"]) == ("waiting", 0, "")
    refused = client.post(f"/v1/deliveries/{waiting['id']}/replay")
    assert (refused.status_code, refused.json()["code"]) == (409, "conflict")
    whole = client.get(f"/v1/notices/{notice}").json()
    assert whole["deliveries"] == [waiting]


def given_up(notice: str, webhook: str) -> Delivery:
    return Delivery(
        id=new_key("dlv"),
        notice_id=notice,
        channel="webhook",
        receiver=webhook,
        webhook_id=webhook,
        line=webhook,
        place=1,
        state="dead",
        attempts=18,
        next_at=0.0,
        failure="It answered 500.",
    )


def test_those_whom_nothing_reaches_are_listed(office: Office, helper: str, writing: Database) -> None:
    with writing.transaction() as session:
        values = {"day": "2034-11-20", "changes": []}
        notify(session, kind="published", helper_id=helper, values=values, subject_key="ver_1")
    path = "/v1/notices"
    assert office.client.get(path, params={"unreached": True}).json()["rows"] == []
    with writing.transaction() as session:
        spread(session, Settings())
    (row,) = office.client.get(path, params={"unreached": True, "helper_id": helper}).json()["rows"]
    assert (row["kind"], row["reach"]) == ("published", 0)


def test_a_helper_says_how_to_be_told(office: Office, helper: str) -> None:
    path = f"/v1/helpers/{helper}/contact"
    assert office.client.get(path).json()["channels"] == ["email", "sms"]
    said: dict[str, Any] = {
        **{"language": "ug", "email": "wang@example.org", "phone": "13800138000", "channels": ["email"]},
        **{"quiet_from": "20:00", "quiet_to": "08:00"},
    }
    assert office.client.put(path, json=said).status_code == 200
    answered = office.client.get(path).json()
    assert answered["phone"] == "+8613800138000"
    assert (answered["quiet_from"], answered["language"]) == ("20:00:00", "ug")
    for bad in (
        {"email": "a@b, c@d"},
        {"email": "x\r\nBcc: y@example.org"},
        {"language": "fr"},
        {"quiet_from": "20:00"},
    ):
        assert office.client.put(path, json=bad).status_code == 422
    assert office.client.put("/v1/helpers/hlp_00000000000000000000000000/contact", json={}).status_code == 404


def test_an_office_says_its_hours_and_they_hold_for_what_lies_in_it(office: Office) -> None:
    (street,) = [row["id"] for row in office.areas if row["tier"] == "subdistrict"]
    usual = office.client.get(f"/v1/areas/{office.community}/routine").json()
    assert (usual["quiet_from"], usual["quiet_to"], usual["nightly_at"]) == ("21:30:00", "07:00:00", None)
    said = {"quiet_from": "22:00", "quiet_to": "06:30", "evening_at": "18:00", "nightly_at": "20:00"}
    assert office.client.put(f"/v1/areas/{street}/routine", json=said).status_code == 200
    inside = office.client.get(f"/v1/areas/{office.community}/routine").json()
    assert (inside["area_id"], inside["quiet_from"], inside["nightly_at"]) == (street, "22:00:00", "20:00:00")
    assert office.client.get(f"/v1/areas/{street}/nightly").json() == {"rows": []}


def test_the_days_of_a_week_tell_holidays_make_up_days_and_what_the_office_said(office: Office) -> None:
    path = f"/v1/areas/{office.community}"
    assert office.client.put(
        f"{path}/special-days/2026-02-25", json={"is_workday": False, "name": "元宵准备"}
    ).json() == {"day": "2026-02-25", "is_workday": False, "name": "元宵准备", "is_special": True}
    rows = office.client.get(f"{path}/workdays", params={"first": "2026-02-22", "last": "2026-02-28"}).json()["rows"]
    assert [row["is_workday"] for row in rows] == [False, False, True, False, True, True, True]
    assert [row["name"] for row in rows[:2]] == ["春节", "春节"]
    assert office.client.delete(f"{path}/special-days/2026-02-25").status_code == 204
    assert office.client.delete(f"{path}/special-days/2026-02-25").status_code == 404
    long = {"first": "2026-01-01", "last": "2028-01-01"}
    assert office.client.get(f"{path}/workdays", params=long).status_code == 422


def test_a_key_of_the_machine_is_made_once_and_for_its_owner_only(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    key = webhooks.machine_key(settings)
    assert webhooks.machine_key(settings) == key
    assert (tmp_path / webhooks.KEY_FILE).stat().st_mode & 0o077 == 0
    assert webhooks.machine_key(Settings(home=tmp_path, secret_key="said from outside")) == b"said from outside"
    assert [path.name for path in tmp_path.glob("secret*")] == [webhooks.KEY_FILE]
