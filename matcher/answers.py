"""What helpers have answered about a roster's visits, as the solver and the judge must heed it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, select

from matcher.tables.offers import Offer
from matcher.types import OfferState

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
