"""What an office types into a cell, and what we take it for."""

from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from matcher.imports import cells
from matcher.imports.faults import FAULTS, CellError, Fault, shortened

SHANGHAI = ZoneInfo("Asia/Shanghai")
MORNING = (9 * 60, 11 * 60)


@pytest.mark.parametrize(
    ("read", "typed", "meant"),
    [
        (cells.text(20), "　张　伟 ", "张伟"),
        (cells.text(40), "Willow   Lane", "Willow Lane"),
        (cells.text(40), "团结路１２号（东）", "团结路12号（东）"),
        (cells.text(40), "阿布都·卡德尔", "阿布都·卡德尔"),
        (cells.text(40), "=1+1", "=1+1"),
        (cells.number, " Ｒ００１２ ", "R0012"),
        (cells.whole(0, 480), "６０", 60),
        (cells.whole(0, 480), "60.0", 60),
        (cells.whole(0, 4800), "1,200", 1200),
        (cells.money, "12.5", 1250),
        (cells.money, "￥１２．５０元", 1250),
        (cells.day, "2026-11-22", date(2026, 11, 22)),
        (cells.day, "2026/1/2", date(2026, 1, 2)),
        (cells.day, "2026年1月2日", date(2026, 1, 2)),
        (cells.day, "２０２６．０１．０２", date(2026, 1, 2)),
        (cells.day, "20260102", date(2026, 1, 2)),
        (cells.moment(SHANGHAI), "2026-11-22 08:00", datetime(2026, 11, 22, 8, tzinfo=SHANGHAI)),
        (cells.moment(SHANGHAI), "2026/11/22  ８：３０", datetime(2026, 11, 22, 8, 30, tzinfo=SHANGHAI)),
        (cells.windows, "09:00-11:00", (MORNING,)),
        (cells.windows, "９：００－１１：００", (MORNING,)),
        (cells.windows, "9点至11点", (MORNING,)),
        (cells.windows, "8点半~11:00", ((510, 660),)),
        (cells.windows, "14:00-16:00； 09:00-11:00", (MORNING, (840, 960))),
        (cells.windows, "09:00-10:00;10:00-11:00", (MORNING,)),
        (cells.windows, "22:00-24:00", ((1320, 1440),)),
        (cells.availability, "周一三五 09:00-11:00", ((0, *MORNING), (2, *MORNING), (4, *MORNING))),
        (cells.availability, "周一 09:00-11:00；周三 14:00-16:00", ((0, *MORNING), (2, 840, 960))),
        (cells.availability, "星期六、周日 9:00-11:00", ((5, *MORNING), (6, *MORNING))),
        (cells.availability, "周一至周三 09:00-11:00", ((0, *MORNING), (1, *MORNING), (2, *MORNING))),
        (cells.availability, "周天 09:00-11:00, 14:00-16:00", ((6, *MORNING), (6, 840, 960))),
        (cells.availability, "周一 09:00-10:30；周一 10:00-11:00", ((0, *MORNING),)),
        (cells.repeat, "每天", (1, (0, 1, 2, 3, 4, 5, 6))),
        (cells.repeat, "每周一三五", (1, (0, 2, 4))),
        (cells.repeat, "每两周二", (2, (1,))),
        (cells.repeat, "每两周周二", (2, (1,))),
        (cells.repeat, "工作日", (1, (0, 1, 2, 3, 4))),
        (cells.rest, "11:30-14:00/45", (690, 840, 45)),
        (cells.names, "护理；电工，陪伴、护理", ("护理", "电工", "陪伴")),
        (
            cells.certificates,
            "护理证：2027-05-31；急救证:2026-12-01",
            (("护理证", date(2027, 5, 31)), ("急救证", date(2026, 12, 1))),
        ),
        (cells.phone, "139 9900 0001", "+8613999000001"),
        (cells.phone, "+86-13999000001", "+8613999000001"),
        (cells.phone, "０９９０－５５５０００１", "+869905550001"),
        (cells.degrees(-90, 90), "43.8", 43.8),
        (cells.one_of({"男": "male", "女": "female"}), " 男", "male"),
        (cells.one_of({"男": "male", "女": "female"}), "female", "female"),
        (cells.some_of({"空巢": "empty_nest", "独居": "alone"}), "独居；空巢", ("empty_nest", "alone")),
    ],
)
def test_what_is_typed_is_taken_as_it_is_meant(read: cells.Reader, typed: str, meant: Any) -> None:
    assert read(typed) == meant


@pytest.mark.parametrize(
    ("read", "typed", "code"),
    [
        (cells.text(3), "四个汉字", "too_long"),
        (cells.text(30), "张\x00伟", "unreadable"),
        (cells.text(30), "张\ufffd", "unreadable"),
        (cells.text(30), chr(0xD800), "unreadable"),
        (cells.number, "9" * 41, "too_long"),
        (cells.whole(1, 480), "NaN", "not_a_number"),
        (cells.whole(1, 480), "Infinity", "not_a_number"),
        (cells.whole(1, 480), "1e999999", "out_of_range"),
        (cells.whole(1, 480), "六十", "not_a_number"),
        (cells.whole(1, 480), "1.5", "not_a_number"),
        (cells.whole(1, 480), "0", "out_of_range"),
        (cells.money, "12.345", "not_money"),
        (cells.money, "nan", "not_money"),
        (cells.money, "1e30", "not_money"),
        (cells.money, "-3", "out_of_range"),
        (cells.day, "2026-02-30", "not_a_date"),
        (cells.day, "46348", "not_a_date"),
        (cells.day, "1026-01-01", "out_of_range"),
        (cells.moment(SHANGHAI), "2026-11-22", "not_a_moment"),
        (cells.windows, "11:00-09:00", "ends_before_start"),
        (cells.windows, "09:00-09:00", "ends_before_start"),
        (cells.windows, "09:60-11:00", "not_a_window"),
        (cells.windows, "上午", "not_a_window"),
        (cells.windows, "；", "not_a_window"),
        (cells.availability, "周八 09:00-11:00", "not_a_pattern"),
        (cells.availability, "周一", "not_a_pattern"),
        (cells.availability, "周五至周一 09:00-11:00", "not_a_pattern"),
        (cells.availability, "周一 11:00-09:00", "ends_before_start"),
        (cells.repeat, "有时", "not_a_repeat"),
        (cells.repeat, "每月一", "not_a_repeat"),
        (cells.rest, "11:30-12:00/45", "not_a_break"),
        (cells.rest, "11:30-12:00", "not_a_break"),
        (cells.certificates, "护理证", "not_a_certificate"),
        (cells.certificates, "护理证:长期", "not_a_certificate"),
        (cells.phone, "1399900000", "not_a_phone"),
        (cells.phone, "电话无", "not_a_phone"),
        (cells.phone, "5550001", "not_a_phone"),
        (cells.degrees(-90, 90), "inf", "not_a_place"),
        (cells.degrees(-90, 90), "143.8", "not_a_place"),
        (cells.degrees(-90, 90), "北纬", "not_a_number"),
        (cells.one_of({"男": "male"}), "不详", "unknown_word"),
        (cells.some_of({"空巢": "empty_nest"}), "空巢；富裕", "unknown_word"),
    ],
)
def test_what_cannot_be_meant_is_a_fault_with_its_cure(read: cells.Reader, typed: str, code: str) -> None:
    with pytest.raises(CellError) as caught:
        read(typed)
    assert caught.value.code == code
    sentence = Fault(7, "列", typed, code, caught.value.values).sentence
    assert "{" not in sentence
    assert len(sentence.split(". ")) >= 2 or sentence.count(".") >= 2, "a fault and its cure"


def test_a_fault_shows_no_more_of_a_value_than_is_needed_to_find_it() -> None:
    assert len(shortened("长" * 500)) == 40
    assert shortened("a\x00b") == "a�b"


def test_every_fault_has_a_sentence_that_ends() -> None:
    assert [code for code, sentence in FAULTS.items() if not sentence.endswith(".")] == []


def test_every_fault_is_one_that_some_importer_finds() -> None:
    sources = "".join(path.read_text() for path in Path(cells.__file__).parent.glob("*.py") if path.stem != "faults")
    assert [code for code in FAULTS if f'"{code}"' not in sources] == []
