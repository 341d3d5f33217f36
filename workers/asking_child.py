"""The child of `workers.asking`: a fresh interpreter that works out one question and says the answer as JSON."""

import json
import os
import sys
from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from solver.plan import Plan
from solver.problem import Problem
from workers.child import PLANS, PROBLEMS, cap
from workers.curing_child import differing
from workers.leash import tie

if TYPE_CHECKING:
    from solver.changes import Change

WAITERS = 8
"""Visits that are left, the weightiest first, which are tried where a cancelled visit makes room."""


def found(problem: Problem, plan: Plan, wish: Mapping[str, Any]) -> dict[str, Any]:
    """What the solver answers, in its own numbers."""
    return _worths(problem, plan) if wish["kind"] == "worth" else _repairs(problem, plan, wish)


def _repairs(problem: Problem, plan: Plan, wish: Mapping[str, Any]) -> dict[str, Any]:
    from solver.repair import Repairing  # a second of loading, and only here

    ready = Repairing(problem, plan)
    answer = ready.after(_changes(problem, plan, wish), now=wish["now"])
    rows = [
        {
            "points": row.points - answer.before,
            "price": row.price,
            "changes": row.changes,
            "left": list(row.left),
            "notices": [asdict(notice) for notice in row.notices],
            **differing(plan, row.plan),
        }
        for row in answer.rows
    ]
    return {"hole": list(answer.hole), "rows": rows}


def _changes(problem: Problem, plan: Plan, wish: Mapping[str, Any]) -> list["Change"]:
    from solver.changes import Away, Cancelled, Wanted

    if wish["kind"] == "away":
        return [Away(wish["helper"], wish["since"], wish["until"])]
    if wish["kind"] == "urgent":
        return [Wanted(wish["visit"])]
    made = plan.made()
    left = [visit for visit in range(len(problem.visits)) if visit not in made and visit != wish["visit"]]
    waiters = sorted(left, key=lambda visit: (-problem.visits[visit].priority, visit))[:WAITERS]
    return [Cancelled(wish["visit"]), *(Wanted(visit) for visit in waiters)]


def _worths(problem: Problem, plan: Plan) -> dict[str, Any]:
    from solver.repair import Repairing
    from solver.worth import one_more

    at = {f"more for {visit.key}": number for number, visit in enumerate(problem.visits)}
    return {
        "rows": [
            {
                "points": worth.points,
                "skills": [skill.name for skill in worth.helper.skills],
                "languages": list(worth.helper.languages),
                "gender": worth.helper.gender,
                "visit": at[worth.helper.key],
                "from": worth.helper.shifts[0].start,
                "until": worth.helper.shifts[0].end,
                "made": list(worth.made),
            }
            for worth in one_more(Repairing(problem, plan))
        ]
    }


def main() -> None:
    tie(int(sys.argv[1]))
    said = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints must not look like an answer
    wish = json.loads(sys.stdin.buffer.readline())
    cap(wish["memory_mb"])
    problem = PROBLEMS.validate_json(sys.stdin.buffer.read())
    said.write(json.dumps(found(problem, PLANS.validate_python(wish["plan"]), wish)).encode())
    said.close()


if __name__ == "__main__":
    main()
