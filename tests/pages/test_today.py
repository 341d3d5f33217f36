"""The coordinator's first look at the day: what stands there, what one press does, and what others did meanwhile."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlmodel import Session, select

from api.words import LANGUAGES
from fixtures import tiny
from matcher import areas, clock, exchanges, offers, releases
from matcher.database import Database
from matcher.keys import new_key
from matcher.settings import Settings
from matcher.tables.people import Resident
from matcher.tables.proof import Feedback, Wish
from matcher.types import WishKind
from tests.api.test_exchanges import assignment
from tests.matcher.test_offers import LATER, offer, opened, publish
from tests.matcher.test_snapshot import DAY
from tests.pages.conftest import copied
from tests.pages.seeing import NOBODY, WIDTHS, faults, looking, served
from tests.tiny_day import TinyDay


@dataclass(frozen=True)
class Morning:
    """A published day of which one volunteer has accepted, and would like to give it back."""

    address: str
    day: TinyDay

    @property
    def page(self) -> str:
        with self.day.database.reading() as session:
            area = next(row for row in areas.everything(session) if row.number == tiny.COMMUNITY)
        return f"{self.address}/?day={DAY}&area_id={area.id}"


@pytest.fixture(scope="module")
def morning(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Morning]:
    home = tmp_path_factory.mktemp("morning")
    url = f"sqlite:///{copied(sqlite_template, home)}"
    database = Database(url)
    day = opened(database, home, tiny.tables(DAY))
    day.store(LATER)
    publish(day)
    with database.transaction() as session:
        area = next(row for row in areas.everything(session) if row.number == tiny.COMMUNITY)
        exchanges.set_rules(session, area.id, exchanges.Rules(0, 0, needs_approval=True))
        offers.accept(session, offer(day, "V1", "Q1"))
        releases.ask(session, assignment(day, "V1", "Q1"), "发烧了", "V1")
        propose(session, day)
    with served(Settings(home=home, database_url=url, redis_url=NOBODY)) as address:
        yield Morning(address, day)
    database.close()


def propose(session: Session, day: TinyDay) -> None:
    """A resident does not want to see V2 again."""
    resident = session.exec(select(Resident)).first()
    assert resident is not None
    said = Feedback(id=new_key("fbk"), visit_id=day.visits["Q2"], rating=2, words="迟到了", given_at=clock.now())
    session.add(said)
    session.flush()
    wish = Wish(
        id=new_key("wsh"),
        feedback_id=said.id,
        resident_id=resident.id,
        helper_id=day.helpers["V2"],
        kind=WishKind.NOT_AGAIN,
        said_at=clock.now(),
    )
    session.add(wish)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_nothing_and_nothing_hangs_over_the_side(
    browser: Browser, morning: Morning, language: str, width: str, scheme: str
) -> None:
    with looking(browser, f"{morning.page}&lang={language}", WIDTHS[width], color_scheme=scheme) as page:
        assert faults(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_it_says_what_is_left_who_was_asked_and_what_waits(browser: Browser, morning: Morning) -> None:
    with looking(browser, f"{morning.page}&lang=en") as page:
        assert numbers(page)["Waits for your word"] == "2"
        expect(page.locator("#left .lines li").first).to_contain_text("What would fix it")
        expect(page.locator("#asked")).to_contain_text("nobody stands by")
        expect(page.locator("#answers")).to_contain_text("accepted")
        expect(page.locator("#waits")).to_contain_text("发烧了")
        expect(page.locator("#waits")).to_contain_text("迟到了")


def numbers(page: Page) -> dict[str, str]:
    doors = page.locator("#part-numbers a").all()
    return {door.locator("span").inner_text(): door.locator("strong").inner_text().split()[0] for door in doors}


def test_a_day_without_a_roster_is_opened_by_one_press(browser: Browser, morning: Morning) -> None:
    with looking(browser, morning.page.replace(str(DAY), "2034-11-27") + "&lang=en") as page:
        page.get_by_role("button", name="Open the day").press("Enter")
        page.wait_for_url("**/rosters/ros_*")
        expect(page.get_by_role("button", name="Solve")).to_be_visible()


def test_one_agrees_by_keyboard_and_the_other_sees_it_without_loading_anew(browser: Browser, morning: Morning) -> None:
    with looking(browser, f"{morning.page}&lang=en") as other, looking(browser, f"{morning.page}&lang=en") as page:
        page.get_by_role("button", name="Agree, and ask the next").press("Enter")
        page.wait_for_url("**/#waits")
        page.goto(f"{morning.page}&lang=en")
        assert numbers(page)["Waits for your word"] == "1"
        expect(other.get_by_role("status")).to_contain_text("Something has changed", timeout=15_000)
        assert numbers(other)["Waits for your word"] == "1"
        expect(other.locator("#answers")).to_contain_text("declined")
        page.get_by_label("Reason").fill("以后换人")
        page.get_by_role("button", name="Keep them apart").press("Enter")
        expect(page.locator("#waits")).not_to_contain_text("迟到了")
