"""A shift that could hold far more partial days than there is room for: its price stays near what a day can earn."""

import numpy as np
import pytest

from solver.columns.extend import SCALE
from solver.columns.label import EXACT, STONES, Pricer
from solver.columns.net import build
from solver.columns.rows import Rows
from solver.rules import model
from solver.search.day import pack
from tests.solver.worlds import a_helper, a_problem, a_visit

PLACES = 12


def a_crowd() -> tuple[Rows, Pricer]:
    """One helper, 160 visits of many lengths, most of the day; few of them, and of their hours, are allowed."""
    dice = np.random.default_rng(5)
    helper = a_helper(most_visits=20, most_work=420)
    visits = []
    for number in range(160):
        opens = int(dice.integers(300))
        window = (opens, opens + int(dice.integers(100, 300)))
        place, duration = int(dice.integers(PLACES)), int(dice.integers(7, 41))
        visits.append(a_visit(f"v{number}", place, window, duration, priority=10**6))
    numbers = model(a_problem([helper], visits, places=PLACES))
    day = pack(numbers)
    net = build(numbers, day)
    return Rows(numbers, day, net), Pricer(net, 1)


@pytest.mark.parametrize("points", [25, 60, 400])
def test_a_proof_is_far_nearer_than_the_sum_of_all_gains(points: int) -> None:
    rows, pricer = a_crowd()
    rewards = rows.rewards(rows.project(np.full(rows.count, float(points))))
    exact, hasty = (int(pricer.price(rewards, degree).best[0]) for degree in (EXACT, STONES))
    assert pricer.recall.crowded[0], "needs more labels than haste allows"
    assert -20 * points * SCALE <= exact <= hasty <= 0.9 * exact
