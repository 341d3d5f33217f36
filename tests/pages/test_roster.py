"""The roster's page in a real browser: three languages, both directions, a desk and a phone, light and dark."""

import re
from dataclasses import replace
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from api.pages.layout import TEMPLATES
from api.pages.rosters import shown
from api.words import LANGUAGES, Voice
from matcher import areas, rosters
from tests.pages.conftest import Site
from tests.pages.seeing import TOKENS, WIDTHS, faults, looking
from tests.signed import remember


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_nothing(browser: Browser, site: Site, language: str, width: str, scheme: str) -> None:
    with looking(browser, f"{site.roster}?lang={language}", WIDTHS[width], color_scheme=scheme) as page:
        page.locator("details.left").first.evaluate("element => element.open = true")
        assert faults(page) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_nothing_on_empty_pages(browser: Browser, site: Site, bare: str, language: str) -> None:
    for address in (f"{bare}/", f"{site.address}/rosters/{site.empty}"):
        with looking(browser, f"{address}?lang={language}") as page:
            assert faults(page) == []


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_only_the_timeline_scrolls_sideways(browser: Browser, site: Site, language: str, width: str) -> None:
    with looking(browser, f"{site.roster}?lang={language}", WIDTHS[width]) as page:
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert page.evaluate("document.querySelector('.frame').scrollWidth > 700")


def test_uyghur_is_a_true_mirror(browser: Browser, site: Site) -> None:
    def places(language: str) -> tuple[float, list[float]]:
        with looking(browser, f"{site.roster}?lang={language}") as page:
            frame, names = page.locator(".frame").bounding_box(), page.locator("tbody th").first.bounding_box()
            assert frame is not None
            assert names is not None
            row = page.locator("tbody tr", has_text="王丽")
            bars = [one.bounding_box() for one in row.locator("svg svg").all()]
            return names["x"] - frame["x"], [bar["x"] for bar in bars if bar is not None]

    names, bars = places("en")
    mirrored_names, mirrored_bars = places("ug")
    assert names < 10 < 400 < mirrored_names
    assert bars == sorted(bars)
    assert len(bars) == 3
    assert mirrored_bars == sorted(mirrored_bars, reverse=True)


@pytest.mark.parametrize(
    ("language", "name", "reason", "stop"),
    [
        (
            "zh",
            "团结路街道",
            "5 名服务者中没有人符合双语翻译（哈丽玛·别克）的条件",
            "不会说双语翻译（哈丽玛·别克）要求的语言",
        ),
        (
            "en",
            "Tuanjie Road Subdistrict",
            "None of the 5 helpers may make Bilingual interpreting (哈丽玛·别克), whatever else they do.",
            "speak none of the languages of Bilingual interpreting",
        ),
        ("ug", "ئىتتىپاق يولى كوچا باشقارمىسى", "قوش تىللىق تەرجىمانلىق", "تىلنى بىلمەيدۇ"),
    ],
)
def test_the_page_says_why_a_visit_is_left(
    browser: Browser, site: Site, language: str, name: str, reason: str, stop: str
) -> None:
    with looking(browser, f"{site.roster}?lang={language}") as page:
        assert page.locator("html").get_attribute("lang") == language
        expect(page.locator("h1")).to_have_text(name)
        left = page.locator("details.left", has_text="哈丽玛·别克")
        expect(left.locator(".why")).to_contain_text(reason)
        expect(left).to_contain_text(stop)


def test_the_measures_are_told(browser: Browser, site: Site) -> None:
    with looking(browser, f"{site.roster}?lang=en") as page:
        told = re.sub(r"\s+", " ", page.locator(".measures").inner_text())
    for words in (
        "Assigned 7 of 9",
        "Unassigned 2",
        "out today 4 of 5",
        "14.89 % at least 600 points",
        "Solved in 1.5",
    ):
        assert words in told


def test_a_bar_tells_time_service_person_and_place(browser: Browser, site: Site) -> None:
    with looking(browser, f"{site.roster}?lang=zh") as page:
        titles = page.locator("tbody tr", has_text="王丽").locator("svg svg title").all_text_contents()
    assert titles[0] == "09:00–10:00 陪伴聊天 · 吴秀英 · 团结路1号"


def test_a_language_once_chosen_stays(browser: Browser, site: Site) -> None:
    with looking(browser, f"{site.address}/", locale="en-GB") as page:
        expect(page.locator("html")).to_have_attribute("lang", "en")
        page.get_by_role("link", name="ئۇيغۇرچە").click()
        expect(page.locator("html")).to_have_attribute("dir", "rtl")
        page.goto(f"{site.address}/")
        expect(page.locator("html")).to_have_attribute("lang", "ug")


def test_one_community_is_shown_alone(browser: Browser, site: Site) -> None:
    with looking(browser, f"{site.roster}?lang=zh") as page:
        page.locator("#community").select_option(label="柳树巷社区")
        page.wait_for_url("**community=are_*")
        expect(page.locator("#community option:checked")).to_have_text("柳树巷社区")
        expect(page.locator("tbody tr")).to_have_count(4)
        nowhere = page.url.rpartition("=")[0] + "=are_00000000000000000000000000"
        page.goto(nowhere)
        expect(page.locator("tbody tr")).to_have_count(0)


def test_a_run_is_begun_and_stopped_from_the_page_also_while_the_queue_is_away(browser: Browser, site: Site) -> None:
    with looking(browser, f"{site.address}/rosters/{site.empty}?lang=en") as page:
        expect(page.locator("main")).to_contain_text("9 visits wait for a roster")
        page.get_by_role("button", name="Solve").click()
        expect(page.get_by_role("progressbar")).to_be_visible()
        expect(page.get_by_role("status")).to_have_text("Waiting for a worker …")
        page.get_by_role("button", name="Stop and keep the best").click()
        expect(page.get_by_role("button", name="Solve again")).to_be_visible(timeout=15_000)
        expect(page.get_by_role("progressbar")).to_be_hidden()


def test_an_office_without_data_is_told_what_to_do(browser: Browser, bare: str) -> None:
    with looking(browser, f"{bare}/?lang=en") as page:
        expect(page.locator("main")).to_contain_text("matcher import areas areas.csv")


NOBODY_IN: dict[str, Any] = {"actor": None, "seal": "", "sealed": "", "ways": ()}


def test_a_heavy_day_is_drawn_whole(site: Site) -> None:
    with site.database.reading() as session:
        result = rosters.result(session, site.solved)
        voice = Voice("ug", areas.zone(result.area))
        heavy = replace(result, days=result.days * 190, unassigned=result.unassigned * 50)
        values = shown(session, heavy, voice, None)
        drawn = TEMPLATES.get_template("roster.html").render(
            voice=voice, say=voice.say, languages=LANGUAGES, path="/", query={}, **NOBODY_IN, **values
        )
    assert drawn.count('class="visit') == 8 * 190


def test_the_page_asks_nobody_else_and_runs_under_a_strict_policy(browser: Browser, site: Site) -> None:
    with looking(browser, "about:blank") as page:
        remember(page.context, site.address, TOKENS[site.address])
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        answer = page.goto(site.roster)
        assert answer is not None
        assert "unsafe" not in answer.headers["content-security-policy"]
        assert len(asked) > 2
        assert [url for url in asked if not url.startswith(f"{site.address}/")] == []


def test_the_keyboard_reaches_the_button_the_reasons_and_the_timeline(browser: Browser, site: Site) -> None:
    with looking(browser, f"{site.roster}?lang=en") as page:
        reached = set()
        for _ in range(20):
            page.keyboard.press("Tab")
            reached.add(page.evaluate("[document.activeElement].map(one => one.id || one.className || one.tagName)[0]"))
    assert {"skip", "start", "community", "frame", "SUMMARY"} <= reached
