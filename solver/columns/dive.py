"""Diving: round the master's solution to a plan, a few days at a time, pricing on the way.

After Sadykov, Vanderbeck, Pessoa, Tahiri and Uchoa (2019): the days with the largest shares are kept, the LP is solved
again, and days that it lacks now are found, so that every decision is answered by the others.
"""

from collections.abc import Iterable

import numpy as np

from solver.columns.generate import Generation
from solver.columns.net import Ints
from solver.columns.rows import Rows
from solver.columns.store import Store
from solver.columns.watch import Watch

WHOLE = 0.9
"""A share that is as good as one."""
AT_ONCE = 0.08
"""Of the shifts that are open yet, so many are decided at a time beyond those."""
LIKELY = 0.55
"""But none of a smaller share than this beyond the first."""
UNSURE = 0.2
"""Days of a smaller share are left out where time is over."""
LOOKS, FEW_LOOKS = 2, 1
"""Rounds of pricing after a decision, at most; and where time is dear."""


def dive(generation: Generation, watch: Watch, looks: int = LOOKS) -> list[int] | None:
    """Numbers of the days of a plan, which may make some visits twice. Where time is over before it stands, what is
    likely counts as decided."""
    diver = _Diver(generation, looks)
    if generation.master.solve(watch.left()) is None:
        return None
    generation.master.cap()
    try:
        while not watch.is_over():
            if diver.step(watch):
                break
        return sorted(diver.kept | set(diver.likely)) or None
    finally:
        generation.master.free(diver.kept | diver.forbidden)
        generation.master.undecide(range(len(generation.master.decisions)))
        generation.master.uncap()


class _Diver:
    """What is decided, and the last decisions, which may have to be taken back."""

    def __init__(self, generation: Generation, looks: int) -> None:
        self.generation, self.master, self.looks = generation, generation.master, looks
        self.kept: set[int] = set()
        self.forbidden: set[int] = set()
        self.last: list[int] = []
        self.decided: list[tuple[float, int]] = []
        self.likely: list[int] = []

    def step(self, watch: Watch) -> bool:
        """Decide some more; True at the end."""
        solved = self._answer(watch)
        if solved is None:
            return watch.is_over() or self._step_back()
        shares = solved
        undecided = sorted((-share, number) for number, share in shares.items() if number not in self.kept)
        choices = self.master.open_decisions
        self.last, self.decided = [], []
        self.likely = self._fitting([number for share, number in undecided if -share >= UNSURE])
        if choices:
            likely = [choice for choice in choices[:-1] if choice[0] >= WHOLE]
            self._decide([choices[-1], *likely, *choices[-1 - max(1, len(choices) // 4) : -1]])
        elif undecided:
            self._keep(self._fitting(_chosen(undecided)) or [undecided[0][1]])
        else:
            return True
        return False

    def _answer(self, watch: Watch) -> dict[int, float] | None:
        """The shares of days beside what is kept, with the days that this asks for; None where there is no answer."""
        for _ in range(self.looks):
            solved = self.master.solve_for_shares(watch.left())
            if solved is None or watch.is_over() or not self.generation.look(*solved[:2], self.kept):
                break
        return None if solved is None else solved[2]

    def _decide(self, choices: list[tuple[float, int]]) -> None:
        """Those more taken than not are taken; where only the likeliest one is open, it is decided in any case."""
        first, *others = choices
        self.decided = [first, *(choice for choice in dict.fromkeys(others) if choice[0] >= LIKELY)]
        for share, number in self.decided:
            self.master.decide(number, share >= 0.5)

    def _keep(self, numbers: list[int]) -> None:
        self.last = numbers
        self.kept |= set(numbers)
        self.master.keep(numbers)

    def _fitting(self, numbers: list[int]) -> list[int]:
        return fitting(self.generation.rows, self.generation.store, numbers, self.kept)

    def _step_back(self) -> bool:
        """What was decided last cannot be with the rest: only the first of it, or not even that.

        True where there is nothing to take back.
        """
        last, decided = self.last, self.decided
        self.last, self.decided = [], []
        self.kept -= set(last)
        self.master.free(last)
        self.master.undecide([number for _, number in decided])
        if len(decided) > 1:
            self._decide(decided[:1])
        elif decided:
            self.master.decide(decided[0][1], False)
        elif len(last) > 1:
            self._keep(last[:1])
        elif last:
            self.forbidden |= set(last)
            self.master.forbid(last[0])
        return not last and not decided


def fitting(rows: Rows, store: Store, numbers: Iterable[int], kept: Iterable[int] = ()) -> list[int]:
    """As many of these days, in this order, as make nothing too often and take no shift twice beside what is kept."""
    kept = list(kept)
    shifts = {int(store.shift[number]) for number in kept}
    room = rows.asked.copy()
    for number in kept:
        np.subtract.at(room, store.row(number), 1)
    found: list[int] = []
    for number in numbers:
        row, shift = store.row(number), int(store.shift[number])
        if shift not in shifts and (room[row] > 0).all():
            found.append(number)
            shifts.add(shift)
            np.subtract.at(room, row, 1)
    return found


def whole_days(rows: Rows, store: Store, numbers: list[int]) -> list[int]:
    """The days without what is made too often, and without coupled visits that too few people make."""
    made = np.zeros(rows.node_count, np.int64)
    for number in numbers:
        np.add.at(made, store.row(number), 1)
    is_full = made >= rows.asked
    lacking = np.zeros(rows.group_count, bool)
    lacking[rows.group[rows.is_plain & ~is_full]] = True
    full_windows = np.ones(len(rows.window_choice), bool)
    full_windows[rows.window[(rows.window >= 0) & ~is_full]] = False
    _, firsts = np.unique(rows.window_choice[full_windows], return_index=True)
    full_windows &= np.isin(np.arange(len(full_windows)), np.nonzero(full_windows)[0][firsts])
    has_window = np.bincount(rows.window_choice[full_windows], minlength=len(rows.choice_group)) > 0
    lacking[rows.choice_group[~has_window]] = True
    wanted = np.where(lacking[rows.group], 0, rows.asked)
    chosen = np.nonzero(rows.window >= 0)[0]
    wanted[chosen[~full_windows[rows.window[chosen]]]] = 0
    return _rid(store, numbers, wanted)


def cost_of(rows: Rows, store: Store, numbers: list[int]) -> int:
    """Points of the whole days and of the groups that they leave."""
    made = np.zeros(rows.group_count, bool)
    whole = whole_days(rows, store, numbers)
    for number in whole:
        made[rows.group[store.row(number)]] = True
    return int(store.points()[whole].sum()) + int(rows.price[~made].sum())


def _rid(store: Store, numbers: list[int], wanted: Ints) -> list[int]:
    """The same days with only as much of each node as is wanted, each left by whom that spares most.

    A day may need a visit as a stepping stone to its next one; where everybody does, somebody stays at home.
    """
    days = list(numbers)
    made = np.zeros(len(wanted), np.int64)
    for number in days:
        np.add.at(made, store.row(number), 1)
    for node in np.repeat(np.arange(len(wanted)), np.maximum(0, made - wanted)).tolist():
        holding = [at for at, number in enumerate(days) if number >= 0 and node in store.row(number)]
        ways = [(at, _without(store, days[at], node)) for at in holding]
        spared = [
            (_points(store, number) - _points(store, days[at]), at, number) for at, number in ways if number >= -1
        ]
        if spared:
            _, at, number = min(spared)
            days[at] = number
        elif holding:
            days[holding[0]] = -1
    return [number for number in days if number >= 0]


def _without(store: Store, number: int, node: int) -> int:
    """The day without the node; -1: nothing is left of it, -2: it cannot be."""
    row = [one for one in store.row(number).tolist() if one != node]
    if not row:
        return -1
    (found,) = store.add([int(store.shift[number])], [row])
    return found if found >= 0 else -2


def _points(store: Store, number: int) -> int:
    return int(store.measures[number, 0]) if number >= 0 else 0


def _chosen(undecided: list[tuple[float, int]]) -> list[int]:
    """The largest share, those as good as whole, and some of the likely ones."""
    many = max(1, int(AT_ONCE * len(undecided)))
    chosen = [number for share, number in undecided if -share >= WHOLE]
    likely = [number for share, number in undecided if LIKELY <= -share < WHOLE]
    return chosen + likely[:many] or [undecided[0][1]]
