"""The hhcrsp format: read exactly, written back, and priced as the format says."""

import json
from random import Random
from typing import Any

import pytest

from solver.formats import hhcrsp
from solver.formats.fields import FormatError
from solver.judge import cost, hard, judge
from solver.plan import Assignment, Plan
from solver.problem import Link, Window
from tests.solver.formats.check_hhcrsp import check
from tests.solver.formats.samples import load, random_plan, text

BY_HAND = Plan((Assignment(0, 0, 10_000, 0), Assignment(0, 0, 60_000, 1), Assignment(1, 0, 60_000, 2)))


def test_the_example_by_hand_costs_what_it_costs_by_hand() -> None:
    instance = hhcrsp.read(text("hhcrsp_by_hand"))
    assert cost(instance.problem, BY_HAND) == 95_000
    assert round(instance.cost(BY_HAND), 3) == 31.667
    assert hard(judge(instance.problem, BY_HAND)) == []


def test_the_example_by_hand_is_written_as_it_stands_in_the_format() -> None:
    instance = hhcrsp.read(text("hhcrsp_by_hand"))
    assert json.loads(instance.write(BY_HAND)) == load("hhcrsp_by_hand_solution")


def test_decimals_become_whole_ticks_without_drift() -> None:
    problem = hhcrsp.read(text("hhcrsp_small")).problem
    assert problem.travel[0].matrix[0].tolist() == [0, 5001, 10002, 5000, 9055]
    assert problem.visits[0].windows == (Window(20500, 40500),)
    assert [visit.duration for visit in problem.visits] == [15250, 10000, 25000, 12500, 30000, 10000]


def test_two_services_become_two_linked_visits_by_different_people() -> None:
    problem = hhcrsp.read(text("hhcrsp_small")).problem
    assert problem.links == (Link(1, 2, 5125, 20000, apart=True), Link(4, 5, 0, 0, apart=True))


@pytest.mark.parametrize("name", ["hhcrsp_by_hand", "hhcrsp_small"])
def test_judge_and_checker_agree_on_cost_and_on_what_is_allowed(name: str) -> None:
    instance, random, allowed = hhcrsp.read(text(name)), Random(7), 0
    for _ in range(400):
        plan = random_plan(instance.problem, random)
        price, wrong = check(load(name), json.loads(instance.write(plan)))
        assert instance.cost(plan) == pytest.approx(price, abs=1e-9)
        assert (hard(judge(instance.problem, plan)) == []) == (wrong == [])
        allowed += wrong == []
    assert allowed > 0


def changed(path: list[Any], value: object) -> str:
    instance = load("hhcrsp_by_hand")
    inner: Any = instance
    for step in path[:-1]:
        inner = inner[step]
    if value is None:
        del inner[path[-1]]
    else:
        inner[path[-1]] = value
    return json.dumps(instance)


@pytest.mark.parametrize(
    ("path", "value", "sentence"),
    [
        (["patients"], None, "the file: patients is missing"),
        (["patients", 1, "id"], "p1", "patients[1].id: 'p1' is used twice"),
        (["patients", 0, "time_window"], [0], "patients[0].time_window: it must hold two values, it holds 1"),
        (["patients", 0, "time_window"], [9, 3], "patients[0].time_window: it ends before it starts"),
        (["patients", 0, "time_window", 1], float("nan"), "the file is not JSON: NaN is not a number"),
        (["patients", 0, "time_window", 1], 10**20, "patients[0].time_window[1]: 1.00000e+20 is not between"),
        (["patients", 0, "time_window", 1], True, "patients[0].time_window[1]: expected a number, found true or false"),
        (["patients", 0, "required_caregivers"], [], "patients[0].required_caregivers: one or two are allowed"),
        (["patients", 0, "required_caregivers", 0, "service"], "x", "[0].service: there is no service 'x'"),
        (["patients", 1, "required_caregivers", 1, "service"], "s1", "service 's1' is named twice"),
        (["patients", 1, "synchronization"], None, "patients[1]: synchronization is missing"),
        (["patients", 1, "synchronization", "type"], "odd", "patients[1].synchronization.type: unknown: 'odd'"),
        (["services", 1, "default_duration"], None, "duration is missing, and its service has no default_duration"),
        (["distances", 0, 1], -1, "distances[0][1]: -1 is not between 0 and"),
        (["distances", 0, 1], 1.0001, "distances[0][1]: 1.0001 has more decimals than can be held; at most 3"),
        (["distances", 0], [0, 1], "distances: row 0 holds 2 values, the table has 3 rows"),
        (["distances"], [[0]], "distances: it has 1 rows, 3 are needed"),
        (["central_offices"], [], "central_offices: there must be one"),
        (["caregivers", 0, "abilities"], "s1", "caregivers[0].abilities: expected a list, found a text"),
    ],
)
def test_a_fault_names_its_field(path: list[Any], value: object, sentence: str) -> None:
    with pytest.raises(FormatError) as caught:
        hhcrsp.read(changed(path, value))
    assert sentence in str(caught.value)


@pytest.mark.parametrize("broken", ["", "{", "[]", "null", "[" * 100_000, "9" * 5_000, '{"patients": 1e999999999}'])
def test_what_is_no_instance_at_all_is_refused_in_a_sentence(broken: str) -> None:
    with pytest.raises(FormatError):
        hhcrsp.read(broken)
