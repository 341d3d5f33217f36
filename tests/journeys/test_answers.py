"""From publishing to a yes and a no: the whole program moves on by itself."""

import httpx
from playwright.sync_api import Browser, expect
from sqlmodel import col, select

from matcher.tables.notices import Notice
from tests.tiny_day import TinyDay
from tests.whole import Whole
from tests.workers.processes import eventually


def link(day: TinyDay, who: str) -> str:
    """What stands in the helper's newest notice."""
    with day.database.reading() as session:
        mine = select(Notice.values).where(Notice.helper_id == day.helpers[who]).order_by(col(Notice.place).desc())
        values = next(values for values in session.exec(mine) if "path" in values)
    path: str = values["path"]
    return path


def test_a_volunteer_says_yes_by_one_tap_and_a_crew_says_no_and_the_office_hears_of_it(
    whole: Whole, browser: Browser
) -> None:
    whole.read_in_the_tiny_world()
    roster = whole.a_roster()
    whole.solve(roster)
    day = whole.day(roster)
    path = f"/v1/rosters/{roster}"
    published = whole.http.post(f"{path}/publish", headers={"If-Match": whole.http.get(path).headers["etag"]})
    assert published.status_code == 200, published.text

    page = browser.new_page(locale="zh-CN", viewport={"width": 390, "height": 844})
    page.goto(whole.address + link(day, "V1"))
    expect(page.get_by_role("heading", level=1)).to_have_text("您能来吗？")
    offered = page.get_by_role("button", name="能，我来").count()
    assert offered > 0
    page.get_by_role("button", name="能，我来").first.click()
    expect(page.get_by_text("您已答应前来，谢谢。")).to_be_visible()
    assert page.get_by_role("button", name="能，我来").count() == offered - 1

    page.goto(whole.address + link(day, "K2"))
    page.get_by_label("原因（可不填）").first.fill("车坏了")
    page.get_by_role("button", name="不能来").first.click()
    expect(page.get_by_text("您不用来了。")).to_be_visible()
    page.close()

    def left() -> dict[str | None, str]:
        lines = whole.http.get(path).json()["unassigned"]
        return {day.number[line["visit_id"]]: line["reasons"]["sentence"] for line in lines}

    reason = eventually(lambda: left().get("Q9"), 60, 0.3)
    assert "declined or did not answer" in reason
    asked = whole.http.get(f"{path}/offers").json()["rows"]
    assert [(row["state"], row["reason"]) for row in asked if row["visit_id"] == day.visits["Q9"]] == [
        ("declined", "车坏了")
    ]
    with day.database.reading() as session:
        assert len(session.exec(select(Notice).where(Notice.kind == "unstaffed")).all()) == 1
    assert whole.http.get(f"{path}/versions").json()["rows"][0]["number"] == 2


def test_a_link_opened_by_a_program_answers_nothing(whole: Whole) -> None:
    whole.read_in_the_tiny_world()
    roster = whole.a_roster()
    whole.solve(roster)
    day = whole.day(roster)
    path = f"/v1/rosters/{roster}"
    whole.http.post(f"{path}/publish", headers={"If-Match": whole.http.get(path).headers["etag"]})
    with httpx.Client(base_url=whole.address, follow_redirects=True) as program:
        for _ in range(3):
            assert program.get(link(day, "V1")).status_code == 200
    assert {row["state"] for row in whole.http.get(f"{path}/offers").json()["rows"]} == {"offered"}
