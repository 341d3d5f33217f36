"""From a solved roster to promises, and on through a day in which people decide while the solver works."""

from typing import Any

from tests.tiny_day import TinyDay
from tests.whole import Whole
from tests.workers.processes import eventually


def publish(whole: Whole, roster: str, seen: str | None) -> Any:
    path = f"/v1/rosters/{roster}/publish"
    if seen is None:
        return whole.http.post(path, params={"preview": True})
    return whole.http.post(path, headers={"If-Match": seen}, json={"by": "李主任"})


def told(day: TinyDay, answer: Any) -> set[str | None]:
    return {day.number[one["helper_id"]] for one in answer.json()["told"]}


def everybody(day: TinyDay, roster: dict[str, Any]) -> set[str | None]:
    return {day.number[one["helper_id"]] for one in roster["days"]}


def test_a_coordinator_publishes_changes_her_mind_and_loses_nothing(whole: Whole) -> None:
    whole.read_in_the_tiny_world()
    roster = whole.a_roster()
    whole.solve(roster)
    day = whole.day(roster)
    path = f"/v1/rosters/{roster}"

    preview = publish(whole, roster, None)
    solved = whole.http.get(path).json()
    assert told(day, preview) == everybody(day, solved)
    assert publish(whole, roster, preview.headers["etag"]).json()["published"] == 1
    again = publish(whole, roster, whole.http.get(path).headers["etag"])
    assert (again.json()["published"], told(day, again)) == (1, set())

    # the solver is at work; meanwhile she moves a visit, a resident takes one back, and a crew calls in sick
    run = whole.http.post(f"{path}/runs", json={"seconds": 8}).json()["id"]
    eventually(lambda: whole.http.get(f"/v1/runs/{run}").json()["objective"] is not None, 90, 0.2)
    seen = whole.http.get(path)
    line = next(
        line for one in seen.json()["days"] for line in one["assignments"] if line["visit_id"] == day.visits["Q4"]
    )
    moved = whole.http.patch(
        f"{path}/assignments/{line['assignment_id']}",
        json={"start_at": day.at("10:40").isoformat()},
        headers={"If-Match": seen.headers["etag"]},
    )
    assert moved.status_code == 200, moved.text
    asked = {row["number"]: row["id"] for row in whole.http.get("/v1/requests?limit=200").json()["rows"]}
    assert whole.http.delete(f"/v1/requests/{asked['Q2']}").status_code == 200
    off = {"start": day.at("08:00").isoformat(), "end": day.at("18:00").isoformat()}
    assert whole.http.post(f"/v1/helpers/{day.helpers['K2']}/time-off", json=off).status_code == 201

    ended = eventually(
        lambda: found if (found := whole.http.get(f"/v1/runs/{run}").json())["ended_at"] else None, 120, 0.3
    )
    assert (ended["state"], ended["failure"]) == ("done", None)
    eventually(lambda: whole.http.get(path).json()["run_id"] != run, 30, 0.2)
    follower = whole.http.get(path).json()["run_id"]
    eventually(lambda: whole.http.get(f"/v1/runs/{follower}").json()["ended_at"], 120, 0.3)
    now = whole.http.get(path)
    left = {day.number[line["visit_id"]] for line in now.json()["unassigned"]}
    assert "Q9" in left, "only K2 is the man that the resident insists on"
    held = day.held()
    assert ("K1", "Q4", "10:40") in held
    assert "Q2" not in {what for _, what, _ in held}

    final = publish(whole, roster, now.headers["etag"])
    numbers = [row["number"] for row in whole.http.get(f"{path}/versions").json()["rows"]]
    assert final.json()["published"] == max(numbers)
    standing = whole.http.get(f"{path}/versions/{max(numbers)}").json()["assignments"]
    assert day.visits["Q9"] not in {line["visit_id"] for line in standing}
    changes = {
        day.number[one["helper_id"]]: {(change["kind"], day.number[change["visit_id"]]) for change in one["changes"]}
        for one in final.json()["told"]
    }
    assert ("changed", "Q4") in changes["K1"]
    assert ("withdrawn", "Q2") in changes["V2"]
    first = whole.http.get(f"{path}/versions/1").json()
    assert {line["visit_id"] for line in first["assignments"]} >= {day.visits[number] for number in ("Q2", "Q4", "Q9")}
