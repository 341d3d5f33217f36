"""From the bytes that somebody uploaded to sheets of text: CSV in the encodings that offices use, and XLSX.

Whatever the bytes are, the answer is sheets or one InvalidError; nothing here believes a file's name or its sizes.
"""

import csv
import io
import math
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from matcher.errors import InvalidError

MOST_ROWS = 300_000
MOST_COLUMNS = 200
MOST_CELLS = 12_000_000
MOST_UNPACKED = 400 * 2**20
"""Bytes that a workbook may hold once unpacked. Forty times the largest that an office of this size makes."""
LONGEST_RECORD = 12
"""Lines that one CSV record may run over; beyond it a quotation mark was left open."""
SURE_OF_UTF8 = 8
"""So many characters that read as UTF-8 before the first bad byte do not happen by chance in another encoding."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its number as the spreadsheet shows it, and its cells as text. `broken`: a fault's code."""

    number: int
    cells: list[str]
    broken: str | None = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """A header and the rows below it that are not empty."""

    name: str
    header: list[str]
    rows: list[Row] = field(default_factory=list)


def sheets(data: bytes) -> list[Sheet]:
    """The sheets of a CSV or XLSX file, told apart by content."""
    if data.startswith(b"PK\x03\x04"):
        return _workbook(data)
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise _invalid("The file is an old or locked workbook.", "Maybe save it as .xlsx without a password.")
    if data.startswith(b"%PDF"):
        raise _invalid("The file is a PDF.", "Upload the spreadsheet that it was made from, as .xlsx or .csv.")
    return [_csv(text(data))]


def text(data: bytes) -> str:
    """UTF-8 with or without a byte-order mark, else GB18030; UTF-16 only with its mark.

    UTF-8 comes first because any UTF-8 name also "reads" as GB18030, garbled; and a file that reads as UTF-8 for a
    while is damaged UTF-8, never GB18030.
    """
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return _decoded(data, "utf-16")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8-sig")
        if sum(letter > "\x7f" for letter in before) >= SURE_OF_UTF8:
            raise _not_text(data, error, "UTF-8") from None
    return _decoded(data, "gb18030")


def _decoded(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise _not_text(data, error, encoding.upper()) from None


def _not_text(data: bytes, error: UnicodeDecodeError, encoding: str) -> InvalidError:
    row = data.count(b"\n", 0, error.start) + 1
    line = data[data.rfind(b"\n", 0, error.start) + 1 : error.start]
    return _invalid(
        f"The file cannot be read as {encoding}: row {row}, column {line.count(b',') + 1} is damaged.",
        "Maybe save it again as CSV UTF-8 or as .xlsx.",
    )


def _csv(content: str) -> Sheet:
    lines = list(io.StringIO(content, newline=""))
    first = next((line for line in lines if line.strip()), "")
    delimiter = max(",\t;", key=first.count)
    records = (row for row in _records(lines, delimiter) if row.broken or any(map(str.strip, row.cells)))
    header = next(records, Row(1, []))
    rows: list[Row] = []
    for row in records:
        rows.append(row)
        if len(rows) > MOST_ROWS or len(row.cells) > MOST_COLUMNS:
            raise _too_large()
    return Sheet("", _trimmed(header.cells), rows)


def _records(lines: list[str], delimiter: str) -> Iterator[Row]:
    """Each record by itself, so that an open quotation mark spoils one row and not the rest of the file."""
    number, at = 0, 0
    while at < len(lines):
        number += 1
        reader = csv.reader(lines[at : at + LONGEST_RECORD], delimiter=delimiter, strict=True)
        try:
            yield Row(number, next(reader))
            at += reader.line_num
        except csv.Error:
            yield Row(number, [lines[at].strip()], "unclosed_quote")
            at += 1


def _workbook(data: bytes) -> list[Sheet]:
    from python_calamine import CalamineError, load_workbook

    _check_workbook(data)
    try:
        with load_workbook(io.BytesIO(data)) as book:
            cells = {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}
    except (CalamineError, ValueError, KeyError, OSError) as error:
        raise _broken_workbook() from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # the reader's own crash on a file that it did not expect
            raise
        raise _broken_workbook() from None
    found = [_sheet(name, rows) for name, rows in cells.items()]
    return [sheet for sheet in found if sheet.header]


def _sheet(name: str, cells: list[list[Any]]) -> Sheet:
    rows = [Row(number, [_text_of(cell) for cell in row]) for number, row in enumerate(cells, 1)]
    rows = [row for row in rows if any(map(str.strip, row.cells))]
    header = _trimmed(rows[0].cells) if rows else []
    return Sheet(name, header, [Row(row.number, _trimmed(row.cells)) for row in rows[1:]])


def _trimmed(cells: list[str]) -> list[str]:
    """Without the empty cells at the end."""
    while cells and not cells[-1].strip():
        cells = cells[:-1]
    return cells


def _text_of(cell: Any) -> str:
    """A workbook's cell as somebody sees it: 60, not 60.0; 2026-11-22, not a serial number."""
    match cell:
        case bool():
            return "TRUE" if cell else "FALSE"
        case float() if math.isfinite(cell) and cell == int(cell) and abs(cell) < 2**53:
            return str(int(cell))
        case datetime() if cell.time() == time():
            return cell.date().isoformat()
        case datetime():
            return cell.strftime("%Y-%m-%d %H:%M")
        case date():
            return cell.isoformat()
        case time():
            return cell.strftime("%H:%M")
        case timedelta():
            minutes = round(cell.total_seconds() / 60)
            return f"{minutes // 60:02}:{minutes % 60:02}"
        case _:
            return str(cell)


_PLACE = re.compile(rb"""<(?:\w+:)?(c|row)\b[^>]*?\sr\s*=\s*["']([^"']*)["']""")
_CELL = re.compile(rb"([A-Z]{1,3})([0-9]{1,7})")


def _check_workbook(data: bytes) -> None:
    """Refuse bombs before the reader meets them: too much once unpacked, or far corners that span billions of cells."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            parts = package.infolist()
            if sum(part.file_size for part in parts) > MOST_UNPACKED:
                raise _too_large()
            if "xl/workbook.xml" not in package.namelist():
                raise _invalid("The file is not an .xlsx workbook.", "Maybe save it again as .xlsx.")
            if any(part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for part in parts):
                raise _broken_workbook()
            for part in parts:
                content = package.read(part)  # reads no more than the size above, and checks the sum
                if part.filename.startswith("xl/worksheets/") and part.filename.endswith(".xml"):
                    _check_span(content)
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, ValueError, OSError) as error:
        raise _broken_workbook() from error


def _check_span(content: bytes) -> None:
    if b"\0" in content[:400]:
        raise _broken_workbook()
    rows = columns = 0
    for kind, place in _PLACE.findall(content):
        cell = _CELL.fullmatch(b"A" + place if kind == b"row" else place)
        if cell is None:
            raise _broken_workbook()
        rows = max(rows, int(cell[2]))
        columns = max(columns, sum((letter - 64) * 26**power for power, letter in enumerate(reversed(cell[1]))))
    if rows > MOST_ROWS or rows * columns > MOST_CELLS:
        raise _too_large()


def _too_large() -> InvalidError:
    return _invalid(
        f"The file holds more than {MOST_ROWS:,} rows, {MOST_COLUMNS} columns or {MOST_UNPACKED // 2**20} MiB.",
        "Remove empty rows and columns at the end, or upload it in parts.",
    )


def _broken_workbook() -> InvalidError:
    return _invalid("The workbook is damaged.", "Maybe open it in the spreadsheet program and save it again as .xlsx.")


def _invalid(sentence: str, cure: str) -> InvalidError:
    return InvalidError(sentence, cure=cure, field="file")
