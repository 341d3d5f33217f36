"""Overrides: decisions that hold although they break rules that may not be broken.

What an override holds is no part of the problem: it stays as it is, and the days of its helpers are cut around it, so
that the rest of the roster is solved and judged as if those hours were given.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from solver.problem import Helper, Shift


@dataclass(frozen=True, slots=True)
class Held:
    """One visit that an override holds; `start` and `duration` in ticks, `fees` in fen of all its helpers."""

    visit_id: str
    helper_ids: tuple[str, ...]
    start: int
    duration: int
    place: int
    request_id: str
    together_with_id: str | None
    area_id: str
    purse_id: str | None
    fees: int
    burden: int

    @property
    def end(self) -> int:
        return self.start + self.duration


def beside(helper: Helper, held: Iterable[Held]) -> Helper:
    """The helper with what is left of their day beside what is held of it."""
    mine = sorted((one for one in held if helper.key in one.helper_ids), key=lambda one: one.start)
    if not mine:
        return helper
    served = sum(one.duration for one in mine)
    return replace(
        helper,
        shifts=cut(helper.shifts, mine),
        most_work=None if helper.most_work is None else max(0, helper.most_work - served),
        most_visits=None if helper.most_visits is None else max(0, helper.most_visits - len(mine)),
        carried_burden=helper.carried_burden + sum(one.burden for one in mine),
    )


def cut(shifts: Sequence[Shift], held: Sequence[Held]) -> tuple[Shift, ...]:
    """The shifts around what is held: up to its door until it starts, and on from its door once it is over."""
    left = list(shifts)
    for one in held:
        left = [part for shift in left for part in _around(shift, one)]
    return tuple(sorted((shift for shift in left if shift.start < shift.end), key=lambda shift: shift.start))


def _around(shift: Shift, held: Held) -> tuple[Shift, ...]:
    if held.end <= shift.start or held.start >= shift.end:
        return (shift,)
    before = replace(shift, end=held.start, end_place=held.place)
    after = replace(shift, start=held.end, start_place=held.place)
    return before, after
