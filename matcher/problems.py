"""The project's own JSON form of a Problem: what `matcher solve` reads, and what can be kept of a roster's question.

The fields are those of `solver.problem`, by name. Travel comes as `cells` (base64 of little-endian int32, as we write
it) or as `rows` of numbers (as a person would). Unknown fields are refused, and so is any number but a whole one.
"""

import json
from base64 import b64encode
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter, ValidationError

from solver import judge
from solver.plan import Plan
from solver.problem import Problem, ProblemError, Travel

MOST_NUMBER = 2**53
"""The largest whole number that every reader of JSON keeps."""

_adapter = TypeAdapter(Problem)


class ProblemFileError(ValueError):
    """The file is no problem; the sentence names the field."""


@dataclass(frozen=True, slots=True)
class Instance:
    """A problem of our own, with the same face as those of `solver.formats`: costs are points."""

    problem: Problem

    def cost(self, plan: Plan) -> float:
        return judge.cost(self.problem, plan)

    def bound(self, points: int) -> float:
        return points

    def broken(self, plan: Plan) -> list[str]:
        return []

    def write(self, plan: Plan) -> str:
        return write_plan(self.problem, plan)


def read(text: str) -> Problem:
    """The problem that this JSON describes; raise ProblemFileError, naming the field, where it does not."""
    try:
        document = json.loads(text, parse_constant=_refuse)
    except RecursionError:
        raise ProblemFileError("the file is nested too deeply") from None
    except ValueError as error:
        raise ProblemFileError(f"the file is not JSON: {error}") from None
    _bounded(document, "")
    _pack(document)
    try:
        return _adapter.validate_json(json.dumps(document), strict=True, extra="forbid")
    except ValidationError as error:
        raise ProblemFileError(_sentence(error)) from None


def write(problem: Problem) -> str:
    """The JSON that `read` turns into an equal problem."""
    return _adapter.dump_json(problem).decode()


def write_plan(problem: Problem, plan: Plan) -> str:
    """Who makes what and when, by the keys of the problem; visits that nobody makes are listed."""
    made = plan.made()
    assignments = [
        {
            "helper": problem.helpers[assignment.helper].key,
            "shift": assignment.shift,
            "start": assignment.start,
            "visit": problem.visits[assignment.visit].key,
        }
        for assignment in sorted(plan.assignments)
    ]
    unassigned = [visit.key for number, visit in enumerate(problem.visits) if number not in made]
    return json.dumps({"assignments": assignments, "unassigned": unassigned}, indent=1)


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not a number")


def _bounded(value: Any, path: str) -> None:
    if isinstance(value, dict):
        for name, inner in value.items():
            _bounded(inner, f"{path}.{name}" if path else name)
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            _bounded(inner, f"{path}[{number}]")
    elif isinstance(value, int) and abs(value) > MOST_NUMBER:
        raise ProblemFileError(f"{path}: the number is larger than {MOST_NUMBER}")


def _pack(document: Any) -> None:
    """Turn every mode's `rows` into `size` and `cells`, in place."""
    modes = document.get("travel") if isinstance(document, dict) else None
    for number, mode in enumerate(modes if isinstance(modes, list) else ()):
        if isinstance(mode, dict) and "rows" in mode:
            packed = _packed(f"travel[{number}].rows", mode.pop("rows"))
            mode |= {"size": packed.size, "cells": b64encode(packed.cells).decode()}


def _packed(path: str, rows: Any) -> Travel:
    if not isinstance(rows, list) or not all(isinstance(row, list) and len(row) == len(rows) for row in rows):
        raise ProblemFileError(f"{path}: expected a square list of lists of numbers")
    for number, row in enumerate(rows):
        for place, cell in enumerate(row):
            if type(cell) is not int or not 0 <= cell < 2**31:
                raise ProblemFileError(f"{path}[{number}][{place}]: expected a whole number of ticks below 2^31")
    return Travel.of(path, rows)


def _sentence(error: ValidationError) -> str:
    first = error.errors(include_url=False, include_input=False)[0]
    cause = first.get("ctx", {}).get("error")
    if isinstance(cause, ProblemError):
        return str(cause)
    path = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in first["loc"]).lstrip(".")
    return f"{path or 'the file'}: {first['msg'][0].lower()}{first['msg'][1:]}"
