"""The whole sub-district through the importer: the planted faults are found, and nothing else is."""

from datetime import date
from pathlib import Path

import pytest

from fixtures import files, sheets
from matcher import imports
from matcher.database import Database
from matcher.imports.reports import Report

DAY = date(2034, 11, 20)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return files.write(tmp_path_factory.mktemp("world"), day=DAY)


def load(database: Database, world: dict[str, Path]) -> dict[str, Report]:
    return {kind: imports.run(database, kind, world[kind].name, world[kind].read_bytes()) for kind in imports.IMPORTS}


def test_the_sub_district_goes_in_and_its_planted_faults_are_reported(
    database: Database, world: dict[str, Path]
) -> None:
    reports = load(database, world)
    planted = sorted((fault.kind, fault.sheet, fault.row, fault.column) for fault in files.FAULTS if fault.refused)
    found = sorted(
        (kind, fault.sheet if kind == "providers" else "", fault.row, fault.column)
        for kind, report in reports.items()
        for fault in report.faults
    )
    assert found == planted
    assert (reports["residents"].new, reports["services"].new) == (37_952, 180)
    again = load(database, world)
    assert [kind for kind, report in again.items() if report.new or report.changed] == []
    assert set(world) == set(sheets.FILES)
