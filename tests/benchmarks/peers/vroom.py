"""VROOM at its highest exploration level, on two threads. It puts priorities before cost."""

from datetime import timedelta

import numpy as np
import vroom

from tests.benchmarks.peers.day import Day, Routes

LEVEL = 5
THREADS = 2


def routes(day: Day, seconds: float, seed: int) -> Routes:
    given = vroom.Input()
    for kind in range(len(day.kinds)):
        given.set_durations_matrix(profile=str(kind), matrix_input=day.ticks(kind).astype(np.uint32))
        given.set_costs_matrix(profile=str(kind), matrix_input=day.points(kind).astype(np.uint32))
    words = {word: number for number, word in enumerate(sorted(frozenset().union(*day.needs)))}
    _vehicles(day, given, words)
    _jobs(day, given, words)
    answer = given.solve(exploration_level=LEVEL, nb_threads=THREADS, timeout=timedelta(seconds=seconds))
    rows = answer.routes
    found: dict[int, list[int]] = {}
    for vehicle, kind, visit in zip(rows["vehicle_id"], rows["type"], rows["id"], strict=True):
        if kind == "job":
            found.setdefault(int(vehicle), []).append(int(visit))
    return found


def _vehicles(day: Day, given: vroom.Input, words: dict[str, int]) -> None:
    numbers = day.numbers
    for shift, helper in enumerate(numbers.shift_helper.tolist()):
        given.add_vehicle(
            vroom.Vehicle(
                shift,
                start=int(numbers.start_place[shift]),
                end=int(numbers.end_place[shift]),
                profile=str(day.kind_of_shift[shift]),
                skills={words[word] for word in day.offers[helper]},
                time_window=vroom.TimeWindow(int(numbers.shift_start[shift]), int(numbers.shift_end[shift])),
            )
        )


def _jobs(day: Day, given: vroom.Input, words: dict[str, int]) -> None:
    numbers = day.numbers
    dearest = int(numbers.priority.max(initial=1))
    for visit in range(len(numbers.place)):
        given.add_job(
            vroom.Job(
                visit,
                int(numbers.place[visit]),
                default_service=int(numbers.duration[visit]),
                skills={words[word] for word in day.needs[visit]},
                priority=80 * int(numbers.priority[visit]) // dearest,
                time_windows=[vroom.TimeWindow(int(numbers.earliest[visit]), int(numbers.latest[visit]))],
            )
        )
