"""A provider's pages: the dispatcher's day in a real browser, on a desk in Chinese and on a telephone in Uyghur."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from matcher import offers
from matcher.accounts import Bound
from matcher.database import Database
from matcher.settings import Settings
from matcher.types import Role
from tests.dispatched import provider, published
from tests.matcher.test_offers import offer, states
from tests.matcher.test_owed import serve
from tests.matcher.test_snapshot import DAY
from tests.pages.conftest import copied
from tests.pages.seeing import NOBODY, TOKENS, WIDTHS, faults, looking, served
from tests.signed import a_token
from tests.tiny_day import TinyDay

PERIOD = f"since={DAY.replace(day=1)}&until={DAY.replace(day=30)}"


@dataclass(frozen=True)
class Firm:
    address: str
    day: TinyDay

    def pages(self) -> tuple[str, ...]:
        one = f"/provider/crews/{self.day.helpers['K1']}"
        return ("/provider?", "/provider/crews?", f"{one}?", "/provider/prices?", f"/provider/owed?{PERIOD}&")


@pytest.fixture(scope="module")
def morning(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The database of a published day, and its roster."""
    home = tmp_path_factory.mktemp("morning")
    path = copied(sqlite_template, home)
    database = Database(f"sqlite:///{path}")
    roster = published(database, home).roster_id
    database.close()
    return path, roster


@pytest.fixture
def firm(morning: tuple[Path, str], tmp_path: Path) -> Iterator[Firm]:
    """That day, looked at by the first provider's dispatcher."""
    url = f"sqlite:///{copied(morning[0], tmp_path)}"
    database = Database(url)
    day = TinyDay(database, morning[1])
    with served(Settings(home=tmp_path, database_url=url, redis_url=NOBODY)) as address:
        TOKENS[address] = a_token(database, Role.DISPATCHER, Bound(provider_id=provider(database)))
        yield Firm(address, day)
    database.close()


def taken_by_somebody_faster(firm: Firm) -> None:
    with firm.day.database.transaction() as session:
        offers.accept(session, offer(firm.day, "K3", "Q13"))


def tick(page: Page, firm: Firm, *pairs: tuple[str, str]) -> None:
    for pair in pairs:
        box = page.locator(f"#{offer(firm.day, *pair)}")
        box.focus()
        page.keyboard.press("Space")
        expect(box).to_be_checked()


def test_axe_finds_nothing_and_nothing_hangs_over_the_side(browser: Browser, firm: Firm) -> None:
    with firm.day.database.transaction() as session:
        offers.accept(session, offer(firm.day, "K1", "Q4"))
    taken_by_somebody_faster(firm)
    looks = (("zh", "desk", "light", firm.pages()), ("en", "phone", "dark", firm.pages()[:1]))
    for language, width, scheme, paths in (*looks, ("ug", "phone", "light", firm.pages())):
        with looking(browser, f"{firm.address}/sign-in", WIDTHS[width], color_scheme=scheme) as page:
            for path in paths:
                page.goto(f"{firm.address}{path}lang={language}")
                for one in page.locator("details").all():
                    one.evaluate("element => element.open = true")
                assert faults(page) == [], (path, language)
                assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (path, language)


def test_a_dispatcher_answers_by_keyboard_loses_one_and_sees_the_day_and_the_money(
    browser: Browser, firm: Firm
) -> None:
    """In Chinese, on a desk; the page hears by itself that somebody else was faster."""
    with looking(browser, f"{firm.address}/?lang=zh", complaint="422") as page:
        page.wait_for_url("**/provider?lang=zh")
        expect(page.get_by_role("heading", name="等待您的答复 5")).to_be_visible()
        assert "团结路5号" not in page.locator("main").inner_text()
        tick(page, firm, ("K1", "Q4"))
        taken_by_somebody_faster(firm)
        expect(page.get_by_role("heading", name="等待您的答复 4")).to_be_visible(timeout=15_000)
        expect(page.locator(f"#{offer(firm.day, 'K1', 'Q4')}")).to_be_checked()
        page.get_by_text("最近三天未承接的邀约").click()
        expect(page.locator(".gone")).to_contain_text("已被其他服务商抢先接受")
        tick(page, firm, ("K2", "Q9"), ("K1", "Q11"))
        page.get_by_role("button", name="接受所选").press("Enter")
        expect(page.locator(".good")).to_contain_text("已接受 3 项")
        expect(page.locator(".stops")).to_have_count(2)
        expect(page.locator("main")).to_contain_text("团结路5号")
        tick(page, firm, ("K2", "Q12"))
        page.get_by_role("button", name="谢绝所选").press("Enter")
        expect(page.get_by_role("alert")).to_contain_text("请简单写明谢绝的原因")
        expect(page.locator(f"#{offer(firm.day, 'K2', 'Q12')}")).to_be_checked()
        assert faults(page) == []
        page.get_by_label("谢绝原因").fill("车辆故障")
        page.get_by_role("button", name="谢绝所选").press("Enter")
        expect(page.get_by_text("没有等待答复的邀约")).to_be_visible()
        serve(firm.day, "K1", "Q4")
        page.get_by_role("link", name="应付费用").press("Enter")
        page.goto(f"{firm.address}/provider/owed?{PERIOD}")
        expect(page.locator(".measures")).to_contain_text("¥60.00")
        with page.expect_download() as coming:
            page.get_by_role("link", name="导出表格").click()
        told = coming.value.path().read_bytes()
    assert told.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(StringIO(told.decode("utf-8-sig"))))
    assert [(row["班组"], row["状态"], row["费用（元）"], row["补贴部分（元）"]) for row in rows] == [
        *(("二班", "待服务", "60.0", "60.0"), ("一班", "已服务", "60.0", "0.0"), ("一班", "待服务", "60.0", "0.0"))
    ]
    found = states(firm.day)
    assert found["K1", "Q4"] == found["K2", "Q9"] == found["K1", "Q11"] == ["accepted"]
    assert (found["K2", "Q12"], found["K1", "Q13"]) == (["declined"], ["withdrawn"])


def test_on_a_telephone_in_uyghur_one_press_accepts_and_who_is_late_is_told(browser: Browser, firm: Firm) -> None:
    with looking(browser, f"{firm.address}/provider?lang=ug", WIDTHS["phone"], java_script_enabled=False) as page:
        taken_by_somebody_faster(firm)
        page.locator(f"button[value={offer(firm.day, 'K1', 'Q13')}]").click()
        expect(page.get_by_role("alert")).to_contain_text("باشقا بىرى ئالدىراپ قوبۇل قىلدى")
        page.locator(f"button[value={offer(firm.day, 'K2', 'Q9')}]").click()
        expect(page.locator(".good")).to_contain_text("1 تۈر قوبۇل قىلىندى")
        expect(page.locator(".stops")).to_contain_text("柳树巷2号")


def test_time_off_gives_back_what_the_crew_has_promised(browser: Browser, firm: Firm) -> None:
    with firm.day.database.transaction() as session:
        offers.accept(session, offer(firm.day, "K1", "Q4"))
    with looking(browser, f"{firm.address}/provider/crews?lang=zh", complaint="422") as page:
        page.get_by_role("link", name="修改时间或请假 (一班)").click()
        days = page.get_by_label("日期")
        days.first.fill(DAY.isoformat())
        days.last.fill(DAY.replace(day=19).isoformat())
        page.get_by_label("原因").fill("车辆年检")
        page.get_by_role("button", name="提交请假").click()
        expect(page.get_by_role("alert")).to_contain_text("结束必须晚于开始")
        expect(page.get_by_label("原因")).to_have_value("车辆年检")
        days.last.fill(DAY.isoformat())
        page.get_by_role("button", name="提交请假").click()
        expect(page.locator(".good")).to_contain_text("已记录")
        page.locator("input[name=w0_0_to]").fill("12:00")
        page.get_by_role("button", name="保存时间").click()
        expect(page.locator("input[name=w0_0_to]")).to_have_value("12:00")
    assert states(firm.day)["K1", "Q4"] == ["declined"]
