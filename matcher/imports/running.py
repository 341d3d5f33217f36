"""One import from its bytes to its report: read without the database, then check and store in one transaction."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session

from matcher import clock
from matcher.database import Database
from matcher.errors import InvalidError
from matcher.imports.columns import Column, Reading, chosen, reading
from matcher.imports.faults import Fault
from matcher.imports.reading import sheets
from matcher.imports.reports import Report, Tally, from_json, to_json
from matcher.keys import new_key
from matcher.pages import one
from matcher.tables.rosters import Import

Read = Callable[[bytes], list[Reading]]
Store = Callable[[Session, list[Reading], Tally], None]


@dataclass(frozen=True, slots=True)
class Importer:
    """How one kind of file is read, and how its good rows are stored."""

    read: Read
    store: Store


def one_sheet(columns: Sequence[Column]) -> Read:
    """Files of one sheet: CSV, or the first sheet of a workbook."""
    return lambda data: [reading(chosen(sheets(data)), columns)]


def many_sheets(*parts: tuple[tuple[str, ...], Sequence[Column]]) -> Read:
    """Workbooks of several sheets, each known by its names."""

    def read(data: bytes) -> list[Reading]:
        book = sheets(data)
        return [reading(chosen(book, names), columns, named=True) for names, columns in parts]

    return read


class _DryRunError(Exception):
    """Undoes a dry run's transaction."""


def run(importer: Importer, database: Database, kind: str, name: str, data: bytes, dry_run: bool) -> Report:
    """Read the file and store what is good in one transaction; a dry run stores its report only."""
    begun = time.perf_counter()
    found = importer.read(data)
    tally = Tally(read=sum(part.read for part in found))
    entry = Import(id=new_key("imp"), kind=kind, name=_plain(name), dry_run=dry_run, stored_at=clock.now())
    try:
        with database.transaction() as session:
            importer.store(session, found, tally)
            _complete(entry, found, tally, time.perf_counter() - begun)
            if dry_run:
                raise _DryRunError
            session.add(entry)
    except _DryRunError:
        with database.transaction() as session:
            session.add(entry)
    return _report(entry)


def _plain(name: str) -> str:
    return "".join(letter for letter in name if letter.isprintable())[:200]


def _complete(entry: Import, found: list[Reading], tally: Tally, seconds: float) -> None:
    for count, rows in tally.counts().items():
        setattr(entry, count, rows)
    faults = sorted(
        (fault for part in found for fault in part.faults), key=lambda fault: (fault.sheet or "", fault.row)
    )
    entry.faults = to_json(tuple(faults))
    entry.ignored = [header for part in found for header in part.ignored]
    entry.seconds = round(seconds, 3)


def report(session: Session, import_id: str) -> Report:
    """The report of an import that was made before. UnknownError: there is none with this id."""
    return _report(one(session, Import, import_id, "import"))


def _report(entry: Import) -> Report:
    counts: dict[str, Any] = {name: getattr(entry, name) for name in ("read", "new", "changed", "unchanged", "refused")}
    faults: tuple[Fault, ...] = from_json(entry.faults)
    return Report(
        id=entry.id,
        kind=entry.kind,
        name=entry.name,
        dry_run=entry.dry_run,
        faults=faults,
        ignored=tuple(entry.ignored),
        seconds=entry.seconds,
        **counts,
    )


def known_kind(kind: str, kinds: Sequence[str]) -> str:
    """InvalidError: no such kind of file."""
    if kind not in kinds:
        raise InvalidError(
            f"There is no import of {kind[:40]!r}.", cure=f"The kinds are {', '.join(kinds)}.", field="kind"
        )
    return kind
