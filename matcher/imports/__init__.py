"""Files in: the list of kinds that can be imported, in the order in which they build on each other.

A row's fault never stops the other rows; a file that cannot be read at all, or whose header is wrong, is refused whole.
"""

from sqlmodel import Session

from matcher.database import Database
from matcher.imports import (
    areas,
    barrings,
    pairings,
    providers,
    purses,
    requests,
    residents,
    running,
    services,
    streets,
    time_off,
    volunteers,
)
from matcher.imports.reports import Report
from matcher.imports.running import Importer, many_sheets, one_sheet

IMPORTS: dict[str, Importer] = {
    "areas": Importer(one_sheet(areas.COLUMNS), areas.store),
    "streets": Importer(streets.read, streets.store),
    "services": Importer(one_sheet(services.COLUMNS), services.store),
    "residents": Importer(one_sheet(residents.COLUMNS), residents.store),
    "volunteers": Importer(one_sheet(volunteers.COLUMNS), volunteers.store),
    "providers": Importer(
        many_sheets((("服务商", "providers"), providers.COLUMNS), (("班组", "crews"), providers.CREW_COLUMNS)),
        providers.store,
    ),
    "pairings": Importer(one_sheet(pairings.COLUMNS), pairings.store),
    "barrings": Importer(one_sheet(barrings.COLUMNS), barrings.store),
    "purses": Importer(one_sheet(purses.COLUMNS), purses.store),
    "requests": Importer(one_sheet(requests.COLUMNS), requests.store),
    "time_off": Importer(one_sheet(time_off.COLUMNS), time_off.store),
}


def run(database: Database, kind: str, name: str, data: bytes, dry_run: bool = False) -> Report:
    """Import a file of this kind. InvalidError: no such kind, or the file is refused whole and nothing was stored."""
    return running.run(IMPORTS[running.known_kind(kind, list(IMPORTS))], database, kind, name, data, dry_run)


def report(session: Session, import_id: str) -> Report:
    """The report of an import made before. UnknownError: there is none with this id."""
    return running.report(session, import_id)
