"""Files as offices save them, and files that nobody should have to open."""

import io
import random
import struct
import zipfile
from datetime import UTC, date, datetime, time

import pytest
from openpyxl import Workbook

from fixtures.sheets import workbook
from matcher.errors import InvalidError
from matcher.imports import reading
from matcher.imports.reading import Row, sheets

LINES = "编号,姓名\r\nR1,张伟\r\nR2,古丽娜尔·艾合买提\r\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_csv_reads_the_same_in_every_encoding_that_offices_use(encoding: str) -> None:
    (sheet,) = sheets(LINES.encode(encoding))
    assert sheet.header == ["编号", "姓名"]
    assert sheet.rows == [Row(2, ["R1", "张伟"]), Row(3, ["R2", "古丽娜尔·艾合买提"])]


def test_utf_8_without_a_mark_is_never_taken_for_gb18030() -> None:
    names = "编号\n" + "\n".join(chr(0x4E00 + first) + chr(0x5F20 + first) for first in range(500))
    assert sheets(names.encode())[0].rows[7].cells == [names.split("\n")[8]]


def test_a_damaged_utf_8_file_is_refused_with_its_row_and_column_instead_of_read_as_gibberish() -> None:
    damaged = "编号,姓名,住址\nR1,张伟,团结路\nR2,".encode() + b"\xe5\xbc," + "团结路\n".encode()
    with pytest.raises(InvalidError, match=r"UTF-8: row 3, column 2"):
        sheets(damaged)


def test_bytes_that_are_no_text_at_all_are_refused() -> None:
    with pytest.raises(InvalidError, match="row 1"):
        sheets(bytes(range(128, 256)))


def test_rows_keep_the_numbers_that_the_spreadsheet_shows() -> None:
    (sheet,) = sheets('编号,备注\nR1,"两\n行"\n\n,\nR2,b\n'.encode())
    assert sheet.rows == [Row(2, ["R1", "两\n行"]), Row(5, ["R2", "b"])]


def test_an_open_quotation_mark_spoils_its_own_row_only() -> None:
    (sheet,) = sheets('编号,备注\nR1,"开\nR2,b\nR3,"c,d"\n'.encode())
    assert [(row.number, row.broken) for row in sheet.rows] == [(2, "unclosed_quote"), (3, None), (4, None)]
    assert sheet.rows[2].cells == ["R3", "c,d"]


@pytest.mark.parametrize("delimiter", ["\t", ";"])
def test_tabs_and_semicolons_part_cells_too(delimiter: str) -> None:
    assert sheets(LINES.replace(",", delimiter).encode())[0].rows[0].cells == ["R1", "张伟"]


def test_a_workbook_gives_what_its_reader_sees() -> None:
    seen = [
        60.0,
        1.5,
        date(2026, 1, 2),
        datetime(2026, 1, 2, 8, 30, tzinfo=UTC).replace(tzinfo=None),
        time(9, 5),
        True,
        13999000001,
        "　张 ",
    ]
    (sheet,) = sheets(workbook({"S": [["a", "b", "c", "d", "e", "f", "g", "h"], seen]}))
    assert sheet.rows[0].cells == [
        "60",
        "1.5",
        "2026-01-02",
        "2026-01-02 08:30",
        "09:05",
        "TRUE",
        "13999000001",
        "　张 ",
    ]


def test_rows_of_a_workbook_keep_their_numbers_below_empty_ones() -> None:
    book = Workbook()
    page = book.active
    assert page is not None
    page["A2"], page["A5"] = "编号", "R1"
    raw = io.BytesIO()
    book.save(raw)
    assert sheets(raw.getvalue())[0].rows == [Row(5, ["R1"])]


def test_a_formula_stays_what_it_is_and_is_never_worked_out() -> None:
    assert sheets("编号,备注\nR1,\"=cmd|' /C calc'!A0\"\n".encode())[0].rows[0].cells[1] == "=cmd|' /C calc'!A0"


def mended(data: bytes, part: str, change: bytes) -> bytes:
    """The same workbook with one part replaced."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change if name == part else old.read(name))
    return out.getvalue()


GOOD = workbook({"S": [["编号", "姓名"], *([f"R{row}", "张伟"] for row in range(200))]})
PAGE = "xl/worksheets/sheet1.xml"


def test_two_far_corners_are_refused_before_they_become_billions_of_cells() -> None:
    far = b'<worksheet><sheetData><row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"/></row>'
    with pytest.raises(InvalidError, match="holds more than"):
        sheets(mended(GOOD, PAGE, far + b"</sheetData></worksheet>"))


def test_a_bomb_is_refused_by_what_it_unpacks_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MOST_UNPACKED", 1_000_000)
    bomb = mended(GOOD, PAGE, bytes(2_000_000))
    assert len(bomb) < 20_000
    with pytest.raises(InvalidError, match="holds more than"):
        sheets(bomb)


def test_a_bomb_that_lies_about_its_size_is_refused() -> None:
    bomb = bytearray(mended(GOOD, PAGE, b"<worksheet>" + bytes(50_000_000)))
    with zipfile.ZipFile(io.BytesIO(bytes(bomb))) as package:
        size = struct.pack("<I", package.getinfo(PAGE).file_size)
    bomb = bytearray(bytes(bomb).replace(size, struct.pack("<I", 1000)))
    with pytest.raises(InvalidError, match="damaged"):
        sheets(bytes(bomb))


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.99])
def test_half_a_workbook_is_refused_in_a_sentence(share: float) -> None:
    with pytest.raises(InvalidError, match="damaged"):
        sheets(GOOD[: int(len(GOOD) * share)])


def test_whatever_is_broken_in_a_workbook_it_is_read_or_refused_and_nothing_else() -> None:
    chance = random.Random(7)
    page = mended(GOOD, "", b"")
    with zipfile.ZipFile(io.BytesIO(page)) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    refused = 0
    for _ in range(300):
        name = chance.choice(sorted(parts))
        content = bytearray(parts[name])
        at = chance.randrange(len(content))
        content[at : at + chance.randrange(40)] = bytes(chance.randrange(32, 127) for _ in range(3))
        try:
            sheets(mended(GOOD, name, bytes(content)))
        except InvalidError:
            refused += 1
    assert 0 < refused < 300


@pytest.mark.parametrize(
    ("start", "word"),
    [(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old or locked"), (b"%PDF-1.7", "PDF"), (b"PK\x03\x04", "damaged")],
)
def test_other_kinds_of_file_are_named_for_what_they_are(start: bytes, word: str) -> None:
    with pytest.raises(InvalidError, match=word):
        sheets(start + bytes(600))


def test_a_word_document_is_not_a_workbook() -> None:
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w") as package:
        package.writestr("word/document.xml", "<w/>")
    with pytest.raises(InvalidError, match=r"not an \.xlsx workbook"):
        sheets(raw.getvalue())
