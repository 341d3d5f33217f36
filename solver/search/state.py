"""A plan in the making: what each shift does and when, and how to take a change back.

A shift is a row of stops: stop 0 is its start, stops 1 to `count` are duties, stop `count + 1` is the return.
Changes are kept on two levels, so that an insertion can be tried and taken back inside an iteration that may be taken
back as a whole.
"""

from typing import Any

import numpy as np

from solver.search.day import NEVER, shift_of
from solver.search.memory import Frame, copy, kernel, records

UNKNOWN = -1
TOO_DEAR = 2**62
ITERATION, TRIAL = 0, 1
MOST_STOPS = 4_000_000
"""Bound on the stops of all shifts together, so that memory is bounded too."""
BEAM = 12
MOST_RIPPLES = 128
"""Linked stops that a delay may still have to visit; more are followed by trial."""
PLACES = 24
MEAN_LENGTH = 8
"""Stops per day for which the pool has room."""


def _record(kind: str, *names: str) -> np.dtype[Any]:
    return np.dtype([(name, kind) for name in names], align=True)


STOP = _record("i4", "duty", "place", "leg", "start", "free", "last", "rested", "resting", "loose", "padding")
"""`leg`: travel to this stop; `start`: when its service starts; `free`: when it ends (without regard to the rest);
`last`: the latest start that the stops behind it allow. In a shift with a rest, `rested` is when the service ends if
the rest was taken before, `resting` the latest start if it is still to come; NEVER and -1 where that cannot be.
`loose`: made as early as can be, whatever was told."""
LOAD = _record("i8", "count", "coupled", "cost", "missed", "gap", "tardy", "wait", "idle", "work")
"""Of a shift: visits, those that are coupled, points of the shift alone; `gap`: before which stop the rest is taken."""
TALLY = _record("i8", "visits", "service", "burden", "work")
"""Of a helper over all shifts."""
SPOT = _record("i4", "shift", "stop")
"""Where a duty is made; shift -1: it is left."""
QUEUED = _record("i8", "shift", "walked", "waits", "is_walked", "reshaped", "first", "upto", "when")
"""Lists of shifts to be walked and of those that were; per shift whether it is in them, whether its stops are others
than before, and from and to which stop it is walked; what happens soonest, `when`, is walked first."""
LOOKED = _record("i4", "shift", "stamp")
SUM = _record("i8", "value")
MARK = _record("i8", "stamp", "touched")
TRAIL = _record("i8", "stamp", "shifts", "helpers", "total")
PLACE = _record("i8", "shift", "stop", "least", "most", "points", "base")
"""A place for a duty: before which stop of which shift, between which moments, at how many points; `base`: of those,
without what depends on times."""
CHOSEN = _record("i8", "place", "start")
OUT = _record("i8", "group", "stamp")
RIPPLE = _record("i8", "stamp", "start")
"""Of a duty: when it would start, as far as the delay of this stamp has been followed."""
WAVE = _record("i8", "shift", "stop", "start")
"""A stop that a linked duty elsewhere moves."""
KEY = np.dtype([("value", "f8"), ("group", "i8")], align=True)
CHANGED = _record("i4", "shift", "listed")
COLUMN = _record("i8", "shift", "points", "end", "tardy", "wait", "idle", "work")
COLUMN_STOP = _record("i4", "duty", "start")
HASH = np.dtype([("value", "u8")])
_COUNTS = ("total", "risen", "cut", "best", "changed", "out", "out_stamp", "look_stamp", "ripple_stamp", "columns")
CELLS = np.dtype([(name, "i8") for name in _COUNTS] + [("chance", "u8")], align=True)
"""`total`: points of shifts, fairness and what is left, without those of the whole roster; `risen`: points of
tardiness that settling added so far; `cut`: those from which on it need not go on; `best`: points of the best plan;
`changed`, `out`, `columns`: lengths of lists; `chance`: where the random numbers stand."""

stop_of = records("stops", STOP, "width")
load_of = records("loads", LOAD)
tally_of = records("tallies", TALLY)
spot_of = records("spots", SPOT)
spent_of = records("spent", SUM)
lent_of = records("lent", SUM)
queued_of = records("queue", QUEUED)
looked_of = records("looked", LOOKED)
trail_of = records("trail", TRAIL)
shift_mark = records("shift_marks", MARK, "shift_count")
helper_mark = records("helper_marks", MARK, "helper_count")
kept_stop = records("kept_stops", STOP, "shift_count", "width")
kept_load = records("kept_loads", LOAD, "shift_count")
kept_tally = records("kept_tallies", TALLY, "helper_count")
kept_spent = records("kept_spent", SUM, "purse_count")
kept_lent = records("kept_lent", SUM, "lending_count")
place_of = records("places", PLACE, "row_places")
found_of = records("found", SUM)
chosen_of = records("chosen", CHOSEN, "beam", "longest_group")
sum_of = records("sums", SUM, "beam")
out_of = records("outs", OUT)
ripple_of = records("ripples", RIPPLE)
wave_of = records("waves", WAVE)
key_of = records("keys", KEY)
best_stop = records("best_stops", STOP, "width")
best_load = records("best_loads", LOAD)
changed_of = records("changed", CHANGED)
column_of = records("columns", COLUMN)
column_stop = records("column_stops", COLUMN_STOP)
hash_of = records("hashes", HASH)
cells_of = records("cells", CELLS)


def new_state(day: Frame, seed: int, columns: int) -> Frame:
    """Nobody does anything, every visit is left; room for so many columns in the pool."""
    shifts, helpers, groups = len(day["shifts"]), len(day["helpers"]), len(day["groups"])
    width, longest = _most_stops(day), int(day["groups"]["size"].max(initial=1))
    places = max(PLACES, 3 * longest)
    purses, lendings = len(day["purse_budget"]), len(day["lending_most"])
    shapes: dict[str, tuple[np.dtype[Any], tuple[int, ...]]] = {
        "stops": (STOP, (shifts, width)),
        "loads": (LOAD, (shifts,)),
        "tallies": (TALLY, (helpers,)),
        "spots": (SPOT, (len(day["duties"]),)),
        "spent": (SUM, (purses,)),
        "lent": (SUM, (lendings,)),
        "queue": (QUEUED, (shifts,)),
        "looked": (LOOKED, (shifts,)),
        "trail": (TRAIL, (2,)),
        "shift_marks": (MARK, (2, shifts)),
        "helper_marks": (MARK, (2, helpers)),
        "kept_stops": (STOP, (2, shifts, width)),
        "kept_loads": (LOAD, (2, shifts)),
        "kept_tallies": (TALLY, (2, helpers)),
        "kept_spent": (SUM, (2, purses)),
        "kept_lent": (SUM, (2, lendings)),
        "places": (PLACE, (longest, places + 1)),
        "found": (SUM, (longest,)),
        "chosen": (CHOSEN, (2, BEAM + 1, longest)),
        "sums": (SUM, (2, BEAM + 1)),
        "outs": (OUT, (groups,)),
        "ripples": (RIPPLE, (len(day["duties"]),)),
        "waves": (WAVE, (MOST_RIPPLES + 1,)),
        "keys": (KEY, (groups,)),
        "best_stops": (STOP, (shifts, width)),
        "best_loads": (LOAD, (shifts,)),
        "changed": (CHANGED, (shifts,)),
        "columns": (COLUMN, (columns + 1,)),
        "column_stops": (COLUMN_STOP, (columns * MEAN_LENGTH,)),
        "hashes": (HASH, (1 << (2 * columns).bit_length(),)),
        "cells": (CELLS, (1,)),
    }
    sizes = {
        "width": width,
        "shift_count": shifts,
        "helper_count": helpers,
        "purse_count": purses,
        "lending_count": lendings,
        "most_places": places,
        "row_places": places + 1,
        "beam": BEAM + 1,
        "longest_group": longest,
        "most_columns": columns,
        "most_column_stops": columns * MEAN_LENGTH,
        "hash_count": 1 << (2 * columns).bit_length(),
    }
    state = Frame({name: np.zeros(shape, dtype) for name, (dtype, shape) in shapes.items()}, sizes)
    state["cells"]["chance"] = np.uint64(seed % 2**63) * np.uint64(2) + np.uint64(1)
    state["cells"]["cut"] = TOO_DEAR
    clear(day, state)
    for name in ("stops", "loads"):
        state[f"best_{name}"][:] = state[name]
    state["cells"]["best"] = state["cells"]["total"]
    return state


def clear(day: Frame, state: Frame) -> None:
    """Nobody does anything any more; the best plan is kept."""
    for name in ("loads", "tallies", "spent", "lent"):
        state[name][:] = 0
    state["tallies"]["burden"] = day["helpers"]["carried"]
    state["spots"]["shift"] = -1
    state["cells"]["total"] = day["groups"]["priority"].sum()
    shifts = day["shifts"]
    start, end = state["stops"][:, 0], state["stops"][:, 1]
    start["duty"] = end["duty"] = -1
    start["place"], end["place"] = shifts["start_place"], shifts["end_place"]
    start["start"] = start["free"] = shifts["start"]
    start["rested"] = NEVER
    end["leg"], end["last"] = 0, shifts["limit"]
    end["resting"] = np.minimum(shifts["limit"], shifts["rest_latest"] - shifts["rest_duration"])
    state["changed"]["shift"] = np.arange(len(shifts))
    state["changed"]["listed"] = 1
    state["cells"]["changed"] = len(shifts)


def _most_stops(day: Frame) -> int:
    """Stops per shift, start and return included: as many as the shortest duties would fit, within bounds."""
    shifts, helpers = day["shifts"], day["helpers"]
    if not len(shifts) or not len(day["duties"]):
        return 3
    longest = int((shifts["limit"] - shifts["start"]).max())
    fit = int(np.searchsorted(np.cumsum(np.sort(day["duties"]["duration"])), longest, side="right"))
    fit = min(fit, int(helpers["most_visits"].max()), max(48, MOST_STOPS // len(shifts)))
    return fit + 3


@kernel
def draw(state: Any) -> Any:
    """A random number in [0, 1): splitmix64 (Steele, Lea and Flood 2014), so that a seed means the same everywhere."""
    cells = cells_of(state, 0)
    mixed = cells.chance + np.uint64(0x9E3779B97F4A7C15)
    cells.chance = mixed
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    mixed = mixed ^ (mixed >> np.uint64(31))
    return np.float64(mixed >> np.uint64(11)) * (1.0 / 9007199254740992.0)


@kernel
def begin(state: Any, level: Any) -> None:
    """From here on changes can be taken back to here."""
    trail = trail_of(state, level)
    trail.stamp += 1
    trail.shifts = 0
    trail.helpers = 0
    trail.total = cells_of(state, 0).total
    for purse in range(state.purse_count):
        copy(kept_spent(state, level, purse), spent_of(state, purse))
    for lending in range(state.lending_count):
        copy(kept_lent(state, level, lending), lent_of(state, lending))


@kernel
def touch(day: Any, state: Any, level: Any, s: Any) -> None:
    """Keep the shift and its helper as they are now, once."""
    trail = trail_of(state, level)
    mark = shift_mark(state, level, s)
    if mark.stamp == trail.stamp:
        return
    mark.stamp = trail.stamp
    shift_mark(state, level, trail.shifts).touched = s
    trail.shifts += 1
    copy(kept_load(state, level, s), load_of(state, s))
    for k in range(load_of(state, s).count + 2):
        copy(kept_stop(state, level, s, k), stop_of(state, s, k))
    helper = shift_of(day, s).helper
    mark = helper_mark(state, level, helper)
    if mark.stamp != trail.stamp:
        mark.stamp = trail.stamp
        helper_mark(state, level, trail.helpers).touched = helper
        trail.helpers += 1
        copy(kept_tally(state, level, helper), tally_of(state, helper))


@kernel
def take_back(state: Any, level: Any) -> None:
    """Everything as it was at `begin`."""
    trail = trail_of(state, level)
    for i in range(trail.shifts):
        s = shift_mark(state, level, i).touched
        for k in range(1, load_of(state, s).count + 1):
            spot_of(state, stop_of(state, s, k).duty).shift = -1
    for i in range(trail.shifts):
        s = shift_mark(state, level, i).touched
        copy(load_of(state, s), kept_load(state, level, s))
        count = load_of(state, s).count
        for k in range(count + 2):
            copy(stop_of(state, s, k), kept_stop(state, level, s, k))
        for k in range(1, count + 1):
            spot = spot_of(state, stop_of(state, s, k).duty)
            spot.shift = s
            spot.stop = k
    for i in range(trail.helpers):
        helper = helper_mark(state, level, i).touched
        copy(tally_of(state, helper), kept_tally(state, level, helper))
    for purse in range(state.purse_count):
        copy(spent_of(state, purse), kept_spent(state, level, purse))
    for lending in range(state.lending_count):
        copy(lent_of(state, lending), kept_lent(state, level, lending))
    cells_of(state, 0).total = trail.total
