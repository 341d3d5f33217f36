"""Within whose reach a row lies: said once for every table, asked by lists and by whoever names a row.

What is not within somebody's reach does not exist for them: the same answer as for what was never there.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, false, true
from sqlmodel import Session, col, or_, select

from matcher import areas
from matcher.errors import UnknownError
from matcher.tables.areas import Area
from matcher.tables.exchanges import Release, Swap
from matcher.tables.notices import Delivery, Notice, Webhook
from matcher.tables.offers import Fallback, Offer
from matcher.tables.people import Crew, Helper, Provider, Resident, Team, TimeOff, Volunteer
from matcher.tables.proof import Attendance, Feedback, Flag, Hours, Wish
from matcher.tables.questions import Question
from matcher.tables.requests import Barring, Lending, Pairing, Purse, Request, Visit
from matcher.tables.rosters import Assignment, Import, Pin, Roster, Run
from matcher.tables.services import Service, Skill
from matcher.tables.versions import Promise, Version

WAYS: dict[type, tuple[str, type]] = {
    Resident: ("area_id", Area),
    Helper: ("area_id", Area),
    Volunteer: ("helper_id", Helper),
    Provider: ("area_id", Area),
    Crew: ("helper_id", Helper),
    TimeOff: ("helper_id", Helper),
    Request: ("resident_id", Resident),
    Visit: ("request_id", Request),
    Pairing: ("resident_id", Resident),
    Barring: ("resident_id", Resident),
    Roster: ("area_id", Area),
    Run: ("roster_id", Roster),
    Assignment: ("roster_id", Roster),
    Pin: ("roster_id", Roster),
    Promise: ("roster_id", Roster),
    Version: ("roster_id", Roster),
    Offer: ("roster_id", Roster),
    Fallback: ("roster_id", Roster),
    Question: ("roster_id", Roster),
    Release: ("roster_id", Roster),
    Swap: ("roster_id", Roster),
    Attendance: ("visit_id", Visit),
    Feedback: ("visit_id", Visit),
    Flag: ("visit_id", Visit),
    Wish: ("resident_id", Resident),
    Hours: ("helper_id", Helper),
    Notice: ("area_id", Area),
    Delivery: ("notice_id", Notice),
    Webhook: ("area_id", Area),
    Lending: ("borrower_id", Area),
}
"""By which column a row belongs to another, up to the area that holds both."""
HELD: dict[type, str] = {
    Helper: "id",
    **dict.fromkeys(
        (Volunteer, Crew, TimeOff, Assignment, Promise, Offer, Fallback, Release, Swap, Hours, Attendance), "helper_id"
    ),
}
"""What a helper has in their own hands, and the column that says so. Of a swap: who asks, not who is asked."""
EVERYBODYS = frozenset({Service, Skill, Team, Purse})
"""Nobody's in particular: whoever may do the act may do it to each."""
KEYS: dict[str, tuple[type, str]] = {
    "are": (Area, "area"),
    "asg": (Assignment, "assignment"),
    "att": (Attendance, "entry of attendance"),
    "bar": (Barring, "barring"),
    "crw": (Crew, "crew"),
    "dlv": (Delivery, "delivery"),
    "fal": (Fallback, "standby"),
    "fdb": (Feedback, "feedback"),
    "flg": (Flag, "flag"),
    "hlp": (Helper, "helper"),
    "hrs": (Hours, "entry of hours"),
    "imp": (Import, "import"),
    "lnd": (Lending, "lending"),
    "not": (Notice, "notice"),
    "off": (TimeOff, "time off"),
    "ofr": (Offer, "offer"),
    "pai": (Pairing, "pairing"),
    "pin": (Pin, "pin"),
    "pro": (Promise, "assignment"),
    "prv": (Provider, "provider"),
    "pur": (Purse, "purse"),
    "que": (Question, "question"),
    "rel": (Release, "release"),
    "req": (Request, "request"),
    "res": (Resident, "resident"),
    "ros": (Roster, "roster"),
    "run": (Run, "run"),
    "skl": (Skill, "skill"),
    "svc": (Service, "service"),
    "swp": (Swap, "swap"),
    "tem": (Team, "team"),
    "ver": (Version, "version"),
    "vis": (Visit, "visit"),
    "vol": (Volunteer, "volunteer"),
    "whk": (Webhook, "webhook"),
    "wsh": (Wish, "barring proposal"),
}
"""What an id names, by its prefix."""


@dataclass(frozen=True, slots=True)
class Reach:
    """One of: everything, a tree of areas, a provider with its crews, one helper."""

    everything: bool = False
    areas: tuple[str, ...] = ()
    sends_from: tuple[str, ...] = ()
    """Areas whose helpers may serve in the tree too: those around it, and those that lend to it."""
    provider_id: str | None = None
    helper_id: str | None = None

    def holds(self, table: type) -> ColumnElement[bool]:
        """The condition on rows of a table; what nobody declared is out of reach."""
        if self.everything or table in EVERYBODYS:
            return true()
        if self.areas:
            return _in_tree(table, self.areas)
        return self._in_hands(table)

    def holds_or_sends(self, table: type) -> ColumnElement[bool]:
        """As `holds`, and helpers who may be sent into the tree from elsewhere."""
        return or_(self.holds(table), Helper.area_id.in_(self.sends_from)) if table is Helper else self.holds(table)  # type: ignore[attr-defined]

    def _in_hands(self, table: type) -> ColumnElement[bool]:
        if table is Provider and self.provider_id is not None:
            return col(Provider.id) == self.provider_id
        mine: Any = [self.helper_id] if self.helper_id else None
        if self.provider_id is not None:
            mine = select(Crew.helper_id).where(Crew.provider_id == self.provider_id)
        if mine is None:
            return false()
        if table is Area:
            return col(Area.id).in_(select(Helper.area_id).where(col(Helper.id).in_(mine)))
        condition: ColumnElement[bool] = getattr(table, HELD[table]).in_(mine) if table in HELD else false()
        return condition


EVERYTHING = Reach(everything=True)


def of_tree(session: Session, area_id: str) -> Reach:
    """An area and all that lies in it. The only area without one around it is the whole house."""
    every = areas.everything(session)
    if [row.id for row in every if row.parent_id is None] == [area_id]:
        return EVERYTHING
    tree = areas.subtree(session, area_id)
    lenders = session.exec(select(Lending.lender_id).where(col(Lending.borrower_id).in_(tree))).all()
    return Reach(areas=tuple(tree), sends_from=(*areas.enclosing(session, area_id), *sorted(set(lenders))))


def must_hold(session: Session, reach: Reach, keys: Iterable[str], *, sent: bool = False) -> None:
    """UnknownError names the first that is not there or out of reach: nobody learns which of both it is.

    `sent`: helpers may also be such as are only sent into the tree.
    """
    if reach.everything:
        return
    by_prefix: dict[str, set[str]] = defaultdict(set)
    for key in keys:
        by_prefix[key[:3]].add(key)
    for prefix, named in sorted(by_prefix.items()):
        table, what = KEYS.get(prefix, (None, "such thing"))
        found: set[str] = set()
        if table is not None:
            holds = reach.holds_or_sends(table) if sent else reach.holds(table)
            identity = table.id  # type: ignore[attr-defined]
            found = set(session.exec(select(identity).where(identity.in_(sorted(named)), holds)))
        for key in sorted(named - found):
            raise UnknownError(f"There is no {what} {key}.")


def _in_tree(table: type, tree: tuple[str, ...]) -> ColumnElement[bool]:
    if table is Area:
        return col(Area.id).in_(tree)
    if table not in WAYS:
        return false()
    name, target = WAYS[table]
    column = getattr(table, name)
    inside: ColumnElement[bool] = column.in_(tree)
    if target is not Area:
        inside = column.in_(select(target.id).where(_in_tree(target, tree)))  # type: ignore[attr-defined]
    return inside
