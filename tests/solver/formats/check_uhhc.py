"""Holds a solution of the `uhhc` format against its instance. Written from the format's description alone.

Shares no code with the solver on purpose: it is the second opinion. Nothing here is fast or clever.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from math import ceil, inf
from typing import Any

TOLERANCE = 0.002
HARD_WHEN_MISSING = {
    *("qualification", "caregiver_preferences", "incompabilities", "missed_lunch_break", "optional_patients"),
}


@dataclass
class Served:
    """One service given: who, to whom, when."""

    caregiver: str
    patient: str
    service: str
    start: float
    end: float


@dataclass
class Walked:
    """What walking one route has shown."""

    travel: float = 0.0
    waits: list[float] = field(default_factory=list)
    counted_waits: list[float] = field(default_factory=list)
    extra: float = 0.0
    idle: float = 0.0
    work: float = 0.0
    good_lunches: int = 0
    lunches: int = 0


def check(instance: dict[str, Any], solution: dict[str, Any]) -> tuple[float, list[str], dict[str, float]]:
    """The cost of the solution, a sentence for every violation, and the value of every component."""
    wrong: list[str] = []
    world = World(instance)
    routes = _routes(world, solution, wrong)
    served = [
        Served(caregiver, stop["patient"], stop["service"], _start(stop), _end(stop))
        for caregiver, stops in routes.items()
        for stop in stops
        if stop["service"] != "lunch_break"
    ]
    visited = {one.patient for one in served}
    walks = {caregiver: world.walk(caregiver, stops, visited, wrong) for caregiver, stops in routes.items()}
    for patient in instance["patients"]:
        wrong += world.patient_faults(patient, [one for one in served if one.patient == patient["id"]])
    values = world.values(served, walks, visited)

    cost = 0.0
    weights = instance["metadata"]["cost_components"]
    for name, value in values.items():
        weight = weights.get(name, "HARD" if name in HARD_WHEN_MISSING else 0)
        if weight != "HARD":
            cost += weight * value
        elif value > TOLERANCE and name != "working_time":
            wrong.append(f"{name} must be 0, it is {value:g}")
    if weights.get("working_time") == "HARD" and values["total_extra_time"] > TOLERANCE:
        wrong.append("working_time: somebody returns after the shift's end")
    if weights.get("missed_lunch_break", "HARD") == "HARD":
        wrong += [
            f"{caregiver} takes a lunch that is not theirs"
            for caregiver, walk in walks.items()
            if walk.lunches and not world.caregivers[caregiver].get("lunch_break")
        ]
    return cost, wrong, values


def _routes(world: "World", solution: dict[str, Any], wrong: list[str]) -> dict[str, list[dict[str, Any]]]:
    routes: dict[str, list[dict[str, Any]]] = {}
    for route in solution["routes"]:
        caregiver = route["caregiver_id"]
        if caregiver not in world.caregivers:
            wrong.append(f"{caregiver} is no caregiver")
        elif caregiver in routes:
            wrong.append(f"{caregiver} has two routes")
        else:
            stops = [stop for stop in route.get("locations") or [] if "depot" not in stop]
            strange = [
                stop for stop in stops if stop["service"] != "lunch_break" and stop["patient"] not in world.patients
            ]
            wrong += [f"{stop['patient']} is no patient" for stop in strange]
            routes[caregiver] = sorted((stop for stop in stops if stop not in strange), key=_start)
    return routes


def _either(thing: dict[str, Any], names: Iterable[str]) -> Any:
    return next(thing[name] for name in names if name in thing)


def _start(stop: dict[str, Any]) -> float:
    return float(_either(stop, ("arrival_time", "start_time", "start_service_time")))


def _end(stop: dict[str, Any]) -> float:
    return float(_either(stop, ("departure_time", "end_time", "end_service_time")))


def _span(window: Any) -> tuple[float, float]:
    return (window["start"], window["end"]) if isinstance(window, dict) else tuple(window)


class World:
    """The instance, with its lists turned into look-ups."""

    def __init__(self, instance: dict[str, Any]) -> None:
        points = _either(instance, ("terminal_points", "central_offices", "departing_points"))
        self.instance = instance
        self.at_end = instance["metadata"]["time_window_met"] == "at_service_end"
        self.early = instance["metadata"].get("origin") in ("bazirha", "bazirha-caie")
        self.caregivers = {caregiver["id"]: caregiver for caregiver in instance["caregivers"]}
        self.patients = {patient["id"]: patient for patient in instance["patients"]}
        self.points = {point["id"]: point["distance_matrix_index"] for point in points}
        self.usual = {service["id"]: service.get("default_duration") for service in instance["services"]}

    def needs(self, patient: dict[str, Any]) -> dict[str, float]:
        required = _either(patient, ("required_services", "required_caregivers"))
        return {need["service"]: need.get("duration", self.usual[need["service"]]) for need in required}

    def windows(self, patient: dict[str, Any]) -> list[tuple[float, float]]:
        if "time_windows" in patient:
            return [_span(window) for window in patient["time_windows"]]
        return [_span(patient["time_window"])]

    def shift(self, caregiver: str) -> tuple[float, float]:
        working = self.caregivers[caregiver].get("working_shift")
        return (working["start"], working["end"]) if working else (0.0, inf)

    def walk(self, caregiver: str, stops: list[dict[str, Any]], visited: set[str], wrong: list[str]) -> Walked:
        carer = self.caregivers[caregiver]
        home = self.points[_either(carer, ("departing_point", "starting_point_id"))]
        back_at = self.points[carer["arrival_point"]] if "arrival_point" in carer else home
        distances = self.instance["distances"]
        begins, ends = self.shift(caregiver)
        walked = Walked()
        if not stops:
            walked.idle = ends - begins
            return walked

        def place(stop: dict[str, Any]) -> int:
            if stop["service"] == "lunch_break" and stop["patient"] not in visited:
                return int(home)
            return int(self.patients[stop["patient"]]["distance_matrix_index"])

        first_way = distances[home][place(stops[0])]
        left = begins if self.early else _start(stops[0]) - first_way
        if left < begins - TOLERANCE:
            wrong.append(f"{caregiver} leaves before the shift")
        here, free = home, left
        for number, stop in enumerate(stops):
            way = distances[here][place(stop)]
            wait = _start(stop) - free - way
            if wait < -TOLERANCE:
                wrong.append(f"{caregiver} cannot be at {stop['patient']} by {_start(stop):g}")
            walked.waits.append(max(0.0, wait))
            if not (number == 1 and stops[0]["service"] == "lunch_break"):
                walked.counted_waits.append(max(0.0, wait))
            walked.travel += way
            if stop["service"] == "lunch_break":
                walked.lunches += 1
                walked.good_lunches += self._is_lunch(stop)
            else:
                walked.work += _end(stop) - _start(stop)
            here, free = place(stop), _end(stop)
        walked.travel += distances[here][back_at]
        returns = free + distances[here][back_at]
        walked.extra = max(0.0, returns - ends)
        walked.work += walked.travel
        walked.idle = left - begins + sum(walked.waits) + (max(0.0, ends - returns) if ends < inf else 0.0)
        return walked

    def _is_lunch(self, stop: dict[str, Any]) -> bool:
        lunch = self.instance.get("lunch_breaks")
        if lunch is None:
            return False
        last = _end(stop) if self.at_end else _start(stop)
        return bool(
            _start(stop) >= lunch["start"] - TOLERANCE
            and last <= lunch["end"] + TOLERANCE
            and _end(stop) - _start(stop) >= lunch["min_duration"] - TOLERANCE
        )

    def patient_faults(self, patient: dict[str, Any], given: list[Served]) -> list[str]:
        name, needs, wrong = patient["id"], self.needs(patient), []
        for one in given:
            if one.service not in needs:
                wrong.append(f"{name} does not need {one.service}")
            elif one.end - one.start < needs[one.service] - TOLERANCE:
                wrong.append(f"{one.service} at {name} is too short")
            if one.start < min(start for start, _ in self.windows(patient)) - TOLERANCE:
                wrong.append(f"{one.service} at {name} starts before every window")
        times = [sum(one.service == service for one in given) for service in needs]
        if given and times != [1] * len(needs):
            wrong.append(f"{name} is not given each service once")
        if not given and not patient.get("optional", False):
            wrong.append(f"{name} is not visited")
        if times == [1, 1]:
            wrong += self._pair_faults(patient, given)
        return wrong

    def _pair_faults(self, patient: dict[str, Any], given: list[Served]) -> list[str]:
        first, second = (next(one for one in given if one.service == service) for service in self.needs(patient))
        name, wrong = patient["id"], []
        if first.caregiver == second.caregiver:
            wrong.append(f"{first.caregiver} gives both services at {name}")
        joined = patient["synchronization"]
        if joined["type"] == "independent":
            if self.window_of(patient, first) != self.window_of(patient, second):
                wrong.append(f"the services at {name} lie in different windows")
            return wrong
        least, most = 0.0, 0.0
        if joined["type"] == "sequential":
            distance = joined.get("distance", joined)
            least, most = (distance["min"], distance["max"]) if isinstance(distance, dict) else distance
        if not least - TOLERANCE <= second.start - first.start <= most + TOLERANCE:
            wrong.append(f"the services at {name} start {second.start - first.start:g} apart")
        return wrong

    def window_of(self, patient: dict[str, Any], one: Served) -> tuple[float, float] | None:
        """The last window whose start is not after the service's start."""
        begun = [window for window in self.windows(patient) if window[0] <= one.start + TOLERANCE]
        return max(begun, key=lambda window: window[0]) if begun else None

    def tardiness(self, one: Served) -> float:
        window = self.window_of(self.patients[one.patient], one)
        if window is None:
            return 0.0
        return max(0.0, (one.end if self.at_end else one.start) - window[1])

    def values(self, served: list[Served], walks: dict[str, Walked], visited: set[str]) -> dict[str, float]:
        late = [self.tardiness(one) for one in served if one.patient in self.patients]
        waits = [wait for walk in walks.values() for wait in walk.counted_waits]
        works = [walks[caregiver].work if caregiver in walks else 0.0 for caregiver in self.caregivers]
        mean = sum(works) / len(works) if works else 0.0
        lunchers = [name for name, carer in self.caregivers.items() if carer.get("lunch_break")]
        return {
            "travel_time": sum(walk.travel for walk in walks.values()),
            "total_tardiness": sum(late),
            "highest_tardiness": max(late, default=0.0),
            "total_waiting_time": sum(waits),
            "max_waiting_time": max(waits, default=0.0),
            "total_extra_time": sum(walk.extra for walk in walks.values()),
            "max_idle_time": max((walk.idle for walk in walks.values()), default=0.0),
            # a mean such as 7/3 makes 0.9999999 of a whole minute: that is no minute begun
            "workload_balance": sum(ceil(round(abs(work - mean), 6)) for work in works),
            "working_time": sum(works),
            "caregiver_preferences": sum(
                one.caregiver not in named
                for one in served
                if (named := self.patients.get(one.patient, {}).get("preferred_caregivers"))
            ),
            "incompabilities": sum(
                one.caregiver in self.patients.get(one.patient, {}).get("incompatible_caregivers", ()) for one in served
            ),
            "qualification": sum(one.service not in self.caregivers[one.caregiver]["abilities"] for one in served),
            "optional_patients": sum(name not in visited for name in self.patients),
            "missed_lunch_break": sum(name not in walks or not walks[name].good_lunches for name in lunchers),
        }
