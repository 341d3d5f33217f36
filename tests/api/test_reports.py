"""Reports, and what a provider is asked and owed, through the API; a dispatcher who decides over their pages' forms."""

from matcher.accounts import Bound
from matcher.types import Role
from tests.api.office import DAY, Office
from tests.signed import a_token, shown

DAYS = {"since": DAY.isoformat(), "until": DAY.isoformat()}


def published(office: Office) -> dict[str, str]:
    """Offers by who and what is asked."""
    day = office.day()
    day.store()
    path = f"/v1/rosters/{day.roster_id}/publish"
    assert office.client.post(path, headers={"If-Match": str(day.version)}).status_code == 200
    rows = office.client.get(f"/v1/rosters/{day.roster_id}/offers").json()["rows"]
    return {f"{day.number[row['helper_id']]} {day.number[row['visit_id']]}": row["id"] for row in rows}


def test_a_report_counts_its_days_and_areas(office: Office) -> None:
    published(office)
    report = office.client.get("/v1/reports/coverage", params=DAYS | {"area_id": office.community}).json()
    assert report["total"] == {"visits": 9, "covered": 7, "left": 2, "served": 0, "covered_share": 77.8}
    assert [row["area_id"] for row in report["rows"]] == [office.community]
    assert report["columns"]["covered_share"] == "percent"
    assert office.client.get("/v1/reports/coverage").json()["total"]["visits"] == 0


def test_a_report_of_no_such_name_or_days_is_refused(office: Office) -> None:
    backward = {"since": "2034-11-20", "until": "2034-11-19"}
    for path, params in (("coverage", backward), ("nonsense", DAYS), ("hours", DAYS | {"until": "2035-11-20"})):
        answer = office.client.get(f"/v1/reports/{path}", params=params)
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid"), path


def test_a_provider_reads_what_it_is_asked_and_owed(office: Office) -> None:
    offers = published(office)
    mine = f"/v1/providers/{office.first('providers')['id']}"
    asked = office.client.get(f"{mine}/offers")
    assert {row["id"] for row in asked.json()["rows"]} == {offers["K1 Q4"], offers["K2 Q9"]}
    assert {row["fee"] for row in asked.json()["rows"]} == {6000}
    assert "团结路" not in asked.text
    assert office.client.post(f"/v1/offers/{offers['K2 Q9']}/accept", json={"by": "调度"}).status_code == 200
    owed = office.client.get(f"{mine}/owed", params=DAYS).json()
    assert owed["total"] == {"fee": 0, "purse": 0, "resident": 0, "open": 0}
    assert [(row["purse"], row["standing"], row["parts"]["purse"]) for row in owed["rows"]] == [
        ("养老助残补贴", "to_come", 6000)
    ]


def test_a_dispatcher_answers_for_no_crew_but_their_own(office: Office) -> None:
    """A volunteer's offer is to them as if it had never been; nothing of what they named is answered then."""
    offers = published(office)
    database = office.client.app.state.database  # type: ignore[attr-defined]
    token = a_token(database, Role.DISPATCHER, Bound(provider_id=office.first("providers")["id"]))
    form = {"offer_id": [offers["K1 Q4"], offers["V1 Q1"]], "reason": "没有空"}
    for act in ("accept", "decline"):
        answer = office.client.post(f"/provider/{act}", data=form, headers=shown(token), follow_redirects=False)
        assert answer.status_code == 404, act
    form["offer_id"] = [offers["K1 Q4"], offers["K1 Q4"]]
    for told in ("accepted=1", "accepted=0&late="):
        answer = office.client.post("/provider/accept", data=form, headers=shown(token), follow_redirects=False)
        assert answer.status_code == 303
        assert told in answer.headers["location"]


def test_only_dispatchers_have_a_providers_pages_and_no_dispatcher_reads_reports(office: Office) -> None:
    provider = office.first("providers")["id"]
    database = office.client.app.state.database  # type: ignore[attr-defined]
    dispatcher = shown(a_token(database, Role.DISPATCHER, Bound(provider_id=provider)))
    coordinator = shown(a_token(database, Role.COORDINATOR, Bound(area_id=office.community)))
    for path, who, status in (
        *(("/provider", dispatcher, 200), ("/provider", coordinator, 403)),
        *(("/reports/coverage", dispatcher, 403), ("/reports/coverage", coordinator, 200)),
    ):
        assert office.client.get(path, headers=who).status_code == status
