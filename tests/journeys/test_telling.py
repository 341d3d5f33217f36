"""From a published roster into a pocket, a calendar and another program; the answer comes back by the link."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from icalendar import Calendar
from starlette.testclient import TestClient

from api.app import create_app
from matcher import calendars, webhooks
from matcher.settings import Settings
from tests.api.office import Office
from tests.receivers import LOOPBACK, Receiver, a_receiver
from tests.signed import a_token, shown
from tests.tiny_day import TinyDay
from tests.workers.processes import eventually
from workers.notify import Notifier

PUBLIC = "https://hall.example.org"
FIRST, SECOND = "+8613800138001", "+8613800138002"
AWAKE = {"quiet_from": "00:00", "quiet_to": "00:00", "channels": ["sms"]}
"""Nobody sleeps, whenever this is run."""


def statuses(client: TestClient, path: str) -> dict[str, tuple[str, int]]:
    """What a subscriber sees: state and sequence by the event's title."""
    events = Calendar.from_ical(client.get(path).content).walk("VEVENT")
    return {
        str(event["summary"]).partition("（")[0]: (str(event["status"]), int(event["sequence"])) for event in events
    }


def texts(gateway: Receiver) -> dict[str, list[str]]:
    """What came into each pocket."""
    found: dict[str, list[str]] = {}
    for got in gateway.got:
        found.setdefault(got.said["to"], []).append(got.said["text"])
    return found


@dataclass
class Hall:
    """A published day of the tiny world, two volunteers with telephones, one program that listens, and a notifier."""

    client: TestClient
    day: TinyDay
    gateway: Receiver
    program: Receiver
    notifier: Notifier
    calendar: str

    def publish(self) -> set[str]:
        """Who was told."""
        path = f"/v1/rosters/{self.day.roster_id}/publish"
        published = self.client.post(path, headers={"If-Match": str(self.day.version)})
        assert published.status_code == 200, published.text
        eventually(lambda: not self.notifier.look() + self.notifier.busy())
        return {one["helper_id"] for one in published.json()["told"]}

    def asked(self, who: str) -> dict[str | None, str]:
        """The offers to this helper, by request."""
        rows = self.client.get(f"/v1/rosters/{self.day.roster_id}/offers").json()["rows"]
        return {
            self.day.number[row["visit_id"]]: row["id"] for row in rows if row["helper_id"] == self.day.helpers[who]
        }


@pytest.fixture
def hall(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hall]:
    monkeypatch.setattr(calendars, "LOOK_BACK", timedelta(days=20_000))
    nowhere = "redis://127.0.0.1:1/0"
    settings = Settings(database_url=database_url, home=tmp_path, redis_url=nowhere, public_url=PUBLIC)
    with a_receiver() as gateway, a_receiver() as program, TestClient(create_app(settings)) as client:
        client.headers.update(shown(a_token(client.app.state.database)))  # type: ignore[attr-defined]
        office = Office(client)
        day = office.day()
        day.store()
        for number, phone, language in (("V1", FIRST, "zh"), ("V2", SECOND, "en")):
            said = {**AWAKE, "phone": phone, "language": language}
            assert client.put(f"/v1/helpers/{day.helpers[number]}/contact", json=said).status_code == 200
        with day.database.transaction() as session:
            webhooks.register(session, program.url, office.community, [])
        told = settings.model_copy(update={"sms_url": gateway.url, "inside_networks": LOOPBACK})
        notifier = Notifier(day.database, told)
        calendar = client.post(f"/v1/helpers/{day.helpers['V1']}/calendar").json()["url"].removeprefix(PUBLIC)
        yield Hall(client, day, gateway, program, notifier, calendar)
        notifier.end()


def test_helpers_hear_and_programs_hear_without_names_or_links(hall: Hall) -> None:
    told = hall.publish()
    pockets = texts(hall.gateway)
    (first,), (second,) = pockets[FIRST], pockets[SECOND]
    assert "新增：" in first
    assert "New: " in second
    assert {got.said["data"]["helper_id"] for got in hall.program.got} == told
    assert not any("path" in got.said["data"] for got in hall.program.got)


def test_answers_by_the_link_in_the_message_change_the_calendar(hall: Hall) -> None:
    hall.publish()
    seen = statuses(hall.client, hall.calendar)
    assert {status for status, _ in seen.values()} == {"TENTATIVE"}
    link = texts(hall.gateway)[FIRST][0].splitlines()[-1].removeprefix(PUBLIC)
    assert hall.client.get(link).status_code == 200
    asked, token = hall.asked("V1"), link.removeprefix("/o/")
    assert hall.client.post(f"/v1/offers/{asked['Q1']}/accept", json={"link": token}).status_code == 200
    no = {"link": token, "reason": "看病"}
    assert hall.client.post(f"/v1/offers/{asked['Q7']}/decline", json=no).status_code == 200
    after = statuses(hall.client, hall.calendar)
    changed = [name for name in seen if after[name] != seen[name]]
    assert sorted(after[name][0] for name in changed) == ["CANCELLED", "CONFIRMED"]
    assert all(after[name][1] > seen[name][1] for name in changed)
