"""Kernels as tests reach them: a day and a plan in the making, and doors to what only kernels call."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from solver.problem import Problem
from solver.rules import model
from solver.search.anneal import change, fill, load
from solver.search.day import NEVER, pack, shift_of
from solver.search.insert import loosen, pair_points, put
from solver.search.memory import Frame, entry
from solver.search.place import leaves, own_points
from solver.search.price import points_of
from solver.search.ripple import UNSURE, push
from solver.search.schedule import lateness
from solver.search.settle import enqueue, enqueue_stop, settle
from solver.search.state import (
    ITERATION,
    TOO_DEAR,
    TRIAL,
    begin,
    load_of,
    new_state,
    spot_of,
    stop_of,
    take_back,
)


@dataclass
class Desk:
    """A day, and a plan in the making in which nobody does anything yet."""

    day: Frame
    state: Frame

    @property
    def points(self) -> int:
        return int(total(self.day.record, self.state.record))

    def made(self, *shifts: Sequence[int]) -> bool:
        """Make these duties, shift by shift in this order."""
        rows = [(duty, number) for number, duties in enumerate(shifts) for duty in duties]
        duties, places = (np.array([row[column] for row in rows], np.int64) for column in (0, 1))
        return bool(load(self.day.record, self.state.record, duties, places))

    def stops(self, shift: int) -> list[tuple[int, int]]:
        """(duty, start) of one shift, in order."""
        row = self.state["stops"][shift, 1 : int(self.state["loads"][shift]["count"]) + 1]
        return list(zip(row["duty"].tolist(), row["start"].tolist(), strict=True))

    def plan(self) -> list[list[tuple[int, int]]]:
        return [self.stops(shift) for shift in range(len(self.state["loads"]))]

    def everything(self) -> list[bytes]:
        """Every number on which the plan and its points depend."""
        state = self.state
        counts = state["loads"]["count"].tolist()
        stops = [state["stops"][shift, : count + 2].tobytes() for shift, count in enumerate(counts)]
        spots = state["spots"].copy()
        spots["stop"][spots["shift"] < 0] = 0
        tables = [state[name].tobytes() for name in ("loads", "tallies", "spent", "lent")]
        return [*stops, spots.tobytes(), *tables, state["cells"]["total"].tobytes()]


def desk(problem: Problem, seed: int = 1, columns: int = 100) -> Desk:
    day = pack(model(problem))
    return Desk(day, new_state(day, seed, columns))


def full_desk(problem: Problem, seed: int = 1, columns: int = 100) -> Desk:
    """A desk with a plan that the search would begin with."""
    made = desk(problem, seed, columns)
    fill(made.day.record, made.state.record)
    return made


@entry
def total(day: Any, state: Any) -> Any:
    return points_of(day, state)


@entry
def step(day: Any, state: Any, is_kept: Any) -> None:
    """Ruin and recreate once, and take it back unless it is kept."""
    begin(state, ITERATION)
    change(day, state)
    if not is_kept:
        take_back(state, ITERATION)


@entry
def rebuild(day: Any, state: Any, duties: Any, shifts: Any, loose: Any) -> Any:
    """Make these duties in this order in an empty plan, and find all times at once."""
    begin(state, ITERATION)
    waiting = 0
    for i in range(len(duties)):
        s = shifts[i]
        put(day, state, ITERATION, duties[i], s, load_of(state, s).count + 1)
        stop_of(state, s, load_of(state, s).count).loose = loose[i]
        waiting = enqueue(state, waiting, s)
    return settle(day, state, ITERATION, waiting) < 0


@entry
def foreseen(day: Any, state: Any, duty: Any, s: Any, k: Any, highest: Any) -> Any:
    """Points of putting a duty before stop k, by following the delay; UNSURE, or NEVER if it cannot be."""
    pair = pair_points(day, state, duty, shift_of(day, s).helper)
    t, points = own_points(day, state, duty, s, k, pair)
    if points == TOO_DEAR:
        return NEVER
    delay, late = push(day, state, s, k, leaves(day, duty, s, state, k, t), TOO_DEAR)
    if delay >= UNSURE:
        return NEVER if delay == TOO_DEAR else UNSURE
    late = max(late, lateness(day, duty, t))
    return points + delay + day.tardiest_rate * max(0, late - highest)


@entry
def tried(day: Any, state: Any, duty: Any, s: Any, k: Any) -> Any:
    """The same points by doing it and taking it back; NEVER if it cannot be."""
    begin(state, TRIAL)
    before = points_of(day, state)
    put(day, state, TRIAL, duty, s, k)
    loosen(day, state, s, k, 0.0)
    points = NEVER
    if settle(day, state, TRIAL, enqueue_stop(state, 0, s, k)) < 0:
        points = points_of(day, state) - before
    take_back(state, TRIAL)
    return points


@entry
def is_out(state: Any, duty: Any) -> Any:
    return spot_of(state, duty).shift < 0
