"""The command line `matcher`: this list is its table of contents."""

from collections.abc import Callable

import typer

from workers.commands.alone import sweeper, worker
from workers.commands.backups import backup, restore
from workers.commands.demo import demo
from workers.commands.imports import import_
from workers.commands.solve import solve
from workers.commands.up import up
from workers.commands.user import app as user

COMMANDS: dict[str, Callable[..., None]] = {
    "up": up,
    "demo": demo,
    "import": import_,
    "solve": solve,
    "backup": backup,
    "restore": restore,
    "worker": worker,
    "sweeper": sweeper,
}

app = typer.Typer(
    help="Matches residents' requests with volunteers and service providers, and says why.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_show_locals=False,
)
for name, command in COMMANDS.items():
    app.command(name)(command)
app.add_typer(user, name="user")


def main() -> None:
    app()
