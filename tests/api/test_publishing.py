"""Draft and publish through the API: previewed, refused, told once, and kept as versions."""

from typing import Any

import pytest

from matcher import snapshot
from tests.api.office import Office
from tests.tiny_day import BY_HAND, TinyDay


@pytest.fixture
def day(office: Office) -> TinyDay:
    made = office.day()
    made.store()
    return made


def publish(office: Office, day: TinyDay, version: str | int | None = None, **query: Any) -> Any:
    headers = {} if version is None else {"If-Match": str(version)}
    return office.client.post(
        f"/v1/rosters/{day.roster_id}/publish", params=query, headers=headers, json={"by": "李主任"}
    )


def told(day: TinyDay, answer: Any) -> dict[str | None, list[tuple[str, str | None]]]:
    return {
        day.number[one["helper_id"]]: [(change["kind"], day.number[change["visit_id"]]) for change in one["changes"]]
        for one in answer.json()["told"]
    }


def test_a_preview_says_who_would_be_told_what_and_tells_nobody(office: Office, day: TinyDay) -> None:
    answer = publish(office, day, preview=True)
    assert answer.status_code == 200
    assert answer.headers["etag"] == f'"{day.version}"'
    assert told(day, answer) == {
        "V1": [("new", "Q1"), ("new", "Q3"), ("new", "Q7")],
        "V2": [("new", "Q2"), ("new", "Q3"), ("new", "Q8")],
        "K1": [("new", "Q4")],
        "K2": [("new", "Q9")],
    }
    sentences = [change["sentence"] for one in answer.json()["told"] for change in one["changes"]]
    assert "New: 陪伴聊天（吴秀英）, from 09:00 to 10:00." in sentences
    whole = office.client.get(f"/v1/rosters/{day.roster_id}").json()
    assert (whole["state"], whole["published"]) == ("draft", 0)
    assert office.client.get(f"/v1/rosters/{day.roster_id}/versions").json() == {"rows": []}


def test_publishing_makes_a_version_that_never_changes(office: Office, day: TinyDay) -> None:
    before = publish(office, day, preview=True)
    done = publish(office, day, before.headers["etag"])
    assert (done.status_code, done.json()["published"]) == (200, 1)
    assert done.json()["told"] == before.json()["told"]
    first = office.client.get(f"/v1/rosters/{day.roster_id}/versions/1").json()
    assert (first["number"], first["published_by"], first["told"]) == (1, "李主任", 4)
    assert len(first["assignments"]) == len(BY_HAND)
    assert first["changes"] == before.json()["told"]
    day.store(BY_HAND[1:])
    publish(office, day, day.version)
    assert office.client.get(f"/v1/rosters/{day.roster_id}/versions/1").json() == first
    rows = office.client.get(f"/v1/rosters/{day.roster_id}/versions").json()["rows"]
    assert [(row["number"], row["told"]) for row in rows] == [(2, 1), (1, 4)]
    assert len(office.client.get(f"/v1/rosters/{day.roster_id}/versions/2").json()["assignments"]) == len(BY_HAND) - 1


def test_who_was_told_already_is_told_only_what_is_different(office: Office, day: TinyDay) -> None:
    publish(office, day, day.version)
    day.store([("V1", "Q1", "09:30"), *BY_HAND[1:4], *BY_HAND[5:7], ("K1", "Q4", "10:00")])
    answer = publish(office, day, day.version)
    assert told(day, answer) == {"V1": [("changed", "Q1")], "K2": [("withdrawn", "Q9")]}
    sentences = [change["sentence"] for one in answer.json()["told"] for change in one["changes"]]
    assert sorted(sentences) == [
        "Changed: 陪伴聊天（吴秀英）, from 09:30 to 10:30; before, from 09:00 to 10:00.",
        "Withdrawn: 上门助浴（马建国）, which was from 09:00 to 10:00.",
    ]


def test_publishing_twice_tells_nobody_the_second_time(office: Office, day: TinyDay) -> None:
    first = publish(office, day, day.version)
    second = publish(office, day, first.headers["etag"])
    assert (second.status_code, second.json()["told"], second.json()["published"]) == (200, [], 1)
    assert len(office.client.get(f"/v1/rosters/{day.roster_id}/versions").json()["rows"]) == 1


def test_a_roster_that_moved_since_the_preview_is_not_published(office: Office, day: TinyDay) -> None:
    seen = publish(office, day, preview=True).headers["etag"]
    assert (publish(office, day).status_code, publish(office, day).json()["code"]) == (428, "version-needed")
    day.store(BY_HAND[:4])
    stale = publish(office, day, seen)
    assert (stale.status_code, stale.json()["code"]) == (412, "stale")
    assert office.client.get(f"/v1/rosters/{day.roster_id}").json()["published"] == 0


def test_what_became_impossible_since_the_solve_is_not_published(office: Office, day: TinyDay) -> None:
    off = {"start": day.at("09:00").isoformat(), "end": day.at("12:00").isoformat()}
    assert office.client.post(f"/v1/helpers/{day.helpers['K2']}/time-off", json=off).status_code == 201
    look = publish(office, day, preview=True)
    assert [(one["rule"], [day.number[key] for key in one["visit_ids"]]) for one in look.json()["breaches"]] == [
        ("shift", ["Q9"])
    ]
    refused = publish(office, day, look.headers["etag"])
    assert (refused.status_code, refused.json()["code"]) == (409, "hard-breach")
    assert refused.json()["errors"][0]["detail"] == look.json()["breaches"][0]["sentence"]


def test_the_next_solve_is_held_against_what_was_published(office: Office, day: TinyDay) -> None:
    publish(office, day, day.version)
    day.store([("V1", "Q1", "09:00")])
    with day.database.reading() as session:
        seen = snapshot.problem(session, day.roster_id)
    held = {
        day.named(seen.helper_ids[one.helper], seen.visit_ids[one.visit], day.at("00:00"))
        for one in seen.problem.published
    }
    assert held == {(who, what, "00:00") for who, what, _ in BY_HAND}, "what was promised, not what the draft holds now"


def test_a_visit_taken_back_after_publishing_is_withdrawn_from_who_makes_it(office: Office, day: TinyDay) -> None:
    publish(office, day, day.version)
    request = next(row for row in office.client.get("/v1/requests?limit=200").json()["rows"] if row["number"] == "Q1")
    assert office.client.delete(f"/v1/requests/{request['id']}").status_code == 200
    answer = publish(office, day, day.version)
    assert told(day, answer) == {"V1": [("withdrawn", "Q1")]}
