"""CP-SAT chooses the best set of days from the pool; the roster rules are its rows.

A set-partitioning model (Balinski and Quandt 1964): one Boolean per day, one row per visit. Coupled duties keep the
moments at which the pool saw them, so that "together" and "after" are rows too. The incumbent is the hint.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Any

import numpy as np
from ortools.sat.python import cp_model

from solver.model import MANDATORY, Ints, Model
from solver.problem import MOST_TICKS
from solver.search.pool import Column

WATCH = 0.1
"""Seconds between looks at whether to stop."""


@dataclass(frozen=True, slots=True)
class Effort:
    """How hard to try. `work` is CP-SAT's own measure of time, which does not depend on the machine."""

    seconds: float | None = None
    work: float | None = None
    threads: int = 2
    seed: int = 1


def choose(
    model: Model,
    groups: Ints,
    columns: Sequence[Column],
    incumbent: Sequence[Column],
    effort: Effort,
    should_stop: Callable[[], bool] | None = None,
    on_bound: Callable[[int], None] | None = None,
) -> list[Column] | None:
    """The days chosen, or None when nothing was found in time. `groups` (V,) tells which visits are made together.

    `on_bound` gets the points that no plan of these days costs less than, constant included; it asks that the
    incumbent leaves nothing mandatory.
    """
    master = _Master(model, groups, columns, incumbent)
    return master.solve(effort, should_stop, on_bound)


class _Master:
    """Variables, rows and objective; `solve` alone reads values back."""

    def __init__(self, model: Model, groups: Ints, columns: Sequence[Column], incumbent: Sequence[Column]) -> None:
        self.model, self.groups = model, groups
        self.rows = cp_model.CpModel()
        self.columns = list({_key(column): column for column in (*incumbent, *columns)}.values())
        self.chosen = [self.rows.new_bool_var("") for _ in self.columns]
        self.left = [self.rows.new_bool_var("") for _ in range(int(groups.max(initial=-1)) + 1)]
        self.terms: list[tuple[Any, int]] = []
        self.helper_columns: dict[int, list[int]] = defaultdict(list)
        for number, column in enumerate(self.columns):
            self.helper_columns[int(model.shift_helper[column.shift])].append(number)
        self.twin = _twins(model)
        self._shifts()
        self._coverage()
        self._apart()
        self._moments()
        self._days()
        self._roster()
        self._costs(incumbent)
        self._hint(incumbent)

    def _shifts(self) -> None:
        """A shift has one day at most."""
        by_shift: dict[int, list[Any]] = defaultdict(list)
        for column, chosen in zip(self.columns, self.chosen, strict=True):
            by_shift[column.shift].append(chosen)
        for chosen_days in by_shift.values():
            self.rows.add_at_most_one(chosen_days)

    def _coverage(self) -> None:
        """Each visit has all its people, or its whole group is left."""
        by_twin: dict[int, list[Any]] = defaultdict(list)
        for column, chosen in zip(self.columns, self.chosen, strict=True):
            for duty in column.duties:
                by_twin[self.twin[duty]].append(chosen)
        for twin, count in sorted(_counts(self.twin).items()):
            left = self.left[self.groups[self.model.duty_visit[twin]]]
            if count == 1:
                self.rows.add_exactly_one([*by_twin[twin], left])
            else:
                self.rows.add(sum(by_twin[twin]) + count * left == count)

    def _apart(self) -> None:
        """Nobody is two of a visit's people, or makes two visits that need different ones."""
        model = self.model
        by_pair: dict[tuple[int, int], list[Any]] = defaultdict(list)
        watched = {int(visit) for visit in np.nonzero(np.diff(model.first_duty) > 1)[0]}
        linked = np.nonzero(model.link_apart)[0].tolist()
        links = [(int(model.link_first[link]), int(model.link_second[link])) for link in linked]
        watched.update(visit for pair in links for visit in pair)
        for column, chosen in zip(self.columns, self.chosen, strict=True):
            helper = int(model.shift_helper[column.shift])
            for visit in {int(model.duty_visit[duty]) for duty in column.duties} & watched:
                by_pair[visit, helper].append(chosen)
        for days in by_pair.values():
            self.rows.add_at_most_one(days)
        for first, second in links:
            for helper in self.helper_columns:
                if (first, helper) in by_pair and (second, helper) in by_pair:
                    self.rows.add_at_most_one([*by_pair[first, helper], *by_pair[second, helper]])

    def _moments(self) -> None:
        """Coupled duties happen together, or as far from each other as their link says."""
        model = self.model
        timed = np.nonzero(model.link_timed | model.link_same_window)[0].tolist()
        ends = [(int(model.link_first[link]), int(model.link_second[link]), link) for link in timed]
        watched = {int(visit) for visit in np.nonzero(np.diff(model.first_duty) > 1)[0]}
        watched.update(visit for first, second, _ in ends for visit in (first, second))
        days = self._at(watched)
        moments = {visit: self._moment(visit, days[visit]) for visit in sorted(watched)}
        for first, second, link in ends:
            left = self.left[self.groups[first]]
            if model.link_timed[link]:
                offset = _weighed(moments[second]) - _weighed(moments[first])
                self.rows.add(offset >= int(model.link_least[link]) * (1 - left))
                self.rows.add(offset <= int(model.link_most[link]) * (1 - left))
            if model.link_same_window[link]:
                self._same_window(first, second, moments)

    def _at(self, watched: set[int]) -> dict[int, dict[int, dict[int, list[Any]]]]:
        """Visit -> moment -> twin -> the days that make it then."""
        days: dict[int, dict[int, dict[int, list[Any]]]] = {visit: {} for visit in watched}
        for column, chosen in zip(self.columns, self.chosen, strict=True):
            for duty, start in zip(column.duties, column.starts, strict=True):
                visit = int(self.model.duty_visit[duty])
                if visit in watched:
                    days[visit].setdefault(start, {}).setdefault(self.twin[duty], []).append(chosen)
        return days

    def _moment(self, visit: int, days: dict[int, dict[int, list[Any]]]) -> dict[int, Any]:
        """Moment -> whether the visit starts then; everybody who makes it starts then."""
        first, end = (int(self.model.first_duty[visit + one]) for one in (0, 1))
        counts = _counts(self.twin[first:end])
        starts = {}
        for moment, by_twin in sorted(days.items()):
            starts[moment] = self.rows.new_bool_var("")
            for twin, count in counts.items():
                self.rows.add(sum(by_twin.get(twin, [])) == count * starts[moment])
        return starts

    def _same_window(self, first: int, second: int, moments: dict[int, dict[int, Any]]) -> None:
        model = self.model
        sums: dict[int, list[tuple[Any, int]]] = defaultdict(list)
        for visit, sign in ((first, 1), (second, -1)):
            opens = model.earliest[model.first_window[visit] : model.first_window[visit + 1]]
            for moment, starts in moments[visit].items():
                sums[int(np.searchsorted(opens, moment, side="right"))].append((starts, sign))
        for terms in sums.values():
            self.rows.add(sum(sign * starts for starts, sign in terms) == 0)

    def _days(self) -> None:
        """Most work and most visits of helpers with several shifts."""
        model = self.model
        for helper, numbers in self.helper_columns.items():
            if len({self.columns[number].shift for number in numbers}) < 2:
                continue
            if model.most_work[helper] < MOST_TICKS:
                self._at_most(numbers, self._service, int(model.most_work[helper]))
            if model.most_visits[helper] < MOST_TICKS:
                self._at_most(numbers, lambda column: len(column.duties), int(model.most_visits[helper]))

    def _service(self, column: Column) -> int:
        return int(self.model.duration[self.model.duty_visit[list(column.duties)]].sum())

    def _at_most(self, numbers: Sequence[int], amount: Callable[[Column], int], most: int) -> None:
        amounts = [(self.chosen[number], amount(self.columns[number])) for number in numbers]
        self.rows.add(sum(chosen * much for chosen, much in amounts if much) <= most)

    def _roster(self) -> None:
        """Purses and lendings."""
        model = self.model
        spent: dict[int, list[tuple[Any, int]]] = defaultdict(list)
        lent: dict[int, list[tuple[Any, int]]] = defaultdict(list)
        if not len(model.purse_budget) and not len(model.lending_most):
            return
        for column, chosen in zip(self.columns, self.chosen, strict=True):
            helper = int(model.shift_helper[column.shift])
            community = int(model.helper_community[helper])
            for visit in model.duty_visit[list(column.duties)].tolist():
                if model.visit_purse[visit] >= 0:
                    spent[int(model.visit_purse[visit])].append((chosen, int(model.fee[visit, helper])))
                theirs = int(model.visit_community[visit])
                if community >= 0 and theirs >= 0 and model.lending_of[community, theirs] >= 0:
                    lent[int(model.lending_of[community, theirs])].append((chosen, 1))
        for purse, terms in sorted(spent.items()):
            self.rows.add(_sum(terms) <= int(model.purse_budget[purse]))
        for lending, terms in sorted(lent.items()):
            self.rows.add(_sum(terms) <= int(model.lending_most[lending]))

    def _costs(self, incumbent: Sequence[Column]) -> None:
        for column, chosen in zip(self.columns, self.chosen, strict=True):
            self.terms.append((chosen, column.points))
        self._left(incumbent)
        self._fairness()
        self._longest("tardy", self.model.highest_tardiness_weight)
        self._longest("wait", self.model.longest_wait_weight)
        self._longest("idle", self.model.longest_idle_weight)
        self._balance()
        self.rows.minimize(_sum(self.terms))

    def _left(self, incumbent: Sequence[Column]) -> None:
        """What the incumbent makes although it might not be left, stays made; so large prices stay out of the sums."""
        model = self.model
        price = np.zeros(len(self.left), np.int64)
        np.add.at(price, self.groups, model.priority)
        made = {int(self.groups[model.duty_visit[duty]]) for column in incumbent for duty in column.duties}
        dear = 1 + int(price[price < MANDATORY].sum()) + sum(abs(column.points) for column in incumbent)
        for group, left in enumerate(self.left):
            if price[group] >= MANDATORY and group in made:
                self.rows.add(left == 0)
            else:
                self.terms.append((left, min(int(price[group]), dear)))

    def _fairness(self) -> None:
        model = self.model
        if not model.fairness_weight or not model.burden.any():
            return
        for helper, numbers in self.helper_columns.items():
            room = int(model.fair_share - model.carried_burden[helper])
            burdens = [
                (self.chosen[number], int(model.burden[model.duty_visit[list(self.columns[number].duties)]].sum()))
                for number in numbers
            ]
            most = sum(burden for _, burden in burdens)
            if room <= 0:
                self.terms += [(chosen, model.fairness_weight * burden) for chosen, burden in burdens]
            elif most > room:
                over = self.rows.new_int_var(0, most - room, "")
                self.rows.add(over >= _sum(burdens) - room)
                self.terms.append((over, model.fairness_weight))

    def _longest(self, name: str, weight: int) -> None:
        if not weight:
            return
        by_shift: dict[int, list[tuple[Any, int]]] = defaultdict(list)
        for column, chosen in zip(self.columns, self.chosen, strict=True):
            if ticks := getattr(column, name):
                by_shift[column.shift].append((chosen, ticks))
        longest = self.rows.new_int_var(0, max((getattr(column, name) for column in self.columns), default=0), "")
        for terms in by_shift.values():
            self.rows.add(longest >= _sum(terms))
        self.terms.append((longest, weight))

    def _balance(self) -> None:
        weight, helpers = self.model.balance_weight, len(self.model.mode)
        if not weight:
            return
        work = [
            _sum([(self.chosen[number], self.columns[number].work) for number in self.helper_columns.get(helper, [])])
            for helper in range(helpers)
        ]
        total = sum(work)
        most = sum(column.work for column in self.columns)
        for mine in work:
            far = self.rows.new_int_var(0, most, "")
            self.rows.add(helpers * far >= helpers * mine - total)
            self.rows.add(helpers * far >= total - helpers * mine)
            self.terms.append((far, weight))

    def _hint(self, incumbent: Sequence[Column]) -> None:
        """Only the days and what is left: the rest follows."""
        keys = {_key(column) for column in incumbent}
        made = {int(self.groups[self.model.duty_visit[duty]]) for column in incumbent for duty in column.duties}
        for column, chosen in zip(self.columns, self.chosen, strict=True):
            self.rows.add_hint(chosen, _key(column) in keys)
        for group, left in enumerate(self.left):
            self.rows.add_hint(left, group not in made)

    def solve(
        self, effort: Effort, should_stop: Callable[[], bool] | None, on_bound: Callable[[int], None] | None = None
    ) -> list[Column] | None:
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = effort.threads
        solver.parameters.random_seed = effort.seed
        if effort.seconds is not None:
            solver.parameters.max_time_in_seconds = effort.seconds
        if effort.work is not None:
            solver.parameters.max_deterministic_time = effort.work
        status = _watched(solver, self.rows, should_stop)
        if on_bound is not None and status in (cp_model.OPTIMAL, cp_model.FEASIBLE, cp_model.UNKNOWN):
            on_bound(round(max(-(2.0**60), solver.best_objective_bound)) + self.model.constant)
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return None
        return [
            column for column, chosen in zip(self.columns, self.chosen, strict=True) if solver.boolean_value(chosen)
        ]


def _watched(solver: cp_model.CpSolver, rows: cp_model.CpModel, should_stop: Callable[[], bool] | None) -> Any:
    """Solve, asking now and then whether to stop: CP-SAT itself would only ask at a better solution."""
    with ThreadPoolExecutor(1) as thread:
        solving = thread.submit(solver.solve, rows)
        while should_stop is not None and not wait([solving], timeout=WATCH).done:
            if should_stop():
                solver.stop_search()
        return solving.result()


def assigned(model: Model, days: Sequence[Column]) -> Iterator[tuple[int, int]]:
    """(duty, shift) in the order of the days; interchangeable duties are dealt out, so that each is made once."""
    twin = _twins(model)
    free: dict[int, list[int]] = defaultdict(list)
    for duty in reversed(range(len(twin))):
        free[twin[duty]].append(duty)
    for day in days:
        for duty in day.duties:
            yield free[twin[duty]].pop(), day.shift


def _key(column: Column) -> tuple[object, ...]:
    return column.shift, column.duties, column.starts


def _twins(model: Model) -> list[int]:
    """Per duty the first one of its visit that the same helpers may take."""
    twins = list(range(len(model.duty_visit)))
    for first, end in zip(model.first_duty[:-1].tolist(), model.first_duty[1:].tolist(), strict=True):
        for duty in range(first + 1, end):
            same = [one for one in range(first, duty) if np.array_equal(model.may[one], model.may[duty])]
            twins[duty] = twins[same[0]] if same else duty
    return twins


def _counts(twins: Sequence[int]) -> dict[int, int]:
    counts: dict[int, int] = defaultdict(int)
    for twin in twins:
        counts[twin] += 1
    return dict(counts)


def _weighed(moments: dict[int, Any]) -> Any:
    return _sum([(starts, moment) for moment, starts in moments.items()])


def _sum(terms: Sequence[tuple[Any, int]]) -> Any:
    return cp_model.LinearExpr.weighted_sum([term for term, _ in terms], [factor for _, factor in terms])
