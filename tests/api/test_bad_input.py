"""Everything that is heard is answered: bad input gets the field and the cure, and nothing is half stored."""

import json
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.api.office import Office

NUL, SURROGATE = "张\x00三", "\ud83d"


def post(office: Office, path: str, body: dict[str, object]) -> Any:
    """As JSON with NaN, Infinity and lone surrogates let through, as careless programs send it."""
    return office.client.post(path, content=json.dumps(body).encode(), headers={"Content-Type": "application/json"})


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"latitude": float("nan")}, "latitude"),
        ({"longitude": float("inf")}, "longitude"),
        ({"latitude": 91}, "latitude"),
        ({"name": ""}, "name"),
        ({"name": " \t "}, "name"),
        ({"name": NUL}, "name"),
        ({"name": SURROGATE}, "name"),
        ({"name": "长" * 121}, "name"),
        ({"born": "2026-02-30"}, "born"),
        ({"born": "0001-01-01"}, "born"),
        ({"gender": "x"}, "gender"),
        ({"need_groups": ["rich"]}, "need_groups.0"),
        ({"area_id": "are_00000000000000000000000000"}, "area_id"),
        ({"area_id": "1; DROP TABLE resident"}, "area_id"),
        ({"id": "res_mine"}, "id"),
        ({"favourite_colour": "red"}, "favourite_colour"),
    ],
)
def test_a_bad_resident_is_refused_by_field(office: Office, values: dict[str, object], field: str) -> None:
    before = len(office.client.get("/v1/residents?limit=200").json()["rows"])
    answer = post(office, "/v1/residents", office.a_resident(**values))
    assert answer.status_code == 422, answer.text
    assert answer.json()["field"] == field
    assert len(office.client.get("/v1/residents?limit=200").json()["rows"]) == before


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"windows": [{"start": "12:00", "end": "09:00"}]}, "windows.0"),
        ({"windows": [{"start": "09:00", "end": "09:05"}]}, "windows.0"),
        ({"windows": [{"start": "09:00+08:00", "end": "11:00"}]}, "windows.0.start"),
        ({"windows": []}, "windows"),
        ({"minutes": 2**63}, "minutes"),
        ({"people": 0}, "people"),
        ({"priority": -1}, "priority"),
        ({"priority": 10**30}, "priority"),
        ({"until": "2034-11-01"}, "until"),
        ({"repeat": {"weekdays": [7]}}, "repeat.weekdays.0"),
        ({"service_id": "svc_00000000000000000000000000"}, "service_id"),
        ({"purse_id": "pur_00000000000000000000000000"}, "purse_id"),
        ({"note": "x" * 1001}, "note"),
    ],
)
def test_a_bad_request_is_refused_by_field(office: Office, values: dict[str, object], field: str) -> None:
    answer = post(office, "/v1/requests", office.a_request(**values))
    assert answer.status_code == 422, answer.text
    assert answer.json()["field"] == field


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"start": "2034-11-20T08:00:00", "end": "2034-11-20T12:00:00+08:00"}, "start"),
        ({"start": "2034-11-20T12:00:00+08:00", "end": "2034-11-20T08:00:00+08:00"}, "end"),
        ({"start": "9999-12-31T23:59:59-12:00", "end": "9999-12-31T23:59:59-12:00"}, "start"),
    ],
)
def test_a_bad_time_off_is_refused_by_field(office: Office, body: dict[str, object], field: str) -> None:
    helper = office.first("volunteers")["helper_id"]
    answer = post(office, f"/v1/helpers/{helper}/time-off", body)
    assert (answer.status_code, answer.json()["field"]) == (422, field)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"seconds": float("nan")}, "seconds"),
        ({"seconds": 0}, "seconds"),
        ({"seed": 2**63}, "seed"),
        ({"weights": {"beauty": 1}}, "weights.beauty"),
        ({"weights": {"travel": -1}}, "weights.travel"),
    ],
)
def test_a_bad_run_is_refused_by_field(office: Office, body: dict[str, object], field: str) -> None:
    answer = post(office, f"/v1/rosters/{office.roster()['id']}/runs", body)
    assert (answer.status_code, answer.json()["field"]) == (422, field)


def test_broken_json_is_named_as_such(client: TestClient) -> None:
    answer = client.post("/v1/residents", content=b'{"name": ', headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (400, "broken-json")


@pytest.mark.parametrize("announced", [True, False])
def test_a_body_of_sixty_megabytes_is_refused_while_it_comes_in(client: TestClient, announced: bool) -> None:
    sent = 0

    def pieces() -> Any:
        nonlocal sent
        for _ in range(60):
            sent += 1
            yield b"x" * 2**20

    headers = {"Content-Type": "application/json"} | ({"Content-Length": str(60 * 2**20)} if announced else {})
    answer = client.post("/v1/residents", content=b"".join(pieces()) if announced else pieces(), headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (413, "too-large")


def test_a_file_in_gb18030_is_read_and_a_fault_is_told_by_row_and_column(office: Office) -> None:
    text = "编号,名称,英文名,维吾尔文名,层级,上级编号,纬度,经度\nX1,光明社区,,,社区,不存在,43.8,87.6\n"
    report = office.upload("areas", "areas.csv", text.encode("gb18030")).json()
    assert (report["read"], report["new"], report["refused"]) == (1, 0, 1)
    fault = report["faults"][0]
    assert (fault["row"], fault["column"]) == (2, "上级编号")
    assert "不存在" in fault["sentence"]
    again = office.client.get(f"/v1/imports/{report['id']}").json()
    assert again == report


@pytest.mark.parametrize(
    ("kind", "name", "data"),
    [
        ("volunteers", "half.xlsx", b"PK\x03\x04" + b"\x00" * 200),
        ("residents", "noise.csv", bytes(range(256)) * 20),
        ("residents", "empty.csv", b""),
        ("residents", "header.csv", "姓名,年龄\n张三,3\n".encode()),
        ("streets", "streets.geojson", b'{"type": "FeatureCollection"'),
        ("recipes", "x.csv", b"a,b\n1,2\n"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_whole(office: Office, kind: str, name: str, data: bytes) -> None:
    before = office.client.get("/v1/residents?limit=200").json()
    answer = office.upload(kind, name, data)
    assert answer.status_code == 422, answer.text
    assert answer.json()["code"] == "invalid"
    assert len(answer.json()["detail"]) > 20
    assert office.client.get("/v1/residents?limit=200").json() == before


def test_a_second_upload_changes_nothing(office: Office) -> None:
    second = Office(office.client)
    assert {kind: report["new"] + report["changed"] for kind, report in second.reports.items()} == dict.fromkeys(
        second.reports, 0
    )


def test_a_dry_run_stores_nothing(client: TestClient) -> None:
    office = Office(client, kinds=())
    text = "编号,名称,英文名,维吾尔文名,层级,上级编号,纬度,经度\nX1,东城区,,,区,,43.8,87.6\n"
    report = office.upload("areas", "areas.csv", text.encode(), dry_run=True).json()
    assert (report["new"], report["dry_run"]) == (1, True)
    assert client.get("/v1/areas").json()["rows"] == []
