"""The `uhhc` format: optional patients, several windows, lunches, preferences, and a cost put together by the file.

A cost of 1 is `scale * parts` points: `scale` ticks make the file's unit of time, and `parts` makes every weight whole.
A component that is "HARD" forbids; where the Problem can only price it (travel, waiting, idling, balance) its price
outweighs everything else, and `broken` says when it was paid all the same.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm

from solver.formats import uhhc_routes
from solver.formats.fields import Field, FormatError, Name, most_decimals, numbered, parse
from solver.formats.hhcrsp import offsets
from solver.formats.uhhc_routes import Lunch
from solver.plan import Plan
from solver.problem import MOST_TICKS, Break, Helper, Link, Problem, Shift, Skill, Travel, Visit, Weights, Window

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
STARTS_FROM_THE_SHIFT = {"bazirha", "bazirha-caie"}
MOST_PARTS = 10**6
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
            return 10**5 * int(self.parts * (1 + sum(self.numbers.values())))
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
    costs = _costs(root)
    ends_within = _choice(root["metadata"]["time_window_met"], "at_service_end", "at_service_start") == "at_service_end"
    carers = list(root["caregivers"].each())
    patients = _Patients(root, costs, numbered(carers), ends_within)
    travel = root["distances"].table(costs.scale)
    points = _points(root, len(travel))
    lunch = _lunch(root, costs, carers, ends_within)
    end = _long_enough(patients.visits, travel)
    problem = Problem(
        helpers=tuple(
            _caregiver(carer, number, costs, points, lunch, end, len(travel)) for number, carer in enumerate(carers)
        ),
        visits=tuple(patients.visits),
        travel=(Travel.of("any", travel),),
        links=tuple(patients.links),
        weights=_weights(costs),
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


def _costs(root: Field) -> Costs:
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
    if parts > MOST_PARTS:
        raise components.fault("the weights have no common part of a millionth or more")
    return Costs(numbers, frozenset(hard), _scale(root), parts)


def _scale(root: Field) -> int:
    timed = [value for key, value in root.value.items() if key not in {"metadata", "terminal_points"}]
    return int(10 ** min(MOST_DECIMALS, most_decimals(_without(timed, "location"))))


def _without(value: object, key: str) -> object:
    if isinstance(value, dict):
        return {name: _without(inner, key) for name, inner in value.items() if name != key}
    return [_without(inner, key) for inner in value] if isinstance(value, list) else value


def _weights(costs: Costs) -> Weights:
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


def _points(root: Field, places: int) -> dict[Name, int]:
    """The row of each terminal point."""
    points = list(root.either("terminal_points", "central_offices", "departing_points").each())
    numbered(points)
    return {point["id"].name(): _row(point, places) for point in points}


def _row(owner: Field, places: int) -> int:
    field = owner["distance_matrix_index"]
    row = field.ticks(1)
    if row >= places:
        raise field.fault(f"it is {row}, the table of distances has {places} rows")
    return row


def _lunch(root: Field, costs: Costs, carers: Sequence[Field], ends_within: bool) -> Lunch | None:
    eaters = frozenset(number for number, carer in enumerate(carers) if _says(carer, "lunch_break"))
    field = root.maybe("lunch_breaks")
    if not eaters:
        return None
    if field is None:
        raise carers[min(eaters)]["lunch_break"].fault("there is no lunch_breaks that says when")
    earliest, latest, duration = (field[name].ticks(costs.scale) for name in ("start", "end", "min_duration"))
    return Lunch(earliest, latest, duration, ends_within, eaters, "missed_lunch_break" not in costs.numbers)


def _says(owner: Field, name: str) -> bool:
    field = owner.maybe(name)
    return field is not None and field.truth()


def _caregiver(
    carer: Field, number: int, costs: Costs, points: dict[Name, int], lunch: Lunch | None, end: int, places: int
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


def _long_enough(visits: Sequence[Visit], travel: Sequence[Sequence[int]]) -> int:
    """A shift's end that forbids nothing: one person could make every visit, each after the longest way."""
    longest = max((max(row) for row in travel), default=0)
    latest = max((max(visit.windows[-1].latest, visit.windows[-1].earliest) for visit in visits), default=0)
    return min(MOST_TICKS, latest + sum(visit.duration + longest for visit in visits) + longest)


class _Patients:
    """Collects the visits of all patients, their names and links."""

    def __init__(self, root: Field, costs: Costs, carers: dict[Name, int], ends_within: bool) -> None:
        self.costs, self.carers, self.ends_within = costs, carers, ends_within
        self.places = len(list(root["distances"].each()))
        self.durations = _default_durations(root, costs.scale)
        self.visits: list[Visit] = []
        self.names: list[tuple[Name, Name]] = []
        self.links: list[Link] = []
        self.optional: list[int] = []
        patients = list(root["patients"].each())
        numbered(patients)
        for patient in patients:
            self._add(patient)

    def _add(self, patient: Field) -> None:
        required = patient.either("required_services", "required_caregivers")
        needs = list(required.each())
        if len(needs) not in (1, 2):
            raise required.fault(f"one or two are allowed, there are {len(needs)}")
        services = [need["service"].name() for need in needs]
        if len(set(services)) != len(services):
            raise required.fault(f"service {services[0]!r} is named twice")
        first = len(self.visits)
        link = self._link(patient, first) if len(needs) == 2 else None
        durations = [self._duration(need) for need in needs]
        self.visits += self._made(patient, services, durations, link is not None and link.same_window)
        self.names += [(patient["id"].name(), service) for service in services]
        if link is not None:
            self.links.append(link)
        if OPTIONAL in self.costs.numbers and _says(patient, "optional"):
            self.optional.append(first)

    def _link(self, patient: Field, first: int) -> Link:
        synchronization = patient["synchronization"]
        if synchronization["type"].value == "independent":
            return Link(first, first + 1, apart=True, same_window=True)
        least, most = offsets(synchronization, self.costs.scale)
        return Link(first, first + 1, least, most, apart=True)

    def _duration(self, need: Field) -> int:
        service = need["service"]
        if service.name() not in self.durations:
            raise service.fault(f"there is no service {service.name()!r}")
        own = need.maybe("duration")
        duration = own.ticks(self.costs.scale) if own else self.durations[service.name()]
        if duration is None:
            raise need.fault("duration is missing, and its service has no default_duration")
        return duration

    def _made(
        self, patient: Field, services: Sequence[Name], durations: Sequence[int], same_window: bool
    ) -> list[Visit]:
        """The patient's visits. Whoever may be left is priced on the first, since the link drops both."""
        price = self.costs.per_time(OPTIONAL) if _says(patient, "optional") else None
        preferred = self._carers(patient, "preferred_caregivers")
        is_strict = self.costs.per_time(PREFERENCES) is None
        windows = self._windows(patient, durations, same_window)
        return [
            Visit(
                key=f"{patient['id'].name()} {service}",
                place=_row(patient, self.places),
                windows=windows[number] or (Window(0, 0),),
                duration=durations[number],
                skills=(str(service),),
                priority=price if price is not None and number == 0 else 0,
                mandatory=price is None,
                soft_end=not self.costs.ends_are_hard,
                allowed=() if not windows[number] else preferred if preferred and is_strict else None,
                barred=self._carers(patient, "incompatible_caregivers"),
                known=() if is_strict else preferred,
            )
            for number, service in enumerate(services)
        ]

    def _carers(self, patient: Field, name: str) -> tuple[int, ...]:
        field = patient.maybe(name)
        return tuple(sorted({carer.known(self.carers, "caregiver") for carer in field.each()})) if field else ()

    def _windows(self, patient: Field, durations: Iterable[int], same: bool) -> list[tuple[Window, ...]]:
        """Start windows per visit; where ends are hard, without those in which the visit has no room."""
        spans = self._spans(patient)
        rows = [[self._window(spans, number, duration) for number in range(len(spans))] for duration in durations]
        if not self.costs.ends_are_hard:
            return [tuple(row) for row in rows]
        room = [[window.earliest <= window.latest for window in row] for row in rows]
        if same:
            room = [[all(column) for column in zip(*room, strict=True)]] * len(rows)
        return [
            tuple(window for window, fits in zip(row, fit, strict=True) if fits)
            for row, fit in zip(rows, room, strict=True)
        ]

    def _spans(self, patient: Field) -> list[tuple[int, int]]:
        spans, scale = [], self.costs.scale
        field = patient.maybe("time_windows")
        if field is None:
            first, last = patient["time_window"].two()
            ends = [(first.ticks(scale), last.ticks(scale))]
        else:
            ends = [(window["start"].ticks(scale), window["end"].ticks(scale)) for window in field.each()]
        for start, end in ends:
            if end < start:
                raise patient.fault(f"a time window ends at {end / scale:g}, before it starts at {start / scale:g}")
            spans.append((start, end))
        if not spans:
            raise patient["time_windows"].fault("there must be one at least")
        return sorted(spans, key=lambda span: span[0])

    def _window(self, spans: Sequence[tuple[int, int]], number: int, duration: int) -> Window:
        """A start belongs to the last window that has begun, so with hard ends a window yields to the next one."""
        start, end = spans[number]
        latest = end - duration if self.ends_within else end
        if self.costs.ends_are_hard and number + 1 < len(spans):
            latest = min(latest, spans[number + 1][0] - 1)
        return Window(start, latest)


def _default_durations(root: Field, scale: int) -> dict[Name, int | None]:
    services = list(root["services"].each())
    numbered(services)
    return {
        service["id"].name(): found.ticks(scale) if (found := service.maybe("default_duration")) else None
        for service in services
    }


__all__ = ["COUNTS", "FormatError", "Instance", "read"]
