"""Decisions by hand through the API: judged at once, refused or overridden, and kept by the next solve."""

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


def whole(office: Office, day: TinyDay) -> dict[str, Any]:
    found: dict[str, Any] = office.client.get(f"/v1/rosters/{day.roster_id}").json()
    return found


def assignment(office: Office, day: TinyDay, who: str, what: str) -> dict[str, Any]:
    lines = [
        line
        for one in whole(office, day)["days"]
        if one["helper_id"] == day.helpers[who]
        for line in one["assignments"]
        if line["visit_id"] == day.visits[what]
    ]
    assert len(lines) == 1
    found: dict[str, Any] = lines[0]
    return found


def move(office: Office, day: TinyDay, who: str, what: str, **body: Any) -> Any:
    line = assignment(office, day, who, what)["assignment_id"]
    path = f"/v1/rosters/{day.roster_id}/assignments/{line}"
    return office.client.patch(path, json=body, headers={"If-Match": f'"{day.version}"'})


def lines_of(day: TinyDay, *made: tuple[str, str, str]) -> dict[str, Any]:
    return {
        "assignments": [
            {"visit_id": day.visits[what], "helper_id": day.helpers[who], "start_at": day.at(start).isoformat()}
            for who, what, start in made
        ]
    }


def test_a_plan_made_by_hand_is_judged_in_words_and_not_stored(office: Office, day: TinyDay) -> None:
    path = f"/v1/rosters/{day.roster_id}/check"
    good = office.client.post(path, json=lines_of(day, *BY_HAND)).json()
    assert good["may_be"]
    assert good["measures"]["assigned"] == 7
    assert {day.number[key] for one in good["breaches"] if one["rule"] == "coverage" for key in one["visit_ids"]} == {
        "Q5",
        "Q6",
    }
    bad = office.client.post(path, json=lines_of(day, ("V2", "Q1", "09:30"), ("K2", "Q9", "08:30"))).json()
    assert not bad["may_be"]
    hard = {one["rule"]: one["sentence"] for one in bad["breaches"] if one["hard"]}
    assert set(hard) == {"barred", "windows", "shift"}
    assert "古丽娜尔·艾合买提" in hard["barred"]
    assert "吴秀英" in hard["barred"]
    assert day.held() == set(BY_HAND)


def test_a_plan_that_speaks_of_nobody_is_refused(office: Office, day: TinyDay) -> None:
    path = f"/v1/rosters/{day.roster_id}/check"
    line = lines_of(day, BY_HAND[0])["assignments"][0]
    nobody = {**line, "helper_id": "hlp_00000000000000000000000000"}
    nothing = {**line, "visit_id": "vis_00000000000000000000000000"}
    answers = [office.client.post(path, json={"assignments": lines}) for lines in ([nobody], [nothing], [line, line])]
    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [
        (422, "invalid"),
        (404, "unknown"),
        (422, "invalid"),
    ]


def test_an_assignment_is_moved_and_stays_there(office: Office, day: TinyDay) -> None:
    answer = move(office, day, "V1", "Q1", start_at=day.at("09:45").isoformat())
    assert answer.status_code == 200, answer.text
    assert (answer.headers["etag"], answer.json()["override"]) == (f'"{day.version}"', None)
    assert ("V1", "Q1", "09:45") in day.held()
    line = assignment(office, day, "V1", "Q1")
    assert (line["pinned"], line["override"]) == (True, None)
    day.store([("V1", "Q1", "09:45"), *BY_HAND[1:]])
    assert ("V1", "Q1", "09:45") in day.held()


def test_who_moves_the_time_of_a_visit_for_two_moves_both(office: Office, day: TinyDay) -> None:
    assert move(office, day, "V1", "Q3", start_at=day.at("14:10").isoformat()).status_code == 200
    assert {made for made in day.held() if made[1] == "Q3"} == {("V1", "Q3", "14:10"), ("V2", "Q3", "14:10")}


def test_what_breaks_a_rule_is_refused_with_every_sentence(office: Office, day: TinyDay) -> None:
    before = day.version
    answer = move(office, day, "V1", "Q1", helper_id=day.helpers["V2"])
    assert (answer.status_code, answer.json()["code"]) == (409, "hard-breach")
    assert {fault["field"] for fault in answer.json()["errors"]} == {"barred", "shift", "overlap"}
    assert "override" in answer.json()["cure"]
    assert (day.version, day.held()) == (before, set(BY_HAND))


def test_an_override_needs_a_reason_and_stays_visible(office: Office, day: TinyDay) -> None:
    blank = move(office, day, "V1", "Q1", helper_id=day.helpers["V3"], override="  ")
    assert blank.status_code == 422
    reason = "电话里已经说好"
    answer = move(office, day, "V1", "Q1", helper_id=day.helpers["V3"], override=reason)
    assert answer.status_code == 200, answer.text
    broken = {"skilled", "nearby", "shift"}  # 800 m from home, before the shift starts
    assert {one["rule"] for one in answer.json()["breaches"] if one["hard"]} == broken
    line = assignment(office, day, "V3", "Q1")
    assert (line["override"], {one["rule"] for one in line["breaches"] if one["hard"]}) == (reason, broken)
    path = f"/v1/rosters/{day.roster_id}/publish"
    done = office.client.post(path, headers={"If-Match": str(day.version)})
    assert done.status_code == 200, done.text
    assert [(day.number[one["visit_id"]], one["reason"]) for one in done.json()["overrides"]] == [("Q1", reason)]
    lines = office.client.get(f"/v1/rosters/{day.roster_id}/versions/1").json()["assignments"]
    assert [line["override"] for line in lines if line["visit_id"] == day.visits["Q1"]] == [reason]


def test_the_next_solve_plans_around_an_override(office: Office, day: TinyDay) -> None:
    """V2 is sent to whom they are barred from, at half past nine; the solver gets V2 without that hour."""
    move(
        office, day, "V1", "Q1", helper_id=day.helpers["V2"], start_at=day.at("09:30").isoformat(), override="本人同意"
    )
    with day.database.reading() as session:
        seen = snapshot.problem(session, day.roster_id)
    assert day.visits["Q1"] not in seen.visit_ids
    helper = seen.problem.helpers[seen.helper_ids.index(day.helpers["V2"])]
    assert [(shift.start, shift.end) for shift in helper.shifts] == [(540, 570), (630, 720), (840, 1020)]
    assert helper.shifts[0].end_place == helper.shifts[1].start_place == seen.held[0].place
    assert (helper.most_visits, helper.most_work) == (3, 240)
    rest = [made for made in BY_HAND if made[1] not in ("Q1", "Q2")]
    day.store([*rest, ("V2", "Q2", "10:36")])
    assert {("V2", "Q1", "09:30"), ("V2", "Q2", "10:36")} <= day.held()
    assert whole(office, day)["measures"]["assigned"] == 7
    assert office.client.post(f"/v1/rosters/{day.roster_id}/publish", headers={"If-Match": str(day.version)}).json()[
        "overrides"
    ]


def test_a_visit_that_was_left_is_placed_by_hand(office: Office, day: TinyDay) -> None:
    body = {"visit_id": day.visits["Q5"], "helper_ids": [day.helpers["V1"]], "start_at": day.at("09:45").isoformat()}
    path, seen = f"/v1/rosters/{day.roster_id}/assignments", {"If-Match": f'"{day.version}"'}
    refused = office.client.post(path, json=body, headers=seen)
    assert refused.status_code == 409
    assert {fault["field"] for fault in refused.json()["errors"]} == {"nearby", "overlap"}
    made = office.client.post(path, json={**body, "override": "顺路搭车"}, headers=seen)
    assert made.status_code == 201, made.text
    left = [line["visit_id"] for line in whole(office, day)["unassigned"]]
    assert day.visits["Q5"] not in left
    assert office.client.post(path, json={**body, "override": "again"}, headers=seen).status_code == 412


def test_an_assignment_of_another_roster_is_unknown(office: Office, day: TinyDay) -> None:
    path = f"/v1/rosters/{day.roster_id}/assignments/asg_00000000000000000000000000"
    answer = office.client.patch(path, json={"start_at": day.at("10:00").isoformat()}, headers={"If-Match": "1"})
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown")
    line = assignment(office, day, "V1", "Q1")["assignment_id"]
    path = f"/v1/rosters/{day.roster_id}/assignments/{line}"
    nothing = office.client.patch(path, json={}, headers={"If-Match": str(day.version)})
    assert (nothing.status_code, nothing.json()["field"]) == (422, "helper_id")


def test_a_pin_is_judged_at_once(office: Office, day: TinyDay) -> None:
    path, seen = f"/v1/rosters/{day.roster_id}/pins/{day.visits['Q1']}", {"If-Match": f'"{day.version}"'}
    for body, rule in (
        ({"helper_ids": [day.helpers["V2"]]}, "barred"),
        ({"helper_ids": [day.helpers["V1"]], "start_at": day.at("11:30").isoformat()}, "windows"),
        ({"start_at": day.at("11:30").isoformat()}, "windows"),
    ):
        refused = office.client.put(path, json=body, headers=seen)
        assert refused.status_code == 409, refused.text
        assert rule in {fault["field"] for fault in refused.json()["errors"]}
    half = office.client.put(path, json={"helper_ids": [day.helpers["V2"]], "override": "同意"}, headers=seen)
    assert (half.status_code, half.json()["field"]) == (422, "start_at")
    body = {"helper_ids": [day.helpers["V2"]], "start_at": day.at("09:30").isoformat(), "override": "同意"}
    put = office.client.put(path, json=body, headers=seen)
    assert (put.status_code, put.json()["override"]) == (200, "同意")
    refused = office.client.post(f"/v1/rosters/{day.roster_id}/publish", headers={"If-Match": put.headers["etag"]})
    assert refused.json()["errors"][0]["field"] == "pinned", "the draft does not hold yet what was decided"
