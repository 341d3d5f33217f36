"""Standbys through the API and by the page behind their link."""

from sqlmodel import select
from starlette.testclient import TestClient

from matcher.tables.people import Resident
from tests.api.test_exchanges import helped as helped
from tests.api.test_offers import link
from tests.tiny_day import TinyDay


def test_standbys_are_listed_and_say_by_their_own_link_whether_they_can(client: TestClient, helped: TinyDay) -> None:
    day, path = helped, f"/v1/rosters/{helped.roster_id}"
    listed = {day.number[row["visit_id"]]: row for row in client.get(f"{path}/standbys").json()["rows"]}
    assert {(what, row["state"], row["rank"]) for what, row in listed.items()} == {
        (what, "told", 1) for what in ("Q1", "Q3", "Q7")
    }
    where = link(day, "V3")
    seen = client.get(where, headers={"Accept-Language": "en"}).text
    assert seen.count("You stand by") == 3
    assert "You stand by" not in client.get(link(day, "V1"), headers={"Accept-Language": "en"}).text
    with day.database.reading() as session:
        doors = {resident.address for resident in session.exec(select(Resident))} - {""}
    assert not [door for door in doors if door in seen], "nobody hears of a door before they are asked to come"
    yes = client.post(f"{where}/standbys/{listed['Q1']['id']}/accept", follow_redirects=True)
    assert "Thank you" in yes.text or "谢谢" in yes.text
    others = {"link": link(day, "V1").removeprefix("/o/")}
    assert client.post(f"/v1/standbys/{listed['Q3']['id']}/decline", json=others).status_code == 404
    no = client.post(f"/v1/standbys/{listed['Q3']['id']}/decline", json={"by": "李主任"})
    assert (no.status_code, no.json()["state"]) == (200, "declined")
    late = client.post(f"/v1/standbys/{listed['Q3']['id']}/accept", json={"by": "李主任"})
    assert (late.status_code, late.json()["code"]) == (409, "answered")
    page = client.get(f"/rosters/{day.roster_id}", headers={"Accept-Language": "en"}).text
    assert "Who stands by" in page
    assert page.count("(agreed)") == 1
