"""`matcher backup` and `matcher restore`: the whole database into one file, and back."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from matcher import backups, clock, webhooks
from matcher.backups import Manifest
from matcher.database import Database
from matcher.errors import MatcherError
from matcher.settings import Settings
from workers import server

File = Annotated[Path, typer.Argument(help="A file that `matcher backup` wrote.", exists=True, dir_okay=False)]


def backup(
    to: Annotated[Path | None, typer.Option(help="The new file; a name with the moment unless set.")] = None,
) -> None:
    """Write the whole database into one file while people go on working. It holds personal data: keep it safe."""
    settings = Settings()
    path = to or settings.home / "backups" / f"matcher-{clock.now():%Y%m%dT%H%M%SZ}.tar"
    manifest = _told(lambda database: backups.write(database, path), settings)
    size = path.stat().st_size / 2**20
    Console().print(f"{manifest.total:,} rows of {manifest.made_at} are in {path} ({size:,.1f} MB).", soft_wrap=True)
    Console().print(_keys(settings), soft_wrap=True)


def restore(
    file: File,
    replace: Annotated[bool, typer.Option("--replace", help="What the database holds now may go.")] = False,
    look: Annotated[bool, typer.Option("--look", help="Only say what it holds, and whether it is whole.")] = False,
) -> None:
    """Bring the database back to a backup. End Matcher first; start it again afterwards."""
    settings, console = Settings(), Console()
    if look:
        manifest = _told(lambda database: backups.read(file), settings)
        console.print(f"{file.name} is whole: {manifest.total:,} rows of {manifest.made_at}, from {manifest.kind}.")
        return
    if settings.redis_url is None and server.answers(server.address(settings.home)):
        console.print("[red]Matcher is running. End it first (Ctrl-C in its terminal).")
        raise typer.Exit(1)
    manifest = _told(lambda database: backups.restore(database, file, replace), settings)
    console.print(f"The database is as it was at {manifest.made_at}: {manifest.total:,} rows.")
    if not settings.secret_key and not (settings.home / webhooks.KEY_FILE).exists():
        console.print(
            f"There is no {webhooks.KEY_FILE} in {settings.home}: put the earlier one there, if there was one."
        )


def _keys(settings: Settings) -> str:
    """What a backup does not hold, in words."""
    links = "Links that were sent open after a restore: their key is in it."
    file = settings.home / webhooks.KEY_FILE
    if settings.secret_key:
        return f"{links} MATCHER_SECRET_KEY is not in it: set the same one where you restore."
    if file.exists():
        return f"{links} {file}, from which webhooks are signed, is not in it: keep a copy of that file too."
    return f"{links} No webhook has been signed yet, so there is no {webhooks.KEY_FILE} to keep."


def _told(act: Callable[[Database], Manifest], settings: Settings) -> Manifest:
    """Do it, or say in a sentence why not."""
    database = Database(settings.database_url)
    try:
        return act(database)
    except MatcherError as error:
        Console().print(f"[red]{error}", soft_wrap=True)
        raise typer.Exit(1) from error
    finally:
        database.close()
