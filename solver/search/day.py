"""The day as the kernels see it: the Model packed into records, read by all threads and written by none.

Kernels get the record of a Day (what is asked) and of a State (a plan in the making, `solver.search.state`).

Duties that depend on each other (the duties of one visit, the visits of one link) form a group: they are made and left
together. Most groups hold a single duty; those of more are called coupled.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from solver.model import Model
from solver.problem import MOST_TICKS
from solver.search.memory import Frame, numbers, records
from solver.search.near import choices, near

NEVER = MOST_TICKS
TIMED, SAME_WINDOW = 0, 1
TILE = 256

Records = NDArray[Any]
Ints = NDArray[np.int64]


def _record(*names: str) -> np.dtype[Any]:
    return np.dtype([(name, "i8") for name in names], align=True)


DUTY = _record(
    *("visit", "place", "duration", "group", "burden", "purse", "community", "twin", "coupled"),
    *("opens", "closes", "soft", "several", "first_window", "end_window"),
    *("first_choice", "end_choice", "first_arc", "end_arc", "first_apart", "end_apart", "first_told", "end_told"),
)
"""`opens` and `closes` span all windows. `twin` is the first duty of the visit
that the same helpers may take."""
WINDOW = _record("number", "opens", "closes", "due")
GROUP = _record("first", "end", "priority", "size", "choices", "opens", "duration")
TOLD = _record("helper", "start", "hold")
"""Whom a duty was promised with which start; `hold`: the moment before which that helper does not start it."""
ARC = _record("other", "gap", "kind")
"""A duty starts no sooner than `gap` after `other` starts; or no sooner than the window of the other's number opens."""
SHIFT = _record(
    *("helper", "mode", "start", "end", "limit", "start_place", "end_place", "home", "circle"),
    *("rests", "rest_earliest", "rest_latest", "rest_duration"),
)
HELPER = _record("most_work", "most_visits", "community", "carried", "first_shift", "end_shift")
duty_of = records("duties", DUTY)
window_of = records("windows", WINDOW)
group_of = records("groups", GROUP)
arc_of = records("arcs", ARC)
told_of = records("told", TOLD)
shift_of = records("shifts", SHIFT)
helper_of = records("helpers", HELPER)
member_of = numbers("members", "i8")
visit_group = numbers("visit_group", "i8")
apart_of = numbers("apart", "i8")
choice_of = numbers("choices", "i4")
near_of = numbers("near", "i4", "near_size")
travel_of = numbers("travel", "i4", "place_count", "place_count")
back_of = numbers("back", "i4", "place_count", "place_count")
pair_of = numbers("pair", "i8", "helper_count")
fee_of = numbers("fee", "i8", "helper_count")
may_of = numbers("may", "i1", "helper_count")
budget_of = numbers("purse_budget", "i8")
lending_of = numbers("lending_of", "i8", "community_count")
most_lent = numbers("lending_most", "i8")


def pack(model: Model) -> Frame:
    """The Day of a model. Dense only where the model is: (V, H), (D, H) and (P, P).

    Arrays, with letters for shapes as in `solver.model` (G groups, N near visits): duties (D,), windows by duty without
    the empty ones, groups (G,), members (D,) duties by group, visit_group (V,), arcs by duty, apart by duty (who needs
    another helper), shifts (S,), helpers (H,), travel (M, P, P) from the row and back to the row, pair (V, H) points
    with the service where work costs, may (D, H), choices: shifts by duty, near (V, N) nearest first, fee (V, H).
    """
    links = _Links(model)
    visit = model.duty_visit
    duties = np.zeros(len(visit), DUTY)
    duties["visit"] = visit
    for name in ("place", "duration", "burden"):
        duties[name] = getattr(model, name)[visit]
    duties["purse"] = model.visit_purse[visit]
    duties["community"] = model.visit_community[visit]
    duties["twin"] = _twins(model)
    arrays: dict[str, NDArray[Any]] = {
        "arcs": links.arcs(duties),
        "apart": links.apart(duties),
        "windows": _windows(model, duties),
        "shifts": _shifts(model),
        "helpers": _helpers(model),
        "travel": np.ascontiguousarray(model.travel, np.int32),
        "pair": model.cost + model.work_weight * model.duration[:, None] if model.work_weight else model.cost,
        "may": model.may,
        "near": near(model),
        "fee": model.fee,
        "purse_budget": model.purse_budget,
        "lending_of": model.lending_of,
        "lending_most": model.lending_most,
        "visit_group": links.component,
    }
    _tighten(duties, arrays["arcs"])
    travel = arrays["travel"]
    arrays["back"] = travel if _is_symmetric(travel) else np.ascontiguousarray(travel.transpose(0, 2, 1))
    arrays["told"] = _told(model, duties, arrays["windows"])
    arrays["choices"] = choices(model, duties, arrays["shifts"])
    arrays["groups"], arrays["members"] = _groups(model, duties, links.component)
    arrays["duties"] = duties
    return Frame({name: np.ascontiguousarray(arrays[name]) for name in sorted(arrays)}, _sizes(model, arrays))


def _sizes(model: Model, arrays: dict[str, NDArray[Any]]) -> dict[str, int]:
    return {
        "visit_count": len(model.place),
        "group_count": len(arrays["groups"]),
        "shift_count": len(model.shift_helper),
        "helper_count": len(model.mode),
        "place_count": model.travel.shape[1],
        "near_size": arrays["near"].shape[1],
        "community_count": len(model.lending_of),
        "purse_count": len(model.purse_budget),
        "lending_count": len(model.lending_most),
        "half_hour": _half_hour(arrays["duties"]),
        "moved_rate": model.moved_weight,
        "told_tolerance": model.told_tolerance,
        **_rates(model),
    }


def _is_symmetric(travel: NDArray[np.int32]) -> bool:
    """Tile by tile, as whole rows against whole columns would leave the cache at every step."""
    tiles = range(0, travel.shape[1], TILE)
    return all(
        np.array_equal(table[i : i + TILE, j : j + TILE], table[j : j + TILE, i : i + TILE].T)
        for table in travel
        for i in tiles
        for j in range(0, i + 1, TILE)
    )


def _shifts(model: Model) -> Records:
    shifts = np.zeros(len(model.shift_helper), SHIFT)
    helper = model.shift_helper
    shifts["helper"] = helper
    shifts["mode"] = model.mode[helper]
    shifts["start"], shifts["end"] = model.shift_start, model.shift_end
    shifts["limit"] = np.minimum(model.shift_end + model.extra_time[helper], MOST_TICKS - 1)
    shifts["start_place"], shifts["end_place"] = model.start_place, model.end_place
    shifts["home"], shifts["circle"] = model.home[helper], model.circle[helper]
    shifts["rest_earliest"], shifts["rest_latest"] = model.rest_earliest[helper], model.rest_latest[helper]
    shifts["rest_duration"] = model.rest_duration[helper]
    covers = (model.shift_start <= shifts["rest_earliest"]) & (shifts["rest_latest"] <= model.shift_end)
    shifts["rests"] = (shifts["rest_earliest"] >= 0) & covers & (shifts["rest_duration"] > 0)
    return shifts


def _helpers(model: Model) -> Records:
    helpers = np.zeros(len(model.mode), HELPER)
    helpers["most_work"], helpers["most_visits"] = model.most_work, model.most_visits
    helpers["community"], helpers["carried"] = model.helper_community, model.carried_burden
    helpers["first_shift"], helpers["end_shift"] = model.first_shift[:-1], model.first_shift[1:]
    return helpers


def _rates(model: Model) -> dict[str, int]:
    """Points per tick or time, and what they mean for the search.

    `timed`: a shift's points depend on its times; `walked`: in a way that walking down the day tells; `grows`: more
    visits never make anything cheaper; `roster`: some points look at all shifts together; `limits`: there are purses or
    lendings.
    """
    is_tardy = bool(model.soft_end.any())
    rates = {
        "leg_rate": model.travel_weight + model.work_weight,
        "waiting_rate": model.waiting_weight,
        "longest_wait_rate": model.longest_wait_weight,
        "longest_idle_rate": model.longest_idle_weight,
        "extra_rate": model.extra_time_weight if model.extra_time.any() else 0,
        "tardy_rate": model.tardiness_weight if is_tardy else 0,
        "tardiest_rate": model.highest_tardiness_weight if is_tardy else 0,
        "balance_rate": model.balance_weight,
        "rest_rate": model.rest_weight,
        "fairness_rate": model.fairness_weight,
        "fair_share": model.fair_share,
    }
    roster = any(rates[name] for name in ("balance_rate", "longest_wait_rate", "longest_idle_rate", "tardiest_rate"))
    timed = roster or any(rates[name] for name in ("waiting_rate", "extra_rate", "tardy_rate"))
    shrinking = ("waiting_rate", "balance_rate", "longest_wait_rate", "longest_idle_rate")
    return rates | {
        "leaves_at_start": int(model.leaves_at_start),
        "roster": int(roster),
        "timed": int(timed),
        "walked": int(not any(rates[name] for name in ("longest_wait_rate", "longest_idle_rate"))),
        "grows": int(not any(rates[name] for name in shrinking)),
        "limits": int(len(model.purse_budget) + len(model.lending_most) > 0),
    }


def _twins(model: Model) -> Ints:
    """Per duty the first one of its visit that the same helpers may take."""
    twins = np.arange(len(model.duty_visit), dtype=np.int64)
    for first, end in zip(model.first_duty[:-1], model.first_duty[1:], strict=True):
        for duty in range(first + 1, end):
            for other in range(first, duty):
                if twins[other] == other and np.array_equal(model.may[duty], model.may[other]):
                    twins[duty] = other
                    break
    return twins


class _Links:
    """Who depends on whom: arcs in time, pairs apart, and the connected groups of visits."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.component = self._components()

    def _components(self) -> Ints:
        """(V,) group of each visit, numbered in the order of their first visits."""
        root = list(range(len(self.model.place)))

        def find(visit: int) -> int:
            while root[visit] != visit:
                root[visit] = root[root[visit]]
                visit = root[visit]
            return visit

        for first, second in zip(self.model.link_first.tolist(), self.model.link_second.tolist(), strict=True):
            low, high = sorted((find(first), find(second)))
            root[high] = low
        _, numbers = np.unique(np.array([find(visit) for visit in root], np.int64), return_inverse=True)
        return numbers.astype(np.int64)

    def arcs(self, duties: Records) -> Records:
        """Incoming arcs by duty; every partner of a duty is named by one of them."""
        found = [(duty, *arc) for duty, arc in self._arcs()]
        return _by_duty(duties, found, ARC, "first_arc", "end_arc")

    def _arcs(self) -> Iterator[tuple[int, tuple[int, int, int]]]:
        model = self.model
        for first, end in zip(model.first_duty[:-1].tolist(), model.first_duty[1:].tolist(), strict=True):
            for duty in range(first + 1, end):
                yield duty, (first, 0, TIMED)
                yield first, (duty, 0, TIMED)
        for link in range(len(model.link_first)):
            one, two = (int(model.first_duty[side[link]]) for side in (model.link_first, model.link_second))
            if model.link_timed[link]:
                yield two, (one, int(model.link_least[link]), TIMED)
                yield one, (two, -int(model.link_most[link]), TIMED)
            if model.link_same_window[link]:
                yield two, (one, 0, SAME_WINDOW)
                yield one, (two, 0, SAME_WINDOW)

    def apart(self, duties: Records) -> Ints:
        found = _by_duty(duties, sorted(set(self._apart())), np.dtype([("other", "i8")]), "first_apart", "end_apart")
        return np.ascontiguousarray(found["other"])

    def _apart(self) -> Iterator[tuple[int, int]]:
        model = self.model
        duties = [range(first, end) for first, end in zip(model.first_duty[:-1], model.first_duty[1:], strict=True)]
        for mine in duties:
            for one in mine:
                yield from ((one, two) for two in mine if one != two)
        for link in np.nonzero(model.link_apart)[0].tolist():
            for one in duties[model.link_first[link]]:
                for two in duties[model.link_second[link]]:
                    yield one, two
                    yield two, one


def _by_duty(duties: Records, rows: list[Any], dtype: np.dtype[Any], first: str, end: str) -> Records:
    """Rows (duty, *fields) as records in order of their duty, with each duty's range written into `duties`."""
    rows = sorted(rows, key=lambda row: row[0])
    counts = np.bincount(np.array([row[0] for row in rows], np.int64), minlength=len(duties))
    duties[end] = np.cumsum(counts)
    duties[first] = duties[end] - counts
    return np.array([tuple(row[1:]) for row in rows], dtype)


def _windows(model: Model, duties: Records) -> Records:
    """A start belongs to the last window that has opened by then, so a window yields to the next one."""
    found = []
    for duty, record in enumerate(duties):
        rows = list(_effective(model, int(record["visit"])))
        found += [(duty, *row) for row in rows]
        record["soft"] = model.soft_end[record["visit"]]
        record["several"] = len(rows) > 1 and not record["soft"]
        record["opens"] = rows[0][1] if rows else NEVER
        record["closes"] = rows[-1][2] if rows else -1
    return _by_duty(duties, found, WINDOW, "first_window", "end_window")


def _told(model: Model, duties: Records, windows: Records) -> Records:
    """Promises by duty. What no window allows any more, or not near enough, is not waited for."""
    by_visit: dict[int, list[tuple[int, int]]] = {}
    rows = zip(model.told_visit.tolist(), model.told_helper.tolist(), model.told_start.tolist(), strict=True)
    for visit, helper, start in rows:
        by_visit.setdefault(visit, []).append((helper, start))
    found = []
    for duty, visit in enumerate(model.duty_visit.tolist() if by_visit else ()):
        open_to = windows[duties[duty]["first_window"] : duties[duty]["end_window"]]
        for helper, start in by_visit.get(visit, ()):
            starts = np.minimum(np.maximum(open_to["opens"], start), open_to["closes"])
            near = starts[np.abs(starts - start) <= model.told_tolerance]
            hold = near[np.argmin(np.abs(near - start))] if len(near) else 0
            found.append((duty, helper, start, int(hold)))
    return _by_duty(duties, found, TOLD, "first_told", "end_told")


def _half_hour(duties: Records) -> int:
    """A 24th of the time over which visits may start."""
    able = duties[duties["opens"] < NEVER]
    if not len(able):
        return 0
    closes = np.where(able["soft"], able["opens"], able["closes"])
    return int(closes.max() - able["opens"].min()) // 24


def _effective(model: Model, visit: int) -> Iterator[tuple[int, int, int, int]]:
    """Number, first start, last start and due moment of each window in which the visit can start at all."""
    first, end = int(model.first_window[visit]), int(model.first_window[visit + 1])
    for window in range(first, end):
        opens, due = int(model.earliest[window]), int(model.latest[window])
        closes = MOST_TICKS - 1 if model.soft_end[visit] else due
        if window + 1 < end:
            closes = min(closes, int(model.earliest[window + 1]) - 1)
        if opens <= closes:
            yield window - first, opens, closes, due


def _tighten(duties: Records, arcs: Records) -> None:
    """Spread opening and closing times along the arcs; what remains is still a superset of what is possible."""
    coupled = np.nonzero(duties["end_arc"] > duties["first_arc"])[0].tolist()
    for _ in range(8):
        changed = False
        for duty in coupled:
            mine = duties[duty]
            for arc in arcs[mine["first_arc"] : mine["end_arc"]]:
                other = duties[arc["other"]]
                if arc["kind"] != TIMED or mine["opens"] == NEVER or other["opens"] == NEVER:
                    continue
                opens, closes = other["opens"] + arc["gap"], mine["closes"] - arc["gap"]
                if opens > mine["opens"]:
                    mine["opens"], changed = min(opens, NEVER), True
                if closes < other["closes"]:
                    other["closes"], changed = max(closes, -1), True
        if not changed:
            return


def _groups(model: Model, duties: Records, component: Ints) -> tuple[Records, Ints]:
    count = int(component.max()) + 1 if len(component) else 0
    of_duty = component[duties["visit"]] if count else np.zeros(0, np.int64)
    members = np.argsort(of_duty, kind="stable").astype(np.int64)
    sizes = np.bincount(of_duty, minlength=count)
    groups = np.zeros(count, GROUP)
    groups["end"] = np.cumsum(sizes)
    groups["first"] = groups["end"] - sizes
    groups["size"] = sizes
    np.add.at(groups["priority"], component, model.priority)
    groups["choices"] = MOST_TICKS
    np.minimum.at(groups["choices"], of_duty, duties["end_choice"] - duties["first_choice"])
    groups["opens"] = MOST_TICKS
    np.minimum.at(groups["opens"], of_duty, duties["opens"])
    np.add.at(groups["duration"], of_duty, duties["duration"])
    duties["group"] = of_duty
    duties["coupled"] = sizes[of_duty] > 1
    return groups, members
