"""What people open from a link or a paper, and who stands by: a real browser, three languages, a desk and a phone."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, expect
from sqlmodel import select

from api.words import LANGUAGES
from fixtures import tiny
from matcher import attestations, clock
from matcher.database import Database
from matcher.keys import new_key
from matcher.settings import Settings
from matcher.tables.notices import Notice
from matcher.tables.proof import Hours
from matcher.types import Basis, Tongue
from tests.api.test_exchanges import DESK, assignment
from tests.api.test_offers import link
from tests.matcher.test_offers import LATER, opened, publish
from tests.matcher.test_snapshot import DAY
from tests.pages.conftest import copied
from tests.pages.seeing import NOBODY, TOKENS, WIDTHS, faults, looking, served
from tests.signed import shown
from tests.tiny_day import TinyDay

PAGES = ("standby", "swap", "roster", "attestation")


@dataclass(frozen=True)
class Links:
    """Where each page is."""

    standby: str
    swap: str
    roster: str
    attestation: str


@pytest.fixture(scope="module")
def links(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Links]:
    """A published day on which V3 stands by, V1 has asked them to take a visit over, and V1 has served an hour."""
    home = tmp_path_factory.mktemp("links")
    url = f"sqlite:///{copied(sqlite_template, home)}"
    database = Database(url)
    rows = tiny.tables(DAY)
    rows["time_off"] = []
    rows["volunteers"][2] |= {"技能": "陪伴", "可服务时间": "周一 09:00-12:00；周一 14:00-17:00", **tiny.point("B")}
    day = opened(database, home, rows)
    day.store(LATER)
    publish(day)
    standby = link(day, "V3")
    with served(Settings(home=home, database_url=url, redis_url=NOBODY)) as address:
        asked = f"{address}/v1/assignments/{assignment(day, 'V1', 'Q1')}/swap"
        answer = httpx.post(asked, json={**DESK, "helper_id": day.helpers["V3"]}, headers=shown(TOKENS[address]))
        assert answer.status_code == 201
        with database.reading() as session:
            swap = session.exec(select(Notice.values).where(Notice.kind == "swap")).one()["path"]
        paths = (standby, swap, f"/rosters/{day.roster_id}", attested(day))
        yield Links(*(f"{address}{path}" for path in paths))
    database.close()


def attested(day: TinyDay) -> str:
    """Where the paper of an hour that V1 has served can be checked."""
    me, today = day.helpers["V1"], clock.now().date()
    with day.database.transaction() as session:
        mine = {"helper_id": me, "visit_id": day.visits["Q1"], "day": today, "minutes": 60}
        session.add(Hours(id=new_key("hrs"), **mine, basis=Basis.MEASURED, entered_at=clock.now()))
        session.flush()
        said = attestations.paper(session, me, today, today, Tongue.CHINESE)
    return str(said["address"])


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("which", PAGES)
def test_axe_finds_nothing_and_nothing_hangs_over_the_side(
    browser: Browser, links: Links, which: str, language: str, width: str
) -> None:
    with looking(browser, f"{getattr(links, which)}?lang={language}", WIDTHS[width]) as page:
        for one in page.locator("details").all():
            one.evaluate("element => element.open = true")
        assert faults(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert page.evaluate("document.documentElement.dir") == ("rtl" if language == "ug" else "ltr")


@pytest.mark.parametrize(
    ("which", "language", "words"),
    [
        ("standby", "zh", "您是替补："),
        ("standby", "en", "You stand by"),
        ("standby", "ug", "سىز زاپاس:"),
        ("swap", "zh", "您愿意接替吗？"),
        ("swap", "en", "Will you take this over?"),
        ("swap", "ug", "ئورنىغا بارالامسىز؟"),
        ("roster", "zh", "替补名单"),
        ("roster", "en", "Who stands by"),
        ("roster", "ug", "زاپاسلار"),
        ("attestation", "zh", "仍然有效"),
        ("attestation", "en", "The hours stand as they were printed."),
        ("attestation", "ug", "كۈچكە ئىگە"),
    ],
)
def test_each_page_says_what_it_is_about(browser: Browser, links: Links, which: str, language: str, words: str) -> None:
    with looking(browser, f"{getattr(links, which)}?lang={language}") as page:
        expect(page.locator("main")).to_contain_text(words)


def test_on_a_phone_one_press_says_that_somebody_can_stand_by(browser: Browser, links: Links) -> None:
    with looking(browser, f"{links.standby}?lang=en", WIDTHS["phone"]) as page:
        before = page.get_by_role("button", name="Yes, I can stand by").count()
        page.get_by_role("button", name="Yes, I can stand by").first.click()
        expect(page.get_by_role("button", name="Yes, I can stand by")).to_have_count(before - 1)
        assert faults(page) == []
