"""The master's rows, their prices, and what the prices prove.

Rows, in order: per node that its people come (`node`); per coupled visit with several windows that one is chosen
(`choice`); then limits: what a helper can do in all shifts together (service, visits, unfair burden), purses, lendings.
Each day is a column; besides them there are, for every group, leaving it; for every window of a choice, choosing it;
for every helper with a burden row, passing the fair share. Rows that the LP's solution breaks come later, if ever
(`solver.columns.company`).

Relaxing all rows at prices (Lagrange; Geoffrion 1974) leaves one pricing per shift: the sum of what the prices are
worth and of what each shift can gain at best is below the cost of every plan. All in whole SCALE-ths, so it is so
exactly. Left out, as it is never less than free: balance, waiting, the longest of all, moments within a window,
different people.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from solver.columns.company import Company
from solver.columns.extend import SCALE
from solver.columns.label import NONE
from solver.columns.net import Ints, Net
from solver.model import MANDATORY, Bools, Model
from solver.problem import MOST_TICKS
from solver.search.memory import Frame

Floats = NDArray[np.float64]
DEAR = 20
"""What must not be left costs so many times the dearest of what may: enough for the prices, and they stay in range."""


class Rows:
    """The rows of a net. Prices y are floats: at least 0 for nodes and choices, at most 0 for limits."""

    def __init__(self, model: Model, day: Frame, net: Net) -> None:
        self.model, self.net = model, net
        nodes = net.nodes
        self.node_count = len(nodes)
        self.group = day["visit_group"][nodes["visit"]]
        self.group_count = len(day["groups"])
        self.most: Floats
        self.least: Floats
        self._prices(day)
        self._choices(day)
        self._limits(day)
        self.company = Company(net, self.group, self.group_count, self.window, self.asked)
        node = net.stays["node"]
        helper = day["shifts"]["helper"][net.stay_shift]
        self.pair = day["pair"][nodes["visit"][node], helper] * SCALE
        self.stay_terms = list(self.terms(net.stay_shift, node))

    @property
    def count(self) -> int:
        """Of the rows there are by now."""
        return len(self.most)

    def keep_company(self, helper: Ints, gathering: Ints) -> None:
        """More rows: these helpers come to these gatherings with the others, or not."""
        self.company.add(helper, gathering, self.count)
        self.most = np.concatenate([self.most, self.company.most(gathering)])
        self.least = np.concatenate([self.least, np.full(len(helper), -np.inf)])
        self.stay_terms = list(self.terms(self.net.stay_shift, self.net.stays["node"]))

    def padded(self, y: Floats) -> Floats:
        """Prices of before, where rows have come since: those have no price yet."""
        return np.concatenate([y, np.zeros(self.count - len(y))])

    def _prices(self, day: Frame) -> None:
        """Per group what leaving it costs. Groups that nobody can make are lost: a constant."""
        model, nodes = self.model, self.net.nodes
        self.price = np.zeros(self.group_count, np.int64)
        np.add.at(self.price, day["visit_group"], model.priority)
        reached = np.zeros(len(day["duties"]), bool)
        reached[nodes["duty"][self.net.stays["node"]]] = True
        makeable = reached[day["duties"]["twin"]]
        self.lost = np.zeros(self.group_count, bool)
        self.lost[day["duties"]["group"][~makeable]] = True
        self.constant = model.constant + int(self.price[self.lost].sum())
        self.price[self.lost] = 0
        ordinary = self.price[self.price < MANDATORY]
        dearest = max(1, int(ordinary.max(initial=0)), int(np.abs(day["pair"]).max(initial=0)))
        self.price = np.minimum(self.price, DEAR * dearest)
        self.unit = max(1.0, float(np.median(self.price[~self.lost])) / 100) if not self.lost.all() else 1.0
        self.asked = np.where(self.lost[self.group], 0, nodes["count"])

    def _choices(self, day: Frame) -> None:
        """Numbers of the choices, and of the windows that can be chosen."""
        nodes = self.net.nodes
        is_choice = (nodes["choice"] >= 0) & ~self.lost[self.group]
        visits, of_node = np.unique(nodes["choice"][is_choice], return_inverse=True)
        self.choice_group = day["visit_group"][visits]
        self.choice = np.full(self.node_count, -1, np.int64)
        self.choice[is_choice] = of_node
        pairs = np.stack([self.choice[is_choice], nodes["window"][is_choice]], axis=1).reshape(-1, 2)
        windows, of_window = np.unique(pairs, axis=0, return_inverse=True)
        self.window = np.full(self.node_count, -1, np.int64)
        self.window[is_choice] = of_window.reshape(-1)
        self.window_choice = windows[:, 0]
        self.is_plain = ~self.lost[self.group] & (nodes["choice"] < 0)

    def _limits(self, day: Frame) -> None:
        """Row numbers of the limits, and the most of each row."""
        model = self.model
        helpers = len(model.mode)
        several = np.diff(model.first_shift) > 1
        width = model.shift_end + model.extra_time[model.shift_helper] - model.shift_start
        room = np.zeros(helpers, np.int64)
        np.add.at(room, model.shift_helper, np.maximum(0, width))
        weighs = bool(model.fairness_weight and model.burden.any())
        share = np.maximum(0, model.fair_share - model.carried_burden)
        self.most = np.zeros(self.node_count + len(self.choice_group))
        self.service = self._number(several & (model.most_work < room), model.most_work)
        self.visits = self._number(several & (model.most_visits < MOST_TICKS), model.most_visits)
        self.burden = self._number(np.full(helpers, weighs), share)
        self.purse = self._number(np.ones(len(model.purse_budget), bool), model.purse_budget)
        self.lending = self._number(np.ones(len(model.lending_most), bool), model.lending_most)
        self.least = np.full(len(self.most), -np.inf)
        self.least[: self.node_count + len(self.choice_group)] = 0.0
        self.least[self.burden[self.burden >= 0]] = -float(model.fairness_weight)

    def _number(self, which: Bools, most: Ints) -> Ints:
        """Give the chosen ones the next rows."""
        rows = np.full(len(which), -1, np.int64)
        rows[which] = len(self.most) + np.arange(int(which.sum()))
        self.most = np.concatenate([self.most, most[which].astype(float)])
        return rows

    def terms(self, shift: Ints, node: Ints) -> Iterator[tuple[Ints, Ints]]:
        """What each (shift, node) takes of the limits: pairs of (its row or -1, how much)."""
        model = self.model
        helper, visit = model.shift_helper[shift], self.net.nodes["visit"][node]
        ones = np.ones(len(node), np.int64)
        if (self.service >= 0).any():
            yield self.service[helper], model.duration[visit]
        if (self.visits >= 0).any():
            yield self.visits[helper], ones
        if (self.burden >= 0).any():
            yield self.burden[helper], model.burden[visit]
        if len(self.purse):
            purse = model.visit_purse[visit]
            yield np.where(purse >= 0, self.purse[purse], -1), model.fee[visit, helper]
        if len(self.lending):
            lender, borrower = model.helper_community[helper], model.visit_community[visit]
            cap = np.where((lender >= 0) & (borrower >= 0), model.lending_of[lender, borrower], -1)
            yield np.where(cap >= 0, self.lending[cap], -1), ones
        if len(self.company.line):
            yield self.company.row(helper, node), ones

    def project(self, y: Floats) -> Floats:
        """The nearest prices with the right signs; a plain node alone in its group is worth no more than its price."""
        y = y.copy()
        many = self.node_count + len(self.choice_group)
        y[:many] = np.maximum(0.0, y[:many])
        y[many:] = np.clip(y[many:], self.least[many:], 0.0)
        y[: self.node_count][self.asked == 0] = 0.0
        return y

    def rewards(self, y: Floats) -> Ints:
        """(E,) what each stay earns at the prices, in SCALE-ths."""
        node = self.net.stays["node"]
        reward: Ints = self._whole(y)[node] - self.pair
        for row, much in self.stay_terms:
            reward -= self._fines(y, row, much)
        reward[self.asked[node] == 0] = NONE
        return reward

    def _whole(self, y: Floats) -> Ints:
        whole: Ints = np.rint(SCALE * y[: self.node_count + len(self.choice_group)]).astype(np.int64)
        return whole

    @staticmethod
    def _fines(y: Floats, row: Ints, much: Ints) -> Ints:
        """Rounded down, so that all fines of a row together stay within what its price is worth."""
        fines: Ints = np.where(row >= 0, np.floor(-SCALE * y[row] * much), 0).astype(np.int64)
        return fines

    def gains(self, y: Floats, shift: Ints, node: Ints) -> Floats:
        """What each (shift, node) earns at the prices, in points and without its own cost."""
        gain = y[node].copy()
        for row, much in self.terms(shift, node):
            gain += np.where(row >= 0, y[row] * much, 0.0)
        return gain

    def bound(self, y: Floats, best: Ints) -> int:
        """No plan costs fewer points, given the least cost of each shift at these prices."""
        return -(-self.worth(y, best) // SCALE) + self.constant

    def worth(self, y: Floats, best: Ints) -> int:
        """The same in SCALE-ths, not rounded up, without what no plan can change."""
        whole = self._whole(y)
        node, choice = whole[: self.node_count], whole[self.node_count :]
        left, window = self._reduced(y)
        worth = int((self.asked * node)[self.is_plain].sum()) + int(choice.sum())
        limits = slice(len(whole), self.count)
        worth += int(np.floor(SCALE * y[limits] * self.most[limits]).sum())
        return worth + int(np.minimum(0, left).sum()) + int(np.minimum(0, window).sum()) + int(best.sum())

    def _reduced(self, y: Floats) -> tuple[Ints, Ints]:
        """Reduced costs of leaving each group and of choosing each window."""
        whole = self._whole(y)
        node, choice = whole[: self.node_count], whole[self.node_count :]
        left = self.price * SCALE
        np.subtract.at(left, self.group[self.is_plain], (self.asked * node)[self.is_plain])
        np.subtract.at(left, self.choice_group, choice)
        window = -choice[self.window_choice]
        chosen = self.window >= 0
        np.add.at(window, self.window[chosen], (self.asked * node)[chosen])
        fines = self._fines(y, self.company.line, np.ones_like(self.company.line))
        for mine, of, sign in ((left, self.company.left, 1), (window, self.company.window, -1)):
            np.add.at(mine, of[of >= 0], sign * fines[of >= 0])
        return left, window

    def slope(self, y: Floats, shift: Ints, node: Ints) -> Floats:
        """A subgradient of the bound: what each row lacks when these (shift, node) are made."""
        left, window = self._reduced(y)
        lacks = np.zeros(self.count)
        lacks[: self.node_count][self.is_plain] = (self.asked * (left[self.group] >= 0))[self.is_plain]
        chosen = self.window >= 0
        lacks[: self.node_count][chosen] = self.asked[chosen] * (window[self.window[chosen]] < 0)
        choices = slice(self.node_count, self.node_count + len(self.choice_group))
        lacks[choices] = 1.0 * (left[self.choice_group] >= 0)
        np.subtract.at(lacks, self.node_count + self.window_choice, 1.0 * (window < 0))
        lacks[choices.stop :] = self.most[choices.stop :]
        with_left, with_window = self.company.left >= 0, self.company.window >= 0
        lacks[self.company.line[with_left]] -= 1.0 * (left[self.company.left[with_left]] < 0)
        lacks[self.company.line[with_window]] += 1.0 * (window[self.company.window[with_window]] < 0)
        np.subtract.at(lacks, node, 1.0)
        for row, much in self.terms(shift, node):
            some = row >= 0
            np.subtract.at(lacks, row[some], much[some])
        return lacks
