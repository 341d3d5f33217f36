"""Volunteers and their teams: who serves unpaid. The solver knows each of them as a helper."""

from collections.abc import Mapping
from typing import Any

from sqlmodel import Session, col, select

from matcher import areas, registers, sent
from matcher.errors import ConflictError
from matcher.keys import new_key
from matcher.pages import Page, one, page
from matcher.tables.people import Helper, Team, Volunteer
from matcher.types import HelperKind

OWN = {"number", "team_id", "born", "ethnic_group", "phone", "address"}
"""What belongs to the volunteer; the rest belongs to the helper that stands for them."""


def register(session: Session, values: Mapping[str, Any]) -> tuple[Volunteer, Helper]:
    """`values`: the volunteer's, the helper's, and `skills` by sent.Skilled. InvalidError, ConflictError."""
    if values.get("team_id") is not None:
        registers.must_exist(session, Team, values["team_id"], "team_id")
    helper = sent.register(session, HelperKind.VOLUNTEER, {k: v for k, v in values.items() if k not in OWN})
    own = {name: value for name, value in values.items() if name in OWN}
    volunteer = Volunteer(id=new_key("vol"), helper_id=helper.id, **own)
    return registers.add(session, volunteer, "volunteer"), helper


def change(session: Session, volunteer_id: str, values: Mapping[str, Any]) -> tuple[Volunteer, Helper]:
    if values.get("team_id") is not None:
        registers.must_exist(session, Team, values["team_id"], "team_id")
    own = {name: value for name, value in values.items() if name in OWN}
    volunteer = registers.change(session, Volunteer, volunteer_id, own, "volunteer")
    rest = {name: value for name, value in values.items() if name not in OWN}
    return volunteer, sent.change(session, volunteer.helper_id, rest)


def get(session: Session, volunteer_id: str) -> tuple[Volunteer, Helper]:
    volunteer = one(session, Volunteer, volunteer_id, "volunteer")
    return volunteer, one(session, Helper, volunteer.helper_id, "helper")


def listed(
    session: Session, *, after: str | None = None, limit: int = 50, area_id: str | None = None
) -> Page[Volunteer]:
    where: list[Any] = []
    if area_id is not None:
        inside = select(Helper.id).where(col(Helper.area_id).in_(areas.subtree(session, area_id)))
        where.append(col(Volunteer.helper_id).in_(inside))
    return page(session, Volunteer, after=after, limit=limit, where=where)


def teams(session: Session) -> list[Team]:
    return list(session.exec(select(Team).order_by(Team.kind, Team.name)))


def found_team(session: Session, name: str, kind: str) -> Team:
    """ConflictError: there is such a team."""
    if session.exec(select(Team).where(Team.name == name, Team.kind == kind)).one_or_none() is not None:
        raise ConflictError(f"There is a team {name} of this kind already.", field="name")
    return registers.add(session, Team(id=new_key("tem"), name=name, kind=kind), "team")
