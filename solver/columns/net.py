"""What a day may consist of: the nodes, and per shift those that it can reach and leave in time.

A node is a duty as pricing sees it. Duties of one visit that the same helpers may take share a node. A coupled visit
with several windows has a node per window, so that its people can be asked to come in the same one. Moments finer than
a window are not asked for: days at prices know nothing of each other, and what is dropped only lowers the bound.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from heapq import heappop, heappush
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from solver.columns.detours import least_rewards
from solver.columns.watch import Watch
from solver.model import Bools, Model
from solver.problem import MOST_TICKS
from solver.search.day import NEVER
from solver.search.memory import Frame, entry, fingerprint, kernel

DETOURS = 0.35
"""The share of the time that may be spent on looking which stops may be passed by."""

Ints = NDArray[np.int64]
Records = NDArray[Any]

NODE = np.dtype(
    [
        (name, "i8")
        for name in (
            *("visit", "duty", "count", "place", "duration", "opens", "closes", "due"),
            *("several", "first_window", "end_window", "window", "choice"),
        )
    ],
    align=True,
)
"""`count`: people asked for. `due`: the end of the last window if it is soft: what is late in an earlier one might have
waited for the next. `choice`: the visit, where its people choose between windows, else -1."""
STAY = np.dtype(
    [(name, "i8") for name in ("node", "soonest", "latest", "passed", f"source_{fingerprint(Path(__file__).parent)}")],
    align=True,
)
"""A node in a shift: it can be reached at `soonest`, and must start by `latest` for the way back to fit; where it earns
no more points than `passed` it may be passed by (`solver.columns.detours`).
The last field is never read: it keeps numba from mixing what was compiled at odds, as in `solver.search.memory`."""


@dataclass(frozen=True, slots=True)
class Net:
    """Nodes, and the stays of each shift in order of `latest`; `day` is the search's day with the nodes as duties."""

    day: Frame
    nodes: Records  # (N,)
    stays: Records  # (E,)
    first_stay: Ints  # (S + 1,)
    stay_shift: Ints  # (E,)

    def holds(self, shift: Ints, node: Ints) -> Bools:
        """(K,) whether each of these shifts could stop at each of these nodes."""
        known = np.unique(self.stay_shift * len(self.nodes) + self.stays["node"])
        return np.isin(shift * len(self.nodes) + node, known)


def build(model: Model, day: Frame) -> Net:
    """The net of a packed day."""
    net = build_in_time(model, day, 1, Watch(lambda: False))
    assert net is not None
    return net


def build_in_time(model: Model, day: Frame, threads: int, watch: Watch) -> Net | None:
    """The net of a packed day; None where time is over before it stands: thousands of shifts take seconds."""
    nodes = _nodes(model, day)

    def stays_of(shift: int) -> Records | None:
        return None if watch.is_over() else _stays(model, day, nodes, shift)

    with ThreadPoolExecutor(threads) as pool:
        some = list(pool.map(stays_of, range(len(day["shifts"]))))
    found = [stays for stays in some if stays is not None]
    if len(found) < len(some):
        return None
    counts = np.array([len(stays) for stays in found], np.int64)
    first_stay = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    stays = np.concatenate([np.zeros(0, STAY), *found])
    stays["passed"] = least_rewards(day, nodes, stays, first_stay, threads, watch.part(DETOURS).is_over)
    return Net(
        day=_day_of_nodes(day, nodes),
        nodes=nodes,
        stays=stays,
        first_stay=first_stay,
        stay_shift=np.repeat(np.arange(len(found), dtype=np.int64), counts),
    )


def _nodes(model: Model, day: Frame) -> Records:
    duties, windows = day["duties"], day["windows"]
    people = np.bincount(duties["twin"], minlength=len(duties))
    rows = []
    for duty in np.nonzero(duties["twin"] == np.arange(len(duties)))[0].tolist():
        record = duties[duty]
        ranges = [(int(record["first_window"]), int(record["end_window"]))]
        splits = record["coupled"] and ranges[0][1] - ranges[0][0] > 1
        if splits:
            ranges = [(window, window + 1) for window in range(*ranges[0])]
        for first, end in ranges:
            opens = max(int(record["opens"]), int(windows["opens"][first])) if end > first else NEVER
            closes = min(int(record["closes"]), int(windows["closes"][end - 1])) if end > first else -1
            if opens <= closes:
                several = int(end - first > 1 and not record["soft"])
                due = int(windows["due"][end - 1]) if record["soft"] else MOST_TICKS
                number = int(windows["number"][first])
                choice = int(record["visit"]) if splits else -1
                place, duration = int(record["place"]), int(record["duration"])
                row = (int(record["visit"]), duty, int(people[duty]), place, duration, opens, closes, due)
                rows.append((*row, several, first, end, number, choice))
    return np.array(rows, NODE)


def _day_of_nodes(day: Frame, nodes: Records) -> Frame:
    """The same day, where every node is a duty of its own that hangs on no other."""
    duties = day["duties"][nodes["duty"]]
    for name in ("opens", "closes", "several", "first_window", "end_window"):
        duties[name] = nodes[name]
    for name in ("coupled", "first_arc", "end_arc", "first_apart", "end_apart"):
        duties[name] = 0
    names = day.record.dtype.names or ()
    sizes = {name: int(day.record[name]) for name in names if name not in day.arrays and not name.startswith("source_")}
    return Frame(day.arrays | {"duties": np.ascontiguousarray(duties)}, sizes)


def _stays(model: Model, day: Frame, nodes: Records, shift: int) -> Records:
    """The nodes that some day of the shift could hold, in order of their latest start."""
    record = day["shifts"][shift]
    may = model.may[nodes["duty"], record["helper"]]
    opens = np.maximum(nodes["opens"], record["start"])
    able = np.nonzero(may & (opens <= nodes["closes"]) & (opens + nodes["duration"] <= record["limit"]))[0]
    stays = np.zeros(len(able), STAY)
    stays["node"] = able
    if len(able):
        travel = day["travel"][record["mode"]]
        _reach(record, nodes, day["windows"], travel, stays)
    stays = stays[(stays["soonest"] < NEVER) & (stays["soonest"] <= stays["latest"])]
    return stays[np.argsort(stays["latest"], kind="stable")]


@kernel
def first_start(node: Any, windows: Any, t: Any) -> Any:
    """The first moment from `t` on at which the node may start; NEVER after its last window."""
    if t < node.opens:
        t = node.opens
    if t > node.closes:
        return NEVER
    if node.several == 0:
        return t
    for i in range(node.first_window, node.end_window):
        if t <= windows[i].closes:
            return max(t, windows[i].opens)
    return NEVER


@kernel
def last_start(node: Any, windows: Any, t: Any) -> Any:
    """The last moment up to `t` at which the node may start; -1 before its first window."""
    if t > node.closes:
        t = node.closes
    if t < node.opens:
        return -1
    if node.several == 0:
        return t
    for i in range(node.end_window - 1, node.first_window - 1, -1):
        if t >= windows[i].opens:
            return min(t, windows[i].closes)
    return -1


@kernel
def within(shift: Any, travel: Any, place: Any, leg: Any) -> Any:
    """Inside the circle around the place before or around home."""
    return leg <= shift.circle or (shift.home >= 0 and travel[shift.home, place] <= shift.circle)


@entry
def _reach(shift: Any, nodes: Any, windows: Any, travel: Any, stays: Any) -> None:
    """Soonest and latest starts over all paths (Bellman and Ford), so that no triangle need hold."""
    some = nodes[stays["node"]]
    place, duration = some["place"].copy(), some["duration"].copy()
    soonest, latest = np.full(len(some), NEVER), np.full(len(some), -1)
    _soonest(shift, some, windows, travel, place, duration, soonest)
    _latest(shift, some, windows, travel, place, duration, soonest, latest)
    stays["soonest"][:] = soonest
    stays["latest"][:] = latest


@kernel
def _soonest(shift: Any, some: Any, windows: Any, travel: Any, place: Any, duration: Any, soonest: Any) -> None:
    """From the soonest to the latest (Dijkstra), along each way to those that could be reached after they open."""
    count = len(some)
    heap = [(np.int64(0), np.int64(0)) for _ in range(0)]
    for i in range(count):
        leg = travel[shift.start_place, place[i]]
        if within(shift, travel, place[i], leg):
            soonest[i] = first_start(some[i], windows, shift.start + leg)
        if soonest[i] + duration[i] <= shift.limit:
            heappush(heap, (soonest[i], np.int64(i)))
    at_first = soonest.copy()
    waiting = np.nonzero(soonest > some["opens"])[0]
    waiting = waiting[np.argsort(-at_first[waiting])]
    while heap:
        start, at = heappop(heap)
        if start > soonest[at]:
            continue
        done = start + duration[at]
        for j in waiting:
            if at_first[j] <= done:
                break
            leg = travel[place[at], place[j]]
            if soonest[j] <= done + leg or not within(shift, travel, place[j], leg):
                continue
            sooner = first_start(some[j], windows, done + leg)
            if sooner < soonest[j]:
                soonest[j] = sooner
                if sooner + duration[j] <= shift.limit:
                    heappush(heap, (sooner, j))


@kernel
def _latest(
    shift: Any, some: Any, windows: Any, travel: Any, place: Any, duration: Any, soonest: Any, latest: Any
) -> None:
    """By the way back, or else by the way to another, round by round until none may start later."""
    count = len(some)
    for i in range(count):
        if soonest[i] < NEVER:
            back = travel[place[i], shift.end_place]
            latest[i] = last_start(some[i], windows, shift.limit - back - duration[i])
    changed = True
    while changed:
        changed = False
        order = np.argsort(-latest)
        for i in range(count):
            if soonest[i] == NEVER or latest[i] == some[i].closes:
                continue
            for j in order:
                if latest[j] - duration[i] <= latest[i]:
                    break
                leg = travel[place[i], place[j]]
                t = latest[j] - duration[i] - leg
                if t <= latest[i]:
                    continue
                start = last_start(some[i], windows, t)
                if start > latest[i] and start >= soonest[i] and within(shift, travel, place[j], leg):
                    latest[i] = start
                    changed = True
