"""How hot the annealing begins: what a change that makes the plan worse usually costs, measured on the day itself.

After Ben-Ameur, "Computing the initial temperature of simulated annealing" (2004): the size of the
objective alone says nothing of its slopes. Where waiting or balance count, a plan of 100 points may have no neighbour
below 150; there the search froze before it began.
"""

from typing import Any

import numpy as np

from solver.model import MANDATORY
from solver.search.anneal import anneal, change
from solver.search.memory import Frame, entry
from solver.search.price import points_of
from solver.search.state import ITERATION, begin, take_back

DESCENT, PROBES = 300, 100
SHARE = 0.4
"""The first temperature, as a share of the median loss."""


def first_heat(day: Frame, state: Frame) -> float:
    """Points, and no less than a made visit costs on average.

    The state goes downhill a little first, since a hasty plan has other neighbours than a good one.
    """
    loads = state["loads"]
    rough = max(1.0, abs(float(loads["cost"].sum())) / max(1, int(loads["count"].sum())))
    anneal(day.record, state.record, DESCENT, rough, 0.05 * rough, False)
    losses = np.zeros(PROBES, np.int64)
    if day["groups"].size:
        probe(day.record, state.record, losses)
    usual = losses[(losses > 0) & (losses < MANDATORY // 100)]
    return max(rough, SHARE * float(np.median(usual))) if len(usual) else rough


@entry
def probe(day: Any, state: Any, losses: Any) -> None:
    """What so many changes of the state's plan would add; each is taken back."""
    before = points_of(day, state)
    for i in range(len(losses)):
        begin(state, ITERATION)
        change(day, state)
        losses[i] = points_of(day, state) - before
        take_back(state, ITERATION)
