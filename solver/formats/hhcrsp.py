"""The `hhcrsp` format: patients who need one service or two joined ones, soft window ends, everybody visited.

Times have up to three decimals and become ticks of a thousandth. The Problem's points are then thousandths of
travel + tardiness + largest tardiness, and the format's cost is a third of that.
"""

import json
from dataclasses import dataclass

from solver import judge
from solver.formats.fields import Field, Name, numbered, parse
from solver.formats.needs import Durations, duration, long_enough, needed_services, offsets, usual_durations
from solver.plan import Plan
from solver.problem import Helper, Link, Problem, Shift, Skill, Travel, Visit, Weights, Window

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
    usual = usual_durations(root, SCALE)
    visits: list[Visit] = []
    names: list[tuple[Name, Name]] = []
    links: list[Link] = []
    for number, patient in enumerate(patients):
        made, services, link = _patient(patient, 1 + number, usual, len(visits))
        visits += made
        names += [(patient["id"].name(), service) for service in services]
        links += link
    shift = Shift(0, long_enough(visits, travel), 0, 0)
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


def _caregiver(carer: Field, shift: Shift) -> Helper:
    abilities = tuple(Skill(str(ability.name())) for ability in carer["abilities"].each())
    return Helper(str(carer["id"].name()), (shift,), skills=abilities)


def _patient(patient: Field, place: int, usual: Durations, first: int) -> tuple[list[Visit], list[Name], list[Link]]:
    """The visits of a patient, their services, and the link between them when there are two."""
    required = patient["required_caregivers"]
    services = needed_services(required)
    earliest, latest = (end.ticks(SCALE) for end in patient["time_window"].two())
    if latest < earliest:
        raise patient["time_window"].fault("it ends before it starts")
    visits = [
        Visit(
            key=f"{patient['id'].name()} {service}",
            place=place,
            windows=(Window(earliest, latest),),
            duration=duration(need, usual, SCALE),
            skills=(str(service),),
            mandatory=True,
            soft_end=True,
        )
        for need, service in zip(required.each(), services, strict=True)
    ]
    return visits, services, _link(patient, first) if len(services) == 2 else _alone(patient)


def _link(patient: Field, first: int) -> list[Link]:
    least, most = offsets(patient["synchronization"], SCALE)
    return [Link(first, first + 1, least, most, apart=True)]


def _alone(patient: Field) -> list[Link]:
    if found := patient.maybe("synchronization"):
        raise found.fault("it is for two services, one is required")
    return []
