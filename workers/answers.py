"""What follows from answers and from silence: offers run out, and whoever is next is asked.

Called by the sweeper every few seconds. Two sweepers do no harm: every step is a conditional UPDATE.
"""

import logging

from matcher import gaps, offers
from matcher.database import Database
from matcher.errors import MatcherError

log = logging.getLogger(__name__)


def follow_once(database: Database) -> int:
    """Let overdue offers lapse and close the gaps that are open; how many steps were made."""
    steps = _lapse(database)
    with database.reading() as session:
        waiting = gaps.waiting(session)
    for roster_id in waiting:
        try:
            steps += _close(database, roster_id)
        except MatcherError as error:  # one roster that cannot be read delays no other
            log.warning("roster %s: its gaps stay open (%s)", roster_id, error)
    return steps


def _lapse(database: Database) -> int:
    with database.reading() as session:
        late = offers.overdue(session)
    lapsed = 0
    for offer_id in late:
        with database.transaction() as session:
            lapsed += offers.lapse(session, offer_id)
    return lapsed


def _close(database: Database, roster_id: str) -> bool:
    with database.reading() as session:
        looked = gaps.look(session, roster_id)
    if looked is None:
        return False
    with database.transaction() as session:
        return gaps.close(session, looked)
