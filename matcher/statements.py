"""Statements (服务小结): what one helper did in a month and how heavy it was, beside the median of team and community.

It is for the helper's own eyes. Where fewer than three served there is no median, for it would tell of somebody else.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median

from sqlalchemy import func
from sqlmodel import Session, col, select

from matcher import areas, burdens, hours
from matcher.burdens import Borne
from matcher.languages import Pen
from matcher.pages import one
from matcher.tables.offers import Offer
from matcher.tables.people import Crew, Helper, Volunteer
from matcher.tables.requests import Visit
from matcher.types import OfferState, Tongue

FEWEST = 3
"""Helpers of whom a median may be told."""
DID = "In {month} you made {visits} visits and served {minutes} minutes."
WAS = "{heavy} of them were heavy, {evening} in the evening, {far} far away, {unpopular} of a kind that many decline."
TEAM = "Half of your team made at least {visits} visits, served {minutes} minutes and bore a burden of {burden}."
COMMUNITY = (
    "Half of your community made at least {visits} visits, served {minutes} minutes and bore a burden of {burden}."
)
YOURS = "Your burden was {burden}."
ALONE = "Fewer than three of your team served, so there is nothing to compare."
ALONE_HERE = "Fewer than three of your community served, so there is nothing to compare."
DECLINED = "You declined {count} offers. That counts against nobody."
MORE = "Lately you bore {points} points more than your share; the next rosters go easier on you."
LESS = "Lately you bore {points} points less than your share; the next rosters may ask more of you."
EVEN = "Lately you bore your share."
TEXTS = (DID, WAS, TEAM, COMMUNITY, YOURS, ALONE, ALONE_HERE, DECLINED, MORE, LESS, EVEN)


@dataclass(frozen=True, slots=True)
class Did:
    """What one helper did in a month; minutes are those of the ledger of hours."""

    visits: int
    minutes: int
    heavy: int
    evening: int
    far: int
    unpopular: int
    burden: int


@dataclass(frozen=True, slots=True)
class Median:
    """The middle of so many helpers who served."""

    helpers: int
    visits: float
    minutes: float
    burden: float


@dataclass(frozen=True, slots=True)
class Statement:
    """`carried`: points that the helper bore beyond their share lately; below nothing, what they are owed less."""

    helper_id: str
    month: date
    did: Did
    team: Median | None
    community: Median | None
    declined: int
    carried: int


def of_helper(session: Session, helper_id: str, month: date) -> Statement:
    """What the helper did in the month of this day. UnknownError: no such helper."""
    helper = one(session, Helper, helper_id, "helper")
    first = month.replace(day=1)
    after = (first + timedelta(days=31)).replace(day=1)
    team, community = _team(session, helper), _community(session, helper)
    made = burdens.borne(session, first, after, {helper_id, *team, *community})
    served = hours.of_helpers(session, sorted({helper_id, *team, *community}), first, after - timedelta(days=1))
    by_helper = {who: _did([row for row in made if row.helper_id == who], served.get(who, 0)) for who in _who(made)}
    declined = session.exec(
        select(func.count())
        .select_from(Offer)
        .join(Visit, col(Offer.visit_id) == col(Visit.id))
        .where(Offer.helper_id == helper_id, Offer.state == OfferState.DECLINED, Visit.day >= first, Visit.day < after)
    ).one()
    return Statement(
        helper_id=helper_id,
        month=first,
        did=by_helper.get(helper_id) or _did([], served.get(helper_id, 0)),
        team=_median([by_helper[who] for who in team if who in by_helper]),
        community=_median([by_helper[who] for who in community if who in by_helper]),
        declined=declined,
        carried=burdens.carried(session, after).get(helper_id, 0),
    )


def told(session: Session, statement: Statement, language: Tongue) -> str:
    """The statement as a person reads it, a sentence a line."""
    helper = one(session, Helper, statement.helper_id, "helper")
    pen = Pen(language, areas.zone(areas.get(session, helper.area_id)))
    did = statement.did
    lines = [
        helper.name,
        pen.write(DID, month=f"{statement.month:%Y-%m}", visits=did.visits, minutes=did.minutes),
        pen.write(WAS, heavy=did.heavy, evening=did.evening, far=did.far, unpopular=did.unpopular),
        pen.write(YOURS, burden=did.burden),
    ]
    for middle, text, alone in ((statement.team, TEAM, ALONE), (statement.community, COMMUNITY, ALONE_HERE)):
        values = {} if middle is None else {name: _plain(getattr(middle, name)) for name in _MIDDLE}
        lines.append(pen.write(text, **values) if middle else pen.write(alone))
    if statement.declined:
        lines.append(pen.write(DECLINED, count=statement.declined))
    carried = statement.carried
    lines.append(pen.write(MORE if carried > 0 else LESS, points=abs(carried)) if carried else pen.write(EVEN))
    return "\n".join(lines) + "\n"


_MIDDLE = ("visits", "minutes", "burden")


def _who(made: Sequence[Borne]) -> list[str]:
    return sorted({row.helper_id for row in made})


def _did(made: Sequence[Borne], minutes: int) -> Did:
    return Did(
        visits=len(made),
        minutes=minutes,
        heavy=sum(row.heavy >= burdens.HEAVY for row in made),
        evening=sum(row.evening for row in made),
        far=sum(row.far for row in made),
        unpopular=sum(row.unpopular for row in made),
        burden=sum(row.burden for row in made),
    )


def _median(of: Collection[Did]) -> Median | None:
    if len(of) < FEWEST:
        return None
    visits, minutes, burden = (median(getattr(did, name) for did in of) for name in _MIDDLE)
    return Median(len(of), visits, minutes, burden)


def _team(session: Session, helper: Helper) -> Sequence[str]:
    """A volunteer's team, or the crews of a crew's provider; who has none is alone."""
    team = select(Volunteer.team_id).where(Volunteer.helper_id == helper.id, col(Volunteer.team_id).is_not(None))
    provider = select(Crew.provider_id).where(Crew.helper_id == helper.id)
    mates = session.exec(select(Volunteer.helper_id).where(col(Volunteer.team_id).in_(team))).all()
    return mates or session.exec(select(Crew.helper_id).where(col(Crew.provider_id).in_(provider))).all()


def _community(session: Session, helper: Helper) -> Sequence[str]:
    """Those of the same kind who live in the same community."""
    return session.exec(select(Helper.id).where(Helper.area_id == helper.area_id, Helper.kind == helper.kind)).all()


def _plain(number: float) -> str:
    return f"{number:g}"
