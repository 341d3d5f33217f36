"""The contract: frozen, answered in one shape of errors, and free of what the solver needs."""

import re
import subprocess
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from api.errors import CATALOGUE
from api.openapi import FROZEN, contract
from tests.api.office import Office

HOUSE = Path(__file__).parent.parent.parent


def test_the_frozen_contract_is_what_the_code_says() -> None:
    assert FROZEN.read_text() == contract(), "run `python -m api.openapi` and look at what changed"


def test_every_code_of_an_error_is_in_the_catalogue(client: TestClient) -> None:
    told = {row["code"] for row in client.get("/v1/problems").json()["rows"]}
    sources = subprocess.run(["git", "ls-files", "api/*.py", "matcher/*.py"], cwd=HOUSE, capture_output=True, text=True)
    used = set()
    for name in sources.stdout.split():
        text = (HOUSE / name).read_text()
        if "imports/" in name:
            continue
        used |= set(re.findall(r'^    code(?:: ClassVar\[str\])? = "([a-z-]+)"', text, re.M))
        if name.startswith("api/"):
            used |= set(re.findall(r'\bproblem\(\s*"([a-z-]+)"', text))
    assert used - {"failed"} <= told
    assert told == set(CATALOGUE)


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/v1/nowhere", 404, "unknown"),
        ("PUT", "/v1/residents", 405, "not-allowed"),
        ("GET", "/v1/residents/res_00000000000000000000000000", 404, "unknown"),
        ("GET", "/v1/residents/nonsense", 422, "invalid"),
        ("GET", "/v1/residents?limit=0", 422, "invalid"),
        ("GET", "/v1/residents?after=%00", 422, "invalid"),
        ("DELETE", "/v1/runs/run_00000000000000000000000000", 404, "unknown"),
        ("GET", "/v1/rosters/ros_00000000000000000000000000", 404, "unknown"),
    ],
)
def test_every_error_is_a_problem_with_a_code(
    client: TestClient, method: str, path: str, status: int, code: str
) -> None:
    answer = client.request(method, path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == code
    assert "Content-Security-Policy" in answer.headers


def test_an_error_does_not_repeat_what_was_sent(office: Office) -> None:
    answer = office.client.post("/v1/residents", json=office.a_resident(phone="call my secret neighbour"))
    assert answer.status_code == 422
    assert answer.json()["field"] == "phone"
    assert "secret" not in answer.text


def test_lists_neither_skip_nor_repeat_from_page_to_page(office: Office) -> None:
    for number in range(7):
        assert office.client.post("/v1/residents", json=office.a_resident(name=f"居民{number}")).status_code == 201
    seen, after = [], None
    while True:
        page = office.client.get("/v1/residents", params={"limit": 3, **({"after": after} if after else {})}).json()
        seen += [row["id"] for row in page["rows"]]
        after = page["after"]
        if after is None:
            break
    everything = office.client.get("/v1/residents", params={"limit": 200}).json()["rows"]
    assert seen == [row["id"] for row in everything]
    assert len(set(seen)) == len(seen) >= 7


def test_a_created_thing_says_where_it_is(office: Office) -> None:
    made = office.client.post("/v1/residents", json=office.a_resident(number="R-77", need_groups=["living_alone"]))
    assert made.status_code == 201
    there = office.client.get(made.headers["location"])
    assert there.json() == made.json()
    again = office.client.post("/v1/residents", json=office.a_resident(number="R-77"))
    assert (again.status_code, again.json()["code"], again.json()["field"]) == (409, "conflict", "number")


def test_a_patch_changes_what_it_names_and_nothing_else(office: Office) -> None:
    before = office.client.post("/v1/residents", json=office.a_resident(household="7")).json()
    after = office.client.patch(f"/v1/residents/{before['id']}", json={"name": "新名"}).json()
    assert after == {**before, "name": "新名"}


def test_the_catalogue_of_services_speaks_three_languages(office: Office) -> None:
    row = office.first("services")
    assert row["name"]
    assert row["name_en"]
    assert row["name_ug"]
    assert row["category"]["name_en"]


def test_availability_is_replaced_whole_and_read_back(office: Office) -> None:
    helper = office.first("volunteers")["helper_id"]
    week = {
        "week": [{"weekday": 0, "start": "09:00:00", "end": "11:30:00"}],
        "days": [{"day": "2034-12-01", "spans": []}],
    }
    put = office.client.put(f"/v1/helpers/{helper}/availability", json=week)
    assert put.status_code == 200
    off = office.client.post(
        f"/v1/helpers/{helper}/time-off",
        json={"start": "2034-11-20T08:00:00+08:00", "end": "2034-11-20T12:00:00+08:00"},
    )
    assert off.status_code == 201
    back = office.client.get(f"/v1/helpers/{helper}/availability").json()
    assert (back["week"], back["days"]) == (week["week"], week["days"])
    assert "2034-11-20T00:00:00Z" in [row["start"] for row in back["time_off"]]


def test_a_request_takes_what_it_leaves_open_from_its_service(office: Office) -> None:
    service = office.first("services")
    made = office.client.post("/v1/requests", json=office.a_request()).json()
    assert (made["minutes"], made["people"]) == (service["minutes"], service["people"])
    gone = office.client.delete(f"/v1/requests/{made['id']}").json()
    assert gone["withdrawn_at"] is not None


def test_a_request_repeats_on_workdays_with_exceptions_that_can_be_changed(office: Office) -> None:
    repeat = {"weekdays": [0, 1, 2, 3, 4], "every_weeks": 1, "workdays": True, "without": [], "also": ["2034-11-25"]}
    made = office.client.post("/v1/requests", json=office.a_request(repeat=repeat))
    assert (made.status_code, made.json()["repeat"]) == (201, repeat)
    there = made.headers["location"]
    off = {**repeat, "without": ["2034-11-20"]}
    assert office.client.patch(there, json={"repeat": off}).json()["repeat"] == off
    torn = {**repeat, "without": ["2034-11-25"]}
    assert office.client.patch(there, json={"repeat": torn}).status_code == 422
    assert office.client.get(there).json()["repeat"] == off


def test_health_is_told_truthfully_when_the_queue_is_away(client: TestClient) -> None:
    assert client.get("/healthz").json() == {"alive": True}
    assert client.get("/readyz").json() == {"database": True, "queue": False}
