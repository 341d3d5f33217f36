"""What a day may consist of: the nodes, and per shift those that it can reach and leave in time.

A node is a duty as pricing sees it. Duties of one visit that the same helpers may take share a node. A coupled visit
with several windows has a node per window, so that its people can be asked to come in the same one. Moments finer than
a window are not asked for: days at prices know nothing of each other, and what is dropped only lowers the bound.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from solver.model import Model
from solver.problem import MOST_TICKS
from solver.search.day import NEVER
from solver.search.memory import Frame, entry, fingerprint, kernel

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
    [(name, "i8") for name in ("node", "soonest", "latest", f"source_{fingerprint(Path(__file__).parent)}")], align=True
)
"""A node in a shift: it can be reached at `soonest`, and must start by `latest` for the way back to fit.
The last field is never read: it keeps numba from mixing what was compiled at odds, as in `solver.search.memory`."""


@dataclass(frozen=True, slots=True)
class Net:
    """Nodes, and the stays of each shift in order of `latest`; `day` is the search's day with the nodes as duties."""

    day: Frame
    nodes: Records  # (N,)
    stays: Records  # (E,)
    first_stay: Ints  # (S + 1,)
    stay_shift: Ints  # (E,)


def build(model: Model, day: Frame) -> Net:
    """The net of a packed day."""
    net = build_in_time(model, day, lambda: False)
    assert net is not None
    return net


def build_in_time(model: Model, day: Frame, is_over: Callable[[], bool]) -> Net | None:
    """The net of a packed day; None where time is over before it stands: thousands of shifts take seconds."""
    nodes = _nodes(model, day)
    found = []
    for shift in range(len(day["shifts"])):
        if is_over():
            return None
        found.append(_stays(model, day, nodes, shift))
    counts = np.array([len(stays) for stays in found], np.int64)
    return Net(
        day=_day_of_nodes(day, nodes),
        nodes=nodes,
        stays=np.concatenate([np.zeros(0, STAY), *found]),
        first_stay=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
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
        _reach(record, nodes, day["windows"], travel, stays, np.zeros(len(able) + 1, np.int64))
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
def _reach(shift: Any, nodes: Any, windows: Any, travel: Any, stays: Any, queue: Any) -> None:
    """Soonest and latest starts over all paths (Bellman and Ford), so that no triangle need hold."""
    count = len(stays)
    queued = np.zeros(count, np.bool_)
    head = tail = 0
    for i in range(count):
        node = nodes[stays[i].node]
        leg = travel[shift.start_place, node.place]
        stays[i].soonest = NEVER
        if within(shift, travel, node.place, leg):
            stays[i].soonest = first_start(node, windows, shift.start + leg)
        if stays[i].soonest < NEVER:
            queue[tail] = i
            tail += 1
            queued[i] = True
    while head != tail:
        i = queue[head]
        head = (head + 1) % (count + 1)
        queued[i] = False
        node = nodes[stays[i].node]
        t = stays[i].soonest + node.duration
        if t > shift.limit:
            continue
        for j in range(count):
            other = nodes[stays[j].node]
            if stays[j].soonest <= t or stays[j].soonest == other.opens:
                continue
            leg = travel[node.place, other.place]
            start = first_start(other, windows, t + leg)
            if start < stays[j].soonest and within(shift, travel, other.place, leg):
                stays[j].soonest = start
                if not queued[j]:
                    queue[tail] = j
                    tail = (tail + 1) % (count + 1)
                    queued[j] = True
    head = tail = 0
    for i in range(count):
        node = nodes[stays[i].node]
        stays[i].latest = -1
        if stays[i].soonest == NEVER:
            continue
        stays[i].latest = last_start(node, windows, shift.limit - travel[node.place, shift.end_place] - node.duration)
        if stays[i].latest >= 0:
            queue[tail] = i
            tail += 1
            queued[i] = True
    while head != tail:
        i = queue[head]
        head = (head + 1) % (count + 1)
        queued[i] = False
        node = nodes[stays[i].node]
        for j in range(count):
            other = nodes[stays[j].node]
            t = stays[i].latest - other.duration
            if stays[j].soonest > t or stays[j].latest >= t or stays[j].latest == other.closes:
                continue
            leg = travel[other.place, node.place]
            start = last_start(other, windows, t - leg)
            if start > stays[j].latest and within(shift, travel, node.place, leg):
                stays[j].latest = start
                if not queued[j]:
                    queue[tail] = j
                    tail = (tail + 1) % (count + 1)
                    queued[j] = True
