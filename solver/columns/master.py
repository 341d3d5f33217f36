"""The master: which shares of which days cover everything at least cost. GLOP through MathOpt, warm from round on."""

import math
from collections.abc import Collection, Sequence
from datetime import timedelta

import numpy as np
from ortools.math_opt.python import mathopt

from solver.columns.net import Ints
from solver.columns.rows import Floats, Rows
from solver.columns.store import Store

ROOM = 8
"""So many times as many columns as rows are kept; beyond that the dearest leave."""


class Master:
    """An LP over some days of the store; `inside` (C,) tells which. Costs are in the rows' units."""

    def __init__(self, rows: Rows, store: Store) -> None:
        self.rows, self.store = rows, store
        self.model = mathopt.Model()
        self.shifts = len(rows.net.first_stay) - 1
        self.lines = [self.model.add_linear_constraint() for _ in range(rows.count)]
        self.shift_lines = [self.model.add_linear_constraint(ub=1.0) for _ in range(self.shifts)]
        self.columns: dict[int, mathopt.Variable] = {}
        self.fixed: set[int] = set()
        self._sides()
        self._others()
        self.solver = mathopt.IncrementalSolver(self.model, mathopt.SolverType.GLOP)
        self.settings = mathopt.SolveParameters(threads=1)
        self.diving = mathopt.SolveParameters(threads=1, lp_algorithm=mathopt.LPAlgorithm.DUAL_SIMPLEX)
        nothing = mathopt.VariableFilter(filtered_items=())
        self.prices_only = mathopt.ModelSolveParameters(variable_values_filter=nothing, reduced_costs_filter=nothing)
        self.with_shares = mathopt.ModelSolveParameters(reduced_costs_filter=nothing)

    def _sides(self) -> None:
        rows = self.rows
        covers = rows.node_count + len(rows.choice_group)
        asked = np.concatenate([np.where(rows.is_plain, rows.asked, 0), np.ones(len(rows.choice_group))])
        for line, most in zip(self.lines[:covers], asked.tolist(), strict=True):
            line.lower_bound = most
        for line, most in zip(self.lines[covers : rows.count], rows.most[covers:].tolist(), strict=True):
            line.upper_bound = most

    def _others(self) -> None:
        """Leaving groups, choosing windows, passing the fair share."""
        rows = self.rows
        left = {group: self._variable(float(rows.price[group])) for group in np.nonzero(~rows.lost)[0].tolist()}
        windows = [self._variable(0.0) for _ in rows.window_choice]
        self.left, self.windows = left, windows
        together = np.nonzero(np.bincount(rows.group, rows.asked, rows.group_count) > 1)[0]
        self.decisions = [*windows, *(left[group] for group in together.tolist() if group in left)]
        for node in np.nonzero(rows.is_plain)[0].tolist():
            self.lines[node].set_coefficient(left[int(rows.group[node])], float(rows.asked[node]))
        for node in np.nonzero(rows.window >= 0)[0].tolist():
            self.lines[node].set_coefficient(windows[rows.window[node]], -float(rows.asked[node]))
        for choice, group in enumerate(rows.choice_group.tolist()):
            self.lines[rows.node_count + choice].set_coefficient(left[group], 1.0)
        for window, choice in zip(windows, rows.window_choice.tolist(), strict=True):
            self.lines[rows.node_count + choice].set_coefficient(window, 1.0)
        for row in rows.burden[rows.burden >= 0].tolist():
            self.lines[row].set_coefficient(self._variable(float(rows.model.fairness_weight)), -1.0)

    def _variable(self, points: float) -> mathopt.Variable:
        variable = self.model.add_variable(lb=0.0)
        self.model.objective.set_linear_coefficient(variable, points / self.rows.unit)
        return variable

    def add(self, numbers: Sequence[int]) -> None:
        """Let these days of the store in."""
        store, rows = self.store, self.rows
        for number in numbers:
            if number in self.columns:
                continue
            shift, node = int(store.shift[number]), store.row(number)
            variable = self._variable(float(store.measures[number, 0]))
            self.columns[number] = variable
            self.shift_lines[shift].set_coefficient(variable, 1.0)
            for one in node.tolist():
                self.lines[one].set_coefficient(variable, 1.0)
            for row, much in rows.terms(np.full(len(node), shift), node):
                for line in np.unique(row[row >= 0]).tolist():
                    self.lines[line].set_coefficient(variable, float(much[row == line].sum()))

    def grow(self) -> None:
        """Lines for the rows of company that have come since."""
        rows, store, first = self.rows, self.store, len(self.lines)
        for row in range(first, rows.count):
            self.lines.append(self.model.add_linear_constraint(ub=float(rows.most[row])))
        company = rows.company
        for row, left, window in zip(
            *(one.tolist() for one in (company.line, company.left, company.window)), strict=True
        ):
            if row >= first and left >= 0:
                self.lines[row].set_coefficient(self.left[left], 1.0)
            elif row >= first:
                self.lines[row].set_coefficient(self.windows[window], -1.0)
        for number, variable in self.columns.items():
            node = store.row(number)
            helper = rows.model.shift_helper[np.full(len(node), store.shift[number])]
            for row in company.row(helper, node).tolist():
                if row >= first:
                    self.lines[row].set_coefficient(variable, 1.0)

    def crowded(self) -> bool:
        return len(self.columns) > ROOM * len(self.lines)

    def thin(self, reduced: Floats) -> None:
        """Let the dearest half of the columns go; `reduced` (C,) are their reduced costs."""
        order = sorted(self.columns, key=lambda number: (reduced[number], number))
        for number in order[len(order) // 2 :]:
            if reduced[number] > 1e-6 and number not in self.fixed:
                self.model.delete_variable(self.columns.pop(number))

    def solve(self, seconds: float | None = None) -> tuple[float, Floats, Floats] | None:
        """(points, prices of the rows, prices of the shifts); None where GLOP does not finish in time."""
        result = self._solve(seconds, self.prices_only, self.settings)
        return None if result is None else self._prices(result)

    def solve_for_shares(self, seconds: float | None = None) -> tuple[Floats, Floats, dict[int, float]] | None:
        """(prices of the rows, prices of the shifts, the share of each day where there is any).

        `open_decisions` then tells which windows and leavings of coupled visits are neither taken nor not,
        `room` how much of each gathering there is for anybody.
        """
        result = self._solve(seconds, self.with_shares, self.diving)
        if result is None:
            return None
        values = result.variable_values()
        shares = {number: values[variable] for number, variable in self.columns.items() if values[variable] > 1e-6}
        decided = ((values[variable], number) for number, variable in enumerate(self.decisions))
        self.open_decisions = sorted(one for one in decided if 1e-6 < one[0] < 1.0 - 1e-6)
        left = {group: values[variable] for group, variable in self.left.items()}
        self.room = self.rows.company.room(left, [values[variable] for variable in self.windows])
        return *self._prices(result)[1:], shares

    def cap(self) -> None:
        """Let nobody come too often: days that are a means to reach others are none in a plan."""
        for line in self.lines[: self.rows.node_count]:
            line.upper_bound = line.lower_bound

    def uncap(self) -> None:
        for line in self.lines[: self.rows.node_count]:
            line.upper_bound = math.inf

    def keep(self, numbers: Collection[int]) -> None:
        """Ask for these days."""
        self.fixed |= set(numbers)
        for number in numbers:
            self.columns[number].lower_bound = 1.0

    def forbid(self, number: int) -> None:
        """Allow a day no more."""
        self.fixed.add(number)
        self.columns[number].upper_bound = 0.0

    def decide(self, number: int, taken: bool) -> None:
        """Take a window or a leaving, or do not."""
        self.decisions[number].lower_bound = 1.0 if taken else 0.0
        self.decisions[number].upper_bound = math.inf if taken else 0.0

    def undecide(self, numbers: Sequence[int]) -> None:
        for number in numbers:
            self.decisions[number].lower_bound, self.decisions[number].upper_bound = 0.0, math.inf

    def free(self, numbers: Collection[int]) -> None:
        """Neither ask for these days nor forbid them."""
        self.fixed -= set(numbers)
        for number in numbers:
            self.columns[number].lower_bound = 0.0
            self.columns[number].upper_bound = math.inf

    def _solve(
        self, seconds: float | None, wanted: mathopt.ModelSolveParameters, settings: mathopt.SolveParameters
    ) -> mathopt.SolveResult | None:
        settings.time_limit = None if seconds is None else timedelta(seconds=max(0.05, seconds))
        result = self.solver.solve(params=settings, model_params=wanted)
        return result if result.termination.reason == mathopt.TerminationReason.OPTIMAL else None

    def _prices(self, result: mathopt.SolveResult) -> tuple[float, Floats, Floats]:
        prices = self.rows.unit * np.array(result.dual_values([*self.lines, *self.shift_lines]))
        count = self.rows.count
        return self.rows.unit * float(result.objective_value()), prices[:count], prices[count:]


def reduced(rows: Rows, store: Store, y: Floats, shift: Floats) -> Floats:
    """(C,) reduced cost of every day of the store, in points."""
    count = store.count
    flat = slice(0, int(store.end[count]))
    shifts: Ints = np.repeat(store.shift[:count], np.diff(store.end[: count + 1]))
    gain = store.sums(rows.gains(y, shifts, store.nodes[flat]))
    found: Floats = store.points() - gain - shift[store.shift[:count]]
    return found
