"""What can be wrong with a cell or a row, each with a stable code and a sentence that says how to put it right."""

from dataclasses import dataclass, field
from typing import Any

SHORTEST = 40
"""A value is shown in at most so many characters: enough to find it, too little to carry a life story."""

FAULTS: dict[str, str] = {
    "missing": "This cell is empty. Fill it in.",
    "too_long": "This text has {length} characters; at most {most} fit. Shorten it.",
    "unreadable": "This text holds a character that cannot be read ({character}). Type the text again.",
    "not_a_number": "“{value}” is not a number. Write digits only, for example 45.",
    "out_of_range": "{value} is outside {least} to {most}. Correct it.",
    "not_money": "“{value}” is not an amount in yuan. Write it like 12 or 12.50.",
    "not_a_date": "“{value}” is not a date. Write it like 2026-11-22.",
    "not_a_moment": "“{value}” is not a date and time. Write it like 2026-11-22 08:00.",
    "not_a_window": "“{value}” is not a span of time. Write it like 09:00-11:00, several with ； between.",
    "not_a_pattern": "“{value}” is not a weekly pattern. Write it like 周一三五 09:00-11:30；周二 14:00-17:00.",
    "not_a_repeat": "“{value}” is not a repetition. Write 每天, 每周一三五 or 每两周二, or leave it empty.",
    "not_a_break": "“{value}” is not a break. Write it like 11:30-14:00/45.",
    "not_a_certificate": "“{value}” is not a certificate with its expiry date. Write it like 护理证:2027-05-31.",
    "not_a_phone": "“{value}” is not a telephone number. Write a mobile number of 11 digits, or 0991-1234567.",
    "not_a_place": "The place {value} is not on the earth or not near here. Maybe latitude and longitude are swapped.",
    "ends_before_start": "The end, {end}, is not after the start, {start}. Correct one of them.",
    "too_short": "The window {window} is shorter than the {minutes} minutes that the visit takes. Widen it.",
    "unknown_word": "“{value}” is not one of the words for this column: {words}. Use one of them.",
    "unknown_number": "There is no {what} with the number {value}. Correct the number, or import the {what} first.",
    "unknown_skill": "No service asks for the skill “{value}”. Correct it, or import the services first.",
    "contradicts": "Row {row} calls {number} “{said}”, this one “{value}”. Make them the same.",
    "own_number": "{value} is the row's own number. Name another one.",
    "doubled": "The number {value} stands in row {row} already; that row counts. Give this row a number of its own.",
    "doubled_row": "Row {row} says the same already; that row counts. Remove this one.",
    "taken": "The number {value} is a {what}'s already. Give this row a number of its own.",
    "wrong_tier": "A {tier} cannot lie directly in {parent}. Name the number of the tier above it.",
    "too_many_cells": "This row has {cells} cells, the header has {columns}. Maybe quote a cell with a comma.",
    "unclosed_quote": "A quotation mark in this row is never closed. Close it or remove it.",
    "not_a_line": "This street is not a line of at least two points. Draw it again.",
    "cut_off": "This street is not connected with the others and is left out. Join it to them at a shared point.",
    "until_before_day": "The repetition ends on {until}, before its first day {day}. Correct one of them.",
    "not_stored": "A row that this one leans on ({value}) has a fault. Correct that row first.",
}
"""code -> sentence; `{name}` is filled from the fault's values. Translated at the edge."""


class CellError(ValueError):
    """One cell cannot be taken as it is."""

    def __init__(self, code: str, **values: Any) -> None:
        super().__init__(code)
        self.code = code
        self.values = {name: shortened(value) if isinstance(value, str) else value for name, value in values.items()}


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault of one row: `row` as the spreadsheet numbers it, `column` as its header says."""

    row: int
    column: str
    value: str
    code: str
    values: dict[str, Any] = field(default_factory=dict)
    sheet: str | None = None

    @property
    def sentence(self) -> str:
        return FAULTS[self.code].format(**self.values)


def shortened(value: str) -> str:
    """The value as a report shows it."""
    plain = "".join(letter if letter.isprintable() else "�" for letter in value)
    return plain if len(plain) <= SHORTEST else plain[: SHORTEST - 1] + "…"
