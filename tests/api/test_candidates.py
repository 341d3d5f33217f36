"""Candidates and repairs of a visit, asked through the doors and worked out by a real worker's code."""

from typing import Any

import pytest
from starlette.testclient import TestClient

from matcher import outbox
from matcher.keys import new_key
from matcher.settings import Settings
from tests.api.office import Office
from tests.tiny_day import BY_HAND, TinyDay
from workers.curing import cure_in


@pytest.fixture
def day(office: Office) -> TinyDay:
    """The tiny world with the plan that was worked out by hand."""
    found = office.day()
    found.store()
    return found


def path(day: TinyDay, number: str, what: str) -> str:
    return f"/v1/rosters/{day.roster_id}/visits/{day.visits[number]}/{what}"


def left(client: TestClient, day: TinyDay) -> str:
    """The number of a visit that the roster leaves, for want of somebody rather than of a window."""
    roster: dict[str, Any] = client.get(f"/v1/rosters/{day.roster_id}").json()
    shown = sorted(day.number[one["visit_id"]] for one in roster["unassigned"] if one["reasons"].get("stops"))
    return str(shown[0])


def test_who_makes_a_visit_now_is_held_against_everybody_else(client: TestClient, day: TinyDay) -> None:
    answer = client.get(path(day, "Q1", "candidates"))
    assert answer.status_code == 200
    assert answer.headers["ETag"] == f'"{day.version}"'
    body = answer.json()
    now = [one for one in body["choices"] if day.number[one["helper_id"]] == "V1"]
    assert [(one["points"], one["start"], one["instead_of_ids"]) for one in now] == [
        (0, "2034-11-20T09:00:00+08:00", [])
    ]
    points = [one["points"] for one in body["choices"]]
    assert points == sorted(points)
    assert body["unsuited"]
    assert all(any(breach["hard"] for breach in one["breaches"]) for one in body["unsuited"])
    assert not {one["helper_id"] for one in body["choices"]} & {one["helper_id"] for one in body["unsuited"]}


def test_a_choice_that_is_taken_costs_what_was_said(client: TestClient, day: TinyDay) -> None:
    day.store([one for one in BY_HAND if one[1] != "Q1"])
    best = client.get(path(day, "Q1", "candidates")).json()["choices"][0]
    assert (day.number[best["helper_id"]], best["displaces"]) == ("V1", [])
    assert best["points"] < 0
    placed = client.post(
        f"/v1/rosters/{day.roster_id}/assignments",
        json={"visit_id": day.visits["Q1"], "helper_ids": [best["helper_id"]], "start_at": best["start"]},
        headers={"If-Match": f'"{day.version}"'},
    )
    assert (placed.status_code, placed.json()["points"]) == (201, best["points"])


def test_how_many_are_wished_for_is_how_many_come_at_most(client: TestClient, day: TinyDay) -> None:
    assert len(client.get(path(day, "Q1", "candidates"), params={"limit": 1}).json()["choices"]) == 1
    assert client.get(path(day, "Q1", "candidates"), params={"limit": 0}).status_code == 422


def test_an_unknown_visit_has_neither(client: TestClient, day: TinyDay) -> None:
    for what in ("candidates", "repairs"):
        assert client.get(f"/v1/rosters/{day.roster_id}/visits/{new_key('vis')}/{what}").status_code == 404


def test_a_visit_that_somebody_makes_needs_no_repair(client: TestClient, day: TinyDay) -> None:
    answer = client.get(path(day, "Q1", "repairs"))
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")


def test_repairs_are_asked_for_worked_out_and_kept(client: TestClient, day: TinyDay) -> None:
    number = left(client, day)
    first = client.get(path(day, number, "repairs"))
    assert (first.status_code, first.json()["state"]) == (202, "working")
    assert first.headers["Location"] == path(day, number, "repairs")
    with day.database.reading() as session:
        asked = [row.subject for row in outbox.pending(session) if row.topic == outbox.CURES]
    assert len(asked) == 1
    assert client.get(path(day, number, "repairs")).status_code == 202
    cure_in(day.database, asked[0], Settings())
    found = client.get(path(day, number, "repairs"))
    assert (found.status_code, found.json()["state"]) == (200, "ready")
    repairs = found.json()["repairs"]
    assert repairs
    worths = [one["points"] + one["price"] for one in repairs]
    assert worths == sorted(worths)
    for one in repairs:
        assert one["sentence"] == one["text"].format(**shown(one["values"]))
        assert "vis_" not in one["sentence"]
        assert "hlp_" not in one["sentence"]
        assert one["start"].startswith("2034-11-20T")
        assert any(notice["visit_id"] == day.visits[number] for notice in one["notices"]) or one["helper_id"] is None


def shown(values: dict[str, Any]) -> dict[str, Any]:
    return {
        name: f"{int(value) // 60:02}:{int(value) % 60:02}" if name.endswith("_at") else value
        for name, value in values.items()
    }


def test_an_answer_goes_stale_when_somebody_decides_by_hand(client: TestClient, day: TinyDay) -> None:
    number = left(client, day)
    client.get(path(day, number, "repairs"))
    with day.database.reading() as session:
        asked = [row.subject for row in outbox.pending(session) if row.topic == outbox.CURES]
    put = client.put(
        f"/v1/rosters/{day.roster_id}/pins/{day.visits['Q1']}",
        json={"helper_ids": [day.helpers["V1"]]},
        headers={"If-Match": f'"{day.version}"'},
    )
    assert put.status_code == 200
    cure_in(day.database, asked[0], Settings())
    assert client.get(path(day, number, "repairs")).status_code == 202
