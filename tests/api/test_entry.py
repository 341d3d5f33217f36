"""The front door: signing in and out, what a cookie may do, and what another site's page may not."""

import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from starlette.testclient import TestClient

from api import entry
from api.app import create_app
from matcher import accounts, runs, signins
from matcher.accounts import Bound
from matcher.database import Database
from matcher.settings import Settings
from matcher.types import Role
from tests.pages.seeing import served
from tests.signed import a_token, shown
from tests.two_places import a_district

HERE = "http://testserver"
RIGHT = {"name": "Wáng", "password": "correct horse"}
PERSON = {"Accept": "text/html"}
NOBODY = "redis://127.0.0.1:1/0"


def a_client(url: str, home: Path, **said: str) -> Iterator[TestClient]:
    database = Database(url)
    with database.transaction() as session:
        accounts.add(session, RIGHT["name"], Role.ADMINISTRATOR, Bound(), RIGHT["password"])
    database.close()
    settings = Settings(database_url=url, home=home, redis_url=NOBODY, **said)  # type: ignore[arg-type]
    address = said.get("public_url", HERE)
    with TestClient(create_app(settings), base_url=address, follow_redirects=False) as client:
        yield client


@pytest.fixture
def client(database_url: str, tmp_path: Path) -> Iterator[TestClient]:
    yield from a_client(database_url, tmp_path)


def signed_in(client: TestClient) -> str:
    """The seal of the pages that are shown from now on."""
    assert client.post("/sign-in", data=RIGHT).status_code == 303
    found = re.search(r'name="seal" content="([0-9a-f]{64})"', client.get("/", headers=PERSON).text)
    assert found is not None
    return found[1]


def test_a_person_is_led_to_the_door_and_back_and_a_program_is_told(client: TestClient) -> None:
    gone = "/rosters/ros_00000000000000000000000000"
    led = client.get(f"{gone}?lang=ug", headers=PERSON)
    assert (led.status_code, led.headers["location"]) == (303, f"/sign-in?to={gone.replace('/', '%2F')}&lang=ug")
    told = client.get(gone)
    assert (told.status_code, told.json()["code"]) == (401, "not-signed-in")
    assert told.headers["www-authenticate"] == "Bearer"
    assert client.get(f"/v1{gone}", headers=PERSON).status_code == 401
    door = client.get(led.headers["location"], headers=PERSON)
    assert f'name="to" value="{gone}"' in door.text
    back = client.post("/sign-in", data={**RIGHT, "to": gone})
    assert (back.status_code, back.headers["location"]) == (303, gone)


@pytest.mark.parametrize(
    "to",
    ["https://example.org/", "//example.org/", "/\\example.org", "javascript:alert(1)", "", "/x\r\nSet-Cookie: a=b"],
)
def test_nobody_is_led_elsewhere_after_signing_in(client: TestClient, to: str) -> None:
    assert client.post("/sign-in", data={**RIGHT, "to": to}).headers["location"] == "/"


def test_a_cookie_of_ours_is_kept_from_scripts_and_other_sites(client: TestClient) -> None:
    cookie = client.post("/sign-in", data=RIGHT).headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert "secure" not in cookie


def test_behind_tls_the_cookie_is_never_sent_in_the_open(database_url: str, tmp_path: Path) -> None:
    for client in a_client(database_url, tmp_path, public_url="https://office.example.org"):
        cookie = client.post("/sign-in", data=RIGHT).headers["set-cookie"]
        assert cookie.startswith("__Host-matcher=")
        assert "Secure" in cookie
        assert "Path=/" in cookie
        assert "Domain" not in cookie
        assert client.get("/v1/areas").status_code == 200


@pytest.mark.parametrize("name", [RIGHT["name"], "nobody"])
def test_a_wrong_password_is_answered_like_an_unknown_name(client: TestClient, name: str) -> None:
    answer = client.post("/sign-in?lang=en", data={"name": name, "password": "wrong horse"})
    assert answer.status_code == 401
    assert "The name or the password is wrong." in answer.text
    assert name not in answer.text
    assert "set-cookie" not in {key for key in answer.headers if "matcher" in answer.headers[key]}


def test_who_guesses_too_often_waits(client: TestClient) -> None:
    codes = [client.post("/sign-in", data={**RIGHT, "password": "wrong horse"}).status_code for _ in range(6)]
    assert codes == [401] * 5 + [429]
    assert client.post("/sign-in", data=RIGHT).status_code == 429


def test_signing_in_again_ends_the_sign_in_before_and_signing_out_ends_it_all(client: TestClient) -> None:
    signed_in(client)
    first = client.cookies["matcher"]
    seal = signed_in(client)
    second = client.cookies["matcher"]
    assert first != second
    headers = [{"Authorization": f"Bearer {token}"} for token in (first, second)]
    assert client.post("/sign-out", data={"seal": seal}).headers["location"] == "/sign-in"
    client.cookies.clear()
    assert [client.get("/v1/areas", headers=one).status_code for one in headers] == [401, 401]


TEAM = {"name": "春风", "kind": "youth"}


def test_a_cookie_alone_changes_nothing(client: TestClient) -> None:
    seal = signed_in(client)
    for wrong in ({}, {"X-Seal": "0" * 64}, {"X-Seal": ""}, {"X-Seal": "é"}):
        told = client.post("/v1/teams", json=TEAM, headers={key: value.encode() for key, value in wrong.items()})
        assert (told.status_code, told.json()["code"]) == (403, "forbidden")
    assert client.post("/sign-out").status_code == 403
    assert client.post("/sign-out", data={"seal": "0" * 64}, headers=PERSON).status_code == 403
    assert client.get("/v1/teams").json()["rows"] == []
    assert client.post("/v1/teams", json=TEAM, headers={"X-Seal": seal}).status_code == 201


@pytest.mark.parametrize(
    "says",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://example.org"},
        {"Origin": "null"},
        {"Origin": f"{HERE}.example.org"},
    ],
)
def test_another_sites_page_can_neither_act_nor_sign_somebody_in(client: TestClient, says: dict[str, str]) -> None:
    assert client.post("/sign-in", data=RIGHT, headers=says).status_code == 403
    seal = signed_in(client)
    assert client.post("/v1/teams", json=TEAM, headers={"X-Seal": seal, **says}).status_code == 403
    ours = {"Sec-Fetch-Site": "same-origin", "Origin": HERE}
    assert client.post("/v1/teams", json=TEAM, headers={"X-Seal": seal, **ours}).status_code == 201


def test_a_token_in_a_header_needs_no_seal(client: TestClient) -> None:
    signed_in(client)
    token = client.cookies["matcher"]
    client.cookies.clear()
    assert client.post("/v1/teams", json=TEAM, headers={"Authorization": f"Bearer {token}"}).status_code == 201


@pytest.mark.parametrize("shown", ["", "Bearer", "Bearer mtk_x", "Basic eDp4", "Bearer é", f"Bearer {'x' * 5000}"])
def test_what_is_no_token_opens_nothing(client: TestClient, shown: str) -> None:
    assert client.get("/v1/areas", headers={"Authorization": shown.encode()}).status_code == 401  # type: ignore[dict-item]


def test_who_is_shut_out_is_out_at_once(client: TestClient, database_url: str) -> None:
    signed_in(client)
    database = Database(database_url)
    with database.transaction() as session:
        accounts.add(session, "another", Role.ADMINISTRATOR, Bound(), RIGHT["password"])
        accounts.disable(session, RIGHT["name"])
    database.close()
    assert client.get("/v1/areas").status_code == 401


def test_live_events_end_with_the_sign_in(
    sqlite_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(entry, "AGAIN", 0.2)
    path = tmp_path / "matcher.sqlite3"
    path.write_bytes(sqlite_template.read_bytes())
    settings = Settings(database_url=f"sqlite:///{path}", home=tmp_path, redis_url=NOBODY)
    database = Database(settings.database_url)
    with database.transaction() as session:
        _, ours, _ = a_district(session)
        run = runs.start(session, ours["ros"], seconds=20, seed=1, weights={}).id
    token = a_token(database, Role.COORDINATOR, Bound(area_id=ours["are"]))
    with served(settings) as address, httpx.Client(base_url=address, headers=shown(token), timeout=60) as caller:
        with caller.stream("GET", f"/v1/runs/{run}/events") as told:
            lines = told.iter_lines()
            assert next(lines).startswith("event: progress")
            with database.transaction() as session:
                signins.sign_out(session, token)
            assert "event: end" not in list(lines)
        assert caller.get(f"/v1/runs/{run}/events").status_code == 401
    database.close()


def test_what_a_page_or_an_answer_says_is_kept_in_no_cache(client: TestClient) -> None:
    assert client.get("/sign-in").headers["cache-control"] == "no-store"
    signed_in(client)
    assert client.get("/v1/areas").headers["cache-control"] == "no-store"
    assert client.get("/", headers=PERSON).headers["cache-control"] == "no-store"
    assert "no-store" not in client.get("/static/matcher.css").headers.get("cache-control", "")
