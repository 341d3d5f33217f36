"""The checker of the hhcrsp format catches what it is there to catch."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.solver.formats.check_hhcrsp import check
from tests.solver.formats.samples import load

Solution = dict[str, Any]


def test_the_example_by_hand_is_feasible_and_costs_what_the_format_says() -> None:
    cost, wrong = check(load("hhcrsp_by_hand"), load("hhcrsp_by_hand_solution"))
    assert wrong == []
    assert round(cost, 3) == 31.667


def shift(location: dict[str, Any], by: float) -> None:
    location["arrival_time"] += by
    location["departure_time"] += by


def two_routes(solution: Solution) -> None:
    solution["routes"].append({"caregiver_id": "c1", "locations": []})


def swap(solution: Solution) -> None:
    solution["routes"][0]["caregiver_id"], solution["routes"][1]["caregiver_id"] = "c2", "c1"


def one_person(solution: Solution) -> None:
    solution["routes"][0]["locations"] += solution["routes"].pop()["locations"]


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda s: s["routes"][0]["locations"].pop(0), "s1 at p1 is given 0 times"),
        (lambda s: s["routes"].pop(), "s2 at p2 is given 0 times"),
        (lambda s: s["routes"][1]["locations"].append(s["routes"][1]["locations"][0]), "s2 at p2 is given 2 times"),
        (swap, "c2 cannot do s1"),
        (lambda s: shift(s["routes"][0]["locations"][0], -0.01), "c1 cannot be at p1"),
        (lambda s: shift(s["routes"][0]["locations"][0], 5.01), "c1 cannot be at p2"),
        (lambda s: shift(s["routes"][1]["locations"][0], -1), "s2 at p2 starts before the window"),
        (lambda s: shift(s["routes"][1]["locations"][0], 1), "the services at p2 start 1.000 apart"),
        (lambda s: s["routes"][0]["locations"][0].update(departure_time=39), "s1 at p1 does not take its duration"),
        (lambda s: s["routes"][0]["locations"][0].update(service="s2"), "p1 does not need s2"),
        (lambda s: s["routes"][0]["locations"][0].update(patient="p9"), "p9 does not need s1"),
        (lambda s: s["routes"][0].update(caregiver_id="c9"), "c9 is no caregiver"),
        (two_routes, "c1 has two routes"),
        (one_person, "c1 gives both services at p2"),
    ],
)
def test_a_spoilt_solution_is_caught(spoil: Callable[[Solution], object], sentence: str) -> None:
    solution = load("hhcrsp_by_hand_solution")
    spoil(solution)
    _, wrong = check(load("hhcrsp_by_hand"), solution)
    assert any(sentence in fault for fault in wrong), wrong


@pytest.mark.parametrize(("offset", "is_fine"), [(4, False), (5.125, True), (20, True), (21, False)])
def test_a_sequence_outside_its_distance_is_caught(offset: float, is_fine: bool) -> None:
    instance = load("hhcrsp_by_hand")
    instance["patients"][1]["synchronization"] = {"type": "sequential", "distance": [5.125, 20]}
    solution = load("hhcrsp_by_hand_solution")
    shift(solution["routes"][1]["locations"][0], offset)
    assert (check(instance, solution)[1] == []) == is_fine


def test_tardiness_is_counted_at_both_visits_and_the_largest_once_more() -> None:
    solution = load("hhcrsp_by_hand_solution")
    for route in solution["routes"]:
        shift(route["locations"][-1], 130)
    cost, wrong = check(load("hhcrsp_by_hand"), solution)
    assert wrong == []
    assert cost == pytest.approx((85 + 5 + 10 + 10 + 10) / 3)
