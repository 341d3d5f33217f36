"""The checker of the uhhc format catches what it is there to catch."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.solver.formats.check_uhhc import check
from tests.solver.formats.samples import load

Spoil = Callable[[dict[str, Any], dict[str, Any]], object]


def test_the_example_by_hand_costs_what_the_format_says() -> None:
    cost, wrong, values = check(load("uhhc_by_hand"), load("uhhc_by_hand_solution"))
    assert (cost, wrong) == (301, [])
    assert values["workload_balance"] == 36


def shifted(route: int, number: int, by: float) -> Spoil:
    def spoil(_: dict[str, Any], solution: dict[str, Any]) -> None:
        location = solution["routes"][route]["locations"][number]
        location["arrival_time"] += by
        location["departure_time"] += by

    return spoil


def weighed(name: str, weight: object = "HARD") -> Spoil:
    return lambda instance, _: instance["metadata"]["cost_components"].update({name: weight})


def unweighed(name: str) -> Spoil:
    return lambda instance, _: instance["metadata"]["cost_components"].pop(name)


def independent_in_other_windows(instance: dict[str, Any], solution: dict[str, Any]) -> None:
    instance["patients"][1]["synchronization"] = {"type": "independent"}
    instance["patients"][1]["time_windows"].append({"start": 90, "end": 120})
    shifted(1, 0, 30)(instance, solution)


def out_of_sequence(instance: dict[str, Any], _: dict[str, Any]) -> None:
    instance["patients"][1]["synchronization"] = {"type": "sequential", "min": 5, "max": 10}


def one_person(_: dict[str, Any], solution: dict[str, Any]) -> None:
    solution["routes"][0]["locations"] += solution["routes"].pop()["locations"]


def swapped(instance: dict[str, Any], solution: dict[str, Any]) -> None:
    instance["metadata"]["cost_components"].pop("qualification", None)
    solution["routes"][0]["caregiver_id"], solution["routes"][1]["caregiver_id"] = "c2", "c1"


def barred(instance: dict[str, Any], _: dict[str, Any]) -> None:
    instance["patients"][0]["incompatible_caregivers"] = ["c1"]


def lunch(caregiver: int, start: float, end: float) -> Spoil:
    def spoil(instance: dict[str, Any], solution: dict[str, Any]) -> None:
        instance["metadata"]["cost_components"].pop("missed_lunch_break")
        solution["routes"][caregiver]["locations"].append(
            {"patient": "p2", "service": "lunch_break", "arrival_time": start, "departure_time": end}
        )

    return spoil


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda _, s: s["routes"][0]["locations"].pop(0), "p1 is not visited"),
        (lambda _, s: s["routes"].pop(), "p2 is not given each service once"),
        (lambda _, s: s["routes"][1]["locations"].append(s["routes"][1]["locations"][0]), "p2 is not given each"),
        (lambda _, s: s["routes"][0]["locations"][0].update(departure_time=39), "s1 at p1 is too short"),
        (lambda _, s: s["routes"][0]["locations"][0].update(service="s2"), "p1 does not need s2"),
        (lambda _, s: s["routes"][0]["locations"][0].update(patient="p9"), "p9 is no patient"),
        (lambda _, s: s["routes"][0].update(caregiver_id="c9"), "c9 is no caregiver"),
        (lambda _, s: s["routes"].append({"caregiver_id": "c1", "locations": []}), "c1 has two routes"),
        (shifted(0, 0, -0.1), "c1 leaves before the shift"),
        (shifted(0, 0, 5.1), "c1 cannot be at p2"),
        (shifted(1, 0, -1), "s2 at p2 starts before every window"),
        (shifted(1, 0, 1), "the services at p2 start 1 apart"),
        (out_of_sequence, "the services at p2 start 0 apart"),
        (independent_in_other_windows, "the services at p2 lie in different windows"),
        (one_person, "c1 gives both services at p2"),
        (swapped, "qualification must be 0, it is 3"),
        (barred, "incompabilities must be 0, it is 1"),
        (unweighed("caregiver_preferences"), "caregiver_preferences must be 0, it is 1"),
        (unweighed("optional_patients"), "optional_patients must be 0, it is 1"),
        (unweighed("missed_lunch_break"), "missed_lunch_break must be 0, it is 1"),
        (lunch(0, 80, 100), "missed_lunch_break must be 0, it is 1"),
        (lunch(1, 80, 100), "c2 takes a lunch that is not theirs"),
        (lunch(0, 70, 90), "c1 cannot be at p2 by 70"),
        (weighed("total_tardiness"), "total_tardiness must be 0, it is 15"),
        (weighed("highest_tardiness"), "highest_tardiness must be 0, it is 5"),
        (weighed("total_waiting_time"), "total_waiting_time must be 0, it is 5"),
        (weighed("max_idle_time"), "max_idle_time must be 0, it is 40"),
        (weighed("total_extra_time"), "total_extra_time must be 0, it is 10"),
        (weighed("workload_balance"), "workload_balance must be 0, it is 36"),
        (weighed("travel_time"), "travel_time must be 0, it is 85"),
        (weighed("working_time"), "working_time: somebody returns after the shift's end"),
    ],
)
def test_a_spoilt_solution_is_caught(spoil: Spoil, sentence: str) -> None:
    instance, solution = load("uhhc_by_hand"), load("uhhc_by_hand_solution")
    spoil(instance, solution)
    _, wrong, _ = check(instance, solution)
    assert any(sentence in fault for fault in wrong), wrong


def with_lunch(origin: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The example with p2 an hour later: c1 has lunch at p2's door from 55 to 60 and more."""
    instance, solution = load("uhhc_by_hand"), load("uhhc_by_hand_solution")
    instance["metadata"]["origin"] = origin
    instance["lunch_breaks"] = {"start": 50, "end": 90, "min_duration": 20}
    instance["patients"][1]["time_windows"] = [{"start": 120, "end": 175}]
    for route in solution["routes"]:
        shifted(0, -1, 60)(instance, {"routes": [route]})
    eaten = {"patient": "p2", "service": "lunch_break", "arrival_time": 60, "departure_time": 80}
    solution["routes"][0]["locations"].append(eaten)
    return instance, solution


def test_a_lunch_is_no_waiting_and_waiting_around_it_counts() -> None:
    _, wrong, values = check(*with_lunch("generated"))
    assert wrong == []
    assert values["missed_lunch_break"] == 0
    assert values["total_waiting_time"] == 5 + 40


def test_who_leaves_at_the_shifts_start_waits_at_the_first_door() -> None:
    _, wrong, values = check(*with_lunch("bazirha"))
    assert wrong == []
    assert values["total_waiting_time"] == 5 + 40 + 100


def test_the_wait_after_a_lunch_taken_first_is_not_counted_but_is_idle() -> None:
    instance, solution = with_lunch("generated")
    instance["patients"][0]["optional"] = True
    del solution["routes"][0]["locations"][0]
    _, wrong, values = check(instance, solution)
    assert wrong == []
    assert values["total_waiting_time"] == 0
    assert values["max_idle_time"] == 100


def test_a_lunch_at_the_place_of_somebody_unvisited_is_taken_at_the_departing_point() -> None:
    instance, solution = with_lunch("generated")
    solution["routes"][0]["locations"][-1]["patient"] = "p3"
    _, wrong, values = check(instance, solution)
    assert wrong == []
    assert values["travel_time"] == (10 + 10 + 20 + 20) + 40


def test_who_is_listed_without_locations_idles_the_whole_shift() -> None:
    instance, solution = load("uhhc_by_hand"), load("uhhc_by_hand_solution")
    instance["caregivers"].append(
        {"id": "c3", "abilities": [], "departing_point": "d", "working_shift": {"start": 10, "end": 90}}
    )
    assert check(instance, solution)[2]["max_idle_time"] == 40
    solution["routes"].append({"caregiver_id": "c3", "locations": []})
    assert check(instance, solution)[2]["max_idle_time"] == 80


@pytest.mark.parametrize(("mode", "late"), [("at_service_end", 15), ("at_service_start", 0)])
def test_tardiness_counts_the_end_or_the_start(mode: str, late: float) -> None:
    instance = load("uhhc_by_hand")
    instance["metadata"]["time_window_met"] = mode
    assert check(instance, load("uhhc_by_hand_solution"))[2]["total_tardiness"] == late


def test_a_visit_belongs_to_the_last_window_that_has_begun() -> None:
    instance = load("uhhc_by_hand")
    instance["patients"][0]["time_windows"] = [
        {"start": 0, "end": 100},
        {"start": 10, "end": 30},
        {"start": 50, "end": 90},
    ]
    assert check(instance, load("uhhc_by_hand_solution"))[2]["total_tardiness"] == 10 + 5 + 5
