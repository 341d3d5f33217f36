"""Proof of service through the doors: what a helper, a resident and a coordinator send, and what they hear."""

import re
import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from matcher.database import Database
from matcher.tables.versions import Promise
from tests.matcher.served import a_moment, a_promise

DESK = {"by": "李主任", "reason": "打来电话"}


@pytest.fixture
def promise(client: TestClient, database_url: str) -> Iterator[Promise]:
    """Of a visit that began two hours ago and took one."""
    opened = Database(database_url)
    with opened.transaction() as session:
        row = a_promise(session)
        session.refresh(row)
    yield row
    opened.close()


def code(client: TestClient, promise: Promise) -> str:
    return str(client.get(f"/v1/visits/{promise.visit_id}/code").json()["code"])


def test_a_visit_is_proven_from_the_door_to_the_hours(client: TestClient, promise: Promise) -> None:
    here = f"/v1/assignments/{promise.id}"
    at_the_door = {"code": code(client, promise)}
    came = client.post(f"{here}/check-in", json={**at_the_door, "at": promise.start_at.isoformat()})
    assert (came.status_code, came.json()["left_at"]) == (200, None)
    link = client.post(f"{here}/link").json()["link"]
    left = client.post(f"{here}/check-out", json={"link": link, "at": promise.end_at.isoformat()})
    assert left.status_code == 200
    assert [entry["way"] for entry in left.json()["entries"]] == ["code", "link"]
    assert client.get(f"{here}/attendance").json() == left.json()
    hours = client.get(f"/v1/helpers/{promise.helper_id}/hours").json()
    month = promise.start_at.date().replace(day=1).isoformat()
    assert (hours["minutes"], hours["months"]) == (60, [{"month": month, "minutes": 60, "visits": 1}])
    for act in ("check-in", "check-out"):
        again = client.post(f"{here}/{act}", json=at_the_door)
        assert (again.status_code, again.json()["code"]) == (409, "conflict")


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({}, 422, "invalid"),
        ({"code": "12345"}, 422, "invalid"),
        ({"by": "李主任"}, 422, "invalid"),
        ({"reason": "打来电话"}, 422, "invalid"),
        ({"by": "李主任", "reason": "  "}, 422, "invalid"),
        ({"code": "123456", **DESK}, 422, "invalid"),
        ({"link": "vis~1~2~3"}, 404, "unknown"),
        ({**DESK, "at": "2026-01-01T00:00:00"}, 422, "invalid"),
        ({**DESK, "at": "2199-01-01T00:00:00Z"}, 422, "invalid"),
    ],
)
def test_what_proves_nothing_is_refused(
    client: TestClient, promise: Promise, body: dict[str, str], status: int, code: str
) -> None:
    answer = client.post(f"/v1/assignments/{promise.id}/check-in", json=body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert client.get(f"/v1/assignments/{promise.id}/attendance").json()["entries"] == []


def test_a_wrong_code_is_refused_and_after_ten_only_a_new_one_opens(client: TestClient, promise: Promise) -> None:
    right = code(client, promise)
    wrong = {"code": f"{(int(right) + 1) % 10**6:06}"}
    door = f"/v1/assignments/{promise.id}/check-in"
    assert [client.post(door, json=wrong).status_code for _ in range(11)] == [422] * 10 + [409]
    assert client.post(door, json={"code": right}).status_code == 409
    renewed = client.post(f"/v1/visits/{promise.visit_id}/code").json()["code"]
    assert client.post(door, json={"code": renewed}).status_code == 200


def test_of_fifty_check_ins_at_once_one_is_answered_200(client: TestClient, promise: Promise) -> None:
    right, gate, heard = code(client, promise), threading.Barrier(10), []

    def check() -> None:
        gate.wait()
        for _ in range(5):
            heard.append(client.post(f"/v1/assignments/{promise.id}/check-in", json={"code": right}).status_code)

    threads = [threading.Thread(target=check) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(heard) == [200] + [409] * 49


def test_a_coordinator_corrects_with_a_reason_and_the_ledger_follows(client: TestClient, promise: Promise) -> None:
    here = f"/v1/assignments/{promise.id}"
    client.post(f"{here}/check-in", json={**DESK, "at": promise.start_at.isoformat()})
    left = client.post(f"{here}/check-out", json={**DESK, "at": promise.end_at.isoformat()}).json()
    earlier = (promise.end_at - timedelta(minutes=15)).isoformat()
    entry = left["entries"][-1]["id"]
    corrected = client.post(f"/v1/attendance/{entry}/correction", json={**DESK, "at": earlier})
    assert (corrected.status_code, len(corrected.json()["entries"])) == (200, 3)
    assert client.post(f"/v1/attendance/{entry}/correction", json={**DESK, "at": None}).status_code == 409
    hours = client.get(f"/v1/helpers/{promise.helper_id}/hours").json()
    assert (hours["minutes"], [row["minutes"] for row in hours["rows"]]) == (45, [60, -15])
    by_hand = client.post(f"/v1/hours/{hours['rows'][-1]['id']}/correction", json={**DESK, "minutes": 50})
    assert (by_hand.status_code, by_hand.json()["minutes"]) == (201, 5)
    again = client.post(f"/v1/hours/{hours['rows'][-1]['id']}/correction", json={**DESK, "minutes": 10})
    assert again.status_code == 409
    nobody = client.get("/v1/helpers/hlp_00000000000000000000000000/hours")
    assert (nobody.status_code, nobody.json()["code"]) == (404, "unknown")
    backward = client.get(f"/v1/helpers/{promise.helper_id}/hours?since=2026-02-01&until=2026-01-01")
    assert (backward.status_code, backward.json()["field"]) == (422, "until")


def test_a_doubtful_claim_waits_in_a_list_until_somebody_says_what_it_was(client: TestClient, promise: Promise) -> None:
    early = (promise.start_at - timedelta(minutes=90)).isoformat()
    client.post(f"/v1/assignments/{promise.id}/check-in", json={**DESK, "at": early})
    (flag,) = client.get("/v1/flags").json()["rows"]
    assert (flag["kind"], flag["helper_id"]) == ("early", promise.helper_id)
    assert "90 minutes before the promised start" in flag["sentence"]
    resolved = client.post(f"/v1/flags/{flag['id']}/resolve", json={**DESK, "state": "fine"})
    assert (resolved.status_code, resolved.json()["state"]) == (200, "fine")
    assert client.post(f"/v1/flags/{flag['id']}/resolve", json={**DESK, "state": "fine"}).status_code == 409
    assert client.get("/v1/flags").json()["rows"] == []
    assert [row["id"] for row in client.get("/v1/flags?state=fine").json()["rows"]] == [flag["id"]]
    assert client.get(f"/v1/flags/{flag['id']}").json() == resolved.json()


def test_nobody_came_is_noted_once_and_only_with_a_reason(client: TestClient, promise: Promise) -> None:
    here = f"/v1/assignments/{promise.id}/no-show"
    assert client.post(here, json={"by": "李主任"}).status_code == 422
    noted = client.post(here, json=DESK)
    assert (noted.status_code, noted.json()["missed"]) == (200, True)
    assert client.post(here, json=DESK).status_code == 409


def test_the_code_is_a_picture_too(client: TestClient, promise: Promise) -> None:
    picture = client.get(f"/v1/visits/{promise.visit_id}/code/picture")
    assert picture.headers["content-type"] == "image/svg+xml"
    assert picture.text.startswith("<svg")
    assert client.get("/v1/visits/vis_00000000000000000000000000/code").status_code == 404


def test_what_lies_an_hour_ahead_is_not_missed_yet(client: TestClient, database_url: str) -> None:
    opened = Database(database_url)
    with opened.transaction() as session:
        promise_id = a_promise(session, start_at=a_moment(hours=-1)).id
    opened.close()
    early = client.post(f"/v1/assignments/{promise_id}/no-show", json=DESK)
    assert (early.status_code, early.json()["field"]) == (422, "at")


def test_a_resident_closes_the_visit_and_a_proposal_waits_for_a_person(client: TestClient, promise: Promise) -> None:
    here = f"/v1/visits/{promise.visit_id}/feedback"
    assert client.get(here).status_code == 404
    body = {"rating": 2, "words": "来晚了", "on_behalf": "李主任", "not_again": [promise.helper_id]}
    said = client.post(here, json=body)
    assert (said.status_code, said.headers["location"]) == (201, here)
    assert client.get(here).json() == said.json()
    assert said.json()["wishes"] == [{"helper_id": promise.helper_id, "kind": "not_again"}]
    assert client.post(here, json=body).status_code == 409
    (proposal,) = client.get("/v1/barring-proposals").json()["rows"]
    dismissed = client.post(f"/v1/barring-proposals/{proposal['id']}/dismiss", json=DESK)
    assert (dismissed.status_code, dismissed.json()["barred"]) == (200, False)
    assert client.post(f"/v1/barring-proposals/{proposal['id']}/accept", json=DESK).status_code == 409
    assert client.get("/v1/barring-proposals").json()["rows"] == []


def test_an_accepted_proposal_is_a_barring(client: TestClient, promise: Promise) -> None:
    client.post(f"/v1/visits/{promise.visit_id}/feedback", json={"rating": 1, "not_again": [promise.helper_id]})
    (proposal,) = client.get("/v1/barring-proposals").json()["rows"]
    assert client.post(f"/v1/barring-proposals/{proposal['id']}/accept", json={"by": "李主任"}).status_code == 422
    assert client.post(f"/v1/barring-proposals/{proposal['id']}/accept", json=DESK).json()["barred"] is True
    (barring,) = client.get("/v1/barrings").json()["rows"]
    assert (barring["helper_id"], barring["resident_id"]) == (promise.helper_id, proposal["resident_id"])


@pytest.mark.parametrize("body", [{"rating": 0}, {"rating": 6}, {}, {"rating": 5, "again": ["hlp_x"]}])
def test_feedback_that_makes_no_sense_is_refused(client: TestClient, promise: Promise, body: dict[str, object]) -> None:
    assert client.post(f"/v1/visits/{promise.visit_id}/feedback", json=body).status_code == 422


def test_faces_are_told_by_month_with_the_residents_wish(client: TestClient, promise: Promise) -> None:
    resident = client.get("/v1/residents").json()["rows"][0]["id"]
    cap = client.put(f"/v1/residents/{resident}/face-cap", json={"most": 3})
    assert (cap.status_code, cap.json()) == (200, {"most": 3, "resident_id": resident})
    month = promise.start_at.date().isoformat()
    told = client.get(f"/v1/residents/{resident}/faces", params={"month": month}).json()
    assert (told["most"], told["faces"]) == (3, [{"helper_id": promise.helper_id, "name": "王芳", "visits": 1}])
    assert client.put(f"/v1/residents/{resident}/face-cap", json={"most": 0}).status_code == 422
    assert client.put(f"/v1/residents/{resident}/face-cap", json={}).status_code == 422
    assert client.put(f"/v1/residents/{resident}/face-cap", json={"most": None}).json()["most"] is None


def test_a_leave_names_who_stands_in(client: TestClient, promise: Promise) -> None:
    resident = client.get("/v1/residents").json()["rows"][0]
    away = client.post("/v1/volunteers", json=_a_volunteer(resident)).json()
    client.post(
        "/v1/pairings",
        json={
            "resident_id": resident["id"],
            "volunteer_id": away["id"],
            "kind": "one_to_one",
            "since": "2020-01-01",
        },
    )
    leave = {"start": "2199-01-01T00:00:00Z", "end": "2199-01-08T00:00:00Z"}
    off = client.post(f"/v1/helpers/{away['helper_id']}/time-off", json=leave).json()
    (told,) = client.get(f"/v1/helpers/{away['helper_id']}/substitutes").json()["rows"]
    assert (told["resident_id"], told["named"], told["candidates"]) == (resident["id"], None, [promise.helper_id])
    here = f"/v1/time-off/{off['id']}/substitutes/{resident['id']}"
    assert client.put(here, json={"helper_id": promise.helper_id, "by": "李主任"}).status_code == 200
    (told,) = client.get(f"/v1/helpers/{away['helper_id']}/substitutes").json()["rows"]
    assert told["named"] == promise.helper_id
    assert client.put(here, json={"helper_id": away["helper_id"], "by": "李主任"}).status_code == 422


def test_a_helper_holds_a_statement_and_an_attestation_in_hand(client: TestClient, promise: Promise) -> None:
    here = f"/v1/helpers/{promise.helper_id}"
    client.post(f"/v1/assignments/{promise.id}/check-out", json=DESK)
    day = promise.start_at.date().isoformat()
    told = client.get(f"{here}/statement", params={"month": day}).json()
    assert (told["did"]["visits"], told["did"]["minutes"], told["team"], told["declined"]) == (1, 60, None, 0)
    text = client.get(f"{here}/statement/text", params={"month": day, "language": "zh"})
    assert text.headers["content-type"] == "text/plain; charset=utf-8"
    assert "您上门1次，服务60分钟" in text.text
    paper = client.get(f"{here}/attestation", params={"since": day, "until": day, "language": "ug"})
    assert (paper.status_code, paper.headers["content-type"]) == (200, "application/pdf")
    assert paper.content.startswith(b"%PDF-")
    assert client.get(f"{here}/attestation", params={"since": day}).status_code == 422
    assert client.get(f"{here}/statement", params={"month": "yesterday"}).status_code == 422
    nobody = "/v1/helpers/hlp_00000000000000000000000000/statement"
    assert client.get(nobody).status_code == 404


@pytest.mark.parametrize(
    ("language", "stands", "unknown"),
    [
        ("zh", "仍然有效", "查无此核验码"),
        ("en", "The hours stand as they were printed.", "This code is unknown."),
        ("ug", "كۈچكە ئىگە", "بۇ كود تېپىلمىدى"),
    ],
)
def test_whoever_holds_an_attestation_reads_whether_it_still_stands(
    client: TestClient, promise: Promise, language: str, stands: str, unknown: str
) -> None:
    here, day = f"/v1/helpers/{promise.helper_id}", promise.start_at.date().isoformat()
    client.post(f"/v1/assignments/{promise.id}/check-out", json=DESK)
    paper = client.get(f"{here}/attestation", params={"since": day, "until": day})
    found = re.search(rb"/attestations/[A-Za-z0-9_.~-]+", paper.content)
    assert found is not None, "the address can be pressed in the file"
    address = found.group().decode()
    seen = client.get(address, params={"lang": language})
    assert (seen.status_code, stands in seen.text) == (200, True)
    assert "1:00" in seen.text
    assert promise.visit_id not in seen.text
    entry = client.get(f"{here}/hours").json()["rows"][0]["id"]
    body = {"minutes": 20, "reason": "早退", "by": "李主任"}
    assert client.post(f"/v1/hours/{entry}/correction", json=body).status_code == 201
    after = client.get(address, params={"lang": language})
    assert (after.status_code, stands in after.text, "0:20" in after.text) == (200, False, True)
    assert "早退" not in after.text
    forged = client.get(f"{address[:-2]}AA", params={"lang": language})
    assert (forged.status_code, unknown in forged.text) == (404, True)


def _a_volunteer(resident: dict[str, object]) -> dict[str, object]:
    return {"name": "李军", **{name: resident[name] for name in ("area_id", "latitude", "longitude")}}


def test_the_page_at_the_door_is_shown_by_its_code_alone_and_notes_each_act_once(
    client: TestClient, promise: Promise
) -> None:
    door = f"/doors/{promise.visit_id}"
    right = code(client, promise)
    page = client.get(door, params={"code": right, "lang": "en"})
    assert page.status_code == 200
    assert "I am here" in page.text
    assert "王芳" in page.text
    wrong = f"{(int(right) + 1) % 10**6:06}"
    assert client.get(door, params={"code": wrong}).status_code == 404
    for act, after in (("check-in", "Came at"), ("check-out", "Left at")):
        done = client.post(f"{door}/{promise.id}/{act}", data={"code": right})
        assert (done.status_code, after in done.text) == (200, True)
        again = client.post(f"{door}/{promise.id}/{act}", data={"code": right}, follow_redirects=False)
        assert again.headers["location"].endswith("&late")
    assert client.post(f"{door}/{promise.id}/check-in", data={"code": wrong}).status_code == 422
    assert client.post(f"{door}/{promise.id}/check-in", data={"code": "x"}).status_code == 422
    ways = [row["way"] for row in client.get(f"/v1/assignments/{promise.id}/attendance").json()["entries"]]
    assert ways == ["code", "code"]
