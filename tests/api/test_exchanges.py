"""Releases and swaps through the doors: by the helper's own link, or by the desk."""

from pathlib import Path

import pytest
from sqlmodel import col, select
from starlette.testclient import TestClient

from fixtures import tiny
from matcher import versions
from matcher.database import Database
from matcher.tables.notices import Notice
from matcher.tables.people import Resident
from tests.matcher.test_offers import LATER, opened, promised, publish, told
from tests.matcher.test_snapshot import DAY
from tests.tiny_day import TinyDay
from workers import answers

DESK = {"by": "李主任", "reason": "孩子病了"}


@pytest.fixture
def helped(client: TestClient, database_url: str, tmp_path: Path) -> TinyDay:
    """Published; V3 is there all day, and could make Q1 and Q7 too."""
    assert client.get("/healthz").status_code == 200
    rows = tiny.tables(DAY)
    rows["time_off"] = []
    rows["volunteers"][2] |= {"技能": "陪伴", "可服务时间": "周一 09:00-12:00；周一 14:00-17:00", **tiny.point("B")}
    made = opened(Database(database_url), tmp_path, rows)
    made.store(LATER)
    publish(made)
    return made


def assignment(day: TinyDay, who: str, what: str) -> str:
    with day.database.reading() as session:
        rows = versions.standing(session, day.roster_id)
    return next(row.id for row in rows if (row.helper_id, row.visit_id) == (day.helpers[who], day.visits[what]))


def test_a_promise_is_released_by_its_helpers_own_link_once(client: TestClient, helped: TinyDay) -> None:
    mine, other = assignment(helped, "V1", "Q1"), assignment(helped, "V2", "Q2")
    here = f"/v1/assignments/{mine}"
    strange = client.post(f"/v1/assignments/{other}/link").json()["link"]
    refused = client.post(f"{here}/release", json={"link": strange, "reason": "孩子病了"})
    assert (refused.status_code, refused.json()["code"]) == (404, "unknown")
    assert client.post(f"{here}/release", json={"reason": "孩子病了"}).status_code == 422
    own = client.post(f"{here}/link").json()["link"]
    done = client.post(f"{here}/release", json={"link": own, "reason": "孩子病了"})
    assert (done.status_code, done.json()["state"]) == (200, "released")
    assert client.post(f"{here}/release", json=DESK).status_code == 409
    assert [row["id"] for row in client.get("/v1/releases").json()["rows"]] == [done.json()["id"]]
    assert ("V1", "Q1", "09:30") not in promised(helped)


def test_the_rules_of_an_area_ask_for_a_coordinator(client: TestClient, helped: TinyDay) -> None:
    area = client.get(f"/v1/rosters/{helped.roster_id}").json()["area_id"]
    rule = f"/v1/areas/{area}/exchange-rule"
    assert client.get(rule).json() == {
        **{"area_id": area, "release_minutes": 120, "swap_minutes": 60},
        "needs_approval": False,
    }
    wanted = {"release_minutes": 0, "swap_minutes": 0, "needs_approval": True}
    assert client.put(rule, json=wanted).json() == {"area_id": area, **wanted}
    assert client.put(rule, json={**wanted, "swap_minutes": -1}).status_code == 422
    asked = client.post(f"/v1/assignments/{assignment(helped, 'V1', 'Q1')}/release", json=DESK).json()
    assert [row["id"] for row in client.get("/v1/releases?state=asked").json()["rows"]] == [asked["id"]]
    agreed = client.post(f"/v1/releases/{asked['id']}/approve", json={"by": "李主任"})
    assert (agreed.status_code, agreed.json()["state"]) == (200, "released")
    assert client.post(f"/v1/releases/{asked['id']}/refuse", json={"by": "李主任"}).status_code == 409


def test_a_swap_goes_from_hand_to_hand_and_breaks_no_rule(client: TestClient, helped: TinyDay) -> None:
    here = f"/v1/assignments/{assignment(helped, 'V1', 'Q1')}/swap"
    barred = client.post(here, json={**DESK, "helper_id": helped.helpers["V2"]})
    assert (barred.status_code, barred.json()["code"]) == (409, "hard-breach")
    assert "barred" in {fault["field"] for fault in barred.json()["errors"]}
    asked = client.post(here, json={**DESK, "helper_id": helped.helpers["V3"]})
    assert (asked.status_code, asked.json()["state"]) == (201, "asked")
    there = asked.headers["location"]
    assert client.get(there).json() == asked.json()
    assert client.post(here, json={**DESK, "helper_id": helped.helpers["V3"]}).status_code == 409
    link = client.post(f"{there}/link").json()["link"]
    accepted = client.post(f"{there}/accept", json={"link": link})
    assert (accepted.status_code, accepted.json()["state"]) == (200, "swapped")
    assert client.post(f"{there}/accept", json={"link": link}).status_code == 409
    assert client.post(f"{there}/withdraw", json={"by": "王芳"}).status_code == 409
    assert ("V3", "Q1", "09:30") in promised(helped)
    assert [row["state"] for row in client.get("/v1/swaps").json()["rows"]] == ["swapped"]
    whole = client.get(f"/v1/rosters/{helped.roster_id}/versions/2").json()
    assert {row["helper_id"] for row in whole["changes"]} == {helped.helpers["V1"], helped.helpers["V3"]}


def test_the_other_may_decline(client: TestClient, helped: TinyDay) -> None:
    here = f"/v1/assignments/{assignment(helped, 'V1', 'Q1')}/swap"
    there = client.post(here, json={**DESK, "helper_id": helped.helpers["V3"]}).headers["location"]
    declined = client.post(f"{there}/decline", json={"by": "李主任"})
    assert (declined.status_code, declined.json()["state"]) == (200, "declined")
    assert ("V1", "Q1", "09:30") in promised(helped)
    assert client.post(f"{there}/approve", json={"by": "李主任"}).status_code == 409
    assert client.post(f"{there}/refuse", json={"by": "李主任"}).status_code == 409


def swaps_told(day: TinyDay) -> list[tuple[str, str, str | None]]:
    with day.database.reading() as session:
        rows = session.exec(select(Notice).where(col(Notice.kind).in_(["swap", "release"])).order_by(col(Notice.place)))
        return [(row.kind, row.values["state"], day.number.get(row.helper_id or "")) for row in rows]


def test_whoever_a_swap_concerns_is_told_and_answers_by_one_tap(client: TestClient, helped: TinyDay) -> None:
    """V1 asks V3, who answers on the page behind the link; a coordinator refuses, then V1 asks again and it stands."""
    area = client.get(f"/v1/rosters/{helped.roster_id}").json()["area_id"]
    wanted = {"release_minutes": 0, "swap_minutes": 0, "needs_approval": True}
    client.put(f"/v1/areas/{area}/exchange-rule", json=wanted)
    here = f"/v1/assignments/{assignment(helped, 'V1', 'Q1')}/swap"
    there = client.post(here, json={**DESK, "helper_id": helped.helpers["V3"]}).headers["location"]
    with helped.database.reading() as session:
        values = session.exec(select(Notice.values).where(Notice.kind == "swap")).one()
        door = session.exec(select(Resident.address).where(Resident.name == "吴秀英")).one()
    page = client.get(values["path"], headers={"Accept-Language": "en"}).text
    assert "Will you take this over?" in page
    assert not door or door not in page, "the door is told to whoever takes it over"
    agreed = client.post(f"{values['path']}/accept", headers={"Accept-Language": "en"})
    assert "A coordinator still has to agree" in agreed.text
    assert client.post(f"{there}/refuse", json={"by": "李主任"}).status_code == 200
    assert swaps_told(helped) == [
        ("swap", "asked", "V3"),
        ("swap", "accepted", "V1"),
        ("swap", "waits", None),
        ("swap", "refused", "V1"),
        ("swap", "refused", "V3"),
    ]
    again = client.post(here, json={**DESK, "helper_id": helped.helpers["V3"]}).headers["location"]
    client.post(f"{again}/accept", json={"by": "李主任"})
    assert client.post(f"{again}/approve", json={"by": "李主任"}).json()["state"] == "swapped"
    assert sorted(told(helped)[-2:]) == [("published", "V1"), ("published", "V3")]
    assert client.get(f"/x/{'a' * 40}").status_code == 404


def test_who_declines_a_swap_and_who_withdraws_one_is_not_waited_for(client: TestClient, helped: TinyDay) -> None:
    here = f"/v1/assignments/{assignment(helped, 'V1', 'Q1')}/swap"
    client.post(here, json={**DESK, "helper_id": helped.helpers["V3"]})
    with helped.database.reading() as session:
        path = session.exec(select(Notice.values).where(Notice.kind == "swap")).one()["path"]
    client.post(f"{path}/decline")
    late = client.post(f"{path}/accept", headers={"Accept-Language": "en"})
    assert "Nothing is asked of you any more." in late.text
    there = client.post(here, json={**DESK, "helper_id": helped.helpers["V3"]}).headers["location"]
    client.post(f"{there}/withdraw", json={"by": "王芳"})
    assert [(state, who) for _, state, who in swaps_told(helped)] == [
        ("asked", "V3"),
        ("declined", "V1"),
        ("asked", "V3"),
        ("withdrawn", "V3"),
    ]


def test_a_release_that_waits_is_told_to_the_office_and_its_end_to_the_helper(
    client: TestClient, helped: TinyDay
) -> None:
    area = client.get(f"/v1/rosters/{helped.roster_id}").json()["area_id"]
    wanted = {"release_minutes": 0, "swap_minutes": 0, "needs_approval": True}
    client.put(f"/v1/areas/{area}/exchange-rule", json=wanted)
    here = f"/v1/assignments/{assignment(helped, 'V1', 'Q1')}/release"
    for act in ("refuse", "approve"):
        asked = client.post(here, json=DESK).json()["id"]
        assert client.post(f"/v1/releases/{asked}/{act}", json={"by": "李主任"}).status_code == 200
    waits = ("release", "waits", None)
    assert swaps_told(helped) == [waits, ("release", "refused", "V1"), waits, ("release", "released", "V1")]


def test_time_off_after_accepting_gives_the_visit_back_and_moves_it_on_by_itself(
    client: TestClient, helped: TinyDay
) -> None:
    """V1 agreed to Q1 in the morning and keeps Q7 in the afternoon; V3 stands by for Q1."""
    offers = f"/v1/rosters/{helped.roster_id}/offers"
    mine = {
        row["visit_id"]: row for row in client.get(offers).json()["rows"] if row["helper_id"] == helped.helpers["V1"]
    }
    first = mine[helped.visits["Q1"]]
    assert client.post(f"/v1/offers/{first['id']}/accept", json={"by": "李主任"}).status_code == 200
    away = {"start": helped.at("08:00").isoformat(), "end": helped.at("12:00").isoformat(), "reason": "看病"}
    assert client.post(f"/v1/helpers/{helped.helpers['V1']}/time-off", json=away).status_code == 201
    assert [made for made in promised(helped) | helped.held() if made[1] == "Q1"] == []
    answers.follow_once(helped.database)
    assert ("V3", "Q1", "09:30") in promised(helped) & helped.held()
    assert ("V1", "Q7", "15:30") in promised(helped)
    assert told(helped)[-2:] == [("withdrawn", "V1"), ("offer", "V3")]
    now = {row["id"]: row for row in client.get(offers).json()["rows"]}[first["id"]]
    assert (now["state"], now["reason"]) == ("declined", "看病")
    again = client.post(f"/v1/helpers/{helped.helpers['V1']}/time-off", json=away)
    assert (again.status_code, told(helped)[-1]) == (201, ("offer", "V3")), "said again, it moves nothing"


def test_new_hours_say_what_lies_outside_of_them_and_give_it_back(client: TestClient, helped: TinyDay) -> None:
    """V1 is promised Q1 in the morning, Q3 and Q7 in the afternoon; from now on they come in the afternoon only."""
    path = f"/v1/helpers/{helped.helpers['V1']}/availability"
    days = client.get(path).json()["days"]
    afternoon = {"week": [{"weekday": 0, "start": "14:00:00", "end": "17:00:00"}], "days": days}
    mine = assignment(helped, "V1", "Q1")
    changed = client.put(path, json=afternoon)
    (outside,) = changed.json()["outside"]
    assert (outside["assignment_id"], outside["visit_id"], outside["released"]) == (mine, helped.visits["Q1"], True)
    assert changed.json()["week"] == afternoon["week"]
    assert {what for who, what, _ in promised(helped) if who == "V1"} == {"Q3", "Q7"}
    assert told(helped)[-1] == ("withdrawn", "V1")
    answers.follow_once(helped.database)
    assert ("V3", "Q1", "09:30") in promised(helped)
    assert client.put(path, json=afternoon).json()["outside"] == [], "said again, it moves nothing"


def test_a_coordinator_may_keep_what_lies_outside_of_new_hours(client: TestClient, helped: TinyDay) -> None:
    path = f"/v1/helpers/{helped.helpers['V1']}/availability"
    before, notices = promised(helped), told(helped)
    changed = client.put(path, params={"keep": True}, json={"week": [], "days": []}).json()
    assert [helped.number[row["visit_id"]] for row in changed["outside"]] == ["Q1", "Q3", "Q7"]
    assert not any(row["released"] for row in changed["outside"])
    assert (promised(helped), told(helped)) == (before, notices)


def test_who_comes_no_more_at_that_hour_stands_by_for_nothing_then(client: TestClient, helped: TinyDay) -> None:
    path = f"/v1/helpers/{helped.helpers['V3']}/availability"
    client.put(path, json={"week": [{"weekday": 0, "start": "14:00:00", "end": "17:00:00"}], "days": []})
    rows = client.get(f"/v1/rosters/{helped.roster_id}/standbys").json()["rows"]
    assert {helped.number[row["visit_id"]]: row["state"] for row in rows} == {
        **{"Q1": "declined"},
        **dict.fromkeys(("Q3", "Q7"), "told"),
    }


def test_time_off_takes_back_what_was_asked_of_several_at_once(client: TestClient, helped: TinyDay) -> None:
    """K1 cannot make Q4, which is opened to K2 and V3; V3 is away then, and K2 may still take it."""
    offers = f"/v1/rosters/{helped.roster_id}/offers"
    asked = {(row["helper_id"], row["visit_id"]): row["id"] for row in client.get(offers).json()["rows"]}
    mine = asked[helped.helpers["K1"], helped.visits["Q4"]]
    assert client.post(f"/v1/offers/{mine}/decline", json={"by": "李主任"}).status_code == 200
    answers.follow_once(helped.database)
    body = {"helper_ids": [helped.helpers[who] for who in ("K2", "V3")], "start_at": helped.at("10:00").isoformat()}
    path = f"/v1/rosters/{helped.roster_id}/visits/{helped.visits['Q4']}/open"
    opened_to = {row["helper_id"]: row["id"] for row in client.post(path, json=body).json()["rows"]}
    away = {"start": helped.at("09:00").isoformat(), "end": helped.at("12:00").isoformat()}
    assert client.post(f"/v1/helpers/{helped.helpers['V3']}/time-off", json=away).status_code == 201
    states = {row["id"]: row["state"] for row in client.get(offers).json()["rows"]}
    assert {who: states[opened_to[helped.helpers[who]]] for who in ("K2", "V3")} == {"K2": "offered", "V3": "withdrawn"}
    assert told(helped)[-1] == ("withdrawn", "V3")
    late = client.post(f"/v1/offers/{opened_to[helped.helpers['V3']]}/accept", json={"by": "李主任"})
    assert (late.status_code, late.json()["code"]) == (409, "answered")
    first = client.post(f"/v1/offers/{opened_to[helped.helpers['K2']]}/accept", json={"by": "李主任"})
    assert (first.status_code, first.json()["state"]) == (200, "accepted")
