"""Rosters, runs and pins through the API, with nobody there to solve."""

from datetime import timedelta

from tests.api.office import DAY, Office


def test_the_same_area_and_day_give_the_same_roster(office: Office) -> None:
    assert office.roster() == office.roster()


def test_an_unsolved_roster_tells_which_visits_wait(office: Office) -> None:
    whole = office.client.get(f"/v1/rosters/{office.roster()['id']}").json()
    assert len(whole["waiting"]) == len(whole["visits"]) > 0
    assert (whole["days"], whole["unassigned"], whole["run_id"]) == ([], [], None)
    assert whole["visits"][0]["windows"][0]["start"].endswith("+08:00")


def test_a_second_run_is_refused_while_one_is_active_and_a_key_gives_the_same(office: Office) -> None:
    path = f"/v1/rosters/{office.roster()['id']}/runs"
    first = office.client.post(path, headers={"Idempotency-Key": "today"}, json={"seconds": 5})
    again = office.client.post(path, headers={"Idempotency-Key": "today"}, json={"seconds": 5})
    other = office.client.post(path, headers={"Idempotency-Key": "today"}, json={"seconds": 6})
    second = office.client.post(path)
    assert first.status_code == again.status_code == 202
    assert first.json()["id"] == again.json()["id"]
    assert first.headers["location"] == f"/v1/runs/{first.json()['id']}"
    assert (other.status_code, other.json()["code"]) == (409, "key-reused")
    assert (second.status_code, second.json()["code"]) == (409, "run-active")


def test_a_waiting_run_is_stopped_and_its_events_end(office: Office) -> None:
    run = office.client.post(f"/v1/rosters/{office.roster()['id']}/runs").json()
    assert office.client.delete(f"/v1/runs/{run['id']}").json()["state"] == "stopped"
    with office.client.stream("GET", f"/v1/runs/{run['id']}/events") as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        text = "".join(stream.iter_text())
    assert "event: end" in text
    assert '"state":"stopped"' in text.replace(" ", "")


def test_a_pin_needs_the_version_that_was_seen(office: Office) -> None:
    opened = office.roster()
    day = office.day(opened["id"])
    path = f"/v1/rosters/{opened['id']}/pins/{day.visits['Q1']}"
    body = {"helper_ids": [day.helpers["V1"]]}
    bare = office.client.put(path, json=body)
    put = office.client.put(path, json=body, headers={"If-Match": f'"{opened["version"]}"'})
    stale = office.client.put(path, json=body, headers={"If-Match": f'"{opened["version"]}"'})
    assert (bare.status_code, bare.json()["code"]) == (428, "version-needed")
    assert put.status_code == 200
    assert (stale.status_code, stale.json()["code"]) == (412, "stale")
    assert office.client.get(f"/v1/rosters/{opened['id']}/pins").json()["rows"] == [put.json()]
    lifted = office.client.delete(path, headers={"If-Match": put.headers["etag"]})
    assert lifted.status_code == 204
    assert office.client.get(f"/v1/rosters/{opened['id']}/pins").json()["rows"] == []


def test_a_pin_of_another_days_visit_is_unknown(office: Office) -> None:
    today = office.roster()
    later = {"area_id": office.community, "day": (DAY + timedelta(days=7)).isoformat()}
    roster = office.client.post("/v1/rosters", json=later).json()
    visit = office.client.get(f"/v1/rosters/{today['id']}").json()["visits"][0]["visit_id"]
    helper = office.first("volunteers")["helper_id"]
    answer = office.client.put(
        f"/v1/rosters/{roster['id']}/pins/{visit}", json={"helper_ids": [helper]}, headers={"If-Match": '"1"'}
    )
    assert answer.status_code == 404
