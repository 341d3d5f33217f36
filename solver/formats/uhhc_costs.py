"""The components of a `uhhc` cost: which are counted, which forbid, and what the Problem's weights become."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import lcm

from solver.formats.fields import Field, most_decimals
from solver.problem import MOST_POINTS, Weights

TIMES = {
    "travel_time": "travel",
    "total_tardiness": "tardiness",
    "highest_tardiness": "highest_tardiness",
    "total_waiting_time": "waiting",
    "max_waiting_time": "longest_wait",
    "total_extra_time": "extra_time",
    "max_idle_time": "longest_idle",
    "workload_balance": "balance",
    "working_time": "work",
}
"""Components that are times, and the weight of the Problem that each becomes."""
COUNTS = {"qualification": "skilled", "incompabilities": "barred", "missed_lunch_break": "rest"}
"""Components that are counts: hard unless they have a number."""
PREFERENCES, OPTIONAL = "caregiver_preferences", "optional_patients"
COSTLESS = {"tw_max_dev_in_time", "tw_max_dev_in_desired_time"}
PRICED_ONLY = {"travel_time", "total_waiting_time", "max_waiting_time", "max_idle_time", "workload_balance"}
"""What the Problem cannot forbid, only price."""
MOST_DECIMALS = 6


@dataclass(frozen=True, slots=True)
class Costs:
    """The file's components: a weight for each that is counted, and those that must be 0."""

    numbers: Mapping[str, Fraction]
    hard: frozenset[str]
    scale: int
    parts: int

    def per_tick(self, component: str) -> int:
        if component in self.hard:
            return min(MOST_POINTS, 10**5 * int(self.parts * (1 + sum(self.numbers.values()))))
        return int(self.numbers.get(component, Fraction(0)) * self.parts)

    def per_time(self, component: str) -> int | None:
        """Points of one count; None where the component forbids, which it does unless it has a number."""
        if component not in self.numbers:
            return None
        return int(self.numbers[component] * self.parts * self.scale)

    @property
    def ends_are_hard(self) -> bool:
        return not self.hard.isdisjoint({"total_tardiness", "highest_tardiness"})

    @property
    def returns_are_hard(self) -> bool:
        return not self.hard.isdisjoint({"total_extra_time", "working_time"})


def costs_of(root: Field) -> Costs:
    components = root["metadata"]["cost_components"]
    numbers, hard = {}, set()
    for name in components.keys():  # noqa: SIM118  (not a dict)
        if name not in {*TIMES, *COUNTS, PREFERENCES, OPTIONAL, *COSTLESS}:
            raise components.fault(f"there is no component {name!r}")
        weight = components.maybe(name)
        if weight is None or name in COSTLESS:
            continue
        if weight.value == "HARD":
            hard.add(name)
            continue
        if not 0 <= weight.number() <= 10**6 or most_decimals(weight.value) > MOST_DECIMALS:
            raise weight.fault('a weight is "HARD" or a number from 0 to 1,000,000 with at most six decimals')
        numbers[name] = Fraction(weight.number())
    parts = lcm(1, *(weight.denominator for weight in numbers.values()))
    scale = _scale(root)
    if max(numbers.values(), default=0) * parts * scale > MOST_POINTS:
        raise components.fault("weights and times have more decimals between them than can be held")
    return Costs(numbers, frozenset(hard), scale, parts)


def _scale(root: Field) -> int:
    timed = [value for key, value in root.value.items() if key not in {"metadata", "terminal_points"}]
    return int(10 ** min(MOST_DECIMALS, most_decimals(_without(timed, "location"))))


def _without(value: object, key: str) -> object:
    if isinstance(value, dict):
        return {name: _without(inner, key) for name, inner in value.items() if name != key}
    return [_without(inner, key) for inner in value] if isinstance(value, list) else value


def weights_of(costs: Costs) -> Weights:
    times = {ours: costs.per_tick(name) for name, ours in TIMES.items()}
    for ours, forbidden in (
        ("tardiness", costs.ends_are_hard),
        ("highest_tardiness", costs.ends_are_hard),
        ("extra_time", costs.returns_are_hard),
        ("work", "working_time" in costs.hard),
    ):
        if forbidden:
            times[ours] = 0
    return Weights(
        **times,
        skilled=costs.per_time("qualification"),
        barred=costs.per_time("incompabilities"),
        rest=costs.per_time("missed_lunch_break"),
        known=costs.per_time(PREFERENCES) or 0,
    )
