"""OR-Tools' routing library: cheapest insertion, then guided local search (one thread, as it is made)."""

from typing import Any

import numpy as np
from ortools.constraint_solver import pywrapcp, routing_enums_pb2

from tests.benchmarks.peers.day import Day, Routes

DAY_TICKS = 2 * 86400


def routes(day: Day, seconds: float, seed: int) -> Routes:
    numbers = day.numbers
    index = pywrapcp.RoutingIndexManager(
        numbers.travel.shape[1],
        len(numbers.shift_helper),
        numbers.start_place.tolist(),
        numbers.end_place.tolist(),
    )
    routing = pywrapcp.RoutingModel(index)
    _vehicles(day, routing)
    _visits(day, index, routing)
    solution = routing.SolveWithParameters(_wishes(seconds))
    return _read(day, index, routing, solution) if solution else {}


def _vehicles(day: Day, routing: Any) -> None:
    numbers = day.numbers
    stay = np.zeros(numbers.travel.shape[1], np.int64)
    stay[numbers.place] = numbers.duration
    kinds = range(len(day.kinds))
    times = [routing.RegisterTransitMatrix((day.ticks(kind) + stay[:, None]).tolist()) for kind in kinds]
    costs = [routing.RegisterTransitMatrix(day.points(kind).tolist()) for kind in kinds]
    for shift, kind in enumerate(day.kind_of_shift):
        routing.SetArcCostEvaluatorOfVehicle(costs[kind], shift)
    routing.AddDimensionWithVehicleTransits(
        [times[kind] for kind in day.kind_of_shift], DAY_TICKS, DAY_TICKS, False, "time"
    )
    clock = routing.GetDimensionOrDie("time")
    for shift, (start, end) in enumerate(zip(numbers.shift_start.tolist(), numbers.shift_end.tolist(), strict=True)):
        clock.CumulVar(routing.Start(shift)).SetRange(start, end)
        clock.CumulVar(routing.End(shift)).SetRange(start, end)


def _visits(day: Day, index: Any, routing: Any) -> None:
    numbers = day.numbers
    clock = routing.GetDimensionOrDie("time")
    for visit, place in enumerate(numbers.place.tolist()):
        node = index.NodeToIndex(place)
        clock.CumulVar(node).SetRange(int(numbers.earliest[visit]), int(numbers.latest[visit]))
        routing.AddDisjunction([node], int(numbers.priority[visit]))
        who = np.nonzero(numbers.may[visit][numbers.shift_helper])[0].tolist()
        routing.VehicleVar(node).SetValues([-1, *who])


def _wishes(seconds: float) -> Any:
    wishes = pywrapcp.DefaultRoutingSearchParameters()
    wishes.first_solution_strategy = routing_enums_pb2.FirstSolutionStrategy.PARALLEL_CHEAPEST_INSERTION
    wishes.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    wishes.time_limit.FromMilliseconds(int(seconds * 1000))
    return wishes


def _read(day: Day, index: Any, routing: Any, solution: Any) -> Routes:
    visit_at = {place: visit for visit, place in enumerate(day.numbers.place.tolist())}
    found: dict[int, list[int]] = {}
    for shift in range(len(day.kind_of_shift)):
        node = solution.Value(routing.NextVar(routing.Start(shift)))
        while not routing.IsEnd(node):
            found.setdefault(shift, []).append(visit_at[index.IndexToNode(node)])
            node = solution.Value(routing.NextVar(node))
    return found
