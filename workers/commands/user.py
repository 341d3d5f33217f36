"""`matcher user`: who may sign in. Whoever reaches this command line is the office itself."""

from collections.abc import Callable
from typing import Annotated, TypeVar

import typer
from rich.console import Console
from rich.table import Table
from sqlmodel import Session

from matcher import accounts, signins
from matcher.accounts import Bound
from matcher.database import Database
from matcher.errors import MatcherError
from matcher.rights import Act
from matcher.settings import Settings
from matcher.types import Role

T = TypeVar("T")
Name = Annotated[str, typer.Argument(help="By which one signs in.")]
Password = Annotated[str, typer.Option(prompt=True, confirmation_prompt=True, hide_input=True, help="Asked for.")]
app = typer.Typer(help="Who may sign in: the first administrator is made here.", no_args_is_help=True)


@app.command()
def add(
    name: Name,
    password: Annotated[str, typer.Option(help="Asked for, unless set; a program has none.")] = "",
    role: Annotated[Role, typer.Option(help="What the account may do.")] = Role.ADMINISTRATOR,
    area: Annotated[str | None, typer.Option(help="desk, coordinator, auditor, program: the id of the area.")] = None,
    provider: Annotated[str | None, typer.Option(help="dispatcher: the id of the provider.")] = None,
    helper: Annotated[str | None, typer.Option(help="volunteer, crew: the id of the helper.")] = None,
) -> None:
    """Make an account: with a password, or for a program with keys."""
    if not password and role is not Role.PROGRAM:
        password = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    made = _told(lambda session: accounts.add(session, name, role, Bound(area, provider, helper), password))
    Console().print(f"{made.name} may sign in as {made.role}.")


@app.command(name="list")
def list_() -> None:
    """Every account, its role and its scope."""
    table = Table("name", "role", "scope", "may sign in")
    for account in _told(accounts.everything):
        scope = account.area_id or account.provider_id or account.helper_id or "everything"
        table.add_row(account.name, account.role, scope, "yes" if account.is_active else "no")
    Console().print(table)


@app.command()
def disable(name: Name) -> None:
    """Shut an account out at once, on every device."""
    account = _told(lambda session: accounts.disable(session, name))
    Console().print(f"{account.name} is signed out everywhere and may not sign in.")


@app.command()
def key(
    name: Name,
    act: Annotated[
        list[str] | None, typer.Option(help="An act that it is good for; again for more. All, unless set.")
    ] = None,
    days: Annotated[int, typer.Option(help="How long it holds.", min=1, max=signins.KEY_DAYS)] = signins.KEY_DAYS,
) -> None:
    """A key for a program's account, told this once."""
    if unknown := sorted(set(act or ()) - {each.value for each in Act}):
        raise typer.BadParameter(f"There is no act {unknown[0]}. The acts are: {', '.join(Act)}.", param_hint="--act")
    acts = act or [each.value for each in Act]
    told = _told(lambda session: signins.new_api_key(session, accounts.named(session, name).id, "key", acts, days))
    Console().print(told, soft_wrap=True)


@app.command()
def password(name: Name, password: Password) -> None:
    """A new password; whoever is signed in with the old one is not any more."""
    account = _told(lambda session: accounts.change_password(session, name, password))
    Console().print(f"{account.name} has a new password and is signed out everywhere.")


def _told(act: Callable[[Session], T]) -> T:
    """Do it in one transaction, or say in a sentence why not."""
    database = Database(Settings().database_url)
    database.migrate()
    try:
        with database.transaction() as session:
            return act(session)
    except MatcherError as error:
        Console().print(f"[red]{error}", soft_wrap=True)
        raise typer.Exit(1) from error
    finally:
        database.close()
