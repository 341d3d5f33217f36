"""The patients of a `uhhc` instance as visits, links and windows of a Problem."""

from collections.abc import Iterable, Sequence

from solver.formats.fields import Field, Name, numbered
from solver.formats.needs import duration, needed_services, offsets, usual_durations
from solver.formats.uhhc_costs import OPTIONAL, PREFERENCES, Costs
from solver.problem import Link, Visit, Window


def row_of(owner: Field, places: int) -> int:
    field = owner["distance_matrix_index"]
    row = field.ticks(1)
    if row >= places:
        raise field.fault(f"it is {row}, the table of distances has {places} rows")
    return row


class Patients:
    """Collects the visits of all patients, their names and links."""

    def __init__(self, root: Field, costs: Costs, carers: dict[Name, int], ends_within: bool) -> None:
        self.costs, self.carers, self.ends_within = costs, carers, ends_within
        self.places = len(list(root["distances"].each()))
        self.usual = usual_durations(root, costs.scale)
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
        services = needed_services(required)
        first = len(self.visits)
        link = self._link(patient, first) if len(services) == 2 else None
        durations = [duration(need, self.usual, self.costs.scale) for need in required.each()]
        self.visits += self._made(patient, services, durations, link is not None and link.same_window)
        self.names += [(patient["id"].name(), service) for service in services]
        if link is not None:
            self.links.append(link)
        if OPTIONAL in self.costs.numbers and patient.says("optional"):
            self.optional.append(first)

    def _link(self, patient: Field, first: int) -> Link:
        synchronization = patient["synchronization"]
        if synchronization["type"].value == "independent":
            return Link(first, first + 1, apart=True, same_window=True)
        least, most = offsets(synchronization, self.costs.scale)
        return Link(first, first + 1, least, most, apart=True)

    def _made(
        self, patient: Field, services: Sequence[Name], durations: Sequence[int], same_window: bool
    ) -> list[Visit]:
        """The patient's visits. Whoever may be left is priced on the first, since the link drops both."""
        price = self.costs.per_time(OPTIONAL) if patient.says("optional") else None
        preferred = self._carers(patient, "preferred_caregivers")
        is_strict = self.costs.per_time(PREFERENCES) is None
        windows = self._windows(patient, durations, same_window)
        return [
            Visit(
                key=f"{patient['id'].name()} {service}",
                place=row_of(patient, self.places),
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
