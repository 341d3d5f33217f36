"""Somebody falls ill, a visit is cancelled, an urgent one comes: asked, worked out, and one answer adopted."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from httpx import Response
from sqlmodel import col, select
from starlette.testclient import TestClient

from matcher import clock, outbox
from matcher.keys import new_key
from matcher.settings import Settings
from matcher.tables.people import HelperSkill
from tests.api.office import Office
from tests.matcher.test_offers import promised, told
from tests.tiny_day import BY_HAND, TinyDay
from workers import answers
from workers.asking import answer_in
from workers.curing import cure_in

SEVEN = datetime(2034, 11, 19, 23, 0, tzinfo=UTC)
"""Seven in the morning of the tiny world's day, in Shanghai."""
Ask = Callable[..., dict[str, Any]]


@pytest.fixture(autouse=True)
def early(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: SEVEN)


@pytest.fixture
def day(office: Office) -> TinyDay:
    """The tiny world with the plan that was worked out by hand."""
    found = office.day()
    found.store()
    return found


def waiting(day: TinyDay) -> list[str]:
    """Questions for which a worker is to be rung."""
    with day.database.reading() as session:
        return [row.subject for row in outbox.pending(session) if row.topic == outbox.QUESTION]


def asked(client: TestClient, day: TinyDay, **change: object) -> dict[str, Any]:
    """The answer, worked out as a worker does."""
    first = client.post(f"/v1/rosters/{day.roster_id}/changes", json=change)
    assert (first.status_code, first.json()["state"]) == (202, "working"), first.text
    assert client.get(first.headers["Location"]).status_code == 202
    answer_in(day.database, first.json()["id"], Settings())
    found = client.get(first.headers["Location"])
    assert (found.status_code, found.json()["state"]) == (200, "ready"), found.text
    body: dict[str, Any] = found.json()
    return body


def adopt(
    client: TestClient, day: TinyDay, answer: dict[str, Any], row: int = 0, version: int | None = None
) -> Response:
    path = f"/v1/rosters/{day.roster_id}/changes/{answer['id']}/adopt"
    headers = {"If-Match": f'"{version or answer["version"]}"'}
    return client.post(path, json={"row": row}, headers=headers)


def publish(client: TestClient, day: TinyDay) -> None:
    answer = client.post(f"/v1/rosters/{day.roster_id}/publish", headers={"If-Match": f'"{day.version}"'})
    assert answer.status_code == 200, answer.text


def test_who_falls_ill_is_taken_out_and_the_adopted_row_is_the_draft_as_it_was_shown(
    client: TestClient, day: TinyDay
) -> None:
    answer = asked(client, day, kind="away", helper_id=day.helpers["V1"])
    assert {day.number[one] for one in answer["hole"]} == {"Q1", "Q3", "Q7", "Q8"}  # Q8 starts with Q7
    rows = answer["rows"]
    assert [row["changes"] for row in rows] == [0]
    ours = [one for one in rows[0]["notices"] if day.number[one["helper_id"]] == "V1"]
    assert {one["kind"] for one in ours} == {"withdrawn"}
    assert all("王丽" not in one["sentence"] and "vis_" not in one["sentence"] for one in rows[0]["notices"])
    before = client.get(f"/v1/rosters/{day.roster_id}").json()["measures"]
    done = adopt(client, day, answer)
    assert done.status_code == 200, done.text
    assert done.json()["version"] == day.version
    assert not {made for made in day.held() if made[0] == "V1"}
    gained = {(day.number[one["helper_id"]], day.number[one["visit_id"]]) for one in rows[0]["notices"] if one["after"]}
    assert gained <= {made[:2] for made in day.held()}
    left = {one["visit_id"] for one in client.get(f"/v1/rosters/{day.roster_id}").json()["unassigned"]}
    assert set(rows[0]["left_visit_ids"]) <= left
    assert done.json()["measures"]["assigned"] == before.get("assigned", 7) - len(rows[0]["left_visit_ids"])
    off = client.get(f"/v1/helpers/{day.helpers['V1']}/availability").json()["time_off"]
    assert [one["start"] for one in off] == ["2034-11-19T16:00:00Z"]


def test_part_of_a_day_away_keeps_what_comes_before(client: TestClient, day: TinyDay) -> None:
    answer = asked(client, day, kind="away", helper_id=day.helpers["V1"], since="2034-11-20T13:00:00+08:00")
    assert {day.number[one] for one in answer["hole"]} == {"Q3", "Q7", "Q8"}
    assert adopt(client, day, answer).status_code == 200
    assert {made[1] for made in day.held() if made[0] == "V1"} == {"Q1"}


def test_after_publishing_every_row_says_how_many_promises_it_breaks(client: TestClient, day: TinyDay) -> None:
    publish(client, day)
    answer = asked(client, day, kind="away", helper_id=day.helpers["V2"])
    rows = answer["rows"]
    assert rows
    assert [row["changes"] for row in rows] == sorted({row["changes"] for row in rows})
    for row in rows:
        assert row["changes"] == sum(one["counts"] for one in row["notices"])
        assert not any(one["counts"] for one in row["notices"] if day.number[one["helper_id"]] == "V2")
        assert row["sentence"] == row["text"].format(**row["values"])
    points = [row["points"] for row in rows]
    assert points == sorted(points, reverse=True)


def renew(day: TinyDay, helper: str) -> None:
    """Whose certificate had expired."""
    with day.database.transaction() as session:
        skills = select(HelperSkill).where(HelperSkill.helper_id == day.helpers[helper])
        for skill in session.exec(skills.where(col(HelperSkill.expires).is_not(None))).all():
            skill.expires = None


def test_who_is_away_is_let_go_at_once_and_whoever_was_chosen_instead_is_asked_when_it_is_published(
    client: TestClient, day: TinyDay
) -> None:
    renew(day, "V3")
    publish(client, day)
    before = promised(day)
    heard = len(told(day))
    answer = asked(client, day, kind="away", helper_id=day.helpers["K1"])
    row = len(answer["rows"]) - 1
    assert adopt(client, day, answer, row).status_code == 200
    assert promised(day) == {made for made in before if made[0] != "K1"}
    assert set(told(day)[heard:]) == {("withdrawn", "K1")}
    chosen = {made[1] for made in day.held() - before}
    assert chosen
    answers.follow_once(day.database)
    assert not {made for made in promised(day) - before if made[1] in chosen}, "a coordinator has decided these"
    heard = len(told(day))
    publish(client, day)
    assert {made[1] for made in promised(day) - before} >= chosen
    assert "K1" not in {who for _, who in told(day)[heard:]}, "what was told is not told again"
    assert not {made for made in promised(day) if made[0] == "K1"}


def test_on_a_published_day_nothing_new_starts_in_the_past(
    client: TestClient, day: TinyDay, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(client, day)
    monkeypatch.setattr(clock, "now", lambda: datetime(2034, 11, 20, 3, 0, tzinfo=UTC))
    answer = asked(client, day, kind="away", helper_id=day.helpers["V1"], since="2034-11-20T11:00:00+08:00")
    starts = [one["after"] for row in answer["rows"] for one in row["notices"] if one["after"]]
    assert all(start >= "2034-11-20T11:00:00+08:00" for start in starts)


def test_a_cancelled_visit_leaves_the_draft_and_the_day(client: TestClient, day: TinyDay) -> None:
    answer = asked(client, day, kind="cancelled", visit_id=day.visits["Q1"])
    assert [row["left_visit_ids"] for row in answer["rows"]] == [[]]
    assert adopt(client, day, answer).status_code == 200
    assert "Q1" not in {made[1] for made in day.held()}
    roster = client.get(f"/v1/rosters/{day.roster_id}").json()
    assert day.visits["Q1"] not in {visit["visit_id"] for visit in roster["visits"]}
    again = client.post(
        f"/v1/rosters/{day.roster_id}/changes", json={"kind": "cancelled", "visit_id": day.visits["Q1"]}
    )
    assert again.status_code == 409


def test_an_urgent_visit_that_just_came_in_is_made(client: TestClient, day: TinyDay) -> None:
    day.store([one for one in BY_HAND if one[1] != "Q1"])
    answer = asked(client, day, kind="urgent", visit_id=day.visits["Q1"])
    best = answer["rows"][-1]
    assert best["left_visit_ids"] == []
    assert best["points"] < 0
    assert adopt(client, day, answer, len(answer["rows"]) - 1).status_code == 200
    assert "Q1" in {made[1] for made in day.held()}


def test_what_stands_in_the_way_of_asking_is_said(client: TestClient, day: TinyDay) -> None:
    path = f"/v1/rosters/{day.roster_id}/changes"

    def refused(**change: object) -> tuple[int, str]:
        answer = client.post(path, json=change)
        return answer.status_code, answer.json()["detail"]

    assert refused(kind="away")[0] == 422
    assert refused(kind="away", helper_id=day.helpers["V1"], since="2034-11-21T09:00:00+08:00")[0] == 422
    assert refused(kind="away", helper_id=day.helpers["V1"], since="2034-11-20T20:00:00+08:00") == (
        409,
        "They make no visit in that time.",
    )
    assert refused(kind="urgent", visit_id=day.visits["Q1"]) == (409, "Somebody makes this visit already.")
    assert refused(kind="cancelled", visit_id=new_key("vis"))[0] == 404


def test_the_same_question_is_asked_once(client: TestClient, day: TinyDay) -> None:
    change = {"kind": "away", "helper_id": day.helpers["V1"]}
    ids = {client.post(f"/v1/rosters/{day.roster_id}/changes", json=change).json()["id"] for _ in range(3)}
    assert len(ids) == 1
    assert waiting(day) == list(ids)


def test_an_answer_to_an_older_roster_is_not_adopted_and_nothing_is_half_stored(
    client: TestClient, day: TinyDay
) -> None:
    answer = asked(client, day, kind="away", helper_id=day.helpers["V1"])
    held = day.held()
    assert adopt(client, day, answer, version=day.version + 1).status_code == 412
    assert adopt(client, day, answer, row=7).status_code == 422
    pinned = client.put(
        f"/v1/rosters/{day.roster_id}/pins/{day.visits['Q1']}",
        json={"helper_ids": [day.helpers["V1"]]},
        headers={"If-Match": f'"{day.version}"'},
    )
    assert pinned.status_code == 200
    assert adopt(client, day, answer).status_code == 412
    assert adopt(client, day, answer, version=day.version).status_code == 412
    assert day.held() == held
    assert client.get(f"/v1/helpers/{day.helpers['V1']}/availability").json()["time_off"] == []


def test_a_pin_of_who_fell_ill_does_not_hold_the_visit_back(client: TestClient, day: TinyDay) -> None:
    client.put(
        f"/v1/rosters/{day.roster_id}/pins/{day.visits['Q1']}",
        json={"helper_ids": [day.helpers["V1"]]},
        headers={"If-Match": f'"{day.version}"'},
    )
    answer = asked(client, day, kind="away", helper_id=day.helpers["V1"])
    assert adopt(client, day, answer).status_code == 200
    assert client.get(f"/v1/rosters/{day.roster_id}/pins").json()["rows"] == []


def test_a_question_about_a_roster_that_moved_on_is_not_answered(client: TestClient, day: TinyDay) -> None:
    first = client.post(
        f"/v1/rosters/{day.roster_id}/changes", json={"kind": "away", "helper_id": day.helpers["V1"]}
    ).json()
    day.store(BY_HAND[1:])
    answer_in(day.database, first["id"], Settings())
    found = client.get(f"/v1/rosters/{day.roster_id}/changes/{first['id']}").json()
    assert (found["state"], found["rows"]) == ("failed", [])


def test_what_one_more_helper_is_worth_names_place_time_and_visits(client: TestClient, day: TinyDay) -> None:
    day.store([one for one in BY_HAND if one[1] not in ("Q1", "Q2")])
    path = f"/v1/rosters/{day.roster_id}/worth"
    first = client.get(path)
    assert (first.status_code, first.json()["state"], first.headers["Location"]) == (202, "working", path)
    answer_in(day.database, waiting(day)[0], Settings())
    found = client.get(path)
    assert (found.status_code, found.json()["state"]) == (200, "ready")
    rows = found.json()["rows"]
    points = [row["points"] for row in rows]
    assert points == sorted(points, reverse=True)
    assert min(points) > 0
    left = {one["visit_id"] for one in client.get(f"/v1/rosters/{day.roster_id}").json()["unassigned"]}
    for row in rows:
        assert row["made_visit_ids"]
        assert set(row["made_visit_ids"]) <= left
        assert row["start"] < row["end"]
        assert row["sentence"].endswith(f"left now: {len(row['made_visit_ids'])}.")


def test_one_more_helper_is_asked_about_a_solved_roster_only(client: TestClient, office: Office) -> None:
    assert client.get(f"/v1/rosters/{office.roster()['id']}/worth").status_code == 409


def repairs(client: TestClient, day: TinyDay, number: str) -> tuple[str, list[dict[str, Any]]]:
    path = f"/v1/rosters/{day.roster_id}/visits/{day.visits[number]}/repairs"
    assert client.get(path).status_code == 202
    with day.database.reading() as session:
        cure = [row.subject for row in outbox.pending(session) if row.topic == outbox.CURES][-1]
    cure_in(day.database, cure, Settings())
    rows: list[dict[str, Any]] = client.get(path).json()["repairs"]
    return path, rows


def test_a_repair_that_asks_nothing_of_anybody_is_adopted_by_one_call(client: TestClient, day: TinyDay) -> None:
    day.store([one for one in BY_HAND if one[1] != "Q1"])
    path, rows = repairs(client, day, "Q1")
    assert (rows[0]["kind"], rows[0]["adoptable"]) == ("after_all", True)
    stale = client.post(f"{path}/adopt", json={"row": 0}, headers={"If-Match": f'"{day.version - 1}"'})
    assert stale.status_code == 412
    done = client.post(f"{path}/adopt", json={"row": 0}, headers={"If-Match": f'"{day.version}"'})
    assert done.status_code == 200, done.text
    assert "Q1" in {made[1] for made in day.held()}
    assert client.get(f"/v1/rosters/{day.roster_id}/pins").json()["rows"] == []


def test_a_repair_for_which_a_rule_gives_way_is_pinned_with_its_reason(client: TestClient, day: TinyDay) -> None:
    seen: set[str] = set()
    roster = client.get(f"/v1/rosters/{day.roster_id}").json()
    numbers = [day.number[one["visit_id"]] for one in roster["unassigned"] if one["reasons"].get("stops")]
    for number in numbers:
        path, rows = repairs(client, day, str(number))
        for at, row in enumerate(rows):
            headers = {"If-Match": f'"{day.version}"'}
            if not row["adoptable"]:
                assert client.post(f"{path}/adopt", json={"row": at}, headers=headers).status_code == 409
            elif row["kind"] not in seen:
                seen.add(row["kind"])
                done = client.post(f"{path}/adopt", json={"row": at}, headers=headers)
                assert done.status_code == 200, (row, done.text)
                pins = client.get(f"/v1/rosters/{day.roster_id}/pins").json()["rows"]
                assert [pin["override"] for pin in pins if pin["visit_id"] == day.visits[str(number)]] == [
                    row["sentence"]
                ]
                assert str(number) in {made[1] for made in day.held()}
                return
    pytest.fail(f"the tiny world has no such visit any more: {numbers}")
