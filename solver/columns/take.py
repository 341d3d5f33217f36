"""From priced days to the store."""

import numpy as np

from solver.columns.label import Priced
from solver.columns.net import Ints, Net
from solver.columns.store import Store


def routes(net: Net, priced: Priced) -> tuple[Ints, Ints]:
    """(shift, node) of every stop of the cheapest day of each shift that gains."""
    length = priced.length[:, 0]
    shift = np.repeat(np.arange(len(length), dtype=np.int64), length)
    inside = np.arange(priced.stays.shape[2]) < length[:, None]
    node: Ints = net.stays["node"][priced.stays[:, 0][inside]]
    return shift, node


def take(store: Store, net: Net, priced: Priced, keep: int, below: Ints | None = None) -> list[int]:
    """Put up to `keep` days of each shift into the store; `below` (S,): only those that cost less. Their numbers."""
    wanted = priced.length[:, :keep] > 0
    if below is not None:
        wanted &= priced.cost[:, :keep] < below[:, None]
    shifts, ranks = np.nonzero(wanted)
    node = net.stays["node"]
    rows = [
        tuple(node[priced.stays[shift, rank, : priced.length[shift, rank]]].tolist())
        for shift, rank in zip(shifts.tolist(), ranks.tolist(), strict=True)
    ]
    return [number for number in store.add(shifts.tolist(), rows) if number >= 0]
