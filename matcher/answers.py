"""What helpers have answered about a roster's visits, as the solver and the judge must heed it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlmodel import Session, select

from matcher import clock, links
from matcher.tables.offers import Offer
from matcher.tables.rosters import Roster
from matcher.types import OfferState

PURPOSE = "answer"
LONGEST = timedelta(hours=24)
"""To answer in."""
AGREED = (OfferState.ACCEPTED, OfferState.CHECKED_IN, OfferState.DONE)
REFUSED = (OfferState.DECLINED, OfferState.LAPSED, OfferState.NO_SHOW)


@dataclass(frozen=True, slots=True)
class Answers:
    """By visit."""

    agreed: Mapping[str, Mapping[str, datetime]]
    """Who agreed, and to which start."""
    refused: Mapping[str, Mapping[str, OfferState]]
    """Who is not sent again, and why."""


def of_roster(session: Session, roster_id: str) -> Answers:
    agreed: dict[str, dict[str, datetime]] = {}
    refused: dict[str, dict[str, OfferState]] = {}
    for row in session.exec(select(Offer).where(Offer.roster_id == roster_id).order_by(Offer.id)):
        if row.state in AGREED:
            agreed.setdefault(row.visit_id, {})[row.helper_id] = row.start_at
        elif row.state in REFUSED:
            refused.setdefault(row.visit_id, {})[row.helper_id] = OfferState(row.state)
    return Answers(agreed, refused)


def path(session: Session, roster: Roster, helper_id: str) -> str:
    """Where this helper, and nobody else, answers what they are asked of this roster."""
    until = datetime.combine(roster.day + timedelta(days=2), datetime.min.time(), UTC)
    return f"/o/{links.sign(session, PURPOSE, f'{roster.id}.{helper_id}', max(until, clock.now() + LONGEST))}"


def opened(session: Session, token: str) -> tuple[str, str]:
    """The roster and the helper of a link. UnknownError: it leads nowhere, or its time is over."""
    roster_id, _, helper_id = links.opened(session, PURPOSE, token).partition(".")
    return roster_id, helper_id
