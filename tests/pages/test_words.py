"""Every sentence that the page can show exists in Chinese and in Uyghur, with the same blanks to fill."""

import re
from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from api import words
from api.pages import crews, desk, entry, layout, owed, provider, reports, rosters, visits
from matcher import changes, claims, fates, glance, publishing, refusals, snapshot, worths
from matcher.types import Gender, NeedGroup, RosterState, StandbyState
from solver import cures, explain
from solver.rules import RULES

NAMES = {rule.NAME for rule in RULES} | {refusals.NAME}
SAID = re.compile(r'say\("((?:[^"\\]|\\.)*)"')
CODES: dict[str, Iterable[StrEnum]] = {
    **{"standby": StandbyState, "offer": glance.ANSWERS, "fate": fates.Fate},
    **{"gender": Gender, "group": NeedGroup},
}
"""What is only a code, and has a word in each language."""


def codes() -> set[str]:
    return {f"{kind}:{code.value}" for kind, some in CODES.items() for code in some}


def sentences() -> set[str]:
    """What templates and explanations say."""
    templates = Path(rosters.__file__).parent.parent / "templates"
    found = {text for path in templates.glob("*.html") for text in SAID.findall(path.read_text())}
    found -= {"rule:", *(f"{kind}:" for kind in CODES)}
    found |= codes() | set(claims.TEXTS.values()) | {*desk.TROUBLES.values(), desk.OTHER}
    found |= {f"rule:{name}" for name in NAMES}
    found |= {text for rule in RULES for text in rule.TEXTS}
    found |= {*cures.TEXTS, *explain.TEXTS, *explain.STOPS.values(), *publishing.TEXTS.values(), *words.WEEKDAYS}
    found |= {snapshot.NO_WINDOW, *changes.TEXTS, *refusals.TEXTS, *worths.TEXTS, *visits.TROUBLES, *entry.TROUBLES}
    found |= {*provider.SAID, *crews.TROUBLES, *owed.SAID, *reports.SAID, *(word for _, word, _ in layout.WAYS)}
    found |= set(SAID.findall(Path(words.__file__).read_text()))
    return found | {state.value for state in RosterState}


def catalogue(language: str) -> Catalog:
    with (words.LOCALE / language / "LC_MESSAGES" / "messages.po").open("rb") as source:
        return read_po(source)


@pytest.mark.parametrize("language", ["zh", "ug"])
def test_no_sentence_is_left_untranslated(language: str) -> None:
    told = {str(message.id): str(message.string) for message in catalogue(language) if message.id}
    assert {text for text in sentences() if not told.get(text)} == set()
    assert set(told) - sentences() == set(), "a translation that nobody says any more"


@pytest.mark.parametrize("language", ["zh", "ug", "en"])
def test_translations_keep_the_blanks(language: str) -> None:
    for message in catalogue(language):
        blanks = set(re.findall(r"\{(\w+)\}", str(message.id)))
        assert set(re.findall(r"\{(\w+)\}", str(message.string))) <= blanks, message.id
        assert "visit" not in blanks or "{visit}" in str(message.string), message.id


def test_english_has_words_for_what_is_only_a_code() -> None:
    told = {str(message.id) for message in catalogue("en") if message.id}
    assert told == {f"rule:{name}" for name in NAMES} | codes()
