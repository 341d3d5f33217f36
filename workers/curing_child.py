"""The child of `workers.curing`: a fresh interpreter that searches the cures of one visit and says them as JSON."""

import json
import os
import sys
from dataclasses import asdict
from typing import Any

from solver.plan import Plan
from solver.problem import Problem
from workers.child import PLANS, PROBLEMS, cap
from workers.leash import tie


def found(problem: Problem, plan: Plan, visit: int) -> list[dict[str, Any]]:
    from solver.cures import cures  # a second of loading, and only here
    from solver.repair import Repairing

    return [
        {
            "kind": cure.kind,
            "text": cure.text,
            "values": dict(cure.values),
            "points": cure.points,
            "price": cure.price,
            "changes": cure.repair.changes,
            "helper": cure.helper,
            "start": cure.start,
            "left": list(cure.repair.left),
            "notices": [asdict(notice) for notice in cure.repair.notices],
            **differing(plan, cure.repair.plan),
        }
        for cure in cures(Repairing(problem, plan), visit)
    ]


def differing(before: Plan, after: Plan) -> dict[str, list[list[int]]]:
    """What is made otherwise: lines of visit, helper and start that are new, and of visit and helper that are gone."""
    was, now = ({(one.visit, one.helper, one.start) for one in plan.assignments} for plan in (before, after))
    return {
        "made": [list(line) for line in sorted(now - was)],
        "gone": [list(line[:2]) for line in sorted(was - now)],
    }


def main() -> None:
    tie(int(sys.argv[1]))
    said = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints must not look like an answer
    wish = json.loads(sys.stdin.buffer.readline())
    cap(wish["memory_mb"])
    problem = PROBLEMS.validate_json(sys.stdin.buffer.read())
    answer = found(problem, PLANS.validate_python(wish["plan"]), wish["visit"])
    said.write(json.dumps(answer).encode())
    said.close()


if __name__ == "__main__":
    main()
