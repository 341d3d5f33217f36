"""What reports say of their facts: one pure function each. Where there is nothing to divide by, there is no share."""

from collections import defaultdict
from collections.abc import Sequence
from math import ceil
from statistics import mean, median

from matcher.report_facts import AnswerFact, DaysFact, ServedFact, VisitFact
from matcher.types import OfferState

AGREED = (OfferState.ACCEPTED, OfferState.CHECKED_IN, OfferState.DONE, OfferState.NO_SHOW)
ANSWERED = (*AGREED, OfferState.DECLINED)
TEN = 10
"""Minutes of the circle."""
Sums = dict[str, float | None]


def coverage(visits: Sequence[VisitFact]) -> Sums:
    covered = sum(visit.promised >= visit.people for visit in visits)
    return {
        **{"visits": len(visits), "covered": covered, "left": len(visits) - covered},
        "served": sum(visit.served for visit in visits),
        "covered_share": share(covered, len(visits)),
    }


def hours(served: Sequence[ServedFact]) -> Sums:
    return {
        "volunteers_minutes": sum(one.minutes for one in served if not one.is_crew),
        "crews_minutes": sum(one.minutes for one in served if one.is_crew),
        "served_visits": len(served),
        "helpers": len({one.helper_id for one in served}),
    }


def fairness(borne: Sequence[tuple[str, int]]) -> Sums:
    """How burden is spread among those who served; the fifth who bore most would bear 20 % if all bore alike."""
    by_helper: dict[str, int] = defaultdict(int)
    for helper_id, burden in borne:
        by_helper[helper_id] += burden
    loads = sorted(by_helper.values(), reverse=True)
    return {
        "helpers": len(loads),
        "mean_burden": round(mean(loads), 1) if loads else None,
        "median_burden": round(median(loads), 1) if loads else None,
        "most_burden": loads[0] if loads else None,
        "top_fifth_share": share(sum(loads[: ceil(len(loads) / 5)]), sum(loads)),
    }


def utilisation(days: Sequence[DaysFact]) -> Sums:
    free, promised = sum(one.free for one in days), sum(one.promised for one in days)
    return {
        **{"helpers": len(days), "free_minutes": free, "promised_minutes": promised},
        "used_share": share(promised, free),
    }


def response(answers: Sequence[AnswerFact]) -> Sums:
    waits = [one.minutes for one in answers if one.state in ANSWERED and one.minutes is not None]
    return {
        "offers": len(answers),
        "accepted": sum(one.state in AGREED for one in answers),
        "declined": sum(one.state == OfferState.DECLINED for one in answers),
        "lapsed": sum(one.state == OfferState.LAPSED for one in answers),
        "median_answer": round(median(waits), 1) if waits else None,
    }


def circle(ways: Sequence[int]) -> Sums:
    within = sum(way <= TEN for way in ways)
    return {
        **{"visits": len(ways), "within_ten": within, "within_share": share(within, len(ways))},
        "median_way": round(median(ways), 1) if ways else None,
        "farthest_way": max(ways) if ways else None,
    }


def share(part: float, whole: float) -> float | None:
    """Per cent, to one place."""
    return round(100 * part / whole, 1) if whole else None
