"""Volunteers with their teams, skills and week; behind each stands a helper."""

from collections.abc import Mapping
from typing import Any

from sqlmodel import Session

from matcher.imports import cells
from matcher.imports.columns import Column, Reading, lie_near, once, refer
from matcher.imports.places import COMMUNITY, communities
from matcher.imports.reports import Tally
from matcher.imports.skills import refuse_unknown, store_able, taken
from matcher.imports.storing import numbers, upsert
from matcher.imports.words import ABLE, NUMBER, PERSON, PLACE, TEAM_KINDS
from matcher.keys import new_key
from matcher.tables.people import Crew, Helper, Team, Volunteer
from matcher.types import HelperKind

COLUMNS = (
    NUMBER,
    *PERSON,
    COMMUNITY,
    Column("address", "住址", cells.text(200), required=False, default=""),
    *PLACE,
    Column("team", "队伍", cells.text(120), required=False),
    Column("team_kind", "队伍类别", cells.one_of(TEAM_KINDS), required=False),
    *ABLE,
)
OWN = ("number", "team_id", "born", "ethnic_group", "phone", "address")
"""What the volunteer's own row holds; the helper's holds the rest."""
UNPAID: Mapping[str, Any] = {
    **{"kind": HelperKind.VOLUNTEER.value, "visit_fee": 0, "hour_fee": 0},
    **{"rest_from": None, "rest_to": None, "rest_minutes": None},
}
AT_BIRTH: Mapping[str, Any] = {"carried_burden": 0, "is_active": True}


def store(session: Session, found: list[Reading], tally: Tally) -> None:
    (volunteers,) = found
    _check(session, volunteers)
    _teams(session, volunteers)
    had = numbers(session, Volunteer, to="helper_id")
    helper = {
        record.values["number"]: had.get(record.values["number"]) or new_key("hlp") for record in volunteers.records
    }
    able = {helper[record.values["number"]]: taken(record) for record in volunteers.records}
    helpers, own = [], []
    for record in volunteers.records:
        values, identity = record.values, helper[record.values["number"]]
        helpers.append({"id": identity, **UNPAID} | {name: value for name, value in values.items() if name not in OWN})
        own.append({"helper_id": identity} | {name: values[name] for name in OWN})
    sent = upsert(session, Helper, helpers, prefix="hlp", key=("id",), at_birth=AT_BIRTH)
    stored = upsert(session, Volunteer, own, prefix="vol")
    touched = store_able(session, able) | {key[0] for key in sent.changed}
    also = {(number,) for number, identity in helper.items() if identity in touched}
    tally.mark_stored(volunteers, stored, also=also)


def _check(session: Session, volunteers: Reading) -> None:
    once(volunteers, "number")
    refuse_taken(volunteers, set(numbers(session, Crew)), "crew")
    known, places = communities(session)
    refer(volunteers, "area", known, "community", into="area_id")
    lie_near(volunteers, places)
    refuse_unknown(session, volunteers)


def refuse_taken(found: Reading, taken: set[str], what: str) -> None:
    """Volunteers and crews share their numbers: barrings and time off name a helper by number alone."""
    good = []
    for record in found.records:
        if record.values["number"] in taken:
            found.fault(record, "number", "taken", record.values["number"], what=what)
        else:
            good.append(record)
    found.keep(good)


def _teams(session: Session, volunteers: Reading) -> None:
    named = {(record.values["team"], record.values["team_kind"]) for record in volunteers.records}
    rows = [{"name": name, "kind": kind} for name, kind in sorted(named, key=str) if name and kind]
    ids = upsert(session, Team, rows, prefix="tem", key=("name", "kind")).ids
    for record in volunteers.records:
        record.values["team_id"] = ids.get((record.values.pop("team"), record.values.pop("team_kind")))
