"""Answers through the API and by the page behind a link, also when everybody answers at once."""

import os
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import update
from sqlmodel import col, select

from matcher import asking, offers, rosters, snapshot
from matcher.settings import Settings
from matcher.tables.notices import Notice
from matcher.tables.offers import Offer
from matcher.verdicts import verdict
from solver.plan import Plan
from tests.api.office import Office
from tests.pages.seeing import NOBODY, TOKENS, served
from tests.signed import shown
from tests.tiny_day import BY_HAND, TinyDay

ROUNDS = int(os.environ.get("MATCHER_ROUNDS", "5"))
CLIENTS = 50
START = "2034-11-20T09:00:00+08:00"


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


def test_who_declined_or_was_silent_is_called_so_and_not_barred(office: Office, day: TinyDay) -> None:
    """K1 and K2 are the only crews: K1 makes Q4, K2 makes Q9."""
    mine = rows(office, day)["K2", "Q9"]["id"]
    assert office.client.post(f"/v1/offers/{mine}/decline", json={"by": "李主任"}).status_code == 200
    told = stands_between(office, day, "Q9", "K2")
    assert [(one["rule"], one["text"]) for one in told] == [("declined", "{helper} has declined {visit}.")]
    assert told[0]["sentence"] == "二班 has declined 上门助浴（马建国）."
    body = {"assignments": [{"visit_id": day.visits["Q9"], "helper_id": day.helpers["K2"], "start_at": START}]}
    checked = office.client.post(f"/v1/rosters/{day.roster_id}/check", json=body).json()
    assert "declined" in {one["rule"] for one in checked["breaches"]}
    with day.database.transaction() as session:
        late = rows(office, day)["K1", "Q4"]["id"]
        session.connection().execute(update(Offer).where(col(Offer.id) == late).values(due=0))
        assert offers.lapse(session, late)
    assert {one["rule"]: one["text"] for one in stands_between(office, day, "Q4", "K1")} == {
        "declined": "{helper} was asked to make {visit} and did not answer in time."
    }


def test_a_visit_that_is_left_counts_who_declined_apart_from_who_is_barred(office: Office, day: TinyDay) -> None:
    mine = rows(office, day)["K2", "Q9"]["id"]
    before = left_by_rule(day, "Q9")
    assert "declined" not in before
    office.client.post(f"/v1/offers/{mine}/decline", json={"by": "李主任"})
    after = left_by_rule(day, "Q9")
    assert after["declined"] == (1, 1)
    assert after.get("barred") == before.get("barred")


def stands_between(office: Office, day: TinyDay, what: str, who: str) -> list[dict[str, Any]]:
    path = f"/v1/rosters/{day.roster_id}/visits/{day.visits[what]}/candidates"
    unsuited = office.client.get(path, params={"limit": 20}).json()["unsuited"]
    breaches: list[dict[str, Any]] = next(one["breaches"] for one in unsuited if one["helper_id"] == day.helpers[who])
    return breaches


def left_by_rule(day: TinyDay, what: str) -> dict[str, tuple[int, int]]:
    """Per rule how many helpers it stops first and in all, were nobody assigned."""
    with day.database.reading() as session:
        seen = snapshot.problem(session, day.roster_id)
    seen = replace(seen, problem=replace(seen.problem, pins=(), published=()))
    stops = verdict(seen, Plan(())).reasons[day.visits[what]]["stops"]
    return {stop["rule"]: (stop["helpers"], stop["total"]) for stop in stops}


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
                mine = asking.offer_to(session, roster, day.visits["Q5"], who, span, {}).id
            gate = threading.Barrier(CLIENTS)

            def accept() -> int:
                with httpx.Client(base_url=address, headers=shown(TOKENS[address]), timeout=60) as client:
                    gate.wait()  # noqa: B023 - the round's own
                    return client.post(f"/v1/offers/{mine}/accept", json={"by": "x"}).status_code  # noqa: B023

            codes = [one.result() for one in [crowd.submit(accept) for _ in range(CLIENTS)]]
            assert sorted(codes) == [200, *[409] * (CLIENTS - 1)]
