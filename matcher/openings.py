"""Opening (抢单) a visit to several helpers at once: the first who accepts has it."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import Session

from matcher import answers, asking, offers, pins, rosters
from matcher.errors import ConflictError, ForkError
from matcher.registers import must_exist
from matcher.tables.offers import Offer
from matcher.tables.people import Helper


def open_to(
    session: Session, roster_id: str, visit_id: str, helper_ids: Sequence[str], start_at: datetime
) -> list[Offer]:
    """Ask several at once; the first who accepts has the visit (抢单), as many as it needs.

    UnknownError: no such roster or visit. InvalidError names the field. ConflictError: everybody whom the visit needs
    is promised already.
    """
    visit = pins.check(session, roster_id, visit_id, (), start_at)
    roster = rosters.hold(session, roster_id)
    if roster.fork_of_id is not None:
        raise ForkError("Nobody is asked for a fork.", cure="Adopt it first.")
    for helper_id in helper_ids:
        must_exist(session, Helper, helper_id, "helper_ids")
    if len(offers.makers(session, roster_id, visit_id)) >= visit.people:
        raise ConflictError("Everybody whom the visit needs is promised already.")
    refused = answers.of_roster(session, roster_id).refused.get(visit_id, {})
    asked = {
        offer.helper_id
        for offer in offers.of_roster(session, roster_id)
        if offer.visit_id == visit_id and offer.state in offers.OPEN_STATES
    }
    span = (start_at, start_at + timedelta(minutes=visit.minutes))
    made = [
        asking.offer_to(session, roster, visit_id, helper_id, span, {}, is_open=True)
        for helper_id in dict.fromkeys(helper_ids)
        if helper_id not in {*refused, *asked}
    ]
    for offer in made:
        asking.tell(session, roster, offer)
    return made
