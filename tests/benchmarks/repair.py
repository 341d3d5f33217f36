"""One volunteer with at least three visits cancels: what a repair costs, by the lab's protocol.

    python -m tests.benchmarks.repair M 1

solves the drawn day of that size and seed (`tests.benchmarks.lab`), publishes the plan with a price of half an hour on
each change, then lets helpers on foot with three visits or more fall ill one at a time. Printed are means: seconds of a
repair (kernels compiled, the published plan made ready once and counted apart; `cpu_seconds` is one core's work), rise
of the cost in the lab's minutes without the price of changes, and other visits changed (beyond the lost ones). Two
lines: `people` counts who comes, as the lab does; `starts` counts starts that move by more than five minutes too.
"""

import argparse
import json
import time
from collections import Counter
from dataclasses import replace

import numpy as np

from solver.changes import Away
from solver.judge import cost, hard, judge
from solver.plan import Plan
from solver.problem import Problem, Published
from solver.repair import Repairing, Repairs
from solver.solve import Limit, solve
from tests.benchmarks import lab

PRICE = 30 * 60
FIVE_MINUTES = 300
SECONDS = {"S": 5, "M": 20, "L": 60}
TOLERANCES = {"people": None, "starts": FIVE_MINUTES}


def publish(problem: Problem, plan: Plan, tolerance: int | None) -> Problem:
    told = tuple(Published(one.visit, one.helper, one.start) for one in plan.assignments)
    return replace(problem, published=told, told_tolerance=tolerance, weights=replace(problem.weights, stability=PRICE))


def cases(problem: Problem, plan: Plan, count: int) -> list[int]:
    """Helpers on foot with three visits or more, drawn as the lab draws them."""
    loads = Counter(one.helper for one in plan.assignments)
    able = [helper for helper in sorted(loads) if loads[helper] >= 3 and problem.helpers[helper].mode == 0]
    return np.random.default_rng(0).choice(able, min(count, len(able)), replace=False).tolist()


def measured(ready: Repairing, ill: list[int], name: str) -> dict[str, object]:
    ready.after([Away(ill[0])])  # reads the compiled kernels
    seconds, worked, found = [], [], []
    for helper in ill:
        began, busy = time.perf_counter(), time.process_time()
        found.append(ready.after([Away(helper)]))
        seconds.append(time.perf_counter() - began)
        worked.append(time.process_time() - busy)
    rows = [repairs.best or repairs.rows[0] for repairs in found]
    wrong = [row for repairs, row in zip(found, rows, strict=True) if not _is_true(ready, repairs)]
    rises = [(row.points - repairs.before) / 60 for repairs, row in zip(found, rows, strict=True)]
    unmoved = [(repairs.rows[0].points - repairs.before) / 60 for repairs in found]
    return {
        "counted": name,
        "cases": len(ill),
        "seconds": round(float(np.mean(seconds)), 3),
        "slowest": round(max(seconds), 3),
        "cpu_seconds": round(float(np.mean(worked)), 3),
        "rise": round(float(np.mean(rises)), 1),
        "others_changed": round(float(np.mean([row.changes for row in rows])), 2),
        "lost": round(float(np.mean([len(repairs.hole) for repairs in found])), 1),
        "left": round(float(np.mean([len(row.left) for row in rows])), 1),
        "rise_without_a_change": round(float(np.mean(unmoved)), 1),
        "wrong": len(wrong),
    }


def _is_true(ready: Repairing, repairs: Repairs) -> bool:
    """Every row costs what the judge says of the whole day, and breaks no rule."""
    return all(
        row.cost == cost(repairs.problem, row.plan) and not hard(judge(repairs.problem, row.plan))
        for row in repairs.rows
    )


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("size", choices=sorted(SECONDS))
    parser.add_argument("seed", type=int, nargs="?", default=1)
    parser.add_argument("--variant", choices=["common", "full"], default="common")
    parser.add_argument("--seconds", type=float, help="for the plan that is published")
    parser.add_argument("--cases", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2)
    chosen = parser.parse_args(arguments)
    solve(lab.make("S", 9, chosen.variant), Limit(iterations=50))  # compiles
    problem = lab.make(chosen.size, chosen.seed, chosen.variant)
    limit = Limit(seconds=chosen.seconds or SECONDS[chosen.size], threads=chosen.threads)
    plan = solve(problem, limit, chosen.seed)
    for name, tolerance in TOLERANCES.items():
        day = publish(problem, plan, tolerance)
        began = time.perf_counter()
        ready = Repairing(day, plan)
        line = {"size": chosen.size, "seed": chosen.seed, "before": round(ready.cost / 60, 1)}
        made_ready = {"made_ready": round(time.perf_counter() - began, 3)}
        print(json.dumps(line | measured(ready, cases(problem, plan, chosen.cases), name) | made_ready))  # noqa: T201


if __name__ == "__main__":
    main()
