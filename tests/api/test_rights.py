"""Every route and page, asked by everybody, about what is theirs and what is not."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from fastapi.routing import APIRoute
from starlette.testclient import TestClient

from api.acts import ACT_OF, BY_LINK, OPEN
from api.app import PAGES, ROUTERS, create_app
from api.entry import name_of
from api.openapi import FROZEN
from api.routes import calendars, health
from matcher import accounts, lendings, signins
from matcher.accounts import Bound
from matcher.database import Database
from matcher.reach import KEYS
from matcher.rights import OF_THE_HOUSE, RIGHTS, Act
from matcher.settings import Settings
from matcher.types import Role
from tests.signed import shown
from tests.two_places import Place, a_district, missing

NOWHERE, ID = "0" * 26, r"_[0-9A-Z]{26}"
PREFIXES = {
    **{"area_id": "are", "resident_id": "res", "service_id": "svc", "volunteer_id": "vol", "provider_id": "prv"},
    **{"helper_id": "hlp", "request_id": "req", "visit_id": "vis", "pairing_id": "pai", "barring_id": "bar"},
    **{"roster_id": "ros", "run_id": "run", "assignment_id": "pro", "offer_id": "ofr", "change_id": "que"},
    **{"release_id": "rel", "swap_id": "swp", "entry_id": "att", "hours_id": "hrs", "flag_id": "flg"},
    **{"proposal_id": "wsh", "time_off_id": "off", "notice_id": "not", "delivery_id": "dlv", "webhook_id": "whk"},
    **{"purse_id": "pur", "import_id": "imp", "promise_id": "pro", "standby_id": "fal"},
}
PLAIN = {"day": "2034-11-20", "number": "1", "kind": "residents", "token": "x" * 30, "act": "check-in"}
PLAIN |= {"name": "coverage", "form": "csv"}
EVERYBODYS = {"service_id", "purse_id"}
"""What is nobody's in particular."""


@dataclass(frozen=True)
class Way:
    """One method of one address."""

    method: str
    path: str
    name: str

    def of(self, place: Place) -> str:
        """With the ids of a place, also where it asks for them in the query."""
        said = {name: PLAIN.get(name) or place[PREFIXES[name]] for name in self.parts}
        query = f"?with={place['ros']}" if self.name == "routes.forks.compare" else ""
        return self.path.format(**said) + query

    @property
    def parts(self) -> list[str]:
        return re.findall(r"{(\w+)}", self.path)

    @property
    def owned(self) -> bool:
        """Whether it names something that belongs somewhere."""
        return bool(set(self.parts) - set(PLAIN) - EVERYBODYS)


def ways() -> Iterator[Way]:
    prefixed = [(router, "/v1") for router in ROUTERS]
    for router, prefix in (*prefixed, (health.router, ""), (calendars.feeds, ""), *((page, "") for page in PAGES)):
        for route in router.routes:
            assert isinstance(route, APIRoute)
            for method in sorted(route.methods):
                yield Way(method, prefix + route.path, name_of(route.endpoint))


WAYS = list(ways())
ASKED = [way for way in WAYS if way.name not in OPEN]


@dataclass(frozen=True)
class House:
    client: TestClient
    ours: Place
    theirs: Place
    tokens: dict[str, str]

    def ask(self, way: Way, who: str, place: Place) -> Any:
        body: dict[str, Any] = {}
        if way.method in ("POST", "PUT", "PATCH"):
            body = {"files": {"file": ("x.csv", b"")}} if way.name == "routes.imports.run" else {"json": {}}
        if way.path.startswith("/rosters") and way.method == "POST":
            body = {"data": {}}
        headers = shown(self.tokens[who]) if who else {}
        return self.client.request(way.method, way.of(place), headers=headers, follow_redirects=False, **body)


ROLES = {
    **{role.value: role for role in Role if role is not Role.ADMINISTRATOR},
    "coordinator of the sub-district": Role.COORDINATOR,
}


@pytest.fixture(scope="module")
def house(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    home = tmp_path_factory.mktemp("house")
    path = home / "matcher.sqlite3"
    path.write_bytes(sqlite_template.read_bytes())
    settings = Settings(database_url=f"sqlite:///{path}", home=home, redis_url="redis://127.0.0.1:1/0")
    database = Database(settings.database_url)
    with database.transaction() as session:
        _, ours, theirs = a_district(session)
    tokens = {who: signed(database, role, bound(who, role, ours)) for who, role in ROLES.items()}
    tokens["administrator"] = signed(database, Role.ADMINISTRATOR, Bound())
    database.close()
    with TestClient(create_app(settings), raise_server_exceptions=False) as client:
        yield House(client, ours, theirs, tokens)


def bound(who: str, role: Role, place: Place) -> Bound:
    if role is Role.DISPATCHER:
        return Bound(provider_id=place["prv"])
    if role is Role.CREW:
        return Bound(helper_id=place["crew's"])
    if role is Role.VOLUNTEER:
        return Bound(helper_id=place["hlp"])
    return Bound(area_id=place["around" if "sub-district" in who else "are"])


def signed(database: Database, role: Role, bound: Bound) -> str:
    with database.transaction() as session:
        account = accounts.add(session, uuid4().hex, role, bound)
        if role is Role.PROGRAM:
            return signins.new_api_key(session, account.id, "key", [act.value for act in Act])
        return signins.begin(session, account)


def test_the_places_hold_one_of_everything(house: House) -> None:
    assert missing(house.ours) == missing(house.theirs) == set()


def test_every_route_and_page_is_an_act_and_every_act_a_route() -> None:
    contract = json.loads(FROZEN.read_text())["paths"]
    told = {(method.upper(), path) for path, methods in contract.items() for method in methods}
    assert told <= {(way.method, way.path) for way in WAYS}
    names = {way.name for way in WAYS}
    assert names == set(ACT_OF) | OPEN
    assert set(ACT_OF) & OPEN == set()
    assert set(ACT_OF) >= BY_LINK
    assert set(ACT_OF.values()) == set(Act)
    assert set(RIGHTS) == set(Act)


def test_what_can_be_named_in_an_address_can_be_looked_for() -> None:
    assert {PREFIXES[part] for way in WAYS for part in way.parts if part not in PLAIN} <= set(KEYS)


@pytest.mark.parametrize("way", ASKED, ids=lambda way: f"{way.method} {way.path}")
def test_nobody_is_answered_who_is_not_signed_in(house: House, way: Way) -> None:
    for place in (house.ours, {prefix: f"{prefix}_{NOWHERE}" for prefix in house.ours}):
        answer = house.ask(way, "", place)
        assert (answer.status_code, answer.json()["code"]) == (401, "not-signed-in")


@pytest.mark.parametrize("who", ROLES)
def test_what_is_not_theirs_is_what_never_was(house: House, who: str) -> None:
    """404 by the same words with another id; 403 where the act is not the role's at all."""
    nowhere = {kind: f"{key[:3]}_{NOWHERE}" for kind, key in house.theirs.items()}
    for way in ASKED:
        if not way.owned:
            continue
        foreign, never = (house.ask(way, who, place) for place in (house.theirs, nowhere))
        may = ROLES[who] in RIGHTS[ACT_OF[way.name]] and ACT_OF[way.name] not in OF_THE_HOUSE
        assert foreign.status_code == (404 if may else 403), f"{way} {foreign.text}"
        assert never.status_code == foreign.status_code
        assert re.sub(ID, "", foreign.text) == re.sub(ID, "", never.text), way


OWN = {
    Role.VOLUNTEER: {"hlp", "vol", "off", "pro", "ofr", "rel", "swp", "hrs", "att"},
    Role.CREW: set(),
    Role.DISPATCHER: {"prv"},
}


@pytest.mark.parametrize("who", ROLES)
def test_what_is_theirs_is_answered(house: House, who: str) -> None:
    """Looking only, so that nothing is gone for whoever comes next."""
    role, seen = ROLES[who], 0
    for way in ASKED:
        act = ACT_OF[way.name]
        if way.method != "GET" or role not in RIGHTS[act] or act in OF_THE_HOUSE:
            continue
        mine = house.ours if role is not Role.CREW else {**house.ours, "hlp": house.ours["crew's"]}
        if role is Role.DISPATCHER and "helper_id" in way.parts:
            mine = {**house.ours, "hlp": house.ours["crew's"]}
        named = {PREFIXES[part] for part in way.parts if part not in PLAIN} - {"svc", "pur"}
        if role in OWN and not named <= OWN[role] | ({"hlp"} if mine is not house.ours else set()):
            continue
        answer = house.ask(way, who, mine)
        seen += 1
        assert answer.status_code not in (401, 403, 500), f"{way} {answer.text}"
        if way.name not in {"routes.calendars.one", "pages.changes.helper", "routes.feedback.one"}:
            assert answer.status_code != 404, f"{way} {answer.text}"
    assert seen > 5


@pytest.mark.parametrize("who", ROLES)
def test_lists_hold_nothing_that_is_not_theirs(house: House, who: str) -> None:
    for way in ASKED:
        if way.method != "GET" or way.owned or not way.path.startswith("/v1/"):
            continue
        answer = house.ask(way, who, house.ours)
        if answer.status_code == 403:
            continue
        assert answer.status_code == 200, f"{way} {answer.text}"
        own = {key for kind, key in house.theirs.items() if kind not in ("svc", "pur", "purse", "tem", "skl")}
        assert not [key for key in own if key in answer.text], way


def test_a_coordinator_of_the_subdistrict_finds_what_lies_in_its_communities(house: House) -> None:
    for path, kind in (("residents", "res"), ("volunteers", "vol"), ("requests", "req"), ("webhooks", "whk")):
        answer = house.client.get(f"/v1/{path}", headers=shown(house.tokens["coordinator of the sub-district"]))
        assert house.ours[kind] in answer.text, path


def test_nothing_foreign_can_be_named_in_a_body(house: House) -> None:
    asks = [
        ("POST", "/v1/rosters", {"area_id": "are", "day": "2034-11-20"}),
        ("POST", "/v1/pairings", {"resident_id": "res", "volunteer_id": "vol"}),
        ("POST", "/v1/requests", {"resident_id": "res"}),
        ("PATCH", f"/v1/residents/{house.ours['res']}", {"area_id": "are"}),
        ("PUT", f"/v1/rosters/{house.ours['ros']}/pins/{house.ours['vis']}", {"helper_ids": [house.theirs["hlp"]]}),
        ("POST", "/v1/webhooks", {"area_id": "are", "url": "https://example.org/"}),
    ]
    theirs = house.theirs
    for method, path, body in asks:
        said = {
            name: [theirs["hlp"]] if isinstance(kind, list) else theirs.get(kind, kind) for name, kind in body.items()
        }
        answer = house.client.request(method, path, json=said, headers=shown(house.tokens["coordinator"]))
        assert (answer.status_code, answer.json()["code"]) == (404, "unknown"), path


def test_a_helper_who_is_lent_may_be_sent_but_not_looked_up(house: House) -> None:
    database = Database(house.client.app.state.settings.database_url)  # type: ignore[attr-defined]
    lent = house.theirs["hlp"]
    with database.transaction() as session:
        made = lendings.allow(session, house.theirs["are"], house.ours["are"], 1).id
    pin = f"/v1/rosters/{house.ours['ros']}/pins/{house.ours['vis']}"
    as_coordinator = shown(house.tokens["coordinator"])
    try:
        assert house.client.put(pin, json={"helper_ids": [lent]}, headers=as_coordinator).status_code != 404
        assert house.client.get(f"/v1/helpers/{lent}/contact", headers=as_coordinator).status_code == 404
    finally:
        with database.transaction() as session:
            lendings.end(session, made)
        database.close()


def test_a_key_opens_the_acts_that_it_names(house: House) -> None:
    database = Database(house.client.app.state.settings.database_url)  # type: ignore[attr-defined]
    with database.transaction() as session:
        account = accounts.add(session, "narrow", Role.PROGRAM, Bound(area_id=house.ours["are"]))
        key = signins.new_api_key(session, account.id, "reads", [Act.SEE_REQUESTS.value])
    database.close()
    assert house.client.get("/v1/requests", headers=shown(key)).status_code == 200
    assert house.client.get("/v1/residents", headers=shown(key)).json()["code"] == "forbidden"


def test_the_auditor_changes_nothing() -> None:
    changing = {ACT_OF[way.name] for way in ASKED if way.method != "GET"} - {Act.BE_SIGNED_IN}
    looks = {act for act, roles in RIGHTS.items() if Role.AUDITOR in roles}
    assert looks & changing == {Act.SEE_ROSTERS}  # judging a plan that somebody made by hand stores nothing
    assert [way.path for way in ASKED if ACT_OF[way.name] is Act.SEE_ROSTERS and way.method != "GET"] == [
        "/v1/rosters/{roster_id}/check"
    ]


def test_who_serves_neither_plans_nor_looks_at_residents() -> None:
    themselves = {Role.VOLUNTEER, Role.CREW, Role.DISPATCHER}
    refused = {Act.SEE_RESIDENTS, Act.SEE_HELPERS, Act.SEE_REQUESTS, Act.SEE_ROSTERS, Act.PLAN, Act.VOUCH, Act.IMPORT}
    assert all(not RIGHTS[act] & themselves for act in refused)
