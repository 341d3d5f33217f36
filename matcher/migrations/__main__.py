"""`python -m matcher.migrations check` and `... revise "what changes"`, on a fresh SQLite database."""

import sys
import tempfile
from pathlib import Path

from matcher.database import Database
from matcher.migrations import steps


def main(arguments: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{Path(folder) / 'fresh.sqlite3'}")
        steps.upgrade(database.engine)
        match arguments:
            case ["check"]:
                steps.check(database.engine)
            case ["revise", message]:
                steps.revise(database.engine, message)
            case _:
                sys.exit("Say check, or revise and what changes.")
        database.close()


main(sys.argv[1:])
