"""The uhhc format: every component read, written back, and priced as the format says."""

import json
from collections.abc import Callable
from random import Random
from typing import Any

import pytest

from solver.formats import uhhc
from solver.formats.fields import FormatError
from solver.judge import cost, hard, judge
from solver.plan import Assignment, Plan
from solver.problem import Break, Link, Window
from tests.solver.formats.check_uhhc import check
from tests.solver.formats.samples import load, random_plan, text

BY_HAND = Plan((Assignment(0, 0, 10, 0), Assignment(0, 0, 60, 1), Assignment(1, 0, 60, 2)))
Instance = dict[str, Any]


def read(instance: Instance) -> uhhc.Instance:
    return uhhc.read(json.dumps(instance))


def test_the_example_by_hand_costs_301() -> None:
    instance = uhhc.read(text("uhhc_by_hand"))
    assert instance.cost(BY_HAND) == 301
    assert cost(instance.problem, BY_HAND) == 301
    assert hard(judge(instance.problem, BY_HAND)) == []
    assert instance.broken(BY_HAND) == []


def test_the_example_by_hand_has_the_values_that_the_format_says() -> None:
    values = uhhc.read(text("uhhc_by_hand")).measures(BY_HAND)
    expected = {"travel_time": 85, "total_tardiness": 15, "highest_tardiness": 5, "total_waiting_time": 5}
    expected |= {"total_extra_time": 10, "max_idle_time": 40, "workload_balance": 36, "caregiver_preferences": 1}
    expected |= {"optional_patients": 1, "missed_lunch_break": 1}
    assert {name: values[name] for name in expected} == expected


def test_the_example_by_hand_is_written_as_it_stands_in_the_format() -> None:
    assert json.loads(uhhc.read(text("uhhc_by_hand")).write(BY_HAND)) == load("uhhc_by_hand_solution")


@pytest.mark.parametrize("origin", ["generated", "bazirha"])
def test_judge_and_checker_agree_on_cost_and_on_what_is_allowed(origin: str) -> None:
    described = load("uhhc_priced")
    described["metadata"]["origin"] = origin
    instance, random, allowed = read(described), Random(5), 0
    parts = instance.costs.scale * instance.costs.parts
    for _ in range(400):
        plan = random_plan(instance.problem, random)
        price, wrong, _ = check(described, json.loads(instance.write(plan)))
        assert instance.cost(plan) == pytest.approx(price)
        assert cost(instance.problem, plan) / parts == pytest.approx(price)
        assert (hard(judge(instance.problem, plan)) == []) == (wrong == [])
        allowed += wrong == []
    assert allowed > 10


@pytest.mark.parametrize("name", ["uhhc_by_hand", "uhhc_strict"])
def test_with_lunches_the_cost_is_that_of_what_is_written(name: str) -> None:
    instance, random, lunches = uhhc.read(text(name)), Random(11), 0
    for _ in range(400):
        plan = random_plan(instance.problem, random)
        written = json.loads(instance.write(plan))
        price, wrong, _ = check(load(name), written)
        assert instance.cost(plan) == pytest.approx(price)
        is_fine = hard(judge(instance.problem, plan)) == [] and instance.broken(plan) == []
        assert is_fine == (wrong == [])
        lunches += "lunch_break" in json.dumps(written)
    assert lunches > 10


def test_a_plan_that_breaks_nothing_is_written_with_its_lunch() -> None:
    instance = uhhc.read(text("uhhc_strict"))
    plan = Plan(
        (
            Assignment(0, 0, 200, 2),
            Assignment(0, 0, 820, 4),
            Assignment(1, 0, 600, 1),
            Assignment(1, 0, 770, 3),
            Assignment(2, 0, 600, 0),
        )
    )
    written = json.loads(instance.write(plan))
    assert check(load("uhhc_strict"), written)[1] == []
    assert hard(judge(instance.problem, plan)) == []
    assert instance.broken(plan) == []
    lunch = {"patient": "cili", "service": "lunch_break", "arrival_time": 40, "departure_time": 82}
    assert written["routes"][0]["locations"][1] == lunch


def test_ends_of_service_become_latest_starts() -> None:
    visits = uhhc.read(text("uhhc_priced")).problem.visits
    assert visits[0].windows == (Window(10, 15), Window(60, 55))
    assert visits[1].windows == (Window(10, 13), Window(60, 53))
    assert visits[0].soft_end


def test_a_hard_window_yields_to_the_next_one_and_goes_where_the_visit_has_no_room() -> None:
    described = load("uhhc_priced")
    described["metadata"]["cost_components"]["total_tardiness"] = "HARD"
    visits = read(described).problem.visits
    assert visits[0].windows == (Window(10, 15),)
    assert visits[3].windows == (Window(40, 49), Window(50, 80))
    assert not visits[0].soft_end


def test_a_visit_without_room_in_any_window_may_be_made_by_nobody() -> None:
    described = load("uhhc_priced")
    described["metadata"]["cost_components"]["total_tardiness"] = "HARD"
    described["patients"][1]["required_services"][0]["duration"] = 21
    assert read(described).problem.visits[2].allowed == ()


def test_an_independent_pair_keeps_apart_and_in_the_same_window() -> None:
    problem = uhhc.read(text("uhhc_priced")).problem
    assert problem.links == (Link(0, 1, apart=True, same_window=True), Link(3, 4, 0, 30, apart=True))


def test_an_optional_patient_is_priced_once() -> None:
    visits = uhhc.read(text("uhhc_priced")).problem.visits
    assert [visit.mandatory for visit in visits] == [True, True, False, False, False]
    assert [visit.priority for visit in visits] == [0, 0, 200, 200, 0]


def test_without_a_price_everybody_is_visited_and_only_the_preferred_come() -> None:
    described = load("uhhc_priced")
    for name in ("optional_patients", "caregiver_preferences"):
        del described["metadata"]["cost_components"][name]
    visits = read(described).problem.visits
    assert all(visit.mandatory for visit in visits)
    assert [visit.allowed for visit in visits] == [None, None, None, (0, 1), (0, 1)]
    assert [visit.known for visit in visits] == [()] * 5


def test_weights_become_whole_points_of_the_common_part() -> None:
    instance = uhhc.read(text("uhhc_priced"))
    weights = instance.problem.weights
    assert (instance.costs.scale, instance.costs.parts) == (1, 4)
    assert (weights.travel, weights.longest_wait, weights.skilled, weights.known) == (2, 1, 82, 40)


def test_a_lunch_becomes_a_rest_within_the_shift() -> None:
    helpers = uhhc.read(text("uhhc_strict")).problem.helpers
    assert [helper.rest for helper in helpers] == [Break(400, 750, 150), None, None]
    assert [(shift.start_place, shift.end_place) for helper in helpers for shift in helper.shifts] == [
        *((0, 1), (1, 1), (0, 0))
    ]


def test_a_helper_without_a_shift_is_never_out_of_time() -> None:
    shift = uhhc.read(text("uhhc_strict")).problem.helpers[2].shifts[0]
    assert (shift.start, shift.end) == (0, 1000 + 100 + 120 + 100 + 200 + 100 + 6 * 120)


@pytest.mark.parametrize("name", ["travel_time", "total_waiting_time", "max_waiting_time", "workload_balance"])
def test_what_must_be_zero_and_is_not_is_reported(name: str) -> None:
    described = load("uhhc_by_hand")
    described["metadata"]["cost_components"][name] = "HARD"
    assert read(described).broken(BY_HAND) == [name]


def test_extra_time_that_nobody_counts_is_free() -> None:
    described = load("uhhc_by_hand")
    del described["metadata"]["cost_components"]["total_extra_time"]
    instance = read(described)
    assert instance.cost(BY_HAND) == 291
    assert hard(judge(instance.problem, BY_HAND)) == []


@pytest.mark.parametrize("component", ["total_extra_time", "working_time"])
def test_a_return_within_the_shift_can_be_demanded_in_two_ways(component: str) -> None:
    described = load("uhhc_by_hand")
    del described["metadata"]["cost_components"]["total_extra_time"]
    described["metadata"]["cost_components"][component] = "HARD"
    assert [breach.rule for breach in hard(judge(read(described).problem, BY_HAND))] == ["shift"]


def component(name: str, weight: object) -> Callable[[Instance], object]:
    return lambda instance: instance["metadata"]["cost_components"].update({name: weight})


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda i: i.pop("metadata"), "the file: metadata is missing"),
        (lambda i: i["metadata"].pop("cost_components"), "metadata: cost_components is missing"),
        (lambda i: i["metadata"].update(time_window_met="never"), "metadata.time_window_met: 'never' is unknown"),
        (component("travel", 1), "metadata.cost_components: there is no component 'travel'"),
        (component("travel_time", "SOFT"), "metadata.cost_components.travel_time: expected a number, found a text"),
        (component("travel_time", -1), "metadata.cost_components.travel_time: a weight is"),
        (component("travel_time", 1234.000001), "metadata.cost_components: weights and times have more decimals"),
        (component("travel_time", 0.1234567), "metadata.cost_components.travel_time: a weight is"),
        (
            lambda i: i["caregivers"][0].update(departing_point="x"),
            "[0].departing_point: there is no terminal point 'x'",
        ),
        (lambda i: i["caregivers"][0].pop("departing_point"), "caregivers[0]: departing_point is missing"),
        (lambda i: i["caregivers"][0].update(id="c2"), "caregivers[1].id: 'c2' is used twice"),
        (lambda i: i["caregivers"][0].pop("working_shift"), "caregivers[0]: working_shift is missing, and max_idle"),
        (lambda i: i["caregivers"][0]["working_shift"].update(end=-1), "caregivers[0].working_shift.end: -1 is not"),
        (lambda i: i.pop("lunch_breaks"), "caregivers[0].lunch_break: there is no lunch_breaks"),
        (lambda i: i["patients"][0].update(distance_matrix_index=4), "patients[0].distance_matrix_index: it is 4"),
        (lambda i: i["patients"][0].update(time_windows=[]), "patients[0].time_windows: there must be one"),
        (
            lambda i: i["patients"][0]["time_windows"][0].update(end=-0.5),
            "patients[0].time_windows[0].end: -0.5 is not",
        ),
        (
            lambda i: i["patients"][1].update(preferred_caregivers=["x"]),
            "preferred_caregivers[0]: there is no caregiver",
        ),
        (lambda i: i["patients"][1].pop("synchronization"), "patients[1]: synchronization is missing"),
        (
            lambda i: i["patients"][2].update(optional="no"),
            "patients[2].optional: expected true or false, found a text",
        ),
        (lambda i: i["distances"][1].pop(), "distances: row 1 holds 3 values, the table has 4 rows"),
    ],
)
def test_a_fault_names_its_field(spoil: Callable[[Instance], object], sentence: str) -> None:
    described = load("uhhc_by_hand")
    spoil(described)
    with pytest.raises(FormatError) as caught:
        read(described)
    assert sentence in str(caught.value)
