"""The desk at the hall: from finding somebody to the slip that they take home."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from api.words import LANGUAGES
from fixtures import tiny
from matcher.database import Database
from matcher.settings import Settings
from tests.matcher.test_offers import LATER, opened, publish
from tests.matcher.test_snapshot import DAY
from tests.pages.conftest import copied
from tests.pages.seeing import NOBODY, WIDTHS, faults, looking, served


@pytest.fixture(scope="module")
def hall(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An office whose day is published."""
    home = tmp_path_factory.mktemp("hall")
    url = f"sqlite:///{copied(sqlite_template, home)}"
    database = Database(url)
    day = opened(database, home, tiny.tables(DAY))
    day.store(LATER)
    publish(day)
    with served(Settings(home=home, database_url=url, redis_url=NOBODY)) as address:
        yield address
    database.close()


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_nothing_from_the_search_to_the_slip(browser: Browser, hall: str, language: str, width: str) -> None:
    with looking(browser, f"{hall}/desk?lang={language}&find=wxy", WIDTHS[width], "422") as page:
        right(page, width)
        page.get_by_role("link", name="吴秀英").click()
        right(page, width)
        page.locator("select[name=service_id]").select_option(index=0)
        page.locator("input[name=from]").fill("11:00")
        page.locator("button.go").click()
        expect(page.get_by_role("alert")).to_be_visible()
        right(page, width)
        page.locator("input[name=from]").fill("09:00")
        page.locator("button.go").click()
        page.wait_for_url("**/desk/requests/*", timeout=8000)
        right(page, width)
        page.goto(f"{hall}/desk/new")
        right(page, width)


def right(page: Page, width: str) -> None:
    assert faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= WIDTHS[width]


def test_a_request_is_taken_down_by_keyboard_and_nothing_typed_is_lost(browser: Browser, hall: str) -> None:
    with looking(browser, f"{hall}/desk?lang=en", complaint="422") as page:
        page.keyboard.type("zhang")
        page.keyboard.press("Enter")
        expect(page.locator(".cards li")).to_contain_text(["张玉兰"])
        page.goto(f"{hall}/desk?lang=en&find=ldm")
        page.get_by_role("link", name="刘德明").press("Enter")
        page.get_by_label("Look for a service").fill("陪伴")
        page.get_by_label("Service", exact=True).select_option(label=first(page))
        page.get_by_label("Every week on these days").check()
        page.locator("summary").press("Enter")
        page.get_by_label("Note for whoever comes").fill("耳背，请大声敲门")
        page.get_by_role("button", name="Take it down").press("Enter")
        expect(page.get_by_role("alert")).to_have_text("Choose at least one weekday.")
        expect(page.get_by_label("Note for whoever comes")).to_have_value("耳背，请大声敲门")
        page.get_by_label("Tuesday").check()
        page.get_by_role("button", name="Take it down").press("Enter")
        page.wait_for_url("**/desk/requests/*", timeout=8000)
        expect(page.locator(".slip")).to_contain_text("Tuesday")
        slip = page.url
        page.get_by_role("link", name="Back").click()
        expect(page.locator(".lines li").first).to_contain_text("asked for")
        page.locator(".lines li a").first.click()
        page.wait_for_url(slip)
        expect(page.locator(".slip")).to_contain_text("耳背，请大声敲门")
        page.get_by_role("button", name="Withdraw").press("Enter")
        page.wait_for_url("**/desk/residents/*")


def first(page: Page) -> str:
    """The first service that the search leaves."""
    return page.locator("#service option:not([hidden])").first.inner_text()


def test_what_became_of_earlier_wishes_is_told(browser: Browser, hall: str) -> None:
    with looking(browser, f"{hall}/desk?lang=en&find=wxy") as page:
        page.get_by_role("link", name="吴秀英").click()
        expect(page.locator(".lines .tag").first).to_be_visible()
        told = set(page.locator(".lines .tag").all_inner_texts())
        assert "somebody is being asked" in told


def test_somebody_new_is_registered_and_found_by_initials(browser: Browser, hall: str) -> None:
    with looking(browser, f"{hall}/desk?lang=en&find=qqq", complaint="422") as page:
        page.get_by_role("link", name="Register a resident").click()
        page.get_by_label("Name").fill("钱多多")
        page.get_by_label("Telephone").fill("abc")
        page.get_by_label("Community").select_option(index=1)
        page.get_by_label("lives alone").check()
        page.get_by_role("button", name="Register").click()
        expect(page.get_by_role("alert")).to_contain_text("telephone")
        expect(page.get_by_label("Name")).to_have_value("钱多多")
        expect(page.get_by_label("lives alone")).to_be_checked()
        page.get_by_label("Telephone").fill("13999000077")
        page.get_by_role("button", name="Register").click()
        page.wait_for_url("**/desk/residents/res_*")
        page.goto(f"{hall}/desk?lang=en&find=qdd")
        expect(page.get_by_role("link", name="钱多多")).to_be_visible()
