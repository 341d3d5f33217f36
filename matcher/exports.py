"""Exports: a table as a file that an office opens in its spreadsheet, where no cell becomes a formula."""

import csv
from collections.abc import Iterable, Sequence
from datetime import date
from io import BytesIO, StringIO

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

Cell = str | int | float | date | None
BEGINS_FORMULA = tuple("=+-@\t\r\n＝＋－＠")
"""With which a text begins that a spreadsheet might calculate."""
WIDEST, CHINESE = 60, 0x2E80
"""Characters of a column; from here on one is as wide as two."""


def as_csv(head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """In UTF-8 with the mark by which Excel knows it."""
    told = StringIO()
    writer = csv.writer(told)
    writer.writerow([_plain(cell) for cell in head])
    writer.writerows([_plain(cell) for cell in row] for row in rows)
    return told.getvalue().encode("utf-8-sig")


def as_xlsx(title: str, head: Sequence[str], rows: Iterable[Sequence[Cell]], *, rtl: bool = False) -> bytes:
    """One sheet, its head standing still."""
    table = [list(row) for row in rows]
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title[:31])
    sheet.freeze_panes = "A2"
    sheet.sheet_view.rightToLeft = rtl
    for number, name in enumerate(head):
        widths = [_width(name), *(_width(str(row[number])) for row in table)]
        sheet.column_dimensions[get_column_letter(number + 1)].width = min(WIDEST, max(widths) + 2)
    sheet.append([_cell(sheet, name, bold=True) for name in head])
    for row in table:
        sheet.append([_cell(sheet, cell) for cell in row])
    told = BytesIO()
    book.save(told)
    return told.getvalue()


def _plain(cell: Cell) -> Cell:
    """A text that would be calculated gets the mark by which spreadsheets take it for a text."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(BEGINS_FORMULA) else cell


def _cell(sheet: object, value: Cell, *, bold: bool = False) -> WriteOnlyCell:
    made = WriteOnlyCell(sheet, value)
    if isinstance(value, str):
        made.data_type = "s"
        made.quotePrefix = value.startswith(BEGINS_FORMULA)
    if bold:
        made.font = Font(bold=True)
    return made


def _width(text: str) -> int:
    return sum(2 if ord(letter) >= CHINESE else 1 for letter in text)
