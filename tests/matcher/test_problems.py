"""The project's own JSON form of a problem: written and read without loss, and refused by field."""

import json
from typing import Any

import pytest

from matcher.problems import ProblemFileError, read, write
from solver.problem import (
    Break,
    Helper,
    Lending,
    Link,
    Pin,
    Problem,
    Published,
    Purse,
    Shift,
    Skill,
    Travel,
    Visit,
    Weights,
    Window,
)

FULL = Problem(
    helpers=(
        Helper("li", (Shift(0, 240, 0, 0), Shift(300, 400, 0, 1)), skills=(Skill("care", 500), Skill("read"))),
        Helper(
            "wang", (Shift(0, 480, 1, 1),), 1, (), ("zh", "ug"), "f", 1, 10, 0, 500, 900, 300, 4, Break(60, 180, 45)
        ),
    ),
    visits=(
        Visit("bath", 2, (Window(10, 50), Window(100, 150)), 30, ("care",), people=2, barred=(1,), purse=0),
        Visit("news", 1, (Window(0, 20),), 15, allowed=(0, 1), known=(0,), soft_end=True, community=0, burden=3),
    ),
    travel=(Travel.of("walk", [[0, 5, 9], [5, 0, 4], [9, 4, 0]]), Travel.of("bike", [[0, 2, 3], [2, 0, 1], [3, 1, 0]])),
    links=(Link(0, 1, 0, 30, apart=False, same_window=True),),
    pins=(Pin(1, (0,), 12),),
    purses=(Purse("2026", 100_000),),
    communities=("north",),
    lendings=(Lending(0, 0, 3),),
    published=(Published(1, 0, 12),),
    weights=Weights(rest=20, skilled=None),
    fair_share=7,
)
TINY: dict[str, Any] = {
    "helpers": [{"key": "li", "shifts": [{"start": 0, "end": 99, "start_place": 0, "end_place": 0}]}],
    "visits": [{"key": "bath", "place": 1, "windows": [{"earliest": 10, "latest": 20}], "duration": 30}],
    "travel": [{"mode": "walk", "rows": [[0, 7], [8, 0]]}],
}


def test_a_problem_with_every_field_is_read_as_it_was_written() -> None:
    assert read(write(FULL)) == FULL


def test_travel_may_be_rows_of_numbers() -> None:
    problem = read(json.dumps(TINY))
    assert problem.travel[0].matrix.tolist() == [[0, 7], [8, 0]]
    assert read(write(problem)) == problem


def test_what_is_left_out_takes_its_default() -> None:
    problem = read(json.dumps(TINY))
    assert problem.weights == Weights()
    assert problem.visits[0].people == 1


@pytest.mark.parametrize(
    ("path", "value", "sentence"),
    [
        (["visits", 0, "duration"], 1.5, "visits[0].duration: input should be a valid integer"),
        (["visits", 0, "duration"], "30", "visits[0].duration: input should be a valid integer"),
        (["visits", 0, "duration"], True, "visits[0].duration: input should be a valid integer"),
        (["visits", 0, "duration"], float("nan"), "the file is not JSON: NaN is not a number"),
        (["visits", 0, "duration"], 2**70, "visits[0].duration: the number is larger than 9007199254740992"),
        (["visits", 0, "duration"], -3, "visit 0 (bath): duration is -3; it must not be negative"),
        (["visits", 0, "place"], 2, "visit 0 (bath): place is 2; there are 2"),
        (["visits", 0, "colour"], "red", "visits[0].colour: unexpected keyword argument"),
        (["helpers", 0, "shifts", 0, "end"], -1, "helper 0 (li): a shift from 0 to -1 does not run forward from 0"),
        (["travel", 0, "rows"], [[0, 1], [0]], "travel[0].rows: expected a square list of lists of numbers"),
        (["travel", 0, "rows", 1, 0], -1, "travel[0].rows[1][0]: expected a whole number of ticks below 2^31"),
        (["travel", 0, "rows", 1, 0], 2.5, "travel[0].rows[1][0]: expected a whole number of ticks below 2^31"),
        (["travel"], 5, "travel: input should be a valid"),
        (["visits"], None, "visits: input should be a valid"),
    ],
)
def test_a_fault_names_its_field(path: list[Any], value: object, sentence: str) -> None:
    document: Any = json.loads(json.dumps(TINY))
    inner = document
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    with pytest.raises(ProblemFileError) as caught:
        read(json.dumps(document))
    assert sentence in str(caught.value)


@pytest.mark.parametrize("broken", ["", "{", "[]", "null", "7", "[" * 100_000, "9" * 5_000])
def test_what_is_no_problem_at_all_is_refused_in_a_sentence(broken: str) -> None:
    with pytest.raises(ProblemFileError):
        read(broken)


def test_cells_that_are_no_base64_or_too_few_are_refused() -> None:
    document = json.loads(json.dumps(TINY))
    for cells in ("?!", "AAAA"):
        document["travel"] = [{"mode": "walk", "size": 2, "cells": cells}]
        with pytest.raises(ProblemFileError, match="travel"):
            read(json.dumps(document))
