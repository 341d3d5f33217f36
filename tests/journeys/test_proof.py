"""From the door to the paper: a volunteer checks in by the code, the resident is content, the hours are attested."""

import pypdfium2
from playwright.sync_api import Browser, expect

from matcher.database import Database
from tests.matcher.served import a_moment, a_promise
from tests.whole import Whole


def test_a_visit_is_proven_at_the_door_told_by_the_resident_and_attested(whole: Whole, browser: Browser) -> None:
    opened = Database(whole.database_url)
    with opened.transaction() as session:
        promise = a_promise(session, start_at=a_moment(minutes=50))
        session.refresh(promise)
    opened.close()
    door = whole.http.get(f"/v1/visits/{promise.visit_id}/code").json()
    assert door["address"].startswith(whole.address)
    page = browser.new_page(locale="zh-CN", viewport={"width": 390, "height": 844})
    page.goto(door["address"])
    expect(page.get_by_role("heading", name="王芳")).to_be_visible()
    page.get_by_role("button", name="我到了").click()
    expect(page.get_by_text("到达时间")).to_be_visible()
    page.get_by_role("button", name="服务完成").click()
    expect(page.get_by_text("离开时间")).to_be_visible()
    wrong = f"{(int(door['code']) + 1) % 10**6:06}"
    refused = page.goto(door["address"].replace(door["code"], wrong))
    assert refused is not None
    assert refused.status == 404
    page.close()

    here = f"/v1/assignments/{promise.id}"
    seen = whole.http.get(f"{here}/attendance").json()
    assert [(entry["kind"], entry["way"]) for entry in seen["entries"]] == [("check_in", "code"), ("check_out", "code")]
    entry = seen["entries"][0]["id"]
    desk = {"by": "李主任", "reason": "门口没有信号"}
    corrected = whole.http.post(f"/v1/attendance/{entry}/correction", json={**desk, "at": promise.start_at.isoformat()})
    assert corrected.status_code == 200, corrected.text

    said = whole.http.post(f"/v1/visits/{promise.visit_id}/feedback", json={"rating": 5, "on_behalf": "李主任"})
    assert said.json()["wishes"] == [{"helper_id": promise.helper_id, "kind": "again"}]
    ledger = whole.http.get(f"/v1/helpers/{promise.helper_id}/hours").json()
    assert 50 <= ledger["minutes"] <= 55
    assert whole.http.get("/v1/flags").json()["rows"] == []

    day = promise.start_at.date().isoformat()
    paper = whole.http.get(
        f"/v1/helpers/{promise.helper_id}/attestation", params={"since": day, "until": day, "language": "zh"}
    )
    text = " ".join(pypdfium2.PdfDocument(paper.content)[0].get_textpage().get_text_range().split())
    assert f"共计 0 小时 {ledger['minutes']} 分钟" in text
