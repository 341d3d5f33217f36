"""Matcher beside four other engines: the same drawn days, the same seconds, one after the other in the same hour.

    python -m tests.benchmarks.compare --sizes S,M,L --seconds 1,5,20 --seeds 1,2,3

Every plan, ours too, is recomputed by `solver.judge`, and counts only without a hard breach. Each run has a process of
its own; compiling and stating the day are not in its seconds. Nothing is written unless --write is given.
"""

import argparse
import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from itertools import product
from pathlib import Path
from statistics import median
from typing import Any

from rich.console import Console
from rich.progress import Progress

from solver.judge import cost, hard, judge
from solver.plan import Plan
from solver.problem import Problem
from tests.benchmarks import lab
from tests.benchmarks.peers.day import Day
from tests.benchmarks.public import HOUSE, machine, put_section

OURS = "matcher"
PEERS = ("pyvrp", "vroom", "routing", "nextroute")
OVERRUN = 240.0
"""Seconds that an engine may go beyond its limit, stating the day included, before it is ended."""


@dataclass(frozen=True)
class Outcome:
    """What one engine made of one day: points, or why there is no plan."""

    engine: str
    size: str
    seconds: float
    seed: int
    points: int | None
    left: int = 0
    took: float = 0.0
    mb: int = 0
    bound: int | None = None
    trouble: str = ""


def one(engine: str, size: str, seconds: float, seed: int) -> dict[str, Any]:
    """Solve in this process and say what came of it."""
    problem = lab.make(size, seed, "common")
    plan, took = _ours(problem, seconds, seed) if engine == OURS else _theirs(engine, problem, seconds, seed)
    found = hard(judge(problem, plan))
    return {
        "points": None if found else cost(problem, plan),
        "left": len(problem.visits) - len(plan.made()),
        "took": round(took, 2),
        "mb": max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) >> 10,
        "bound": plan.bound,
        "trouble": found[0].sentence if found else "",
    }


def _ours(problem: Problem, seconds: float, seed: int) -> tuple[Plan, float]:
    from solver.solve import Limit, solve

    solve(lab.make("S", 9, "common"), Limit(seconds=1))  # compiles
    began = time.monotonic()
    plan = solve(problem, Limit(seconds=seconds, threads=2), seed)
    return plan, time.monotonic() - began


def _theirs(engine: str, problem: Problem, seconds: float, seed: int) -> tuple[Plan, float]:
    routes: Callable[..., Any] = import_module(f"tests.benchmarks.peers.{engine}").routes
    day = Day.of(problem)
    began = time.monotonic()
    found = routes(day, seconds, seed)
    return day.plan(found), time.monotonic() - began


def run(engine: str, size: str, seconds: float, seed: int) -> Outcome:
    """One engine on one day in a process of its own."""
    which = (engine, size, seconds, seed)
    words = [sys.executable, "-m", "tests.benchmarks.compare", "--one", ",".join(map(str, which))]
    try:
        done = subprocess.run(words, cwd=HOUSE, capture_output=True, text=True, timeout=seconds + OVERRUN)
    except subprocess.TimeoutExpired:
        return Outcome(*which, None, trouble=f"ended after {seconds + OVERRUN:g} s")
    if done.returncode:
        return Outcome(*which, None, trouble=(done.stderr.strip().splitlines() or ["no word"])[-1][:120])
    return Outcome(*which, **json.loads(done.stdout.splitlines()[-1]))


def rows(outcomes: Sequence[Outcome]) -> list[list[str]]:
    """Per size and limit, every engine's median over the seeds, and how far above ours it is."""
    found = []
    for size, seconds in dict.fromkeys((outcome.size, outcome.seconds) for outcome in outcomes):
        here = [outcome for outcome in outcomes if (outcome.size, outcome.seconds) == (size, seconds)]
        ours = {outcome.seed: outcome.points for outcome in here if outcome.engine == OURS}
        for engine in dict.fromkeys(outcome.engine for outcome in here):
            found.append([size, f"{seconds:g}", *_row([one for one in here if one.engine == engine], ours)])
    return found


def _row(mine: Sequence[Outcome], ours: dict[int, int | None]) -> list[str]:
    planned = [outcome for outcome in mine if outcome.points is not None]
    costs = [outcome.points / 60 for outcome in planned if outcome.points is not None]
    above = [
        outcome.points / ours[outcome.seed] - 1 for outcome in planned if outcome.points and ours.get(outcome.seed)
    ]
    gaps = [1 - outcome.bound / outcome.points for outcome in planned if outcome.bound is not None and outcome.points]
    return [
        mine[0].engine,
        f"{len(planned)} of {len(mine)}",
        f"{median(costs):,.1f}" if costs else "-",
        f"{100 * median(above):+.2f} %" if above and mine[0].engine != OURS else "-",
        f"{100 * median(gaps):.2f} %" if gaps else "-",
        f"{median(outcome.left for outcome in planned):g}" if planned else "-",
        f"{max(outcome.took for outcome in mine):.1f}",
        str(max(outcome.mb for outcome in mine)),
        next((outcome.trouble for outcome in mine if outcome.trouble), ""),
    ]


HEADINGS = ["size", "limit s", "engine", "plans", "cost, minutes", "above ours", "own gap", "left", "took s", "MB", ""]


def markdown(outcomes: Sequence[Outcome], words: Sequence[str]) -> str:
    lines = [
        f"`python -m tests.benchmarks.compare {' '.join(words)}` on {machine()}. Medians over the seeds; a day's cost",
        "is travel, fees and what is left, in minutes.\n",
        f"| {' | '.join(HEADINGS)} |",
        f"|{' --- |' * len(HEADINGS)}",
        *[f"| {' | '.join(row)} |" for row in rows(outcomes)],
    ]
    return "\n".join(lines) + "\n"


def arguments(words: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.compare", description="Matcher and its peers")
    parser.add_argument("--sizes", default="S,M,L")
    parser.add_argument("--seconds", default="1,5,20")
    parser.add_argument("--seeds", default="1,2,3")
    parser.add_argument("--engines", default=",".join((OURS, *PEERS)))
    parser.add_argument("--write", action="store_true", help="also write RESULTS.md")
    parser.add_argument("--one", default="", help="engine,size,seconds,seed: solve here and print a JSON line")
    return parser.parse_args(words)


def main(words: Sequence[str] | None = None) -> int:
    words = sys.argv[1:] if words is None else words
    asked = arguments(words)
    if asked.one:
        engine, size, seconds, seed = asked.one.split(",")
        print(json.dumps(one(engine, size, float(seconds), int(seed))))  # noqa: T201
        return 0
    every = product(
        asked.sizes.split(","), map(float, asked.seconds.split(",")), asked.engines.split(","), asked.seeds.split(",")
    )
    runs = [(engine, size, seconds, int(seed)) for size, seconds, engine, seed in every]
    with Progress(console=Console(stderr=True)) as bar:
        outcomes = [run(*which) for which in bar.track(runs, description="days")]
    text = markdown(outcomes, words)
    Console(width=160, soft_wrap=True).print(text, highlight=False, markup=False)
    if asked.write:
        put_section(Path(__file__).with_name("RESULTS.md"), "Drawn days, and four other engines", text)
    return 1 if any(outcome.points is None for outcome in outcomes if outcome.engine == OURS) else 0


if __name__ == "__main__":
    sys.exit(main())
