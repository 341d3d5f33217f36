"""Answers through the API and by the page behind a link, also when everybody answers at once."""

import os
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlmodel import select

from matcher import offers, rosters
from matcher.settings import Settings
from matcher.tables.notices import Notice
from tests.api.office import Office
from tests.pages.seeing import NOBODY, served
from tests.tiny_day import BY_HAND, TinyDay

ROUNDS = int(os.environ.get("MATCHER_ROUNDS", "5"))
CLIENTS = 50


@pytest.fixture
def day(office: Office) -> TinyDay:
    made = office.day()
    made.store()
    path = f"/v1/rosters/{made.roster_id}/publish"
    assert office.client.post(path, headers={"If-Match": str(made.version)}).status_code == 200
    return made


def rows(office: Office, day: TinyDay) -> dict[tuple[str | None, str | None], dict[str, Any]]:
    listed = office.client.get(f"/v1/rosters/{day.roster_id}/offers").json()["rows"]
    return {(day.number[row["helper_id"]], day.number[row["visit_id"]]): row for row in listed}


def link(day: TinyDay, who: str) -> str:
    """What stands in the helper's notice."""
    with day.database.reading() as session:
        values = session.exec(select(Notice.values).where(Notice.helper_id == day.helpers[who])).first()
    assert values is not None
    path: str = values["path"]
    return path


def test_publishing_asks_everybody_and_an_answer_by_link_counts_once(office: Office, day: TinyDay) -> None:
    asked = rows(office, day)
    assert set(asked) == {(who, what) for who, what, _ in BY_HAND}
    mine, token = asked["V1", "Q1"]["id"], link(day, "V1").removeprefix("/o/")
    path = f"/v1/offers/{mine}/accept"
    assert office.client.post(path, json={}).status_code == 422
    assert office.client.post(path, json={"link": link(day, "V2").removeprefix("/o/")}).status_code == 404
    assert office.client.post(path, json={"link": token[:-1] + ("a" if token[-1] != "a" else "b")}).status_code == 404
    done = office.client.post(path, json={"link": token})
    assert (done.status_code, done.json()["state"]) == (200, "accepted")
    again = office.client.post(path, json={"link": token})
    assert (again.status_code, again.json()["code"]) == (409, "answered")


def test_a_coordinator_answers_for_who_telephones(office: Office, day: TinyDay) -> None:
    mine = rows(office, day)["K2", "Q9"]["id"]
    done = office.client.post(f"/v1/offers/{mine}/decline", json={"by": "李主任", "reason": "车坏了"})
    assert (done.status_code, done.json()["state"], done.json()["reason"]) == (200, "declined", "车坏了")
    assert ("K2", "Q9", "09:00") not in day.held()


@pytest.mark.parametrize(
    ("language", "question", "thanks"),
    [
        ("zh", "您能来吗？", "您已答应前来，谢谢。"),
        ("en", "Can you come?", "You said that you come. Thank you."),
        ("ug", "كېلەلەمسىز؟", "كېلىشكە ماقۇل بولدىڭىز. رەھمەت."),
    ],
)
def test_the_page_behind_the_link_asks_and_one_tap_answers(
    office: Office, day: TinyDay, language: str, question: str, thanks: str
) -> None:
    path = link(day, "V1")
    page = office.client.get(path, params={"lang": language})
    assert page.status_code == 200
    assert question in page.text
    assert rows(office, day)["V1", "Q1"]["state"] == "offered", "looking changes nothing"
    mine = rows(office, day)["V1", "Q1"]["id"]
    after = office.client.post(f"{path}/{mine}/accept")
    assert (after.status_code, thanks in after.text) == (200, True)
    late = office.client.post(f"{path}/{mine}/accept", headers={"Accept": "text/html"})
    assert "?late" in str(late.url)
    gone = office.client.post(f"{path}/{mine}/decline", data={"reason": "孩子生病"})
    assert gone.status_code == 200
    assert rows(office, day)["V1", "Q1"]["reason"] == "孩子生病"


def test_a_link_that_was_tampered_with_leads_nowhere(office: Office, day: TinyDay) -> None:
    path = link(day, "V1")
    for wrong in (path[:-2] + "xx", path.replace(day.helpers["V1"], day.helpers["V2"]), "/o/x"):
        assert office.client.get(wrong, headers={"Accept": "text/html"}).status_code == 404


@pytest.fixture
def address(day: TinyDay, database_url: str, tmp_path: Path) -> Iterator[str]:
    with served(Settings(home=tmp_path, database_url=database_url, redis_url=NOBODY)) as at:
        yield at


def test_fifty_clients_accept_one_offer_at_once_and_one_has_it(day: TinyDay, address: str) -> None:
    with ThreadPoolExecutor(CLIENTS) as crowd:
        for number in range(ROUNDS):
            with day.database.transaction() as session:
                roster = rosters.hold(session, day.roster_id)
                span = (day.at("16:00"), day.at("17:00"))
                who = list(day.helpers.values())[number % 5]
                for row in offers.of_roster(session, day.roster_id):
                    session.delete(row)
                session.flush()
                mine = offers.offer_to(session, roster, day.visits["Q5"], who, span, {}).id
            gate = threading.Barrier(CLIENTS)

            def accept() -> int:
                with httpx.Client(base_url=address, timeout=60) as client:
                    gate.wait()  # noqa: B023 - the round's own
                    return client.post(f"/v1/offers/{mine}/accept", json={"by": "x"}).status_code  # noqa: B023

            codes = [one.result() for one in [crowd.submit(accept) for _ in range(CLIENTS)]]
            assert sorted(codes) == [200, *[409] * (CLIENTS - 1)]
