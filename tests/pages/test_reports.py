"""The reports in a real browser: drawn, told as a table, taken along, and printed."""

from io import BytesIO

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Browser, expect

from api.pages.reports import figure
from matcher.reports import ReportName
from tests.matcher.test_snapshot import DAY
from tests.pages.conftest import Site
from tests.pages.seeing import WIDTHS, faults, looking

PERIOD = f"since={DAY}&until={DAY}"


@pytest.mark.parametrize(
    ("language", "width", "scheme"), [("zh", "desk", "light"), ("ug", "phone", "dark"), ("en", "phone", "light")]
)
def test_axe_finds_nothing_and_nothing_hangs_over_the_side(
    browser: Browser, site: Site, language: str, width: str, scheme: str
) -> None:
    names = ReportName if language == "zh" else (ReportName.COVERAGE, ReportName.UTILISATION)
    with looking(browser, f"{site.address}/reports?lang={language}", WIDTHS[width], color_scheme=scheme) as page:
        for name in names:
            page.goto(f"{site.address}/reports/{name}?{PERIOD}")
            expect(page.locator("svg.chart")).to_be_visible()
            assert faults(page) == [], name
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name


def test_a_coordinator_narrows_a_report_by_keyboard_and_takes_it_along(browser: Browser, site: Site) -> None:
    with looking(browser, f"{site.address}/reports/coverage?lang=zh", complaint="422") as page:
        page.locator("input[name=since]").fill(DAY.isoformat())
        page.locator("input[name=until]").fill("2034-11-01")
        page.get_by_role("button", name="查看").press("Enter")
        expect(page.get_by_role("alert")).to_contain_text("截止日期不能早于起始日期")
        expect(page.locator("input[name=since]")).to_have_value(DAY.isoformat())
        page.locator("input[name=until]").fill(DAY.isoformat())
        page.get_by_role("button", name="查看").press("Enter")
        expect(page.locator(".sum")).to_contain_text("9")
        with page.expect_download() as coming:
            page.get_by_role("link", name="导出 Excel").click()
        rows = list(load_workbook(BytesIO(coming.value.path().read_bytes())).active.values)
    assert rows[0] == ("区域", "服务次数", "已落实", "未落实", "已服务", "覆盖率")
    assert rows[-1][:2] == ("合计", 9)


def test_figures_are_told_as_people_read_them() -> None:
    assert [
        figure(*one) for one in (("used_share", 20.8), ("free_minutes", 2520), ("visits", 1234), ("visits", None))
    ] == [*("20.8 %", "42.0", "1,234", "–")]
