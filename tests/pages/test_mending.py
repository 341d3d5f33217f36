"""A visit looked at closely, a helper who falls ill, one more: in a real browser, answered by a worker's code."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from api.words import LANGUAGES
from fixtures import tiny
from matcher import clock, outbox, pins, snapshot
from matcher.database import Database
from matcher.settings import Settings
from solver import judge
from tests.matcher.test_snapshot import opened
from tests.pages.conftest import copied
from tests.pages.seeing import NOBODY, WIDTHS, faults, looking, served
from tests.tiny_day import BY_HAND, TinyDay
from workers.asking import answer_in
from workers.curing import cure_in

SEVEN = datetime(2026, 11, 22, 23, 0, tzinfo=UTC)
"""Seven in the morning of the tiny world's day, in Shanghai."""


class Desk:
    """A served office with one solved day, and a worker that answers when it is told to."""

    def __init__(self, address: str, database: Database, roster_id: str) -> None:
        self.address, self.database = address, database
        self.day = TinyDay(database, roster_id)
        self.roster = f"{address}/rosters/{roster_id}"

    def visit(self, number: str) -> str:
        return f"{self.roster}/visits/{self.day.visits[number]}"

    def helper(self, number: str) -> str:
        return f"{self.roster}/helpers/{self.day.helpers[number]}"

    def cost(self) -> int:
        """What the judge says of the draft."""
        with self.database.reading() as session:
            seen = snapshot.problem(session, self.day.roster_id)
            return judge.cost(replace(seen.problem, pins=()), snapshot.drafted(session, seen))

    def work(self) -> None:
        """Answer all that is asked, as a worker does."""
        with self.database.reading() as session:
            asked = [(row.id, row.topic, row.subject) for row in outbox.pending(session)]
        for _, topic, subject in asked:
            if topic == outbox.CURES:
                cure_in(self.database, subject, Settings())
            elif topic == outbox.QUESTION:
                answer_in(self.database, subject, Settings())
        with self.database.transaction() as session:
            outbox.mark_sent(session, [one[0] for one in asked])


def office(template: Path, home: Path) -> Iterator[Desk]:
    url = f"sqlite:///{copied(template, home)}"
    database = Database(url)
    roster_id = opened(database, home, area=tiny.SUBDISTRICT)
    with served(Settings(home=home, database_url=url, redis_url=NOBODY)) as address:
        desk = Desk(address, database, roster_id)
        desk.day.store([one for one in BY_HAND if one[1] != "Q1"])
        yield desk
    database.close()


@pytest.fixture(autouse=True, scope="module")
def early() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(clock, "now", lambda: SEVEN)
        yield


@pytest.fixture
def desk(sqlite_template: Path, tmp_path: Path) -> Iterator[Desk]:
    """A day whose Q1 is left though V1 could make it."""
    yield from office(sqlite_template, tmp_path)


@pytest.fixture(scope="module")
def quiet(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """The same for tests that only look; every question of its pages is answered."""
    yield from office(sqlite_template, tmp_path_factory.mktemp("quiet"))


def ill(desk: Desk, page: Page, worked: Callable[[], None]) -> None:
    """From the helper's page to the trade-off."""
    page.goto(f"{desk.helper('V2')}?lang=en")
    page.get_by_role("button", name="Show what can be done").click()
    page.wait_for_url("**/changes/que_*")
    worked()
    expect(page.locator(".options > li").first).to_be_visible()


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_nothing_and_nothing_is_cut_off(browser: Browser, quiet: Desk, language: str, width: str) -> None:
    for address in (quiet.visit("Q1"), quiet.visit("Q2"), quiet.helper("V2"), f"{quiet.roster}/one-more"):
        with looking(browser, f"{address}?lang={language}", WIDTHS[width]) as page:
            assert faults(page) == []
            quiet.work()
            page.reload()
            assert page.locator("progress").count() == 0
            page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
            assert faults(page) == []
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
            assert page.locator("html").get_attribute("lang") == language


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_nothing_on_the_trade_off(browser: Browser, quiet: Desk, language: str, scheme: str) -> None:
    with looking(browser, quiet.roster, WIDTHS["phone"], color_scheme=scheme) as page:
        ill(quiet, page, quiet.work)
        page.goto(f"{page.url}?lang={language}")
        page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
        assert faults(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert not re.search(r"vis_|hlp_|\{", page.locator("main").inner_text())


def test_from_the_reasons_of_a_left_visit_to_its_fix_with_one_press(browser: Browser, desk: Desk) -> None:
    with looking(browser, f"{desk.roster}?lang=en") as page:
        line = page.locator("details.left", has_text="吴秀英")
        line.locator("summary").click()
        line.get_by_role("link", name="What would fix it, and who could come").click()
        expect(page.get_by_role("heading", level=2).first).to_have_text("Why nobody comes")
        expect(page.get_by_role("progressbar")).to_be_visible()
        expect(page.get_by_role("status")).to_contain_text("Working out the cheapest fixes")
        desk.work()
        expect(page.get_by_role("progressbar")).to_have_count(0)
        expect(page.locator(".cards .said").first).to_contain_text("王丽 can make")
        page.get_by_role("button", name="Do it", exact=True).first.click()
        page.wait_for_url("**?adopted")
        expect(page.get_by_role("status").first).to_contain_text("The draft is changed")
        expect(page.locator("details.left", has_text="吴秀英")).to_have_count(0)
    assert "Q1" in {made[1] for made in desk.day.held()}


def test_a_candidate_is_sent_at_the_cost_that_was_shown_and_stays_pinned(browser: Browser, desk: Desk) -> None:
    with looking(browser, f"{desk.visit('Q1')}?lang=en") as page:
        first = page.locator("section", has=page.get_by_role("heading", name="Who could come")).locator("li").first
        expect(first).to_contain_text("王丽 09:00")
        said = re.search(r"saves ([\d,]+) points", first.inner_text())
        assert said is not None
        before = desk.cost()
        first.get_by_role("button", name="Send them").click()
        page.wait_for_url("**?adopted")
    assert before - desk.cost() == int(said[1].replace(",", ""))
    with desk.database.reading() as session:
        held = [(pin.visit_id, pin.helper_ids) for pin in pins.of_roster(session, desk.day.roster_id)]
    assert held == [(desk.day.visits["Q1"], [desk.day.helpers["V1"]])]


def test_somebody_falls_ill_and_one_press_makes_the_draft_without_them(browser: Browser, desk: Desk) -> None:
    with looking(browser, f"{desk.roster}?lang=en") as page:
        page.locator("tbody th", has_text="古丽娜尔").get_by_role("link").click()
        expect(page.get_by_role("heading", name="They cannot come")).to_be_visible()
        page.get_by_role("button", name="Show what can be done").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("cannot come")
        expect(page.get_by_role("progressbar")).to_be_visible()
        desk.work()
        page.locator(".options details summary").first.click()
        expect(page.locator(".options .told li.withdrawn").first).to_be_visible()
        page.get_by_role("button", name="Do it this way").first.click()
        page.wait_for_url("**?adopted")
        expect(page.locator("tbody th", has_text="古丽娜尔")).to_have_count(0)
    assert not {made for made in desk.day.held() if made[0] == "V2"}


def test_a_late_press_stores_nothing_and_says_so(browser: Browser, desk: Desk) -> None:
    with looking(browser, desk.roster, complaint="409") as page:
        ill(desk, page, desk.work)
        desk.day.store()
        page.get_by_role("button", name="Do it this way").first.click()
        expect(page.get_by_role("alert")).to_contain_text("The roster has changed since this page was shown")
        held = desk.day.held()
        page.get_by_role("button", name="Ask again").click()
        expect(page.get_by_role("progressbar")).to_be_visible()
    assert desk.day.held() == held


def test_a_cancelled_visit_goes_and_makes_room_for_one_that_was_left(browser: Browser, desk: Desk) -> None:
    with looking(browser, f"{desk.visit('Q2')}?lang=en") as page:
        page.get_by_role("button", name="The resident cancels").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("Cancelled:")
        desk.work()
        page.get_by_role("button", name="Do it this way").first.click()
        page.wait_for_url("**?adopted")
    made = {made[1] for made in desk.day.held()}
    assert "Q2" not in made
    assert "Q1" in made


def test_what_must_be_made_is_squeezed_in(browser: Browser, desk: Desk) -> None:
    with looking(browser, f"{desk.visit('Q1')}?lang=en") as page:
        page.get_by_role("button", name="It must be made").click()
        desk.work()
        expect(page.locator(".options")).to_contain_text("Every visit is made.")
        page.get_by_role("button", name="Do it this way").last.click()
        page.wait_for_url("**?adopted")
    assert "Q1" in {made[1] for made in desk.day.held()}


def test_everything_is_done_by_keyboard_alone(browser: Browser, desk: Desk) -> None:
    with looking(browser, f"{desk.helper('V2')}?lang=en") as page:

        def tab_to(name: str) -> None:
            for _ in range(30):
                page.keyboard.press("Tab")
                if name in page.evaluate("document.activeElement.textContent"):
                    return
            pytest.fail(f"the keyboard does not reach {name}")

        tab_to("Show what can be done")
        page.keyboard.press("Enter")
        page.wait_for_url("**/changes/que_*")
        desk.work()
        expect(page.locator(".options")).to_be_visible()
        tab_to("Do it this way")
        page.keyboard.press("Enter")
        page.wait_for_url("**?adopted")
    assert not {made for made in desk.day.held() if made[0] == "V2"}


def test_what_one_more_helper_would_change_is_a_small_list(browser: Browser, desk: Desk) -> None:
    with looking(browser, f"{desk.roster}?lang=en") as page:
        page.get_by_role("link", name="What would one more helper change?").click()
        expect(page.get_by_role("status")).to_contain_text("Trying the day with one more helper")
        desk.work()
        expect(page.locator(".cards .said").first).to_contain_text("One more person in")
        expect(page.locator(".cards .better").first).to_contain_text("saves")


def test_a_page_of_nothing_is_a_page_in_words(browser: Browser, desk: Desk) -> None:
    nobody = "hlp_00000000000000000000000000"
    with looking(browser, f"{desk.roster}/helpers/{nobody}?lang=en", complaint="404") as page:
        expect(page.get_by_role("heading", level=1)).to_have_text("There is no such page")
