"""The sign-in page, as people and their tools see it."""

from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, expect

from api.pages.entry import TOO_OFTEN, WRONG
from api.words import Voice
from matcher import accounts, areas
from matcher.accounts import Bound
from matcher.types import Role
from tests.pages.conftest import Site
from tests.pages.seeing import WIDTHS, faults, looking

PASSWORD = "correct horse"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("language", ["zh", "en", "ug"])
def test_axe_finds_nothing_and_nothing_overflows(
    browser: Browser, site: Site, language: str, width: str, scheme: str
) -> None:
    address = f"{site.address}/sign-in?lang={language}"
    with looking(browser, address, WIDTHS[width], "401", signed_in=False, color_scheme=scheme) as page:
        assert faults(page) == []
        page.locator("input[name=name]").fill(f"nobody-{language}-{width}-{scheme}")
        page.locator("input[name=password]").fill("wrong horse")
        page.locator("button.go").click()
        expect(page.get_by_role("alert")).to_be_visible()
        assert faults(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= WIDTHS[width]


def test_a_person_signs_in_by_keyboard_works_and_signs_out(browser: Browser, site: Site) -> None:
    with site.database.transaction() as session:
        accounts.add(session, "keyboard", Role.ADMINISTRATOR, Bound(), PASSWORD)
    with looking(browser, f"{site.roster}/publish?lang=en", signed_in=False) as page:
        expect(page).to_have_title("Sign in")
        page.get_by_label("Name").focus()
        page.keyboard.type("Keyboard")
        page.keyboard.press("Tab")
        page.keyboard.type(PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url(f"{site.roster}/publish")
        expect(page.get_by_role("button", name="Sign out")).to_contain_text("keyboard")
        page.get_by_role("button", name="Sign out").click()
        page.wait_for_url("**/sign-in")
        page.goto(site.roster)
        page.wait_for_url("**/sign-in?to=*")


def test_who_may_not_is_told_so_on_a_page(browser: Browser, site: Site) -> None:
    with site.database.transaction() as session:
        area = areas.first_subdistrict(session)
        assert area is not None
        accounts.add(session, "auditing", Role.AUDITOR, Bound(area_id=area.id), PASSWORD)
    with looking(browser, f"{site.address}/sign-in?lang=en", complaint="403", signed_in=False) as page:
        page.get_by_label("Name").fill("auditing")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Tuanjie Road Subdistrict")
        page.goto(f"{site.roster}/one-more?lang=en")
        expect(page.get_by_role("heading", level=1)).to_have_text("Your account may not do this")
        assert faults(page) == []


@pytest.mark.parametrize("language", ["zh", "ug"])
def test_what_went_wrong_is_said_in_the_readers_language(language: str) -> None:
    voice = Voice(language, ZoneInfo("UTC"))
    assert all(voice.say(text) != text for text in (WRONG, TOO_OFTEN))
