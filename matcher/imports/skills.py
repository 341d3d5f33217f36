"""What helpers can do and when they can come: skills, certificates and the week, alike for volunteers and crews.

The catalogue brings skills forth, helpers may only name them; a certificate may be held for its own sake.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from sqlmodel import Session

from matcher.imports.columns import Reading, Record
from matcher.imports.storing import columns_of, replace_parts, upsert
from matcher.tables.people import Availability, HelperSkill
from matcher.tables.services import Skill

Named = tuple[str, bool]
"""A skill's name, and whether it is a certificate."""


@dataclass(frozen=True, slots=True)
class Able:
    """What one helper's row says of skills, certificates (with their last day) and the week."""

    skills: tuple[str, ...]
    certificates: tuple[tuple[str, date], ...]
    availability: tuple[tuple[int, int, int], ...]


def taken(record: Record) -> Able:
    """Taken out of the record: these live in tables of their own."""
    return Able(*(record.values.pop(name) for name in ("skills", "certificates", "availability")))


def ids_of(session: Session, wanted: Collection[Named]) -> dict[Named, str]:
    """The id of each; those that are new are stored."""
    rows = [{"name": name, "is_certificate": certificate} for name, certificate in sorted(wanted)]
    stored = upsert(session, Skill, rows, prefix="skl", key=("name", "is_certificate"))
    return {(name, bool(certificate)): identity for (name, certificate), identity in stored.ids.items()}


def refuse_unknown(session: Session, able: Reading) -> None:
    """A helper's skill that no service asks for is a slip of the pen."""
    known = {name for name, certificate in columns_of(session, Skill, "name", "is_certificate") if not certificate}
    good = []
    for record in able.records:
        unknown = next((name for name in record.values["skills"] if name not in known), None)
        if unknown is None:
            good.append(record)
        else:
            able.fault(record, "skills", "unknown_skill", unknown)
    able.keep(good)


def store_able(session: Session, able: Mapping[str, Able]) -> set[str]:
    """Make each helper's skills, certificates and week what their row says; whose were otherwise before."""
    named = {(name, False) for one in able.values() for name in one.skills}
    named |= {(name, True) for one in able.values() for name, _ in one.certificates}
    ids = ids_of(session, named)
    skills: dict[str, list[dict[str, Any]]] = {
        helper: [
            *({"skill_id": ids[name, False], "expires": None} for name in one.skills),
            *({"skill_id": ids[name, True], "expires": expires} for name, expires in one.certificates),
        ]
        for helper, one in able.items()
    }
    weeks = {
        helper: [
            {"weekday": weekday, "start_at": clock_time(start), "end_at": clock_time(end)}
            for weekday, start, end in one.availability
        ]
        for helper, one in able.items()
    }
    touched = replace_parts(session, HelperSkill, "helper_id", skills, prefix=None, names=("skill_id", "expires"))
    week = ("weekday", "start_at", "end_at")
    return touched | replace_parts(session, Availability, "helper_id", weeks, prefix="ava", names=week)


def clock_time(minutes: int) -> time:
    """Minutes since midnight as a time of day; the day's end is its last minute."""
    minutes = min(minutes, 24 * 60 - 1)
    return time(minutes // 60, minutes % 60)
