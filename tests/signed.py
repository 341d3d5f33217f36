"""Whoever tests sign in as: accounts made by the program's own acts, at its own door."""

from typing import Any
from uuid import uuid4

from playwright.sync_api import BrowserContext
from sqlmodel import col, select

from matcher import accounts, signins
from matcher.accounts import Bound
from matcher.database import Database
from matcher.rights import Act
from matcher.tables.areas import Area
from matcher.types import Role


def a_token(database: Database, role: Role = Role.ADMINISTRATOR, bound: Bound | None = None) -> str:
    """A new account of this role, signed in."""
    with database.transaction() as session:
        account = accounts.add(session, f"{role}-{uuid4().hex}", role, bound or Bound())
        return signins.begin(session, account)


def a_key(database: Database) -> str:
    """Of a program of the whole house, good for every act; it outlives a day of tests that move the clock."""
    with database.transaction() as session:
        root = session.exec(select(Area.id).where(col(Area.parent_id).is_(None))).one()
        account = accounts.add(session, f"program-{uuid4().hex}", Role.PROGRAM, Bound(area_id=root))
        return signins.new_api_key(session, account.id, "tests", [act.value for act in Act])


def shown(token: str) -> dict[str, str]:
    """How a program shows it."""
    return {"Authorization": f"Bearer {token}"}


def remember(context: BrowserContext, address: str, token: str) -> None:
    """As if somebody had signed in with this browser."""
    cookie: Any = {"name": "matcher", "value": token, "url": address, "httpOnly": True, "sameSite": "Lax"}
    context.add_cookies([cookie])
