"""What stands before every route: types and sizes of bodies, and a page for people where programs get a problem."""

import select
import socket
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from matcher.settings import Settings
from tests.api.office import Office
from tests.pages.seeing import NOBODY, served

MEBIBYTE = 2**20


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/v1/residents", "text/plain"),
        ("/v1/residents", ""),
        ("/v1/residents", "multipart/form-data; boundary=x"),
        ("/v1/imports/residents", "text/csv"),
        ("/v1/imports/residents", "application/json"),
    ],
)
def test_a_body_of_another_type_is_refused(client: TestClient, path: str, kind: str) -> None:
    answer = client.post(path, content=b"{}", headers={"Content-Type": kind} if kind else {})
    assert (answer.status_code, answer.json()["code"]) == (415, "wrong-type")


def test_a_run_may_be_begun_without_a_body(office: Office) -> None:
    assert office.client.post(f"/v1/rosters/{office.roster()['id']}/runs").status_code == 202


def test_sixty_megabytes_in_pieces_are_cut_off_on_the_way(tmp_path: Path) -> None:
    piece = b"%x\r\n" % MEBIBYTE + b"x" * MEBIBYTE + b"\r\n"
    head = b"POST /v1/residents HTTP/1.1\r\nHost: here\r\n"
    head += b"Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
    settings = Settings(home=tmp_path, database_url=f"sqlite:///{tmp_path / 'm.sqlite3'}", redis_url=NOBODY)
    with served(settings) as address:
        port = int(address.rpartition(":")[2])
        with socket.create_connection(("127.0.0.1", port), timeout=20) as caller:
            caller.sendall(head)
            sent = 0
            while sent < 60 and not select.select([caller], [], [], 0.05)[0]:
                caller.sendall(piece)
                sent += 1
            answer = caller.recv(4096)
    assert answer.startswith(b"HTTP/1.1 413")
    assert sent < 20


def test_a_person_gets_a_page_and_a_program_a_problem(client: TestClient) -> None:
    gone = "/rosters/ros_00000000000000000000000000"
    page = client.get(f"{gone}?lang=en", headers={"Accept": "text/html"})
    assert (page.status_code, page.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert "There is no such page" in page.text
    assert client.get("/nowhere", headers={"Accept": "text/html"}).status_code == 404
    told = client.get(gone)
    assert (told.status_code, told.headers["content-type"]) == (404, "application/problem+json")
    assert client.get(f"/v1{gone}", headers={"Accept": "text/html"}).json()["code"] == "unknown"


def test_the_events_of_an_unknown_run_are_unknown(client: TestClient) -> None:
    answer = client.get("/v1/runs/run_00000000000000000000000000/events")
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown")


def test_a_number_that_follows_the_last_event_must_be_one(office: Office) -> None:
    run = office.client.post(f"/v1/rosters/{office.roster()['id']}/runs").json()["id"]
    answer = office.client.get(f"/v1/runs/{run}/events", headers={"Last-Event-ID": "0-0; FLUSHALL"})
    assert (answer.status_code, answer.json()["field"]) == (422, "last-event-id")
