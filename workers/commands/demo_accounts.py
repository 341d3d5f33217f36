"""The demo's sign-ins: an account for each role, with one password that is drawn anew each time."""

import secrets
from dataclasses import dataclass

from rich.table import Table
from sqlmodel import Session, col, select

from matcher import accounts, areas, signins
from matcher.accounts import Bound
from matcher.database import Database
from matcher.rights import RIGHTS
from matcher.tables.areas import Area
from matcher.tables.people import Crew, Volunteer
from matcher.types import Role, Tier


@dataclass(frozen=True, slots=True)
class SignIns:
    """Each account's name, role and where it works; the administrator's token and the program's key."""

    rows: tuple[tuple[str, str, str], ...]
    password: str
    token: str
    key: str

    def table(self) -> Table:
        table = Table("name", "role", "of", title=f"Sign-ins, all with the password {self.password}")
        table.title_justify = "left"
        for row in self.rows:
            table.add_row(*row)
        return table


def make(database: Database) -> SignIns:
    """In a database that has just been filled."""
    password = secrets.token_urlsafe(9)
    with database.transaction() as session:
        made = [
            (accounts.add(session, name, role, bound, "" if role is Role.PROGRAM else password), of)
            for name, role, bound, of in _wanted(session)
        ]
        by_role = {account.role: account for account, _ in made}
        key = signins.new_api_key(session, by_role[Role.PROGRAM].id, "demo", [act.value for act in RIGHTS], days=7)
        token = signins.begin(session, by_role[Role.ADMINISTRATOR])
    rows = tuple((account.name, account.role, of) for account, of in made if account.role != Role.PROGRAM)
    return SignIns(rows, password, token, key)


def _wanted(session: Session) -> list[tuple[str, Role, Bound, str]]:
    found = [("admin", Role.ADMINISTRATOR, Bound(), "everything")]
    office = areas.first_subdistrict(session)
    if office is not None:
        here = Bound(area_id=office.id)
        for role in (Role.COORDINATOR, Role.DESK, Role.AUDITOR, Role.PROGRAM):
            found.append((role.value, role, here, office.name))
    community = session.exec(select(Area).where(Area.tier == Tier.COMMUNITY).order_by(col(Area.number))).first()
    if community is not None:
        found.append(("community", Role.COORDINATOR, Bound(area_id=community.id), community.name))
    crew = session.exec(select(Crew).order_by(col(Crew.number))).first()
    if crew is not None:
        found.append(("dispatcher", Role.DISPATCHER, Bound(provider_id=crew.provider_id), "the first provider"))
        found.append(("crew", Role.CREW, Bound(helper_id=crew.helper_id), "the first crew"))
    volunteer = session.exec(select(Volunteer).order_by(col(Volunteer.number))).first()
    if volunteer is not None:
        found.append(("volunteer", Role.VOLUNTEER, Bound(helper_id=volunteer.helper_id), "the first volunteer"))
    return found
