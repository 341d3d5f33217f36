"""Requests: what residents asked for. The visits of a day are made when its roster is opened."""

from collections.abc import Mapping
from typing import Any

from sqlmodel import Session

from matcher import clock, visits
from matcher.imports import cells
from matcher.imports.columns import Column, Reading, Record, once, refer
from matcher.imports.reports import Tally
from matcher.imports.skills import clock_time
from matcher.imports.storing import columns_of, numbers, upsert
from matcher.imports.time_off import LOCAL
from matcher.imports.words import GENDERS, NUMBER, PRIORITIES, YES_NO
from matcher.tables.people import Resident
from matcher.tables.requests import Purse, Request
from matcher.tables.services import Service

COLUMNS = (
    NUMBER,
    Column("resident", "居民编号", cells.number),
    Column("service", "服务编号", cells.number),
    Column("on_behalf", "代办人", cells.text(120), required=False, default=""),
    Column("day", "日期", cells.day),
    Column("repeat", "重复", cells.repeat, required=False),
    Column("until", "结束日期", cells.day, required=False),
    Column("windows", "时间段", cells.windows),
    Column("minutes", "时长(分钟)", cells.whole(1, 1440), required=False),
    Column("people", "人数", cells.whole(1, 50), required=False),
    Column("language", "语言要求", cells.text(60), required=False),
    Column("gender", "性别要求", cells.one_of(GENDERS), required=False),
    Column("gender_required", "性别必须", cells.one_of(YES_NO), required=False, default=False),
    Column("priority", "优先级", cells.one_of(PRIORITIES), required=False, default=PRIORITIES["一般"]),
    Column("with", "同时编号", cells.number, required=False),
    Column("note", "备注", cells.text(1000), required=False, default=""),
    Column("purse", "资金编号", cells.number, required=False),
)


def store(session: Session, found: list[Reading], tally: Tally) -> None:
    (requests,) = found
    once(requests, "number")
    refer(requests, "resident", numbers(session, Resident), "resident", into="resident_id")
    refer(requests, "service", numbers(session, Service), "service", into="service_id")
    refer(requests, "purse", numbers(session, Purse), "purse", into="purse_id")
    _complete(session, requests)
    _refuse_lonely(requests, set(numbers(session, Request)))
    together = {record.values["number"]: record.values.pop("with") for record in requests.records}
    born = {"taken_at": clock.now(), "withdrawn_at": None, "together_with_id": None}
    stored = upsert(session, Request, [record.values for record in requests.records], prefix="req", at_birth=born)
    linked = _link(session, together)
    visits.follow(session, [stored.ids[key] for key in stored.changed], clock.now().astimezone(LOCAL).date())
    tally.mark_stored(requests, stored, also=linked)


def _complete(session: Session, requests: Reading) -> None:
    """Take from the service what the row leaves open, and see that the visit fits into a window."""
    asked = {row.id: (row.minutes, row.people) for row in columns_of(session, Service, "id", "minutes", "people")}
    good = []
    for record in requests.records:
        values = record.values
        minutes, people = asked[values["service_id"]]
        values["minutes"], values["people"] = values["minutes"] or minutes, values["people"] or people
        if _fits(requests, record):
            values["windows"] = [_window(span) for span in values["windows"]]
            values["repeat"] = _repeat(values["repeat"])
            good.append(record)
    requests.keep(good)


def _fits(requests: Reading, record: Record) -> bool:
    values = record.values
    if max(end - start for start, end in values["windows"]) < values["minutes"]:
        window = "；".join(f"{cells.clock_text(start)}-{cells.clock_text(end)}" for start, end in values["windows"])
        requests.fault(record, "windows", "too_short", window, window=window, minutes=values["minutes"])
        return False
    if values["until"] is not None and values["until"] < values["day"]:
        said = {"until": str(values["until"]), "day": str(values["day"])}
        requests.fault(record, "until", "until_before_day", values["until"], **said)
        return False
    return True


def _window(span: tuple[int, int]) -> dict[str, str]:
    return {"start": f"{clock_time(span[0]):%H:%M}", "end": f"{clock_time(span[1]):%H:%M}"}


def _repeat(repeat: tuple[int, tuple[int, ...]] | None) -> dict[str, Any] | None:
    return None if repeat is None else {"weekdays": list(repeat[1]), "every_weeks": repeat[0]}


def _refuse_lonely(requests: Reading, stored: set[str]) -> None:
    """Refuse rows that start together with a request that is not there; and then those that lean on these."""
    before = -1
    while len(requests.records) != before:
        before = len(requests.records)
        known = stored | {record.values["number"] for record in requests.records}
        good = []
        for record in requests.records:
            number, other = record.values["number"], record.values["with"]
            if other == number:
                requests.fault(record, "with", "own_number", other)
            elif other is not None and other not in known:
                requests.fault(record, "with", "unknown_number", other, what="request")
            else:
                good.append(record)
        requests.keep(good)


def _link(session: Session, together: Mapping[str, str | None]) -> set[tuple[Any, ...]]:
    """Join requests that start together; whose bond was otherwise before."""
    ids = numbers(session, Request)
    rows = [
        {"number": number, "together_with_id": None if other is None else ids[other]}
        for number, other in together.items()
    ]
    return upsert(session, Request, rows, prefix="req").changed
