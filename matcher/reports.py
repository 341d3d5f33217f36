"""Reports: how the days went, by community and in all; read anew from what happened, nothing is kept for them.

Each report is a list of facts, one of which belongs to one area, and a summary of any of them: so a community's figures
and the total mean the same.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from sqlmodel import Session, col, select

from matcher import report_facts as facts
from matcher import report_sums as sums
from matcher.errors import InvalidError
from matcher.reach import Reach
from matcher.report_facts import Asked
from matcher.rosters import Names, names
from matcher.tables.areas import Area
from matcher.types import Tier

LONGEST = 92
"""Days that one report looks at."""
USUAL = timedelta(days=27)
Values = Mapping[str, float | None]


class ReportName(StrEnum):
    """覆盖率, 服务时长, 公平性, 利用率, 响应时间, 服务圈."""

    COVERAGE = "coverage"
    HOURS = "hours"
    FAIRNESS = "fairness"
    UTILISATION = "utilisation"
    RESPONSE = "response"
    CIRCLE = "circle"


class Unit(StrEnum):
    """How a figure is to be read."""

    COUNT = "count"
    MINUTES = "minutes"
    PERCENT = "percent"
    POINTS = "points"


@dataclass(frozen=True, slots=True)
class Row:
    """One area's figures."""

    area_id: str
    area: Names
    values: Values


@dataclass(frozen=True, slots=True)
class Report:
    """Figures by community, and of all together; both days included."""

    name: ReportName
    since: date
    until: date
    columns: Mapping[str, Unit]
    rows: tuple[Row, ...]
    total: Values


COLUMNS: Mapping[ReportName, Mapping[str, Unit]] = {
    ReportName.COVERAGE: {
        **{"visits": Unit.COUNT, "covered": Unit.COUNT, "left": Unit.COUNT},
        **{"served": Unit.COUNT, "covered_share": Unit.PERCENT},
    },
    ReportName.HOURS: {
        **{"volunteers_minutes": Unit.MINUTES, "crews_minutes": Unit.MINUTES},
        **{"served_visits": Unit.COUNT, "helpers": Unit.COUNT},
    },
    ReportName.FAIRNESS: {
        **{"helpers": Unit.COUNT, "mean_burden": Unit.POINTS, "median_burden": Unit.POINTS},
        **{"most_burden": Unit.POINTS, "top_fifth_share": Unit.PERCENT},
    },
    ReportName.UTILISATION: {
        **{"helpers": Unit.COUNT, "free_minutes": Unit.MINUTES},
        **{"promised_minutes": Unit.MINUTES, "used_share": Unit.PERCENT},
    },
    ReportName.RESPONSE: {
        **{"offers": Unit.COUNT, "accepted": Unit.COUNT, "declined": Unit.COUNT, "lapsed": Unit.COUNT},
        "median_answer": Unit.MINUTES,
    },
    ReportName.CIRCLE: {
        **{"visits": Unit.COUNT, "within_ten": Unit.COUNT, "within_share": Unit.PERCENT},
        **{"median_way": Unit.MINUTES, "farthest_way": Unit.MINUTES},
    },
}
_READ: Mapping[ReportName, tuple[Callable[[Session, Asked], list[Any]], Callable[[Sequence[Any]], Values]]] = {
    ReportName.COVERAGE: (facts.visits, sums.coverage),
    ReportName.HOURS: (facts.served, sums.hours),
    ReportName.FAIRNESS: (facts.borne, sums.fairness),
    ReportName.UTILISATION: (facts.days, sums.utilisation),
    ReportName.RESPONSE: (facts.answers, sums.response),
    ReportName.CIRCLE: (facts.ways, sums.circle),
}


def period(today: date, since: date | None, until: date | None) -> tuple[date, date]:
    """Four weeks up to today, as far as nothing else was asked for."""
    last = until or max(since or today, today)
    return since or last - USUAL, last


def read(
    session: Session, name: ReportName, reach: Reach, since: date, until: date, area_ids: Sequence[str] | None = None
) -> Report:
    """Of what lies within reach, and within these areas if they are named. InvalidError: the days run backward, or are
    too many."""
    if until < since:
        raise InvalidError(f"{until} is before {since}.", field="until")
    if (until - since).days >= LONGEST:
        raise InvalidError(f"The days are more than {LONGEST}.", cure="Ask for three months at most.", field="until")
    within = [] if area_ids is None else [col(Area.id).in_(list(area_ids))]
    inside = session.exec(select(Area).where(reach.holds(Area), *within).order_by(col(Area.number), Area.id)).all()
    load, summary = _READ[name]
    by_area: dict[str, list[Any]] = defaultdict(list)
    for area_id, fact in load(session, Asked(frozenset(area.id for area in inside), since, until)):
        by_area[area_id].append(fact)
    rows = tuple(
        Row(area.id, names(area), summary(by_area[area.id]))
        for area in inside
        if area.tier == Tier.COMMUNITY or area.id in by_area
    )
    total = summary([fact for mine in by_area.values() for fact in mine])
    return Report(name, since, until, COLUMNS[name], rows, total)
