"""Seeded roster days S, M, L, XL in the lab's definitions, to compare the solver with the lab's figures.

    python -m tests.benchmarks.lab M common 20 1

prints one JSON line; `objective` is in the lab's minutes. The draws follow ../shared/lab/gen.py in its order, so a day
of the same name and seed is the same day. Ticks are seconds. Variant "full" adds visits for two people on a grid of
quarter hours, the circle around home too, continuity and a limit on service.
"""

import argparse
import json
import resource
import time
from collections.abc import Iterator
from dataclasses import dataclass
from math import cos, isqrt, radians
from typing import Any

import numpy as np
from numpy.typing import NDArray

from solver.judge import cost, hard, judge
from solver.plan import Plan
from solver.problem import Helper, Problem, Shift, Skill, Travel, Visit, Weights, Window
from solver.solve import Limit, solve

SIZES = {"S": (100, 40, 1), "M": (400, 150, 1), "L": (1500, 500, 1), "XL": (6000, 2000, 4)}
"""Visits, helpers, sub-districts."""
PRIORITIES = (6000, 12000, 24000, 48000)
PROVIDER_POINTS = 1200
STRANGER_POINTS = 600
TEN_MINUTES = 600
GRID = 900
SKILLS = 180
METRES_A_SECOND = (4.5 / 3.6, 15 / 3.6)
DETOUR = 1.25
ORIGIN = (41.15, -8.61)
Array = NDArray[Any]


@dataclass
class Draws:
    """What is drawn of the visits and the helpers, in the lab's order."""

    rows: dict[str, Array]
    shifts: list[list[tuple[int, int]]]


def make(size: str, seed: int = 1, variant: str = "common") -> Problem:
    """The day as a Problem."""
    drawn = _draw(size, seed, variant)
    return Problem(
        helpers=tuple(_helpers(drawn, variant)),
        visits=tuple(_visits(drawn)),
        travel=_travel(drawn),
        weights=Weights(travel=1, fee=1, known=STRANGER_POINTS),
        ticks_per_minute=60,
    )


def _draw(size: str, seed: int, variant: str) -> Draws:
    visits, helpers, districts = SIZES[size]
    dice = np.random.default_rng(seed * 1000 + len(size) * 7 + visits)
    centres = _centres(dice, districts)
    rows: dict[str, Array] = {}
    rows["visit_lat"], rows["visit_lon"] = _places(dice, centres, visits)
    rows["helper_lat"], rows["helper_lon"] = _places(dice, centres, helpers)
    _draw_visits(dice, rows, visits, helpers)
    _draw_helpers(dice, rows, helpers)
    if variant == "full":
        rows["people"] = np.where(rows["is_pair"], 2, 1)
        rows["priority"] = np.where(rows["is_pair"], rows["priority"] * 3 // 2, rows["priority"])
        _draw_known(dice, rows, visits)
    return Draws(rows, _draw_shifts(dice, helpers))


def _centres(dice: np.random.Generator, districts: int) -> Array:
    side = isqrt(districts)
    found = []
    for district in range(districts):
        east, north = (district % side) * 6000, (district // side) * 6000
        found += [
            (east + x, north + y) for x, y in zip(dice.uniform(400, 5600, 10), dice.uniform(400, 5600, 10), strict=True)
        ]
    return np.array(found)


def _places(dice: np.random.Generator, centres: Array, count: int) -> tuple[Array, Array]:
    chosen = dice.integers(0, len(centres), count)
    spots = centres[chosen] + dice.normal(0, 380, (count, 2))
    return ORIGIN[0] + spots[:, 1] / 111195.0, ORIGIN[1] + spots[:, 0] / (111195.0 * cos(radians(ORIGIN[0])))


def _popularity() -> Array:
    share = 1 / np.arange(1, SKILLS + 1) ** 0.8
    return share / share.sum()


def _draw_visits(dice: np.random.Generator, rows: dict[str, Array], visits: int, helpers: int) -> None:
    lengths, shares = [15, 20, 30, 45, 60, 75, 90, 120], [0.12, 0.1, 0.22, 0.2, 0.18, 0.08, 0.06, 0.04]
    duration = dice.choice(lengths, visits, p=shares) * 60
    start = (8 * 60 + dice.integers(0, 44, visits) * 15) * 60
    width = dice.choice([60, 90, 120, 180, 240], visits) * 60
    latest = np.minimum(start + width, 20 * 3600 + 1800 - duration)
    rows["duration"], rows["latest"] = duration, latest
    rows["earliest"] = np.minimum(start, latest) // GRID * GRID
    rows["priority"] = np.array(PRIORITIES)[dice.choice([1, 2, 3, 4], visits, p=[0.35, 0.35, 0.2, 0.1]) - 1]
    rows["skill"] = dice.choice(SKILLS, visits, p=_popularity())
    rows["certificate"] = dice.choice([0, 1, 2], visits, p=[0.6, 0.3, 0.1])
    spoken = dice.random(visits) < 0.8
    rows["language"] = np.where(spoken, -1, dice.choice(8, visits, p=[0.3, 0.2, 0.15, 0.1, 0.1, 0.05, 0.05, 0.05]))
    rows["people"] = np.ones(visits, np.int64)
    rows["known"] = np.full(visits, -1)
    rows["barred"] = np.where(dice.random(visits) < 0.05, dice.integers(0, helpers, visits), -1)
    rows["is_pair"] = dice.random(visits) < 0.05
    rows["has_known"] = dice.random(visits) < 0.15


def _draw_helpers(dice: np.random.Generator, rows: dict[str, Array], helpers: int) -> None:
    rows["mode"] = (np.arange(helpers) % 5 == 0).astype(np.int64)
    rows["skills"] = np.zeros((helpers, SKILLS), bool)
    rows["level"] = np.zeros(helpers, np.int64)
    rows["speaks"] = np.zeros((helpers, 8), bool)
    for helper in range(helpers):
        is_provider = rows["mode"][helper] == 1
        count = int(dice.integers(30, 70)) if is_provider else int(dice.integers(12, 40))
        rows["skills"][helper, dice.choice(SKILLS, count, replace=False, p=_popularity())] = True
        rows["level"][helper] = dice.choice([1, 2]) if is_provider else dice.choice([0, 1, 2], p=[0.4, 0.45, 0.15])
        rows["speaks"][helper] = dice.random(8) < np.array([0.6, 0.4, 0.3, 0.2, 0.2, 0.1, 0.1, 0.1])


def _draw_known(dice: np.random.Generator, rows: dict[str, Array], visits: int) -> None:
    far = _metres(rows["visit_lat"], rows["visit_lon"], rows["helper_lat"], rows["helper_lon"])
    near = np.argsort(far, 1)[:, :6]
    chosen = np.nonzero(rows["has_known"])[0]
    rows["known"][chosen] = near[chosen, dice.integers(0, 6, len(chosen))]
    rows["barred"][rows["barred"] == rows["known"]] = -1


def _draw_shifts(dice: np.random.Generator, helpers: int) -> list[list[tuple[int, int]]]:
    found = []
    for helper in range(helpers):
        if helper % 5 == 0:
            start = int(dice.choice([8, 9, 10])) * 3600
            found.append([(start, start + 4 * 3600), (start + 4 * 3600 + 1800, start + 8 * 3600 + 1800)])
            continue
        length = int(dice.choice([2, 2.5, 3, 3.5, 4]) * 3600)
        start = int(dice.integers(16, 34)) * 1800
        shifts = [(start, start + length)]
        if dice.random() < 0.4:
            second = int(dice.choice([2, 2.5, 3]) * 3600)
            again = start + length + int(dice.integers(1, 5)) * 1800
            if again + second <= 21 * 3600:
                shifts.append((again, again + second))
        found.append(shifts)
    return found


def _metres(lat: Array, lon: Array, other_lat: Array, other_lon: Array) -> Array:
    """Along the great circle."""
    one, two = np.radians(lat[:, None]), np.radians(other_lat[None, :])
    turn = np.radians(other_lon[None, :] - lon[:, None])
    half = np.sin((two - one) / 2) ** 2 + np.cos(one) * np.cos(two) * np.sin(turn / 2) ** 2
    return 2 * 6371000.0 * np.arcsin(np.sqrt(half))


def _travel(drawn: Draws) -> tuple[Travel, ...]:
    lat = np.concatenate([drawn.rows["visit_lat"], drawn.rows["helper_lat"]])
    lon = np.concatenate([drawn.rows["visit_lon"], drawn.rows["helper_lon"]])
    far = np.concatenate([_metres(lat[i : i + 500], lon[i : i + 500], lat, lon) for i in range(0, len(lat), 500)])
    np.fill_diagonal(far, 0)
    names = zip(("walk", "bicycle"), METRES_A_SECOND, strict=True)
    return tuple(Travel.of(name, np.ceil(far * DETOUR / speed).astype(np.int64)) for name, speed in names)


def _helpers(drawn: Draws, variant: str) -> Iterator[Helper]:
    rows = drawn.rows
    visits = len(rows["visit_lat"])
    for number, shifts in enumerate(drawn.shifts):
        is_provider = number % 5 == 0
        home = visits + number
        levels = [Skill(f"level {level}") for level in range(1, int(rows["level"][number]) + 1)]
        long_day = sum(end - start for start, end in shifts)
        yield Helper(
            key=f"h{number}",
            shifts=tuple(Shift(start, end, home, home) for start, end in shifts),
            mode=int(is_provider),
            skills=(*(Skill(f"skill {skill}") for skill in np.nonzero(rows["skills"][number])[0]), *levels),
            languages=tuple(f"language {language}" for language in np.nonzero(rows["speaks"][number])[0]),
            home=home if variant == "full" else None,
            circle=None if is_provider else TEN_MINUTES,
            visit_cost=100 * PROVIDER_POINTS if is_provider else 0,
            most_work=int(long_day * 0.7) if variant == "full" and len(shifts) > 1 and not is_provider else None,
        )


def _visits(drawn: Draws) -> Iterator[Visit]:
    for number, row in enumerate(zip(*(drawn.rows[name].tolist() for name in _VISIT), strict=True)):
        visit: dict[str, Any] = dict(zip(_VISIT, row, strict=True))
        yield Visit(
            key=f"v{number}",
            place=number,
            windows=tuple(_windows(visit)),
            duration=visit["duration"],
            skills=(f"skill {visit['skill']}", *([f"level {visit['certificate']}"] if visit["certificate"] else [])),
            languages=(f"language {visit['language']}",) if visit["language"] >= 0 else (),
            people=visit["people"],
            priority=visit["priority"],
            barred=(visit["barred"],) if visit["barred"] >= 0 else (),
            known=(visit["known"],) if visit["known"] >= 0 else (),
        )


_VISIT = (
    *("duration", "earliest", "latest", "priority", "skill", "certificate", "language", "people"),
    *("barred", "known"),
)


def _windows(visit: dict[str, Any]) -> Iterator[Window]:
    if visit["people"] == 1:
        yield Window(visit["earliest"], visit["latest"])
        return
    first = -(-visit["earliest"] // GRID) * GRID
    for moment in range(first, visit["latest"] + 1, GRID):
        yield Window(moment, moment)


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("size", choices=sorted(SIZES))
    parser.add_argument("variant", choices=["common", "full"])
    parser.add_argument("seconds", type=float)
    parser.add_argument("seed", type=int, nargs="?", default=1)
    parser.add_argument("--threads", type=int, default=2)
    chosen = parser.parse_args(arguments)
    solve(make("S", 9, chosen.variant), Limit(iterations=50))  # compiles
    began = time.monotonic()
    problem = make(chosen.size, chosen.seed, chosen.variant)
    made = time.monotonic()
    seen: list[tuple[float, int]] = []

    def see(plan: Plan) -> None:
        seen.append((time.monotonic() - made, plan.objective or 0))

    plan = solve(problem, Limit(seconds=chosen.seconds, threads=chosen.threads), chosen.seed, on_incumbent=see)
    ended = time.monotonic()
    breaches = judge(problem, plan)
    line = {
        "size": chosen.size,
        "variant": chosen.variant,
        "seed": chosen.seed,
        "objective": round((plan.objective or 0) / 60, 1),
        "bound": None if plan.bound is None else round(plan.bound / 60, 1),
        "gap": None if plan.bound is None else round(100 * ((plan.objective or 0) / plan.bound - 1), 3),
        "judged": round(cost(problem, plan) / 60, 1),
        "hard": len(hard(breaches)),
        "seconds": round(ended - made, 2),
        "at": {str(t): round(_at(seen, t) / 60, 1) for t in (1, 5, 10, 20, 60) if t <= chosen.seconds},
        "made_in": round(made - began, 2),
        "first_at": round(seen[0][0], 2),
        "mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }
    print(json.dumps(line))  # noqa: T201


def _at(seen: list[tuple[float, int]], seconds: float) -> int:
    return min((points for moment, points in seen if moment <= seconds), default=0)


if __name__ == "__main__":
    main()
