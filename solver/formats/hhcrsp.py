"""The `hhcrsp` format: patients who need one service or two joined ones, soft window ends, everybody visited.

Times have up to three decimals and become ticks of a thousandth. The Problem's points are then thousandths of
travel + tardiness + largest tardiness, and the format's cost is a third of that.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from solver import judge
from solver.formats.fields import Field, FormatError, Name, numbered, parse
from solver.plan import Plan
from solver.problem import MOST_TICKS, Helper, Link, Problem, Shift, Skill, Travel, Visit, Weights, Window

SCALE = 1000


@dataclass(frozen=True, slots=True)
class Instance:
    """A Problem, and what the format calls its helpers and visits."""

    problem: Problem
    caregivers: tuple[Name, ...]
    visits: tuple[tuple[Name, Name], ...]
    """Patient and service of each visit."""

    def cost(self, plan: Plan) -> float:
        return self.bound(judge.cost(self.problem, plan))

    def bound(self, points: int) -> float:
        """Points in the format's unit of cost."""
        return points / (3 * SCALE)

    def broken(self, plan: Plan) -> list[str]:
        """What the judge of the Problem cannot know; nothing in this format."""
        return []

    def write(self, plan: Plan) -> str:
        """The plan as a solution of the format."""
        routes: dict[int, list[dict[str, object]]] = {number: [] for number in range(len(self.caregivers))}
        for assignment in sorted(plan.assignments):
            patient, service = self.visits[assignment.visit]
            end = assignment.start + self.problem.visits[assignment.visit].duration
            routes[assignment.helper].append(
                {
                    "patient": patient,
                    "service": service,
                    "arrival_time": assignment.start / SCALE,
                    "departure_time": end / SCALE,
                }
            )
        return json.dumps(
            {
                "routes": [
                    {"caregiver_id": self.caregivers[number], "locations": locations}
                    for number, locations in routes.items()
                ]
            },
            indent=1,
        )


def read(text: str) -> Instance:
    """Read an instance; raise FormatError, naming the field, for what the format does not allow."""
    root = parse(text)
    patients = list(root["patients"].each())
    numbered(patients)
    if len(list(root["central_offices"].each())) != 1:
        raise root["central_offices"].fault("there must be one")
    travel = root["distances"].table(SCALE, 1 + len(patients))
    durations = _default_durations(root)
    visits: list[Visit] = []
    names: list[tuple[Name, Name]] = []
    links: list[Link] = []
    for number, patient in enumerate(patients):
        made, services, link = _patient(patient, 1 + number, durations, len(visits))
        visits += made
        names += [(patient["id"].name(), service) for service in services]
        links += link
    shift = Shift(0, _long_enough(visits, travel), 0, 0)
    carers = list(root["caregivers"].each())
    problem = Problem(
        helpers=tuple(_caregiver(carer, shift) for carer in carers),
        visits=tuple(visits),
        travel=(Travel.of("any", travel),),
        links=tuple(links),
        weights=Weights(travel=1, tardiness=1, highest_tardiness=1),
        ticks_per_minute=SCALE,
    )
    return Instance(problem, tuple(numbered(carers)), tuple(names))


def _default_durations(root: Field) -> dict[Name, int | None]:
    services = list(root["services"].each())
    numbered(services)
    return {
        service["id"].name(): found.ticks(SCALE) if (found := service.maybe("default_duration")) else None
        for service in services
    }


def _caregiver(carer: Field, shift: Shift) -> Helper:
    abilities = tuple(Skill(str(ability.name())) for ability in carer["abilities"].each())
    return Helper(str(carer["id"].name()), (shift,), skills=abilities)


def _patient(
    patient: Field, place: int, durations: dict[Name, int | None], first: int
) -> tuple[list[Visit], list[Name], list[Link]]:
    """The visits of a patient, their services, and the link between them when there are two."""
    required = list(patient["required_caregivers"].each())
    if len(required) not in (1, 2):
        raise patient["required_caregivers"].fault(f"one or two are allowed, there are {len(required)}")
    services = [need["service"].name() for need in required]
    if len(set(services)) != len(services):
        raise patient["required_caregivers"].fault(f"service {services[0]!r} is named twice")
    earliest, latest = (end.ticks(SCALE) for end in patient["time_window"].two())
    if latest < earliest:
        raise patient["time_window"].fault("it ends before it starts")
    visits = [
        Visit(
            key=f"{patient['id'].name()} {service}",
            place=place,
            windows=(Window(earliest, latest),),
            duration=_duration(need, durations),
            skills=(str(service),),
            mandatory=True,
            soft_end=True,
        )
        for need, service in zip(required, services, strict=True)
    ]
    return visits, services, _link(patient, first) if len(required) == 2 else _alone(patient)


def _duration(need: Field, durations: dict[Name, int | None]) -> int:
    service = need["service"]
    if service.name() not in durations:
        raise service.fault(f"there is no service {service.name()!r}")
    own = need.maybe("duration")
    duration = own.ticks(SCALE) if own else durations[service.name()]
    if duration is None:
        raise need.fault("duration is missing, and its service has no default_duration")
    return duration


def _link(patient: Field, first: int) -> list[Link]:
    least, most = offsets(patient["synchronization"], SCALE)
    return [Link(first, first + 1, least, most, apart=True)]


def _alone(patient: Field) -> list[Link]:
    if found := patient.maybe("synchronization"):
        raise found.fault("it is for two services, one is required")
    return []


def offsets(synchronization: Field, scale: int) -> tuple[int, int]:
    """The least and most ticks from the start of the first service to the start of the second."""
    kind = synchronization["type"]
    if kind.value == "simultaneous":
        return 0, 0
    if kind.value != "sequential":
        raise kind.fault(f"unknown: {kind.value!r}")
    distance = synchronization.maybe("distance") or synchronization
    low, high = distance.two() if distance.is_list() else (distance["min"], distance["max"])
    least, most = (end.ticks(scale, least=-MOST_TICKS // scale) for end in (low, high))
    if least > most:
        raise distance.fault(f"the least, {low.value}, is more than the most, {high.value}")
    return least, most


def _long_enough(visits: Sequence[Visit], travel: Sequence[Sequence[int]]) -> int:
    """A shift's end that forbids nothing: one person could make every visit, each after the longest way."""
    longest = max(max(row) for row in travel)
    latest = max((visit.windows[0].latest for visit in visits), default=0)
    end = latest + sum(visit.duration + longest for visit in visits) + longest
    if end > MOST_TICKS:
        raise FormatError(f"the file: the day could last {end // SCALE}, more than can be held")
    return end
