"""An hour is an hour, through the API and in the calendar, on nights and days when clocks change, or never do."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar

from matcher import plans, runs, snapshot
from matcher.database import Database
from tests.api.office import Office
from tests.matcher.builders import a_resident, a_service, a_volunteer, an_area

CHANGES = [
    ("Asia/Shanghai", date(2034, 3, 26)),
    ("Asia/Urumqi", date(2034, 3, 26)),
    ("Europe/Berlin", date(2034, 3, 26)),
    ("Europe/Berlin", date(2034, 10, 29)),
    ("Australia/Lord_Howe", date(2034, 10, 1)),
    ("Australia/Lord_Howe", date(2034, 4, 2)),
]


@pytest.mark.parametrize(("zone", "day"), CHANGES)
def test_an_hour_at_night_and_one_in_the_morning_are_an_hour_each_and_at_the_time_that_was_said(
    office: Office, database_url: str, zone: str, day: date
) -> None:
    """One visit at half past one, when clocks are about to change, and one at nine, when they have."""
    client, database, here = office.client, Database(database_url), ZoneInfo(zone)
    with database.transaction() as session:
        area = an_area(session, time_zone=zone)
        helper, resident, service = a_volunteer(session, area), a_resident(session, area), a_service(session)
    week = [{"weekday": weekday, "start": "00:00:00", "end": "23:45:00"} for weekday in range(7)]
    assert client.put(f"/v1/helpers/{helper}/availability", json={"week": week}).status_code == 200
    said = {"night": ("01:30", "04:00"), "morning": ("09:00", "10:00")}
    for start, end in said.values():
        body = {"resident_id": resident, "service_id": service, "day": day.isoformat(), "minutes": 60}
        asked = client.post("/v1/requests", json={**body, "windows": [{"start": start, "end": end}]})
        assert asked.status_code == 201
    roster = client.post("/v1/rosters", json={"area_id": area, "day": day.isoformat()}).json()["id"]
    wanted = [datetime.combine(day, time.fromisoformat(start), here).astimezone(UTC) for start, _ in said.values()]
    planned(database, roster, helper, wanted)
    ends = [f"{(start + timedelta(hours=1)).astimezone(here):%H:%M}" for start in wanted]
    version = str(client.get(f"/v1/rosters/{roster}").json()["version"])
    preview = client.post(f"/v1/rosters/{roster}/publish?preview=true").text
    assert all(f"{start} to {end}" in preview for start, end in (("01:30", ends[0]), ("09:00", "10:00"))), preview
    assert client.post(f"/v1/rosters/{roster}/publish", headers={"If-Match": version}).status_code == 200
    spans = [
        (datetime.fromisoformat(row["start_at"]), datetime.fromisoformat(row["end_at"]))
        for row in client.get(f"/v1/rosters/{roster}/offers").json()["rows"]
    ]
    token = client.post(f"/v1/helpers/{helper}/calendar").json()["url"].rpartition("/")[2]
    events = Calendar.from_ical(client.get(f"/calendars/{token}").content).walk("VEVENT")
    shown = [(one.decoded("dtstart"), one.decoded("dtend")) for one in events]
    for seen in (sorted(spans), sorted(shown)):
        assert [start for start, _ in seen] == wanted
        assert {end - start for start, end in seen} == {timedelta(hours=1)}
        assert [f"{start.astimezone(here):%H:%M}" for start, _ in seen] == ["01:30", "09:00"]
    database.close()


def planned(database: Database, roster_id: str, helper: str, starts: list[datetime]) -> None:
    """Let a run store a plan with these starts, as a worker does; the judge looks at it."""
    with database.transaction() as session:
        run = runs.start(session, roster_id).id
    with database.transaction() as session:
        claim = runs.claim(session, run, "worker", 15)
    assert claim is not None
    with database.reading() as session:
        seen = snapshot.problem(session, roster_id)
    opens = {one: seen.problem.visits[number].windows[0].earliest for number, one in enumerate(seen.visit_ids)}
    by_window = sorted(seen.visit_ids, key=lambda visit: opens[visit])
    lines = [(visit, helper, start) for visit, start in zip(by_window, starts, strict=True)]
    with database.transaction() as session:
        assert plans.store(session, run, claim.fence, seen, snapshot.planned(seen, lines), stopped=False, measures={})
