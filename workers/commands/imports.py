"""`matcher import`: one of the office's files into the registers, with the report that the web shows."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console, Group
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from matcher import imports
from matcher.database import Database
from matcher.errors import MatcherError
from matcher.imports.reports import Report
from matcher.settings import Settings

MOST_SHOWN = 20
Kind = StrEnum("Kind", {kind: kind for kind in imports.IMPORTS})  # type: ignore[misc]


def import_(
    kind: Annotated[Kind, typer.Argument(help="What the file holds.")],
    file: Annotated[Path, typer.Argument(help="A CSV, XLSX or GeoJSON file.", exists=True, dir_okay=False)],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Report only, store nothing.")] = False,
) -> None:
    """Read a file into the registers: good rows at once, the others reported by row, column and reason."""
    console = Console()
    database = Database(Settings().database_url)
    database.migrate()
    try:
        with _spinner(console) as progress:
            progress.add_task(f"reading {file.name}", total=None)
            report = imports.run(database, kind.value, file.name, file.read_bytes(), dry_run)
    except MatcherError as error:
        console.print(f"[red]{file.name}: {error}")
        raise typer.Exit(1) from error
    finally:
        database.close()
    console.print(Group(counts([report]), faults([report])))


def _spinner(console: Console) -> Progress:
    return Progress(
        SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn(), console=console, transient=True
    )


def counts(reports: list[Report]) -> Table:
    """What became of the rows of each file."""
    table = Table("file", *("read", "new", "changed", "unchanged", "refused", "seconds"), title_justify="left")
    for column in table.columns[1:]:
        column.justify = "right"
    for report in reports:
        rows = (report.read, report.new, report.changed, report.unchanged, report.refused)
        name = f"{report.name} (dry run)" if report.dry_run else report.name
        table.add_row(name, *(f"{number:,}" for number in rows), f"{report.seconds:.2f}")
    return table


def faults(reports: list[Report], most: int = MOST_SHOWN) -> Table | str:
    """The first faults by file, row, column and reason, and how many more there are."""
    found = [(report.name, fault) for report in reports for fault in report.faults]
    if not found:
        return "No faults."
    table = Table("file", "row", "column", "what is wrong")
    for name, fault in found[:most]:
        where = f"{name} {fault.sheet or ''}".strip()
        table.add_row(where, str(fault.row), fault.column, fault.sentence)
    if len(found) > most:
        table.caption = f"and {len(found) - most} more"
    return table
