"""A plan as the `uhhc` format sees it: routes of visits and lunches, and the value of every component of its cost.

The Problem holds everything but the lunch: there a rest may be taken at home and is waiting like any other; in this
format it is taken at a patient's place and is no waiting. So lunches are placed here, and the cost is measured on
what is written. Without lunches it is the objective of the Problem.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from solver.plan import Assignment, Plan
from solver.problem import MOST_TICKS, Problem


@dataclass(frozen=True, slots=True)
class Lunch:
    """When lunch is, for whom, and whether each of them must have one."""

    earliest: int
    latest: int
    duration: int
    ends_within: bool
    """The lunch ends by `latest`; otherwise it starts by then."""
    eaters: frozenset[int]
    is_required: bool

    def latest_end(self, start: int) -> int:
        """The end that a lunch with this start may not pass; before the start if it may not start then."""
        if self.ends_within:
            return self.latest
        return MOST_TICKS if start <= self.latest else start - 1


@dataclass(frozen=True, slots=True)
class Stop:
    """One visit of a route, or the lunch (`visit` is None) at the place of the visit `host`."""

    start: int
    end: int
    place: int
    visit: int | None
    host: int | None


Routes = dict[int, list[Stop]]
"""The stops of each helper who has any."""


def routes(problem: Problem, plan: Plan, lunch: Lunch | None) -> Routes:
    """The plan's routes with their lunches; who stays at home is named only where a lunch must be shown."""
    made: Routes = {}
    for (helper, _), day in plan.days().items():
        made[helper] = [_stop(problem, assignment) for assignment in day]
    if lunch is not None:
        for helper in sorted(lunch.eaters):
            if helper in made:
                made[helper] = _with_lunch(problem, helper, made[helper], lunch)
            elif lunch.is_required:
                made[helper] = _lunch_at_home(problem, helper, lunch)
    return dict(sorted(made.items()))


def _stop(problem: Problem, assignment: Assignment) -> Stop:
    visit = problem.visits[assignment.visit]
    end = assignment.start + visit.duration
    return Stop(assignment.start, end, visit.place, assignment.visit, assignment.visit)


def _lunch_at_home(problem: Problem, helper: int, lunch: Lunch) -> list[Stop]:
    shift = problem.helpers[helper].shifts[0]
    start = max(shift.start, lunch.earliest)
    end = start + lunch.duration
    return [Stop(start, end, shift.start_place, None, None)] if end <= lunch.latest_end(start) else []


def _with_lunch(problem: Problem, helper: int, stops: Sequence[Stop], lunch: Lunch) -> list[Stop]:
    """The route with its lunch: the longest that a wait allows, or one before leaving, or one after the last visit."""
    gaps = [_gap(problem, helper, stops, number, lunch) for number in range(len(stops))]
    waits = [found for gap in (gaps if problem.leaves_at_start else gaps[1:]) for found in gap]
    in_gaps = waits or gaps[0]
    if in_gaps:
        longest = max(in_gaps, key=lambda stop: stop.end - stop.start)
        return sorted([*stops, longest], key=lambda stop: (stop.start, stop.end))
    return [*stops, *_after(problem, helper, stops[-1], lunch)]


def _gap(problem: Problem, helper: int, stops: Sequence[Stop], number: int, lunch: Lunch) -> list[Stop]:
    """Lunches before this stop: at its own place, which is the format's habit, or still at the last one."""
    stop, shift = stops[number], problem.helpers[helper].shifts[0]
    before = stops[number - 1] if number else Stop(shift.start, shift.start, shift.start_place, None, None)
    way = _way(problem, helper, before.place, stop.place)
    found = [_fitted(before.end + way, stop.start, stop, lunch)]
    if number:
        found.append(_fitted(before.end, stop.start - way, before, lunch))
    return [lunch for lunch in found if lunch is not None]


def _after(problem: Problem, helper: int, last: Stop, lunch: Lunch) -> list[Stop]:
    someone = problem.helpers[helper]
    shift = someone.shifts[0]
    start = max(last.end, lunch.earliest)
    latest = shift.end + someone.extra_time - _way(problem, helper, last.place, shift.end_place)
    found = _fitted(start, min(start + lunch.duration, latest), last, lunch)
    return [found] if found else []


def _fitted(free_from: int, free_to: int, host: Stop, lunch: Lunch) -> Stop | None:
    start = max(free_from, lunch.earliest)
    end = min(free_to, lunch.latest_end(start))
    return Stop(start, end, host.place, None, host.visit) if end - start >= lunch.duration else None


def measures(problem: Problem, made: Routes, lunch: Lunch | None) -> dict[str, int]:
    """The value of each component, times in ticks. Patients not visited are for the caller, who knows the patients."""
    days = {helper: _day(problem, helper, stops) for helper, stops in made.items() if stops}
    tardiness = [_tardiness(problem, stop) for stops in made.values() for stop in stops]
    waits = [wait for day in days.values() for wait in day.waits]
    return {
        "travel_time": sum(day.travel for day in days.values()),
        "total_tardiness": sum(tardiness),
        "highest_tardiness": max(tardiness, default=0),
        "total_waiting_time": sum(waits),
        "max_waiting_time": max(waits, default=0),
        "total_extra_time": sum(day.extra for day in days.values()),
        "max_idle_time": max((day.idle for day in days.values()), default=0),
        "working_time": sum(day.work for day in days.values()),
        "workload_balance": _balance(problem, {helper: day.work for helper, day in days.items()}),
        "missed_lunch_break": _missed_lunches(made, lunch),
        **_wrong_helpers(problem, made),
    }


@dataclass(frozen=True, slots=True)
class _Day:
    travel: int
    work: int
    waits: Sequence[int]
    idle: int
    extra: int


def _day(problem: Problem, helper: int, stops: Sequence[Stop]) -> _Day:
    shift = problem.helpers[helper].shifts[0]
    places = [shift.start_place, *(stop.place for stop in stops), shift.end_place]
    ways = [_way(problem, helper, here, there) for here, there in pairwise(places)]
    left = shift.start if problem.leaves_at_start else stops[0].start - ways[0]
    free = [left, *(stop.end for stop in stops)]
    waits = [stop.start - since - way for stop, since, way in zip(stops, free, ways, strict=False)]
    back = stops[-1].end + ways[-1]
    idle = left - shift.start + sum(waits) + max(0, shift.end - back)
    if stops[0].visit is None:
        # the format does not count the wait that follows a lunch taken first
        del waits[1:2]
    served = sum(stop.end - stop.start for stop in stops if stop.visit is not None)
    return _Day(sum(ways), sum(ways) + served, waits, idle, max(0, back - shift.end))


def _tardiness(problem: Problem, stop: Stop) -> int:
    if stop.visit is None:
        return 0
    windows = problem.visits[stop.visit].windows
    latest = max(((window.earliest, n) for n, window in enumerate(windows) if window.earliest <= stop.start))[1]
    return max(0, stop.start - windows[latest].latest)


def _balance(problem: Problem, works: Mapping[int, int]) -> int:
    count, unit = len(problem.helpers), problem.ticks_per_minute
    total = sum(works.values())
    away = (abs(count * works.get(helper, 0) - total) for helper in range(count))
    return sum(-(-distance // (count * unit)) * unit for distance in away)


def _missed_lunches(made: Routes, lunch: Lunch | None) -> int:
    if lunch is None:
        return 0
    fed = {helper for helper, stops in made.items() if any(stop.visit is None for stop in stops)}
    return len(lunch.eaters - fed)


def _wrong_helpers(problem: Problem, made: Routes) -> dict[str, int]:
    pairs = [
        (helper, problem.visits[stop.visit]) for helper, day in made.items() for stop in day if stop.visit is not None
    ]
    able = [{skill.name for skill in helper.skills} for helper in problem.helpers]
    return {
        "caregiver_preferences": sum(bool(visit.known) and helper not in visit.known for helper, visit in pairs),
        "incompabilities": sum(helper in visit.barred for helper, visit in pairs),
        "qualification": sum(not able[helper].issuperset(visit.skills) for helper, visit in pairs),
    }


def _way(problem: Problem, helper: int, here: int, there: int) -> int:
    return int(problem.travel[problem.helpers[helper].mode].matrix[here, there])
