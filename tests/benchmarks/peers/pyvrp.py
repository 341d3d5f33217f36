"""PyVRP: who may go where as a travel profile per helper; in large days, where those fill the memory, as loads."""

from typing import Any

import numpy as np
import pyvrp
import pyvrp.stop

from tests.benchmarks.peers.day import FORBIDDEN, Day, Routes

MOST_PROFILES = 200
PLENTY = 1000


def routes(day: Day, seconds: float, seed: int) -> Routes:
    by_profile = len(day.numbers.mode) <= MOST_PROFILES
    points, ticks = _profiles(day) if by_profile else _kinds(day)
    words = [] if by_profile else sorted(frozenset().union(*day.needs))
    data = pyvrp.ProblemData(
        [pyvrp.Location(0, 0) for _ in range(day.numbers.travel.shape[1])],
        _clients(day, words),
        [pyvrp.Depot(int(place)) for place in _depots(day)],
        _vehicles(day, words, by_profile),
        points,
        ticks,
    )
    best = pyvrp.solve(data, pyvrp.stop.MaxRuntime(seconds), seed=seed, display=False).best
    if not best.is_feasible():
        return {}
    return {
        route.vehicle_type(): [stop.idx for stop in route.schedule() if stop.is_client()] for route in best.routes()
    }


def _kinds(day: Day) -> tuple[list[Any], list[Any]]:
    kinds = range(len(day.kinds))
    return [day.points(kind) for kind in kinds], [day.ticks(kind) for kind in kinds]


def _profiles(day: Day) -> tuple[list[Any], list[Any]]:
    numbers = day.numbers
    every_points, every_ticks = [], []
    for helper in range(len(numbers.mode)):
        kind = day.kinds.index((int(numbers.mode[helper]), int(numbers.circle[helper])))
        points, ticks = day.points(kind), day.ticks(kind)
        not_theirs = numbers.place[~numbers.may[:, helper]]
        for matrix in (points, ticks):
            matrix[:, not_theirs] = FORBIDDEN
            np.fill_diagonal(matrix, 0)
        every_points.append(points)
        every_ticks.append(ticks)
    return every_points, every_ticks


def _depots(day: Day) -> list[int]:
    return sorted({*day.numbers.start_place.tolist(), *day.numbers.end_place.tolist()})


def _clients(day: Day, words: list[str]) -> list[Any]:
    numbers = day.numbers
    return [
        pyvrp.Client(
            int(numbers.place[visit]),
            delivery=[int(word in day.needs[visit]) for word in words],
            service_duration=int(numbers.duration[visit]),
            tw_early=int(numbers.earliest[visit]),
            tw_late=int(numbers.latest[visit]),
            prize=int(numbers.priority[visit]),
            required=False,
        )
        for visit in range(len(numbers.place))
    ]


def _vehicles(day: Day, words: list[str], by_profile: bool) -> list[Any]:
    numbers, depots = day.numbers, _depots(day)
    return [
        pyvrp.VehicleType(
            1,
            capacity=[PLENTY if word in day.offers[helper] else 0 for word in words],
            start_depot=depots.index(int(numbers.start_place[shift])),
            end_depot=depots.index(int(numbers.end_place[shift])),
            tw_early=int(numbers.shift_start[shift]),
            tw_late=int(numbers.shift_end[shift]),
            profile=helper if by_profile else day.kind_of_shift[shift],
        )
        for shift, helper in enumerate(numbers.shift_helper.tolist())
    ]
