"""Refusals (谢绝): who was asked for a visit and is not sent there again, told as what it was.

The solver keeps them away as it keeps away whom the resident must not meet; people read the difference.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from matcher.types import OfferState
from solver.explain import STOPS, Stop
from solver.plan import Breach
from solver.rules import barred

Refused = Mapping[tuple[int, int], OfferState]
"""By visit and helper, as the problem numbers them; nobody whom the resident must not meet besides."""

NAME = "declined"
SAID: Mapping[OfferState, str] = {
    OfferState.DECLINED: "{helper} has declined {visit}.",
    OfferState.LAPSED: "{helper} was asked to make {visit} and did not answer in time.",
    OfferState.NO_SHOW: "{helper} did not come to {visit}.",
}
STOPPED = "{count} helpers were asked to make {visit}, and declined, did not answer in time or did not come."
TEXTS = (*SAID.values(), STOPPED)


def renamed(breach: Breach, refused: Refused) -> Breach:
    """The breach, as a refusal where it is one."""
    if breach.rule != barred.NAME:
        return breach
    state = refused.get((breach.visits[0], breach.helpers[0]))
    return breach if state is None else replace(breach, rule=NAME, text=SAID[state])


def rule_of(name: str, visit: int, helper: int, refused: Refused) -> str:
    return NAME if name == barred.NAME and (visit, helper) in refused else name


def stops(visit: int, stop: Stop, refused: Refused) -> list[dict[str, Any]]:
    """How many helpers a rule keeps from a visit: the rule, how many it stops first, how many in all, and the
    sentence's template. Those who refused stand apart; somebody asked them, so no rule before this one stopped them."""
    gone = sum(at == visit for at, _ in refused) if stop.rule == barred.NAME else 0
    kept = stop.total - gone
    told = [(NAME, min(gone, stop.helpers), gone, STOPPED)] if gone else []
    if kept:
        told.insert(0, (stop.rule, max(0, stop.helpers - gone), kept, STOPS[stop.rule]))
    return [dict(zip(("rule", "helpers", "total", "text"), one, strict=True)) for one in told]
