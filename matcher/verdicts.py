"""What the judge says of a plan, in numbers and in words, before anything of it is stored."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from matcher import refusals
from matcher.errors import HardBreachError
from matcher.sentences import told
from matcher.snapshot import Snapshot
from solver import judge
from solver.explain import Explainer, Reasons
from solver.plan import Breach, Plan


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is to be stored of a plan beside its assignments."""

    cost: int
    measures: Mapping[str, Any]
    reasons: Mapping[str, Mapping[str, Any]]
    """By the id of each visit that the plan leaves."""


def verdict(seen: Snapshot, proposed: Plan, before: Mapping[str, Mapping[str, Any]] | None = None) -> Verdict:
    """What the judge says of the plan, and why each visit that it leaves is left. Needs no database, and takes a
    while: call it before the transaction that stores the plan. Reasons that are known from `before` are taken over.

    HardBreachError: the plan breaks a rule that may not be broken.
    """
    breaches = judge.judge(seen.problem, proposed)
    if broken := judge.hard(breaches):
        named = [refusals.renamed(breach, seen.refused) for breach in broken[:3]]
        said = "; ".join(told(breach.text, breach.values, seen.names, seen.wall)["sentence"] for breach in named)
        raise HardBreachError(f"The plan breaks {len(broken)} rules that hold: {said}")
    explainer, made, known = Explainer(seen.problem, proposed), proposed.made(), before or {}
    reasons = dict(seen.left_out)
    for number, visit_id in enumerate(seen.visit_ids):
        if number not in made:
            reasons[visit_id] = known.get(visit_id) or _reasons(seen, explainer.why_unassigned(number))
    cost = sum(breach.points for breach in breaches)
    return Verdict(cost, measured(seen, proposed, breaches), reasons)


def measured(seen: Snapshot, proposed: Plan, breaches: Sequence[Breach]) -> dict[str, Any]:
    """The plan in numbers; what an override holds is counted among the assigned."""
    made = len(proposed.made()) + len(seen.held)
    visits = len(seen.visit_ids) + len(seen.left_out) + len(seen.held)
    rules = {
        name: {"count": found.count, "points": found.points}
        for name, found in judge.measures(breaches).items()
        if found.count
    }
    counts = {"visits": visits, "assigned": made, "unassigned": visits - made, "helpers": len(seen.helper_ids)}
    return {**counts, "cost": sum(breach.points for breach in breaches), "rules": rules}


def _reasons(seen: Snapshot, why: Reasons) -> Mapping[str, Any]:
    """Why a visit is left, as it is stored: the template with names put in, and what stands behind it."""
    return {
        **told(why.text, why.values, seen.names, seen.wall),
        "free": why.free,
        "points": why.points,
        "stops": [
            {**part, **told(part["text"], {"count": part["total"], "visit": stop.visit}, seen.names)}
            for stop in why.stops
            for part in refusals.stops(why.visit, stop, seen.refused)
        ],
        "nearest": [
            {
                "helper_id": seen.helper_ids[candidate.helper],
                "name": seen.names[seen.helper_ids[candidate.helper]],
                "rules": [
                    refusals.rule_of(rule, why.visit, candidate.helper, seen.refused) for rule in candidate.rules
                ],
                "travel_minutes": candidate.travel,
                "points": candidate.points,
                "start_at": candidate.start,
                "moves": candidate.moves,
            }
            for candidate in why.nearest
        ],
    }
