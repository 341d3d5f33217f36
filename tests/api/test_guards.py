"""What stands before every route: types and sizes of bodies, and a page for people where programs get a problem."""

import select
import socket
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import pytest
from httpx import Response
from starlette.testclient import TestClient

from api.app import create_app
from api.guards import HEADERS
from matcher.accounts import Bound
from matcher.settings import Settings
from matcher.types import Role
from tests.api.office import Office
from tests.matcher.builders import an_area
from tests.pages.seeing import NOBODY, TOKENS, served
from tests.signed import a_token, shown

MEBIBYTE = 2**20


@pytest.fixture
def settings(sqlite_template: Path, tmp_path: Path) -> Settings:
    path = tmp_path / "m.sqlite3"
    path.write_bytes(sqlite_template.read_bytes())
    return Settings(home=tmp_path, database_url=f"sqlite:///{path}", redis_url=NOBODY)


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


def cut_off(settings: Settings, path: str, kind: str, shown: str = "") -> tuple[bytes, int]:
    """Send sixty MiB in pieces: the answer, and how many pieces went before it came."""
    piece = b"%x\r\n" % MEBIBYTE + b"x" * MEBIBYTE + b"\r\n"
    with served(settings) as address:
        port = int(address.rpartition(":")[2])
        shown = f"Authorization: Bearer {TOKENS[address]}\r\n" if shown == "token" else shown
        head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{shown}"
        head += f"Content-Type: {kind}\r\nTransfer-Encoding: chunked\r\n\r\n"
        with socket.create_connection(("127.0.0.1", port), timeout=20) as caller:
            caller.sendall(head.encode())
            sent = 0
            with suppress(ConnectionError):
                while sent < 60 and not select.select([caller], [], [], 0.05)[0]:
                    caller.sendall(piece)
                    sent += 1
            return caller.recv(4096), sent


def test_sixty_megabytes_in_pieces_are_cut_off_on_the_way(settings: Settings) -> None:
    answer, sent = cut_off(settings, "/v1/residents", "application/json", "token")
    assert answer.startswith(b"HTTP/1.1 413")
    assert sent < 20


@pytest.mark.parametrize(
    ("path", "kind"),
    [("/v1/imports/residents", "multipart/form-data; boundary=x"), ("/sign-in", "application/x-www-form-urlencoded")],
)
def test_of_a_stranger_only_a_little_is_read(settings: Settings, path: str, kind: str) -> None:
    answer, sent = cut_off(settings, path, kind)
    assert answer.startswith(b"HTTP/1.1 401")
    assert sent < 20


def test_what_a_stranger_announces_is_refused_before_it_comes(settings: Settings) -> None:
    with (
        served(settings) as address,
        socket.create_connection(("127.0.0.1", int(address.rpartition(":")[2]))) as caller,
    ):
        caller.settimeout(20)
        head = b"POST /v1/imports/residents HTTP/1.1\r\nHost: localhost\r\nContent-Length: 30000000\r\n"
        caller.sendall(head + b"Content-Type: multipart/form-data; boundary=x\r\nExpect: 100-continue\r\n\r\n")
        assert caller.recv(4096).startswith(b"HTTP/1.1 401")


def test_a_file_is_read_only_of_those_who_may_read_one_in(client: TestClient) -> None:
    file = {"file": ("x.csv", b"x" * 100_000)}
    assert client.post("/v1/imports/residents", files=file).status_code != 403
    desk = a_token(client.app.state.database, Role.DESK, bound_to_an_area(client))  # type: ignore[attr-defined]
    answer = client.post("/v1/imports/residents", content=iter([b"x" * 100_000]), headers=of_a_file(desk))
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
    assert client.post("/v1/imports/residents", files=file, headers=shown("x")).json()["code"] == "not-signed-in"


def of_a_file(token: str) -> dict[str, str]:
    """What cannot be parsed: whoever parses it before asking who sends it answers otherwise."""
    return {**shown(token), "Content-Type": "multipart/form-data; boundary=x"}


def bound_to_an_area(client: TestClient) -> Bound:
    with client.app.state.database.transaction() as session:  # type: ignore[attr-defined]
        return Bound(area_id=an_area(session))


@pytest.mark.parametrize("name", ["example.org", "testserver.example.org", "", "[", "testserver@example.org"])
def test_what_was_sent_to_another_name_is_refused(client: TestClient, name: str) -> None:
    answer = client.get("/v1/areas", headers={"Host": name})
    assert (answer.status_code, answer.json()["code"]) == (400, "bad-request")
    assert client.get("/healthz", headers={"Host": name}).status_code == 200


@pytest.mark.parametrize("name", ["testserver:8000", "TESTSERVER", "localhost", "127.0.0.1:80", "[::1]:8000"])
def test_our_own_names_are_known_with_any_port(client: TestClient, name: str) -> None:
    assert client.get("/v1/areas", headers={"Host": name}).status_code == 200


def test_who_listens_everywhere_and_was_told_no_name_is_reached_by_any(tmp_path: Path) -> None:
    assert Settings(home=tmp_path, host="0.0.0.0", hosts="").host_names == frozenset()
    assert "office.example.org" in Settings(home=tmp_path, public_url="https://office.example.org/").host_names


KINDS = {
    "a list": ("GET", "/v1/areas", 200),
    "a problem": ("GET", "/v1/residents/res_00000000000000000000000000", 404),
    "nothing there": ("GET", "/nowhere", 404),
    "a wrong method": ("PUT", "/v1/areas", 405),
    "a wrong type": ("POST", "/v1/residents", 415),
    "a wrong field": ("GET", "/v1/residents?limit=0", 422),
    "a page": ("GET", "/sign-in", 200),
    "a page of trouble": ("GET", "/rosters/ros_00000000000000000000000000", 404),
    "a way to another page": ("GET", "/", 303),
    "a file": ("GET", "/static/matcher.css", 200),
    "no such file": ("GET", "/static/nothing.css", 404),
    "the contract": ("GET", "/v1/openapi.json", 200),
    "a probe": ("GET", "/healthz", 200),
    "a calendar that is not there": ("GET", f"/calendars/{'x' * 40}.ics", 404),
}


@pytest.mark.parametrize("kind", [*KINDS, "something broke", "another name", "too much"])
@pytest.mark.parametrize("public_url", ["", "https://testserver"])
def test_every_kind_of_answer_keeps_a_browser_safe(settings: Settings, public_url: str, kind: str) -> None:
    app = create_app(settings.model_copy(update={"public_url": public_url or settings.public_url}))
    with TestClient(app, raise_server_exceptions=False, follow_redirects=False) as client:
        answer = asked(client, kind)
    assert not missing(answer.headers)
    assert ("strict-transport-security" in answer.headers) == bool(public_url)


def missing(headers: Mapping[str, str]) -> set[str]:
    return {name for name, value in HEADERS.items() if headers.get(name) != value}


def asked(client: TestClient, kind: str) -> Response:
    token = shown(a_token(client.app.state.database))  # type: ignore[attr-defined]
    if kind == "another name":
        return client.get("/", headers={"Host": "example.org"})
    if kind == "something broke":
        client.app.state.database = None  # type: ignore[attr-defined]
        broken = client.get("/v1/areas")
        assert broken.status_code == 500
        return broken
    if kind == "too much":
        return client.post("/v1/residents", content=b"x" * 2**21, headers=token)
    method, path, status = KINDS[kind]
    headers = (
        {"Accept": "text/html"} if path == "/" else {**token, **({"Accept": "text/html"} if "/ros" in path else {})}
    )
    answer = client.request(method, path, headers=headers, content=b"{}" if method == "POST" else None)
    assert answer.status_code == status
    return answer


def test_downloads_and_calendars_keep_a_browser_safe_too(office: Office) -> None:
    helper = office.client.get("/v1/volunteers").json()["rows"][0]["helper_id"]
    feed = office.client.post(f"/v1/helpers/{helper}/calendar").json()["url"]
    days = "since=2026-11-01&until=2026-11-30"
    for path in (f"/v1/helpers/{helper}/statement/text?{days}", f"/v1/helpers/{helper}/attestation?{days}", feed):
        answer = office.client.get(path.replace("http://127.0.0.1:8000", ""))
        assert answer.status_code == 200, path
        assert not missing(answer.headers), path


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
