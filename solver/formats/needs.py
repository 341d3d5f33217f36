"""What patients need, as both formats say it: services with durations, two of them joined, and a day long enough."""

from collections.abc import Sequence

from solver.formats.fields import Field, FormatError, Name, numbered
from solver.problem import MOST_TICKS, Visit

Durations = dict[Name, int | None]
"""The usual ticks of each service; None where each patient must say."""


def usual_durations(root: Field, scale: int) -> Durations:
    services = list(root["services"].each())
    numbered(services)
    return {
        service["id"].name(): found.ticks(scale) if (found := service.maybe("default_duration")) else None
        for service in services
    }


def needed_services(required: Field) -> list[Name]:
    """The services of a patient, one or two; never the same twice, since a solution could not tell them apart."""
    services = [need["service"].name() for need in required.each()]
    if len(services) not in (1, 2):
        raise required.fault(f"one or two are allowed, there are {len(services)}")
    if len(set(services)) != len(services):
        raise required.fault(f"service {services[0]!r} is named twice")
    return services


def duration(need: Field, usual: Durations, scale: int) -> int:
    """The ticks of one needed service: the patient's own, or else the usual."""
    service = need["service"]
    if service.name() not in usual:
        raise service.fault(f"there is no service {service.name()!r}")
    own = need.maybe("duration")
    ticks = own.ticks(scale) if own else usual[service.name()]
    if ticks is None:
        raise need.fault("duration is missing, and its service has no default_duration")
    return ticks


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


def long_enough(visits: Sequence[Visit], travel: Sequence[Sequence[int]]) -> int:
    """A shift's end that forbids nothing: one person could make every visit, each after the longest way."""
    longest = max((max(row) for row in travel), default=0)
    latest = max((max(visit.windows[-1].earliest, visit.windows[-1].latest) for visit in visits), default=0)
    end = latest + sum(visit.duration + longest for visit in visits) + longest
    if end > MOST_TICKS:
        raise FormatError(f"the file: the day could last {end} ticks, more than can be held")
    return end
