"""Ways along the streets, worked out by hand on a map of a few crossings."""

import numpy as np
import pytest

from matcher import streets
from matcher.streets import Street

DEGREE = 111_195.08
SOUTH, WEST = 0.0, 87.0


def at(x: float, y: float) -> tuple[float, float]:
    """A point so many metres east and north of a corner on the equator, where both degrees are equally long."""
    return SOUTH + y / DEGREE, WEST + x / DEGREE


ALONG = Street("along", "street", (at(0, 0), at(300, 0), at(600, 0)))
LANE = Street("lane", "lane", (at(300, 0), at(300, 400)))
STEPS = Street("steps", "steps", (at(0, 0), at(0, 400), at(300, 400)))


def test_the_way_follows_the_streets_and_not_the_crow() -> None:
    table = streets.network([ALONG, LANE])
    nodes, approach = streets.snap(table, [at(0, 0), at(300, 400), at(600, 0)])
    assert streets.metres(table, nodes, approach).tolist() == [[0, 700, 600], [700, 0, 700], [600, 700, 0]]


def test_steps_count_double_so_that_the_longer_level_way_wins() -> None:
    table = streets.network([ALONG, LANE, STEPS])
    nodes, approach = streets.snap(table, [at(0, 0), at(0, 400), at(300, 400)])
    assert streets.metres(table, nodes, approach).tolist() == [[0, 800, 700], [800, 0, 600], [700, 600, 0]]


def test_of_two_ways_between_the_same_crossings_the_shorter_counts() -> None:
    bridge = Street("bridge", "bridge", (at(0, 0), at(300, 0)))
    climb = Street("climb", "steps", (at(300, 0), at(0, 0)))
    table = streets.network([climb, bridge])
    assert table.metres.tolist() == [[0, 300], [300, 0]]


def test_the_way_from_the_door_to_the_crossing_is_rounded_so_that_neighbours_share_a_place() -> None:
    table = streets.network([ALONG])
    nodes, approach = streets.snap(table, [at(10, 12), at(5, 20), at(300, 90)])
    assert nodes.tolist() == [0, 0, 1]
    assert approach.tolist() == [0, 0, 100]
    assert streets.metres(table, nodes, approach)[0, 2] == 300 + 100


def test_a_street_that_touches_no_other_is_found() -> None:
    lonely = Street("island", "street", (at(5000, 5000), at(5100, 5000)))
    assert streets.connected([ALONG, lonely, LANE]).tolist() == [True, False, True]


def test_what_is_stored_comes_back_unchanged() -> None:
    table = streets.network([ALONG, LANE, STEPS])
    back = streets.unpacked(streets.packed(table))
    assert np.array_equal(back.nodes, table.nodes)
    assert np.array_equal(back.metres, table.metres)


@pytest.mark.parametrize(
    ("mode", "metres", "minutes"),
    [
        ("walk", 750, 10),
        ("walk", 751, 11),
        ("bike", 1000, 5),
        ("bus", 600, 8),  # walking is faster than waiting
        ("bus", 3000, 23),  # 5 to walk, 8 to wait, 10 to ride
        ("car", 2500, 9),  # 6 to drive, 3 to park
        ("car", 1, 4),
        ("walk", 0, 0),
        ("car", 0, 0),
    ],
)
def test_whole_minutes_by_each_mode(mode: str, metres: int, minutes: int) -> None:
    assert streets.minutes(mode, np.array([[metres]])).tolist() == [[minutes]]


def test_a_way_around_the_world_stays_within_the_table() -> None:
    table = streets.network([Street("far", "street", (at(0, 0), at(200_000, 0)))])
    assert table.metres[0, 1] == streets.LONGEST


def test_the_map_of_geojson_refuses_what_is_no_number() -> None:
    with pytest.raises(ValueError, match="not a number"):
        streets.read(b'{"coordinates": [NaN, 1]}')
