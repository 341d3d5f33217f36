"""The `uhhc` format: optional patients, several windows, lunches, preferences, and a cost put together by the file.

A cost of 1 is `scale * parts` points: `scale` ticks make the file's unit of time, and `parts` makes every weight whole.
A component that is "HARD" forbids; where the Problem can only price it (travel, waiting, idling, balance) its price
outweighs everything else, and `broken` says when it was paid all the same.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from solver.formats import uhhc_routes
from solver.formats.fields import Field, Name, numbered, parse
from solver.formats.needs import long_enough
from solver.formats.uhhc_costs import OPTIONAL, PRICED_ONLY, TIMES, Costs, costs_of, weights_of
from solver.formats.uhhc_patients import Patients, row_of
from solver.formats.uhhc_routes import Lunch
from solver.plan import Plan
from solver.problem import Break, Helper, Problem, Shift, Skill, Travel

STARTS_FROM_THE_SHIFT = {"bazirha", "bazirha-caie"}
"""The origins whose caregivers leave at their shift's start and may wait at the first door."""


@dataclass(frozen=True, slots=True)
class Instance:
    """A Problem, what the format calls its helpers and visits, and what its cost is made of."""

    problem: Problem
    costs: Costs
    caregivers: tuple[Name, ...]
    visits: tuple[tuple[Name, Name], ...]
    """Patient and service of each visit."""
    optional: tuple[int, ...]
    """The first visit of each patient who may be left."""
    lunch: Lunch | None
    home: tuple[Name, ...]
    """The departing point of each caregiver."""

    def measures(self, plan: Plan) -> dict[str, Fraction]:
        """The value of each component, in the file's unit of time."""
        values = uhhc_routes.measures(self.problem, uhhc_routes.routes(self.problem, plan, self.lunch), self.lunch)
        made = plan.made()
        unvisited = {OPTIONAL: Fraction(sum(visit not in made for visit in self.optional))}
        return {
            name: Fraction(value, self.costs.scale if name in TIMES else 1) for name, value in values.items()
        } | unvisited

    def cost(self, plan: Plan) -> float:
        values = self.measures(plan)
        return float(sum(weight * values.get(name, 0) for name, weight in self.costs.numbers.items()))

    def bound(self, points: int) -> float | None:
        """Points in the format's unit of cost; None with lunches, which the Problem prices a little differently."""
        return None if self.lunch else points / (self.costs.scale * self.costs.parts)

    def broken(self, plan: Plan) -> list[str]:
        """The components that must be 0 and are not, of those that the judge of the Problem cannot know."""
        values = self.measures(plan)
        watched = (PRICED_ONLY & self.costs.hard) | ({"missed_lunch_break"} - self.costs.numbers.keys())
        return sorted(name for name in watched if values[name])

    def write(self, plan: Plan) -> str:
        """The plan as a solution of the format."""
        made = uhhc_routes.routes(self.problem, plan, self.lunch)
        return json.dumps(
            {
                "routes": [
                    {
                        "caregiver_id": self.caregivers[helper],
                        "locations": [self._location(helper, stop) for stop in stops],
                    }
                    for helper, stops in made.items()
                ]
            },
            indent=1,
        )

    def _location(self, helper: int, stop: uhhc_routes.Stop) -> dict[str, object]:
        patient, service = (self.home[helper], None) if stop.host is None else self.visits[stop.host]
        return {
            "patient": patient,
            "service": "lunch_break" if stop.visit is None else service,
            "arrival_time": self._time(stop.start),
            "departure_time": self._time(stop.end),
        }

    def _time(self, ticks: int) -> float:
        whole, rest = divmod(ticks, self.costs.scale)
        return ticks / self.costs.scale if rest else whole


def read(text: str) -> Instance:
    """Read an instance; raise FormatError, naming the field, for what the format does not allow."""
    root = parse(text)
    costs = costs_of(root)
    ends_within = _choice(root["metadata"]["time_window_met"], "at_service_end", "at_service_start") == "at_service_end"
    carers = list(root["caregivers"].each())
    patients = Patients(root, costs, numbered(carers), ends_within)
    travel = root["distances"].table(costs.scale)
    points = _points(root, len(travel))
    lunch = _lunch(root, costs, carers, ends_within)
    end = long_enough(patients.visits, travel)
    problem = Problem(
        helpers=tuple(_caregiver(carer, number, costs, points, lunch, end) for number, carer in enumerate(carers)),
        visits=tuple(patients.visits),
        travel=(Travel.of("any", travel),),
        links=tuple(patients.links),
        weights=weights_of(costs),
        ticks_per_minute=costs.scale,
        leaves_at_start=_origin(root) in STARTS_FROM_THE_SHIFT,
    )
    return Instance(
        problem=problem,
        costs=costs,
        caregivers=tuple(numbered(carers)),
        visits=tuple(patients.names),
        optional=tuple(patients.optional),
        lunch=lunch,
        home=tuple(carer.either("departing_point", "starting_point_id").name() for carer in carers),
    )


def _origin(root: Field) -> str:
    origin = root["metadata"].maybe("origin")
    return origin.text() if origin else ""


def _choice(field: Field, *allowed: str) -> str:
    if field.text() not in allowed:
        raise field.fault(f"{field.value!r} is unknown; it is one of {', '.join(allowed)}")
    return field.text()


def _points(root: Field, places: int) -> dict[Name, int]:
    """The row of each terminal point."""
    points = list(root.either("terminal_points", "central_offices", "departing_points").each())
    numbered(points)
    return {point["id"].name(): row_of(point, places) for point in points}


def _lunch(root: Field, costs: Costs, carers: Sequence[Field], ends_within: bool) -> Lunch | None:
    eaters = frozenset(number for number, carer in enumerate(carers) if carer.says("lunch_break"))
    field = root.maybe("lunch_breaks")
    if not eaters:
        return None
    if field is None:
        raise carers[min(eaters)]["lunch_break"].fault("there is no lunch_breaks that says when")
    earliest, latest, duration = (field[name].ticks(costs.scale) for name in ("start", "end", "min_duration"))
    return Lunch(earliest, latest, duration, ends_within, eaters, "missed_lunch_break" not in costs.numbers)


def _caregiver(
    carer: Field, number: int, costs: Costs, points: dict[Name, int], lunch: Lunch | None, end: int
) -> Helper:
    leaves = carer.either("departing_point", "starting_point_id")
    returns = carer.maybe("arrival_point") or leaves
    shift = _shift(carer, costs, leaves.known(points, "terminal point"), returns.known(points, "terminal point"), end)
    return Helper(
        key=str(carer["id"].name()),
        shifts=(shift,),
        skills=tuple(Skill(str(ability.name())) for ability in carer["abilities"].each()),
        rest=_rest(carer, shift, lunch) if lunch and number in lunch.eaters else None,
        extra_time=0 if costs.returns_are_hard else max(0, end - shift.end),
    )


def _shift(carer: Field, costs: Costs, start_place: int, end_place: int, no_end: int) -> Shift:
    working = carer.maybe("working_shift")
    if working is None:
        if "max_idle_time" in costs.numbers or "max_idle_time" in costs.hard:
            raise carer.fault("working_shift is missing, and max_idle_time is counted against it")
        return Shift(0, no_end, start_place, end_place)
    start, end = (working[name].ticks(costs.scale) for name in ("start", "end"))
    if end < start:
        raise working.fault("it ends before it starts")
    return Shift(start, end, start_place, end_place)


def _rest(carer: Field, shift: Shift, lunch: Lunch) -> Break | None:
    """The lunch, cut to the shift: the Problem asks for a rest only in a shift that holds its whole window."""
    earliest = max(lunch.earliest, shift.start)
    latest = min(lunch.latest if lunch.ends_within else lunch.latest + lunch.duration, shift.end)
    if earliest + lunch.duration > latest and not lunch.is_required:
        return None
    if earliest + lunch.duration > latest:
        raise carer["lunch_break"].fault("no lunch fits into both working_shift and lunch_breaks")
    return Break(earliest, latest, lunch.duration)
