"""Finding a resident by what a clerk types."""

from pathlib import Path

import pytest

from fixtures import tiny
from matcher import areas, finding, reach
from matcher.database import Database
from matcher.pages import WITHIN
from tests.matcher.test_offers import opened
from tests.matcher.test_snapshot import DAY


@pytest.mark.parametrize(
    ("name", "whole", "initials"),
    [
        ("李桂兰", "liguilan", "lgl"),
        ("吕秀英", "lvxiuying", "lxy"),
        ("阿依古丽·买买提", "ayigulimaimaiti", "ayglmmt"),
        ("曾单", "zengdan", "zd"),
        ("Ali Tohti", "alitohti", "at"),
        ("吐尔逊 Ali", "tuerxunali", "texa"),
    ],
)
def test_a_name_is_spelt_as_it_is_typed(name: str, whole: str, initials: str) -> None:
    assert finding.spelt(name) == (whole, initials)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("玉兰", ["张玉兰"]),
        ("wuxiu", ["吴秀英"]),
        ("AYGL", ["阿依古丽·买买提"]),
        ("L d m", ["刘德明"]),
        ("0003", ["马建国"]),
        ("团结路11号", ["刘德明"]),
        ("R6", []),
        ("13999000004", ["张玉兰"]),
        ("%", []),
        ("  ", []),
    ],
)
def test_by_a_part_of_the_name_its_pinyin_its_initials_and_the_telephones_end(
    database: Database, tmp_path: Path, typed: str, found: list[str]
) -> None:
    opened(database, tmp_path, tiny.tables(DAY))
    with database.reading() as session:
        assert [row.name for row in finding.residents(session, typed)] == found


def test_nobody_is_found_beyond_the_reach_of_who_looks(database: Database, tmp_path: Path) -> None:
    opened(database, tmp_path, tiny.tables(DAY))
    with database.reading() as session:
        district = next(row for row in areas.everything(session) if row.number == tiny.DISTRICT)
        session.info[WITHIN] = reach.of_tree(session, district.id).holds
        assert len(finding.residents(session, "zyl")) == 1
        session.info[WITHIN] = reach.Reach(helper_id="hlp_00000000000000000000000000").holds
        assert finding.residents(session, "zyl") == finding.residents(session, "玉兰") == []
