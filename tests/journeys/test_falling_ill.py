"""On a published day somebody falls ill: the coordinator sees the choices, takes one, and it is so."""

from playwright.sync_api import Browser, expect

from tests.whole import Whole


def test_who_falls_ill_is_taken_out_by_the_coordinator_on_a_phone_in_chinese(whole: Whole, browser: Browser) -> None:
    whole.read_in_the_tiny_world()
    roster = whole.a_roster()
    whole.solve(roster)
    day = whole.day(roster)
    path = f"/v1/rosters/{roster}"
    published = whole.http.post(f"{path}/publish", headers={"If-Match": whole.http.get(path).headers["etag"]})
    assert published.status_code == 200, published.text
    assert {made for made in day.held() if made[0] == "K2"}

    page = whole.looking(browser, locale="zh-CN", viewport={"width": 390, "height": 844})
    page.goto(f"{whole.address}/rosters/{roster}/helpers/{day.helpers['K2']}?lang=zh")
    page.get_by_role("button", name="看看可以怎么办").click()
    expect(page.locator(".options > li").first).to_be_visible(timeout=120_000)
    expect(page.get_by_role("heading", level=1)).to_contain_text("不能来")
    page.get_by_role("button", name="按这个办").first.click()
    expect(page.get_by_text("草稿已更改")).to_be_visible()
    assert not {made for made in day.held() if made[0] == "K2"}

    page.goto(f"{whole.address}/rosters/{roster}/publish?lang=zh")
    expect(page.get_by_role("heading", name="与各人有关的变动，本人都已知道")).to_be_visible()
    told = whole.http.get(f"/v1/notices?helper_id={day.helpers['K2']}").json()["rows"]
    assert [one["kind"] for one in told].count("withdrawn") == 1
    off = whole.http.get(f"/v1/helpers/{day.helpers['K2']}/availability").json()["time_off"]
    assert len(off) == 1
    page.context.close()
