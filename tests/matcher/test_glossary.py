"""Every table, rule and address is called by a word of the glossary."""

import json
import re
from pathlib import Path

from matcher.tables.all import METADATA
from solver.rules import RULES

HOUSE = Path(__file__).parent.parent.parent
GLOSSARY = (HOUSE / "matcher" / "GLOSSARY.md").read_text()
REFUSED = {"job", "task", "order", "booking", "slot", "item", "match", "user", "resource", "manager", "util"}


def rows() -> list[tuple[str, str, str]]:
    """Word, Chinese word and meaning of every row of every table."""
    lines = [line.strip("| ").split(" | ") for line in GLOSSARY.splitlines() if line.startswith("| ")]
    return [(cells[0], cells[1], cells[2]) for cells in lines if cells[0] not in {"word", "---"}]


def words() -> set[str]:
    return {word for row in rows() for word in row[0].split(", ")}


def singular(word: str) -> str:
    return next(
        (known for known in (word, word.removesuffix("s"), re.sub("ies$", "y", word)) if known in words()), word
    )


def test_every_table_is_called_by_a_word_of_the_glossary() -> None:
    assert {table.replace("_", " ") for table in METADATA.tables} - words() == set()


def test_every_rule_is_called_by_a_word_of_the_glossary() -> None:
    assert {rule.NAME.replace("_", " ") for rule in RULES} - words() == set()


def test_every_address_is_made_of_words_of_the_glossary() -> None:
    paths = json.loads((HOUSE / "api" / "openapi.json").read_text())["paths"]
    parts = {part for path in paths for part in path.split("/") if part not in {"", "v1"} and "{" not in part}
    assert len(parts) > 10
    assert {part for part in parts if singular(part.replace("-", " ")) not in words()} == set()


def test_every_word_has_its_chinese_and_its_meaning() -> None:
    for word, chinese, meaning in rows():
        assert re.search(r"[一-鿿]", chinese), word
        assert len(meaning) > 10, word


def test_no_table_or_rule_is_called_by_a_word_we_refuse() -> None:
    assert all(word in GLOSSARY.rpartition("## Words we refuse")[2] for word in REFUSED)
    named = {part for name in (*METADATA.tables, *(rule.NAME for rule in RULES)) for part in name.split("_")}
    assert named & REFUSED == set()
    assert words() & REFUSED == set()
