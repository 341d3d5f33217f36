"""The page before publishing: who would be told what, in three languages, and one tap that tells them."""

import re

import pytest
from playwright.sync_api import Browser, expect

from api.words import LANGUAGES
from tests.pages.conftest import Site
from tests.pages.seeing import WIDTHS, faults, looking


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_nothing(browser: Browser, site: Site, language: str, width: str, scheme: str) -> None:
    with looking(browser, f"{site.roster}/publish?lang={language}", WIDTHS[width], color_scheme=scheme) as page:
        assert faults(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize(
    ("language", "button", "change"),
    [
        ("zh", "发布，并通知 4 人", r"新增：陪伴聊天（吴秀英），09:00 至 10:00。"),
        ("en", "Publish, and tell 4 people", r"New: .* \(吴秀英\), from 09:00 to 10:00\."),
        ("ug", "ئېلان قىلىپ، 4 كىشىگە خەۋەر قىلىش", "يېڭى:"),
    ],
)
def test_the_preview_says_who_will_be_told_what(
    browser: Browser, site: Site, language: str, button: str, change: str
) -> None:
    with looking(browser, f"{site.roster}/publish?lang={language}") as page:
        expect(page.get_by_role("button", name=button)).to_be_visible()
        expect(page.locator(".told > li")).to_have_count(4)
        expect(page.locator(".told > li", has_text="王丽").locator("li").first).to_have_text(re.compile(change))


def test_an_empty_roster_has_nothing_to_publish(browser: Browser, site: Site) -> None:
    with looking(browser, f"{site.address}/rosters/{site.empty}/publish?lang=en") as page:
        expect(page.locator("main")).to_contain_text("Solve the roster first")
        expect(page.locator("main").get_by_role("button")).to_have_count(0)
        assert faults(page) == []


def test_one_tap_publishes_once_and_a_late_one_is_told_to_look_again(browser: Browser, site: Site) -> None:
    with (
        looking(browser, f"{site.roster}?lang=en") as page,
        looking(browser, f"{site.roster}/publish?lang=en", complaint="412") as late,
    ):
        page.get_by_role("link", name="Preview and publish").click()
        page.get_by_role("button", name="Publish, and tell 4 people").click()
        page.wait_for_url(re.compile(rf"{site.solved}$"))
        expect(page.locator(".head")).to_contain_text("published")
        page.get_by_role("link", name="Preview and publish").click()
        expect(page.locator("main")).to_contain_text("Everybody knows what concerns them")
        expect(page.locator(".versions li")).to_have_count(1)
        assert faults(page) == []

        late.get_by_role("button", name="Publish, and tell 4 people").click()
        expect(late.get_by_role("alert")).to_have_text("The roster has changed since this preview. Look at it again.")
