"""Nextmv's nextroute, two runs in parallel. It cannot state a price per visit and helper, nor a window of no length."""

import json
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import nextroute
import numpy as np

from tests.benchmarks.peers.day import Day, Routes

MIDNIGHT = datetime(2026, 1, 5, tzinfo=UTC)
LEAST_WINDOW = 60
FAR = 50_000
SOMEWHERE = {"lon": 1.0, "lat": 1.0}
"""Travel comes from our matrices; 0, 0 counts as no location."""


def routes(day: Day, seconds: float, seed: int) -> Routes:
    options = nextroute.Options(
        SOLVE_DURATION=seconds,
        SOLVE_PARALLELRUNS=2,
        MODEL_OBJECTIVES_VEHICLESDURATION=0.0,
        MODEL_OBJECTIVES_TRAVELDURATION=1.0,
    )
    engine = Path(nextroute.__file__).parent / "bin" / "nextroute.exe"
    done = subprocess.run([engine, *options.to_args()], input=json.dumps(_input(day)), text=True, capture_output=True)
    if done.returncode:
        raise RuntimeError(done.stderr[-500:])
    return _read(json.loads(done.stdout))


def _input(day: Day) -> dict[str, Any]:
    numbers = day.numbers
    places = np.concatenate([numbers.place, np.stack([numbers.start_place, numbers.end_place], 1).ravel()])
    matrices = [np.minimum(day.ticks(kind), FAR)[np.ix_(places, places)].tolist() for kind in range(len(day.kinds))]
    return {
        "stops": [_stop(day, visit) for visit in range(len(numbers.place))],
        "vehicles": [_vehicle(day, shift) for shift in range(len(numbers.shift_helper))],
        "duration_matrix": [
            {
                "vehicle_ids": [f"s{shift}" for shift, theirs in enumerate(day.kind_of_shift) if theirs == kind],
                "default_matrix": matrix,
            }
            for kind, matrix in enumerate(matrices)
        ],
    }


def _stop(day: Day, visit: int) -> dict[str, Any]:
    numbers = day.numbers
    earliest, latest = int(numbers.earliest[visit]), int(numbers.latest[visit])
    return {
        "id": f"v{visit}",
        "location": SOMEWHERE,
        "duration": int(numbers.duration[visit]),
        "unplanned_penalty": int(numbers.priority[visit]),
        "compatibility_attributes": [f"v{visit}"],
        "start_time_window": [_moment(earliest), _moment(max(latest, earliest + LEAST_WINDOW))],
    }


def _vehicle(day: Day, shift: int) -> dict[str, Any]:
    numbers = day.numbers
    theirs = np.nonzero(numbers.may[:, numbers.shift_helper[shift]])[0].tolist()
    return {
        "id": f"s{shift}",
        "start_location": SOMEWHERE,
        "end_location": SOMEWHERE,
        "start_time": _moment(int(numbers.shift_start[shift])),
        "end_time": _moment(int(numbers.shift_end[shift])),
        "compatibility_attributes": ["none", *(f"v{visit}" for visit in theirs)],
    }


def _moment(ticks: int) -> str:
    return (MIDNIGHT + timedelta(seconds=ticks)).isoformat()


def _read(answer: dict[str, Any]) -> Routes:
    found = {}
    for vehicle in answer["solutions"][-1]["vehicles"]:
        stops = [stop["stop"]["id"] for stop in vehicle["route"]]
        visits = [int(stop[1:]) for stop in stops if stop[0] == "v" and stop[1:].isdigit()]
        if visits:
            found[int(vehicle["id"][1:])] = visits
    return found
