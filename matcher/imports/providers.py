"""Providers and, on a second sheet, their crews; behind each crew stands a helper."""

from collections.abc import Mapping
from typing import Any

from sqlmodel import Session

from matcher.imports import cells
from matcher.imports.columns import Column, Reading, lie_near, once, refer
from matcher.imports.places import areas
from matcher.imports.reports import Tally
from matcher.imports.skills import clock_time, refuse_unknown, store_able, taken
from matcher.imports.storing import columns_of, numbers, upsert
from matcher.imports.volunteers import AT_BIRTH, refuse_taken
from matcher.imports.words import ABLE, GENDERS, NAMES, NUMBER, PLACE, TIERS
from matcher.keys import new_key
from matcher.tables.people import Crew, Helper, Provider, Volunteer
from matcher.types import HelperKind


def _members(value: str) -> int:
    """The names of a crew's people, or only how many they are."""
    plain = cells.folded(value)
    return cells.whole(1, 50)(plain) if plain.isdigit() else len(cells.names(value))


COLUMNS = (
    NUMBER,
    *NAMES,
    Column("tier", "层级", cells.one_of(TIERS)),
    Column("area", "所在区域编号", cells.number),
    Column("phone", "电话", cells.phone, required=False, default=""),
    Column("address", "住址", cells.text(200), required=False, default=""),
    *PLACE,
)
CREW_COLUMNS = (
    NUMBER,
    Column("provider", "服务商编号", cells.number),
    Column("name", "名称", cells.text(120)),
    Column("members", "人员", _members, required=False, default=1),
    Column("gender", "性别", cells.one_of(GENDERS), required=False),
    Column("languages", "语言", cells.names, required=False, default=()),
    *ABLE,
    Column("rest", "午休", cells.rest, required=False),
    Column("visit_fee", "每次收费(元)", cells.money, required=False, default=0),
    Column("hour_fee", "每小时收费(元)", cells.money, required=False, default=0),
    *PLACE,
)
OWN = ("number", "provider_id", "members")


def store(session: Session, found: list[Reading], tally: Tally) -> None:
    providers, crews = found
    once(providers, "number")
    known, places = areas(session)
    refer(providers, "area", known, "area", into="area_id")
    lie_near(providers, places)
    rows = [record.values for record in providers.records]
    tally.mark_stored(providers, upsert(session, Provider, rows, prefix="prv"))
    _store_crews(session, crews, tally)


def _store_crews(session: Session, crews: Reading, tally: Tally) -> None:
    _check(session, crews)
    had = numbers(session, Crew, to="helper_id")
    home = dict(columns_of(session, Provider, "id", "area_id"))
    helper = {record.values["number"]: had.get(record.values["number"]) or new_key("hlp") for record in crews.records}
    able = {helper[record.values["number"]]: taken(record) for record in crews.records}
    helpers, own = [], []
    for record in crews.records:
        values, identity = record.values, helper[record.values["number"]]
        values |= _rest(values.pop("rest"))
        own.append({"helper_id": identity} | {name: values[name] for name in OWN})
        helpers.append(
            {"id": identity, "kind": HelperKind.CREW.value, "area_id": home[values["provider_id"]]}
            | {name: value for name, value in values.items() if name not in OWN}
        )
    sent = upsert(session, Helper, helpers, prefix="hlp", key=("id",), at_birth=AT_BIRTH)
    stored = upsert(session, Crew, own, prefix="crw")
    touched = store_able(session, able) | {key[0] for key in sent.changed}
    also = {(number,) for number, identity in helper.items() if identity in touched}
    tally.mark_stored(crews, stored, also=also)


def _check(session: Session, crews: Reading) -> None:
    once(crews, "number")
    refuse_taken(crews, set(numbers(session, Volunteer)), "volunteer")
    refer(crews, "provider", numbers(session, Provider), "provider", into="provider_id")
    refuse_unknown(session, crews)


def _rest(rest: tuple[int, int, int] | None) -> Mapping[str, Any]:
    if rest is None:
        return {"rest_from": None, "rest_to": None, "rest_minutes": None}
    return {"rest_from": clock_time(rest[0]), "rest_to": clock_time(rest[1]), "rest_minutes": rest[2]}
