"""What-if copies through the API: solved apart, compared, adopted without loss, thrown away, never published."""

from typing import Any

import pytest
from sqlmodel import col, func, select

from matcher.tables.rosters import Assignment, Pin, Roster, Unassigned
from tests.api.office import Office
from tests.tiny_day import BY_HAND, TinyDay


@pytest.fixture
def day(office: Office) -> TinyDay:
    made = office.day()
    made.store()
    return made


def fork(office: Office, day: TinyDay, name: str = "") -> dict[str, Any]:
    made = office.client.post(f"/v1/rosters/{day.roster_id}/fork", json={"name": name})
    assert made.status_code == 201, made.text
    row: dict[str, Any] = made.json()
    assert made.headers["location"] == f"/v1/rosters/{row['id']}"
    return row


def pin(office: Office, day: TinyDay, roster_id: str, what: str, who: str, start: str) -> None:
    version = office.client.get(f"/v1/rosters/{roster_id}").headers["etag"]
    body = {"helper_ids": [day.helpers[who]], "start_at": day.at(start).isoformat()}
    path = f"/v1/rosters/{roster_id}/pins/{day.visits[what]}"
    answer = office.client.put(path, json=body, headers={"If-Match": version})
    assert answer.status_code == 200, answer.text


def pinned(office: Office, day: TinyDay, roster_id: str) -> dict[str | None, str | None]:
    rows = office.client.get(f"/v1/rosters/{roster_id}/pins").json()["rows"]
    return {day.number[row["visit_id"]]: row["start_at"][11:16] if row["start_at"] else None for row in rows}


def adopt(office: Office, fork_id: str) -> Any:
    seen = office.client.get(f"/v1/rosters/{fork_id}").headers["etag"]
    return office.client.post(f"/v1/rosters/{fork_id}/adopt", headers={"If-Match": seen})


def test_a_fork_is_the_roster_once_more_and_neither_disturbs_the_other(office: Office, day: TinyDay) -> None:
    pin(office, day, day.roster_id, "Q1", "V1", "09:00")
    copy = fork(office, day, "若张三不来")
    assert (copy["fork_of_id"], copy["name"]) == (day.roster_id, "若张三不来")
    assert day.held(copy["id"]) == day.held() == set(BY_HAND)
    assert pinned(office, day, copy["id"]) == {"Q1": "01:00"}
    day.store(BY_HAND[:2], copy["id"])
    assert day.held() == set(BY_HAND)
    assert [row["id"] for row in office.client.get(f"/v1/rosters/{day.roster_id}/forks").json()["rows"]] == [copy["id"]]
    assert office.roster()["id"] == day.roster_id, "opening the day gives the roster, not a fork"


def test_a_fork_is_never_published_nor_forked(office: Office, day: TinyDay) -> None:
    copy = fork(office, day)
    for path in ("publish", "fork"):
        answer = office.client.post(f"/v1/rosters/{copy['id']}/{path}", headers={"If-Match": "1"})
        assert (answer.status_code, answer.json()["code"]) == (409, "fork")
    for answer in (office.client.delete(f"/v1/rosters/{day.roster_id}"), adopt(office, day.roster_id)):
        assert (answer.status_code, answer.json()["code"]) == (409, "fork")


def test_two_rosters_side_by_side(office: Office, day: TinyDay) -> None:
    copy = fork(office, day)
    day.store([("V1", "Q1", "09:30"), *BY_HAND[1:4], *BY_HAND[5:]], copy["id"])
    found = office.client.get(f"/v1/rosters/{day.roster_id}/compare", params={"with": copy["id"]}).json()
    assert [found[side]["measures"]["assigned"] for side in ("first", "second")] == [7, 6]
    assert found["first"]["measures"]["cost"] < found["second"]["measures"]["cost"]
    assert [[day.number[key] for key in found[side]["left"]] for side in ("first", "second")] == [[], ["Q4"]]
    assert {
        day.number[one["helper_id"]]: [(change["kind"], day.number[change["visit_id"]]) for change in one["changes"]]
        for one in found["days"]
    } == {"V1": [("changed", "Q1")], "K1": [("withdrawn", "Q4")]}


def test_rosters_of_different_days_are_not_compared(office: Office, day: TinyDay) -> None:
    later = {"area_id": office.community, "day": "2034-11-21"}
    other = office.client.post("/v1/rosters", json=later).json()["id"]
    answer = office.client.get(f"/v1/rosters/{day.roster_id}/compare", params={"with": other})
    assert (answer.status_code, answer.json()["field"]) == (422, "with")


def test_adopting_puts_the_forks_plan_and_pins_in_the_rosters_place(office: Office, day: TinyDay) -> None:
    copy = fork(office, day)
    pin(office, day, copy["id"], "Q1", "V1", "09:30")
    changed = [("V1", "Q1", "09:30"), *BY_HAND[1:4], *BY_HAND[5:]]
    day.store(changed, copy["id"])
    answer = adopt(office, copy["id"])
    assert (answer.status_code, answer.json()["id"]) == (200, day.roster_id)
    assert answer.headers["etag"] == f'"{day.version}"'
    assert day.held() == set(changed)
    assert pinned(office, day, day.roster_id) == {"Q1": "01:30"}
    whole = office.client.get(f"/v1/rosters/{day.roster_id}").json()
    assert day.visits["Q4"] in [line["visit_id"] for line in whole["unassigned"]]
    assert office.client.get(f"/v1/rosters/{copy['id']}").status_code == 404


def test_what_people_did_with_the_roster_meanwhile_is_kept_when_a_fork_is_adopted(office: Office, day: TinyDay) -> None:
    copy = fork(office, day)
    pin(office, day, copy["id"], "Q1", "V1", "09:30")
    pin(office, day, copy["id"], "Q2", "V2", "09:40")
    pin(office, day, day.roster_id, "Q1", "V1", "10:00")
    pin(office, day, day.roster_id, "Q4", "K1", "10:30")
    request = next(row for row in office.client.get("/v1/requests?limit=200").json()["rows"] if row["number"] == "Q9")
    office.client.delete(f"/v1/requests/{request['id']}")
    assert adopt(office, copy["id"]).status_code == 200
    assert pinned(office, day, day.roster_id) == {"Q1": "02:00", "Q2": "01:40", "Q4": "02:30"}
    assert {("V1", "Q1", "10:00"), ("V2", "Q2", "09:40"), ("K1", "Q4", "10:30")} <= day.held()
    assert "Q9" not in {what for _, what, _ in day.held()}


def test_a_fork_that_moved_is_not_adopted_unseen(office: Office, day: TinyDay) -> None:
    copy = fork(office, day)
    day.store(BY_HAND[:2], copy["id"])
    stale = office.client.post(f"/v1/rosters/{copy['id']}/adopt", headers={"If-Match": '"1"'})
    assert (stale.status_code, stale.json()["code"]) == (412, "stale")
    assert day.held() == set(BY_HAND)


def test_a_fork_thrown_away_leaves_nothing_behind(office: Office, day: TinyDay) -> None:
    copy = fork(office, day)
    assert office.client.delete(f"/v1/rosters/{copy['id']}").status_code == 204
    assert office.client.delete(f"/v1/rosters/{copy['id']}").status_code == 404
    with day.database.reading() as session:
        for table in (Assignment, Pin, Unassigned):
            counted = select(func.count()).select_from(table).where(col(table.roster_id) == copy["id"])
            assert session.exec(counted).one() == 0
        assert session.exec(select(func.count()).select_from(Roster)).one() == 1
    assert day.held() == set(BY_HAND)


def test_a_forks_plan_is_held_against_what_the_roster_promised(office: Office, day: TinyDay) -> None:
    office.client.post(f"/v1/rosters/{day.roster_id}/publish", headers={"If-Match": str(day.version)})
    copy = fork(office, day)
    day.store([("V1", "Q1", "09:00")], copy["id"])
    rules = office.client.get(f"/v1/rosters/{copy['id']}").json()["measures"]["rules"]
    assert rules["stability"]["count"] == len(BY_HAND) - 1
    assert rules["coverage"]["count"] == 8
