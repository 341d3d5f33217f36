"""Windows: when a visit may start. A start belongs to the last window that has opened by then.

After a soft end the visit is tardy and costs points per tick, and the tardiest visit of the day once more. A pinned
start takes the place of the windows.
"""

from collections.abc import Iterator

from solver.model import Model
from solver.plan import Breach, Plan
from solver.problem import Problem, Visit

NAME = "windows"
KIND = "day"
EARLY = "{visit} would start at {start_at}; it may not start before {earliest_at}."
LATE = "{visit} would start at {start_at}, {over_minutes} minutes after its last start at {latest_at}."
TARDY = "{visit} starts at {start_at}, {over_minutes} minutes later than wished."
TARDIEST = "{visit} is the latest of all: {over_minutes} minutes later than wished."
TEXTS = (EARLY, LATE, TARDY, TARDIEST)


def model(problem: Problem, draft: Model) -> None:
    draft.soft_end[:] = [visit.soft_end for visit in problem.visits]
    draft.tardiness_weight = problem.weights.tardiness
    draft.highest_tardiness_weight = problem.weights.highest_tardiness


def window_of(visit: Visit, start: int) -> int:
    """The index of the last window that has opened by `start`; -1 before the first."""
    return sum(window.earliest <= start for window in visit.windows) - 1


def lateness(visit: Visit, start: int) -> int:
    """Ticks by which a start passes its window's last start; 0 before the first window."""
    index = window_of(visit, start)
    return max(0, start - visit.windows[index].latest) if index >= 0 else 0


def judge(problem: Problem, plan: Plan) -> Iterator[Breach]:
    pinned = {pin.visit for pin in problem.pins if pin.start is not None}
    tardiest = (0, 0)
    for assignment in plan.assignments:
        visit = problem.visits[assignment.visit]
        if assignment.visit in pinned:
            continue
        late = lateness(visit, assignment.start)
        if visit.soft_end:
            tardiest = max(tardiest, (late, -assignment.visit))
        if late or window_of(visit, assignment.start) < 0:
            yield from _breach(problem, assignment.visit, assignment.helper, assignment.start)
    late, number = tardiest[0], -tardiest[1]
    if problem.weights.highest_tardiness * late:
        values = {"visit": problem.visits[number].key, "over_minutes": problem.minutes(late)}
        yield Breach(NAME, TARDIEST, values, problem.weights.highest_tardiness * late, visits=(number,))


def _breach(problem: Problem, number: int, helper: int, start: int) -> Iterator[Breach]:
    visit = problem.visits[number]
    index, late = window_of(visit, start), lateness(visit, start)
    window = visit.windows[max(0, index)]
    values = {
        "visit": visit.key,
        "start_at": problem.minutes(start),
        "earliest_at": problem.minutes(window.earliest),
        "latest_at": problem.minutes(window.latest),
        "over_minutes": problem.minutes(late),
    }
    if not visit.soft_end or index < 0:
        text = EARLY if index < 0 else LATE
        yield Breach(NAME, text, values, hard=True, visits=(number,), helpers=(helper,))
    elif problem.weights.tardiness:
        yield Breach(NAME, TARDY, values, problem.weights.tardiness * late, visits=(number,), helpers=(helper,))
