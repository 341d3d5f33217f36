"""From an empty office to a solved roster: files in, one press of a button, everybody's day on the page."""

import json
import os
import subprocess
import sys

from playwright.sync_api import Browser, expect

from fixtures.tiny import SERVED, UNSERVED
from tests.api.office import DAY
from tests.whole import Whole

PASSWORD = "correct horse"


def an_account(url: str) -> None:
    """The first administrator, as the office makes them on the machine itself."""
    said = ["user", "add", "Li", "--password", PASSWORD]
    subprocess.run(
        [sys.executable, "-m", "workers.commands", *said], env={**os.environ, "MATCHER_DATABASE_URL": url}, check=True
    )


def test_a_coordinator_reads_in_the_files_presses_the_button_and_sees_who_goes_where(
    whole: Whole, browser: Browser
) -> None:
    an_account(whole.database_url)
    page = browser.new_page(locale="zh-CN")
    page.goto(f"{whole.address}/?lang=zh")
    page.get_by_label("用户名").fill("Li")
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("还没有任何区域资料")

    reports = whole.read_in_the_tiny_world()
    assert {kind: report["refused"] for kind, report in reports.items()} == dict.fromkeys(reports, 0)
    roster = whole.a_roster()

    page.goto(f"{whole.address}/rosters/{roster}")
    page.get_by_role("button", name="开始排班").click()
    expect(page.get_by_role("progressbar")).to_be_visible()
    expect(page.get_by_role("heading", name="谁去哪里")).to_be_visible(timeout=120_000)

    whole_roster = whole.http.get(f"/v1/rosters/{roster}").json()
    served = {visit["visit_id"] for visit in whole_roster["visits"]} - {
        line["visit_id"] for line in whole_roster["unassigned"]
    }
    assert len(served) == len(SERVED)
    assert len(whole_roster["unassigned"]) == len(UNSERVED)
    assert whole_roster["waiting"] == []
    for line in whole_roster["unassigned"]:
        assert "None of the" in line["reasons"]["sentence"] or line["reasons"]["stops"]
    text = page.locator("main").inner_text()
    assert "未派单及原因" in text
    page.close()


def test_a_run_is_followed_by_its_events_and_stopped_early_with_its_best(whole: Whole) -> None:
    whole.read_in_the_tiny_world()
    roster = whole.a_roster()
    started = whole.http.post(f"/v1/rosters/{roster}/runs", json={"seconds": 120})
    assert started.status_code == 202
    run = started.json()["id"]
    names: list[str] = []
    last = ""
    with whole.http.stream("GET", f"/v1/runs/{run}/events", timeout=120) as stream:
        for line in stream.iter_lines():
            if line.startswith("event:"):
                names.append(line.removeprefix("event:").strip())
            if line.startswith("data:"):
                last = line.removeprefix("data:")
                if json.loads(last).get("assigned"):
                    whole.http.delete(f"/v1/runs/{run}")
    assert names[0] == "progress"
    assert names[-1] == "end"
    assert json.loads(last)["state"] == "stopped"
    assert whole.http.get(f"/v1/rosters/{roster}").json()["day"] == DAY.isoformat()
    assert whole.http.get(f"/v1/rosters/{roster}").json()["days"] != []
