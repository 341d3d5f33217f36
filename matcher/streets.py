"""Walking along the streets: GeoJSON lines become a graph, and the graph a table of metres between its crossings.

The table is made once, when streets are imported, so that a roster's day is put together in a fraction of a second
(3,000 crossings: all pairs in 3.5 s by Dijkstra, 0.2 s out of the stored table). SciPy is loaded only inside the
functions that need it: the web process stays light.
"""

import json
import math
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import desc
from sqlmodel import Session, col, select

from matcher.errors import InvalidError
from matcher.tables.areas import Streets

EARTH = 6_371_008.8
"""Mean radius in metres."""
KINDS = {"street": 1.0, "lane": 1.0, "bridge": 1.0, "steps": 2.0}
"""How many metres of level street one metre takes to walk: steps are climbed at half the pace."""
LONGEST = 65_000
"""Metres that fit into the table; a way longer than that counts as this long."""
APPROACH = 50
"""Metres to which the way from the door to the nearest crossing is rounded, so that neighbours share a place."""

WALK = 4500 / 60
"""Metres a minute on foot: 4.5 km/h, an unhurried adult, 750 m in a circle of ten minutes."""
BIKE = 12_000 / 60
"""Metres a minute by bicycle: 12 km/h with crossings and locking up."""
BUS = 18_000 / 60
"""Metres a minute while the bus moves: 18 km/h with its stops."""
BUS_WALK, BUS_WAIT = 5, 8
"""Minutes to and from the stops, and until the bus comes. Whoever is faster on foot walks."""
CAR = 25_000 / 60
"""Metres a minute by car: 25 km/h in narrow streets."""
PARKING = 3
"""Minutes to find a place for the car at every stop."""
MODES = ("walk", "bike", "bus", "car")

Metres = NDArray[np.uint16]
Point = tuple[float, float]
"""Latitude and longitude in degrees, WGS84."""


@dataclass(frozen=True, slots=True)
class Street:
    """One line of the file: points in order of travel, and what kind of way it is."""

    name: str
    kind: str
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Network:
    """Crossings as (N, 2) latitude and longitude, and (N, N) metres of walking between them."""

    nodes: NDArray[np.float64]
    metres: Metres


@dataclass(frozen=True, slots=True)
class Graph:
    """Crossings, and edges as (E, 2) crossings with their metres; `street_node`: one crossing of each street."""

    nodes: NDArray[np.float64]
    edges: NDArray[np.int64]
    lengths: NDArray[np.float64]
    street_node: NDArray[np.int64]


def haversine(first: NDArray[np.float64], second: NDArray[np.float64]) -> NDArray[np.float64]:
    """Metres as the crow flies between points given as (..., 2) degrees; shapes broadcast."""
    a, b = np.radians(first), np.radians(second)
    half = (b - a) / 2
    chord = np.sin(half[..., 0]) ** 2 + np.cos(a[..., 0]) * np.cos(b[..., 0]) * np.sin(half[..., 1]) ** 2
    return np.asarray(2 * EARTH * np.arcsin(np.sqrt(np.clip(chord, 0, 1))))


def graph(streets: Sequence[Street]) -> Graph:
    """Distinct points are crossings; streets meet where they share a point exactly."""
    index: dict[Point, int] = {}
    edges = [
        (index.setdefault(first, len(index)), index.setdefault(second, len(index)), KINDS[street.kind])
        for street in streets
        for first, second in zip(street.points, street.points[1:], strict=False)
        if first != second
    ]
    nodes = np.array(list(index), np.float64).reshape(-1, 2)
    ends = np.array([edge[:2] for edge in edges], np.int64).reshape(-1, 2)
    lengths = haversine(nodes[ends[:, 0]], nodes[ends[:, 1]]) * np.array([edge[2] for edge in edges])
    return Graph(nodes, ends, lengths, np.array([index[street.points[0]] for street in streets], np.int64))


def connected(streets: Sequence[Street]) -> NDArray[np.bool_]:
    """Which streets hang together with the largest part of the map."""
    from scipy.sparse.csgraph import connected_components

    whole = graph(streets)
    _, part = connected_components(_sparse(whole), directed=False)
    return np.asarray(part[whole.street_node] == np.bincount(part).argmax())


def network(streets: Sequence[Street]) -> Network:
    """The table of all ways between crossings, in metres of level walking."""
    whole = graph(streets)
    return Network(whole.nodes, ways(whole, np.arange(len(whole.nodes))))


def ways(whole: Graph, sources: NDArray[np.int64]) -> Metres:
    """(len(sources), N) metres by Dijkstra's algorithm from the sources."""
    from scipy.sparse.csgraph import dijkstra

    return np.minimum(np.rint(dijkstra(_sparse(whole), directed=False, indices=sources)), LONGEST).astype(np.uint16)


def _sparse(whole: Graph) -> Any:
    from scipy.sparse import csr_array

    size = len(whole.nodes)
    low, high = whole.edges.min(axis=1), whole.edges.max(axis=1)
    order = np.lexsort((whole.lengths, high, low))
    pairs = np.stack([low, high], axis=1)[order]
    first = np.ones(len(pairs), bool)
    first[1:] = (pairs[1:] != pairs[:-1]).any(axis=1)  # of two ways between the same crossings, the shorter
    lengths = np.maximum(whole.lengths[order][first], 0.01)
    return csr_array((lengths, (pairs[first, 0], pairs[first, 1])), shape=(size, size))


def packed(table: Network) -> bytes:
    """As it is stored: how many crossings, their places, and deflated row differences of the table (half the size)."""
    steps = np.diff(table.metres.astype("<u2"), axis=1, prepend=np.uint16(0))  # wraps around, and back
    size = len(table.nodes).to_bytes(4, "little")
    return size + table.nodes.astype("<f8").tobytes() + zlib.compress(steps.tobytes(), 1)


def unpacked(stored: bytes) -> Network:
    """What `packed` stored."""
    size = int.from_bytes(stored[:4], "little")
    nodes = np.frombuffer(stored, "<f8", count=2 * size, offset=4).reshape(size, 2)
    steps = np.frombuffer(zlib.decompress(stored[4 + 16 * size :]), "<u2").reshape(size, size)
    return Network(nodes, np.cumsum(steps, axis=1, dtype=np.uint16))


def stored(session: Session) -> Network:
    """The map that was imported last."""
    network = session.exec(select(Streets.network).order_by(desc(col(Streets.stored_at)))).first()
    if network is None:
        raise InvalidError("There is no map of the streets.", cure="Import the streets first.", field="streets")
    return unpacked(network)


def read(data: bytes) -> Any:
    """GeoJSON text as plain data; NaN and Infinity are no numbers."""
    return json.loads(data.decode("utf-8-sig"), parse_constant=_refuse)


def _refuse(name: str) -> float:
    raise ValueError(f"{name} is not a number")


def snap(table: Network, points: Sequence[Point]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """For each point its nearest crossing, and the metres from the door to it, rounded to APPROACH."""
    wanted = np.array(points, np.float64).reshape(-1, 2)
    scale = np.array([1.0, math.cos(math.radians(float(table.nodes[:, 0].mean())))])  # degrees of equal length
    nearest = np.empty(len(wanted), np.int64)
    for start in range(0, len(wanted), 512):
        part = wanted[start : start + 512] * scale
        nearest[start : start + 512] = ((part[:, None] - (table.nodes * scale)[None]) ** 2).sum(axis=2).argmin(axis=1)
    off = haversine(wanted, table.nodes[nearest])
    return nearest, (np.rint(off / APPROACH) * APPROACH).astype(np.int64)


def metres(table: Network, crossings: NDArray[np.int64], approach: NDArray[np.int64]) -> NDArray[np.int64]:
    """(P, P) metres from door to door between snapped places."""
    between = table.metres[np.ix_(crossings, crossings)].astype(np.int64) + approach[:, None] + approach[None]
    np.fill_diagonal(between, 0)
    return between


def minutes(mode: str, between: NDArray[np.int64]) -> NDArray[np.int32]:
    """Whole minutes by a mode, rounded up; nothing at the same place."""
    walk = between / WALK
    match mode:
        case "walk":
            taken = walk
        case "bike":
            taken = between / BIKE
        case "bus":
            taken = np.minimum(walk, BUS_WALK + BUS_WAIT + between / BUS)
        case "car":
            taken = between / CAR + np.where(between > 0, PARKING, 0)
        case _:
            raise ValueError(f"no way to travel is called {mode}")
    return np.ceil(taken - 1e-9).astype(np.int32)
