"""Helpers: whoever can be sent, be it a volunteer or a provider's crew, and what they can do."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import update
from sqlmodel import Session, col, delete, select

from matcher import concerned, registers, services
from matcher.errors import InvalidError, UnknownError
from matcher.keys import new_key
from matcher.pages import one
from matcher.tables.areas import Area
from matcher.tables.people import Helper, HelperSkill
from matcher.tables.services import Skill

REST = ("rest_from", "rest_to", "rest_minutes")


@dataclass(frozen=True, slots=True)
class Skilled:
    """A skill, or a certificate with the last day on which it holds."""

    name: str
    is_certificate: bool = False
    expires: date | None = None


def register(session: Session, kind: str, values: Mapping[str, Any]) -> Helper:
    """A new helper with `skills`; the volunteer or crew behind it is registered by its own module."""
    registers.must_exist(session, Area, values["area_id"], "area_id")
    _check_rest(values)
    plain = {name: value for name, value in values.items() if name != "skills"}
    helper = registers.add(session, Helper(id=new_key("hlp"), kind=kind, **plain), "helper")
    set_skills(session, helper.id, values.get("skills", ()))
    return helper


def change(session: Session, helper_id: str, values: Mapping[str, Any]) -> Helper:
    if "area_id" in values:
        registers.must_exist(session, Area, values["area_id"], "area_id")
    concerned.by_helper(session, helper_id)
    _check_rest({**get(session, helper_id).model_dump(include=set(REST)), **values})
    if "skills" in values:
        set_skills(session, helper_id, values["skills"])
    plain = {name: value for name, value in values.items() if name != "skills"}
    return registers.change(session, Helper, helper_id, plain, "helper")


def get(session: Session, helper_id: str) -> Helper:
    return one(session, Helper, helper_id, "helper")


def hold(session: Session, helper_id: str) -> None:
    """Keep the helper's row until the end of the transaction, so that two who replace what hangs on it come one after
    the other. UnknownError: no such helper."""
    session.flush()
    held = update(Helper).where(col(Helper.id) == helper_id).values(is_active=Helper.is_active)
    if session.connection().execute(held).rowcount != 1:
        raise UnknownError(f"There is no helper {helper_id}.")


def set_skills(session: Session, helper_id: str, skills: Iterable[Skilled]) -> None:
    """Replace what the helper can do."""
    hold(session, helper_id)
    session.exec(delete(HelperSkill).where(col(HelperSkill.helper_id) == helper_id))
    wanted = {}
    for skilled in sorted(skills, key=lambda skilled: (skilled.name, skilled.is_certificate)):
        skill = services.skill(session, skilled.name, is_certificate=skilled.is_certificate)
        wanted[skill.id] = HelperSkill(helper_id=helper_id, skill_id=skill.id, expires=skilled.expires)
    session.add_all(wanted.values())
    session.flush()


def skills_of(session: Session, helper_ids: Sequence[str]) -> dict[str, list[Skilled]]:
    """What each of these helpers can do, in order of name."""
    found = session.exec(
        select(HelperSkill, Skill)
        .join(Skill, col(HelperSkill.skill_id) == col(Skill.id))
        .where(col(HelperSkill.helper_id).in_(helper_ids))
        .order_by(Skill.name)
    )
    skills: dict[str, list[Skilled]] = defaultdict(list)
    for row, skill in found:
        skills[row.helper_id].append(Skilled(skill.name, skill.is_certificate, row.expires))
    return skills


def _check_rest(values: Mapping[str, Any]) -> None:
    start, end, minutes = (values.get(name) for name in REST)
    if start is None and end is None and minutes is None:
        return
    if start is None or end is None or not minutes:
        raise InvalidError("The rest is told in part.", cure="Say from when, to when and how long.", field="rest_from")
    if end <= start:
        raise InvalidError(f"The rest ends at {end:%H:%M}, not after its start at {start:%H:%M}.", field="rest_to")
