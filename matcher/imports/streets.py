"""Streets as GeoJSON lines; the ways between all crossings are worked out once, here."""

import hashlib
from typing import Any

from sqlalchemy import delete, insert, select
from sqlmodel import Session

from matcher import clock, streets
from matcher.errors import InvalidError
from matcher.imports.columns import Column, Reading, Record
from matcher.imports.faults import Fault, shortened
from matcher.imports.reports import Tally
from matcher.imports.storing import table_of
from matcher.keys import new_key
from matcher.streets import Point, Street
from matcher.tables.areas import Streets

MOST_CROSSINGS = 6_000
"""The table of all ways grows with the square: 72 MB at this number."""
COLUMNS = (Column("line", "geometry", str), Column("kind", "kind", str))


def read(data: bytes) -> list[Reading]:
    """One record for each street; its row is its place among the features, the first being 1."""
    features = _features(data)
    found = Reading({column.name: column for column in COLUMNS}, read=len(features))
    for row, feature in enumerate(features, 1):
        street = _street(feature)
        if isinstance(street, Street):
            found.records.append(Record(row, {"street": street}))
        else:
            found.faults.append(Fault(row, *street))
    return [found]


def _features(data: bytes) -> list[Any]:
    try:
        document = streets.read(data)
    except (ValueError, RecursionError):
        document = None
    features = document.get("features") if isinstance(document, dict) else None
    if not isinstance(features, list):
        raise InvalidError(
            "The file is not a GeoJSON FeatureCollection.", cure="Export the streets as GeoJSON.", field="file"
        )
    return features


def _street(feature: Any) -> Street | tuple[str, str, str, dict[str, Any]]:
    """The street, or the fault's column, value, code and values."""
    properties = feature.get("properties") if isinstance(feature, dict) else None
    properties = properties if isinstance(properties, dict) else {}
    kind, name = properties.get("kind", "street"), str(properties.get("name") or "")
    if kind not in streets.KINDS:
        value = shortened(str(kind))
        return "kind", value, "unknown_word", {"value": value, "words": ", ".join(streets.KINDS)}
    points = _points(feature)
    if len(set(points)) < 2:
        return "geometry", shortened(name), "not_a_line", {}
    return Street(name, kind, points)


def _points(feature: Any) -> tuple[Point, ...]:
    """(latitude, longitude) of each point; none when the geometry is not a line on this earth."""
    geometry = feature.get("geometry") if isinstance(feature, dict) else None
    if not isinstance(geometry, dict) or geometry.get("type") != "LineString":
        return ()
    points = []
    listed = geometry.get("coordinates")
    for pair in listed if isinstance(listed, list) else ():
        if not isinstance(pair, list) or len(pair) < 2 or not all(type(part) in (int, float) for part in pair[:2]):
            return ()
        if not (abs(pair[0]) <= 180 and abs(pair[1]) <= 90):
            return ()
        points.append((float(pair[1]), float(pair[0])))
    return tuple(points)


def store(session: Session, found: list[Reading], tally: Tally) -> None:
    """Replace the map. The same streets again change nothing."""
    (read_in,) = found
    _refuse_cut_off(read_in)
    lines = [record.values["street"] for record in read_in.records]
    if not lines:
        raise InvalidError("The file holds no street.", cure="Export the streets as lines.", field="file")
    digest = hashlib.sha256(repr(lines).encode()).hexdigest()
    table = table_of(Streets)
    same = session.connection().execute(select(table.c.id).where(table.c.digest == digest)).first() is not None
    empty = session.connection().execute(select(table.c.id)).first() is None
    if not same:
        _replace(session, lines, digest)
    tally.mark(read_in, new=lambda _: empty, changed=lambda _: not same)


def _refuse_cut_off(found: Reading) -> None:
    if not found.records:
        return
    reached = streets.connected([record.values["street"] for record in found.records])
    for record, is_reached in zip(found.records, reached, strict=True):
        if not is_reached:
            found.fault(record, "line", "cut_off", record.values["street"].name)
    found.keep([record for record, is_reached in zip(found.records, reached, strict=True) if is_reached])


def _replace(session: Session, lines: list[Street], digest: str) -> None:
    crossings = len({point for line in lines for point in line.points})
    if crossings > MOST_CROSSINGS:
        raise InvalidError(
            f"The map has {crossings} points; at most {MOST_CROSSINGS} can be used.",
            cure="Leave out streets outside the area, or points between crossings.",
            field="file",
        )
    table = table_of(Streets)
    session.connection().execute(delete(table))
    row = {
        "id": new_key("str"),
        "network": streets.packed(streets.network(lines)),
        "digest": digest,
        "crossings": crossings,
        "stored_at": clock.now(),
    }
    session.connection().execute(insert(table), row)
