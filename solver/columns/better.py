"""All days that a better plan could hold, where days tell everything; so that the choice among them is a proof."""

from collections.abc import Sequence

import numpy as np

from solver.columns.every import every
from solver.columns.extend import SCALE
from solver.columns.label import Pricer
from solver.columns.net import Net
from solver.columns.prices import Prices
from solver.columns.rows import Rows
from solver.columns.store import Store
from solver.model import MANDATORY, Model
from solver.search.memory import Frame
from solver.search.pool import Column


def is_told_by_days(model: Model, net: Net, day: Frame) -> bool:
    """Days in the order of their visits, each as soon as it can be, say all that counts in points and in rules.

    Strict: no soft ends, waits, rests or extra time, no balance or longest of all, nothing promised at a moment; and
    who depends on others starts at one certain moment in each window.
    """
    weights = (
        *(model.waiting_weight, model.longest_wait_weight, model.longest_idle_weight, model.highest_tardiness_weight),
        *(model.balance_weight, model.moved_weight and len(model.told_visit)),
    )
    if any(weights) or model.soft_end.any() or model.extra_time.any() or (model.rest_earliest >= 0).any():
        return False
    if (model.link_timed | model.link_same_window).any():
        return False
    coupled = day["duties"]["coupled"][net.nodes["duty"]] > 0
    return bool((net.nodes["opens"] == net.nodes["closes"])[coupled].all())


def leaves_none_mandatory(model: Model, day: Frame, days: Sequence[Column]) -> bool:
    """These days make all that must not be left."""
    groups = day["visit_group"]
    price = np.zeros(len(day["groups"]), np.int64)
    np.add.at(price, groups, model.priority)
    for one in days:
        price[groups[model.duty_visit[list(one.duties)]]] = 0
    return bool((price < MANDATORY).all())


def better_days(
    rows: Rows, pricer: Pricer, store: Store, prices: Prices, points: int, most: int
) -> list[Column] | None:
    """All days that a plan of fewer points may hold; None where they are more than `most`, or time is over."""
    net = rows.net
    y, best = rows.padded(prices.y), np.rint(prices.shift * SCALE).astype(np.int64)
    room = SCALE * (points - 1 - rows.constant) - rows.worth(y, best)
    found = every(pricer, rows.rewards(y), best + room, most)
    if found is None:
        return None
    node = net.stays["node"]
    numbers = store.add([shift for shift, _ in found], [tuple(node[stays].tolist()) for _, stays in found])
    if min(numbers, default=0) < 0:
        return None
    cheapest: dict[tuple[int, ...], int] = {}
    for number in numbers:
        key = (int(store.shift[number]), *sorted(store.row(number).tolist()))
        known = cheapest.setdefault(key, number)
        if store.measures[number, 0] < store.measures[known, 0]:
            cheapest[key] = number
    return list(store.columns(cheapest.values()))
