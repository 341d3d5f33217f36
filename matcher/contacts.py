"""How helpers want to be told; what they leave open is the register's and the office's."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from typing import Any

from sqlmodel import Session, col, select

from matcher import areas, languages, routines
from matcher.pages import one
from matcher.tables.areas import Area
from matcher.tables.notices import Contact, Notice, Routine
from matcher.tables.people import Crew, Helper, Provider, Volunteer
from matcher.types import Channel, Tongue

PERSONAL = (Channel.EMAIL, Channel.SMS)
"""Channels that ring in somebody's pocket."""


@dataclass(frozen=True, slots=True)
class Reached:
    """Where and how one helper is told."""

    language: Tongue
    email: str
    phone: str
    channels: tuple[str, ...]
    quiet: tuple[time, time]


def get(session: Session, helper_id: str) -> Contact:
    """What the helper said; UnknownError: no such helper."""
    one(session, Helper, helper_id, "helper")
    return session.get(Contact, helper_id) or Contact(helper_id=helper_id, channels=list(PERSONAL))


def put(session: Session, helper_id: str, values: Mapping[str, Any]) -> Contact:
    """Say it anew. UnknownError: no such helper."""
    one(session, Helper, helper_id, "helper")
    return session.merge(Contact(helper_id=helper_id, **values))


def reached(session: Session, helper: Helper, routine: Routine) -> Reached:
    """The helper's own wishes before the register's number, the register's languages and the office's hours."""
    said = get(session, helper.id)
    own = (said.quiet_from, said.quiet_to) if said.quiet_from is not None and said.quiet_to is not None else None
    language = said.language or languages.of_speaker(helper.languages) or routine.language
    return Reached(
        language=Tongue(language),
        email=said.email,
        phone=said.phone or _registered_phone(session, helper.id),
        channels=tuple(said.channels),
        quiet=own or (routine.quiet_from, routine.quiet_to),
    )


def of(session: Session, notice: Notice, routine: Routine) -> Reached:
    """Where whoever is to hear a notice is told: a helper, or the office itself."""
    helper = session.get(Helper, notice.helper_id) if notice.helper_id else None
    return reached(session, helper, routine) if helper else office(routine)


def office(routine: Routine) -> Reached:
    """Where an office itself is told."""
    return Reached(
        language=Tongue(routine.language),
        email=routine.email,
        phone=routine.phone,
        channels=PERSONAL,
        quiet=(routine.quiet_from, routine.quiet_to),
    )


def language_of(session: Session, helper: Helper) -> Tongue:
    return reached(session, helper, routines.of(session, helper.area_id)).language


def zone_of(session: Session, area_id: str) -> Any:
    return areas.zone(one(session, Area, area_id, "area"))


def _registered_phone(session: Session, helper_id: str) -> str:
    own = session.exec(select(Volunteer.phone).where(Volunteer.helper_id == helper_id)).first()
    if own is not None:
        return own
    crews = select(Provider.phone).join(Crew, col(Crew.provider_id) == col(Provider.id))
    return session.exec(crews.where(Crew.helper_id == helper_id)).first() or ""
