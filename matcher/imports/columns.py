"""From a sheet to records: find each column by its header, read every cell, and keep the good rows.

A row with a fault is left out and reported; the others go on.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from matcher.errors import InvalidError
from matcher.imports.cells import Reader, folded
from matcher.imports.faults import CellError, Fault, shortened
from matcher.imports.reading import Row, Sheet

Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Column:
    """One column: our name for it (also its English header), the office's header, and how its cells are read."""

    name: str
    header: str
    read: Reader
    required: bool = True
    default: Any = None
    """What an empty cell means where the cell may be empty."""


@dataclass(slots=True)
class Record:
    """One good row: its number in the sheet, and its values by column name."""

    row: int
    values: Values


@dataclass(slots=True)
class Reading:
    """What one sheet gave: good records, faults, and headers that no column answers to."""

    columns: dict[str, Column]
    records: list[Record] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    read: int = 0
    ignored: tuple[str, ...] = ()
    sheet: str | None = None

    def fault(self, record: Record, column: str, code: str, value: object = "", **values: Any) -> None:
        """Report a fault of a record that its cells alone did not show; `keep` leaves the record out."""
        shown = shortened(str(value))
        header = self.columns[column].header if column else ""
        values = {name: shortened(text) if isinstance(text, str) else text for name, text in values.items()}
        self.faults.append(Fault(record.row, header, shown, code, {"value": shown, **values}, self.sheet))

    def keep(self, good: Iterable[Record]) -> None:
        self.records = list(good)


def chosen(sheets: Sequence[Sheet], names: tuple[str, ...] = ()) -> Sheet:
    """The sheet of one of these names, or the first when no name is asked for."""
    if not names and sheets:
        return sheets[0]
    for sheet in sheets:
        if folded(sheet.name).lower() in names:
            return sheet
    if not names:
        raise InvalidError("The file is empty.", cure="Upload a file with a header and rows.", field="file")
    raise InvalidError(f"The workbook has no sheet “{names[0]}”.", cure="Name the sheet so.", field="file")


def reading(sheet: Sheet, columns: Sequence[Column], *, named: bool = False) -> Reading:
    """Read every row of the sheet by these columns. `named`: faults name the sheet."""
    order = _order(sheet.header, columns)
    used = {at for _, at in order}
    result = Reading(
        {column.name: column for column in columns},
        read=len(sheet.rows),
        ignored=tuple(header for at, header in enumerate(sheet.header) if at not in used and header.strip()),
        sheet=sheet.name if named else None,
    )
    for row in sheet.rows:
        values, faults = _values(row, order, len(sheet.header), result.sheet)
        if faults:
            result.faults.extend(faults)
        else:
            result.records.append(Record(row.number, values))
    return result


def _order(header: Sequence[str], columns: Sequence[Column]) -> list[tuple[Column, int]]:
    names = [folded(cell).replace(" ", "").lower() for cell in header]
    for name in names:
        if name and names.count(name) > 1:
            raise InvalidError(f"The column “{name}” stands twice in the header.", cure="Remove one.", field="file")
    places = {name: at for at, name in enumerate(names)}
    found = {column.name: places.get(folded(column.header).lower(), places.get(column.name, -1)) for column in columns}
    missing = [column.header for column in columns if found[column.name] < 0]
    if missing:
        raise InvalidError(
            f"The header lacks the columns {'、'.join(missing)}.",
            cure=f"The columns of this file are: {'、'.join(column.header for column in columns)}.",
            field="file",
        )
    return [(column, found[column.name]) for column in columns]


def _values(row: Row, order: Sequence[tuple[Column, int]], width: int, sheet: str | None) -> tuple[Values, list[Fault]]:
    if row.broken:
        return {}, [Fault(row.number, "", shortened(row.cells[0]), row.broken, {}, sheet)]
    cells = row.cells
    if len(cells) > width and any(cell.strip() for cell in cells[width:]):
        return {}, [Fault(row.number, "", "", "too_many_cells", {"cells": len(cells), "columns": width}, sheet)]
    values: Values = {}
    faults: list[Fault] = []
    for column, at in order:
        typed = cells[at] if at < len(cells) else ""
        try:
            if typed and not typed.isspace():
                values[column.name] = column.read(typed)
            elif column.required:
                raise CellError("missing")
            else:
                values[column.name] = column.default
        except CellError as fault:
            faults.append(Fault(row.number, column.header, shortened(typed.strip()), fault.code, fault.values, sheet))
    return values, faults


def once(found: Reading, *names: str) -> None:
    """Of records that carry the same number (or the same pair of numbers) the first stands."""
    seen: dict[tuple[Any, ...], int] = {}
    found.keep(_first(found, names, seen))


def _first(found: Reading, names: tuple[str, ...], seen: dict[tuple[Any, ...], int]) -> Iterator[Record]:
    code = "doubled" if len(names) == 1 else "doubled_row"
    for record in found.records:
        key = tuple(record.values[name] for name in names)
        first = seen.setdefault(key, record.row)
        if first == record.row:
            yield record
        else:
            found.fault(record, names[0], code, key[0], row=first)


FARTHEST = 1.0
"""Degrees from its area's own place at which something can no longer lie in that area."""


def lie_near(found: Reading, places: dict[str, tuple[float | None, float | None]]) -> None:
    """Refuse rows that lie nowhere near their area (`area_id`): swapped or mistyped coordinates."""
    good = []
    for record in found.records:
        latitude, longitude = record.values["latitude"], record.values["longitude"]
        north, east = places[record.values["area_id"]]
        far = max(abs(latitude - (north or latitude)), abs(longitude - (east or longitude)))
        if far > FARTHEST:
            found.fault(record, "latitude", "not_a_place", f"{latitude}, {longitude}")
        else:
            good.append(record)
    found.keep(good)


def refer(found: Reading, column: str, known: dict[str, Any], what: str, *, into: str) -> None:
    """Put the id behind each number of a column in its place, as `into`; a number that nobody has is a fault."""
    good = []
    for record in found.records:
        number = record.values.pop(column)
        if number is None or number in known:
            record.values[into] = None if number is None else known[number]
            good.append(record)
        else:
            found.fault(record, column, "unknown_number", number, what=what)
    found.keep(good)
