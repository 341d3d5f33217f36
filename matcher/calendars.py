"""Each helper's promises as a calendar feed (RFC 5545) at one secret address, which can be renewed.

Nothing is kept for the feed but the digest of its address: UIDs, sequences and states follow from the promises, the
offers and the visits, so a feed can never say something else than the roster does. Moments are in UTC: an hour is an
hour, whatever a zone does to its clocks, and no definition of a zone has to travel along.
"""

import hashlib
import re
import secrets
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from icalendar import Calendar, Event
from icalendar.prop import vDuration
from sqlmodel import Session, col, select

from matcher import clock, contacts, standbys
from matcher.errors import UnknownError
from matcher.languages import Pen
from matcher.notices.letters import titles, whereabouts
from matcher.pages import one
from matcher.tables.notices import CalendarLink
from matcher.tables.offers import Offer
from matcher.tables.people import Helper
from matcher.tables.requests import Visit
from matcher.tables.rosters import Roster
from matcher.tables.versions import Promise, Version
from matcher.types import OfferState

LOOK_BACK = timedelta(days=31)
FRESH = timedelta(minutes=15)
"""How often a calendar should look again."""
UNREADABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
"""What RFC 5545 keeps out of texts."""
UNSURE = (OfferState.DRAFT, OfferState.OFFERED)
BEGINNING = datetime(2020, 1, 1, tzinfo=UTC)
"""From when on the sequences of standbys count, in seconds: each time that they are told or answer, more."""
OFF = (OfferState.DECLINED, OfferState.LAPSED, OfferState.WITHDRAWN, OfferState.NO_SHOW)


@dataclass(frozen=True, slots=True)
class Entry:
    """One visit of one helper, as it stands after all that happened to it."""

    visit_id: str
    start: datetime
    end: datetime
    status: str
    sequence: int
    changed_at: datetime


def renew(session: Session, helper_id: str) -> str:
    """A new secret for the helper's address; the old one leads nowhere from now on. UnknownError: no such helper."""
    one(session, Helper, helper_id, "helper")
    token = secrets.token_urlsafe(32)
    session.merge(CalendarLink(helper_id=helper_id, digest=_digest(token), renewed_at=clock.now()))
    return token


def link(session: Session, helper_id: str) -> CalendarLink:
    """UnknownError: the helper has no calendar address."""
    return one(session, CalendarLink, helper_id, "calendar of the helper")


def forget(session: Session, helper_id: str) -> None:
    """The address leads nowhere from now on. UnknownError: there is none."""
    session.delete(link(session, helper_id))


def feed(session: Session, token: str) -> bytes:
    """The calendar at a secret address. UnknownError: it leads nowhere."""
    found = session.exec(select(CalendarLink).where(CalendarLink.digest == _digest(token))).one_or_none()
    if found is None:
        raise UnknownError("There is no calendar at this address.", cure="Ask for a new one; it may have been renewed.")
    helper = one(session, Helper, found.helper_id, "helper")
    pen = Pen(contacts.language_of(session, helper), contacts.zone_of(session, helper.area_id))
    return _written(session, helper, pen)


def entries(session: Session, helper_id: str) -> list[Entry]:
    """The helper's visits from a month ago on, in order of time; what was taken back is among them as cancelled."""
    promises = _promises(session, helper_id)
    told = _told(session, {promise.roster_id for rows in promises.values() for promise in rows})
    offers = _offers(session, helper_id, promises)
    gone = _cancelled(session, promises)
    made = (_entry(rows, told, offers[visit_id], gone.get(visit_id)) for visit_id, rows in promises.items())
    return sorted(made, key=lambda entry: (entry.start, entry.visit_id))


def _promises(session: Session, helper_id: str) -> dict[str, list[Promise]]:
    """By visit, each with its whole history."""
    since = clock.now() - LOOK_BACK
    recent = select(Promise.visit_id).where(Promise.helper_id == helper_id, Promise.end_at >= since)
    rows = session.exec(
        select(Promise)
        .join(Roster, col(Promise.roster_id) == col(Roster.id))
        .where(Promise.helper_id == helper_id, col(Promise.visit_id).in_(recent), col(Roster.fork_of_id).is_(None))
        .order_by(col(Promise.since), Promise.id)
    )
    found: dict[str, list[Promise]] = defaultdict(list)
    for row in rows:
        found[row.visit_id].append(row)
    return found


def _told(session: Session, roster_ids: Iterable[str]) -> Mapping[tuple[str, int], datetime]:
    rows = session.exec(select(Version).where(col(Version.roster_id).in_(sorted(roster_ids))))
    return {(row.roster_id, row.number): row.published_at for row in rows}


def _offers(session: Session, helper_id: str, visit_ids: Iterable[str]) -> Mapping[str, list[Offer]]:
    wanted = sorted(visit_ids)
    rows = session.exec(
        select(Offer).where(Offer.helper_id == helper_id, col(Offer.visit_id).in_(wanted)).order_by(Offer.id)
    )
    found: dict[str, list[Offer]] = defaultdict(list)
    for row in rows:
        found[row.visit_id].append(row)
    return found


def _cancelled(session: Session, visit_ids: Iterable[str]) -> Mapping[str, datetime]:
    rows = session.exec(select(Visit).where(col(Visit.id).in_(sorted(visit_ids)), col(Visit.cancelled_at).is_not(None)))
    return {row.id: row.cancelled_at for row in rows if row.cancelled_at is not None}


def _entry(
    rows: Sequence[Promise],
    told: Mapping[tuple[str, int], datetime],
    offers: Sequence[Offer],
    gone_at: datetime | None,
) -> Entry:
    """Every change of what a calendar shows makes the sequence greater: a promise, its end, an answer, a cancelling."""
    last = rows[-1]
    ends = [row for row, after in zip(rows, [*rows[1:], None], strict=True) if _ended(row, after)]
    answered = [offer.answered_at for offer in offers if offer.answered_at is not None]
    numbers = [(row.roster_id, row.since) for row in rows] + [(row.roster_id, row.until or 0) for row in ends]
    moments = [told[number] for number in numbers if number in told] + answered
    moments += [offer.offered_at for offer in offers] + ([gone_at] if gone_at else [])
    return Entry(
        visit_id=last.visit_id,
        start=last.start_at,
        end=last.end_at,
        status=_status(last, offers, gone_at),
        sequence=len(rows) - 1 + len(ends) + len(answered) + (gone_at is not None),
        changed_at=max(moments, default=last.start_at - LOOK_BACK),
    )


def _ended(row: Promise, after: Promise | None) -> bool:
    """Taken back, and not by another promise of the same visit at once."""
    return row.until is not None and (after is None or after.since != row.until)


def _status(last: Promise, offers: Sequence[Offer], gone_at: datetime | None) -> str:
    if last.until is not None or gone_at is not None:
        return "CANCELLED"
    if offers and offers[-1].state in OFF:
        return "CANCELLED"
    return "TENTATIVE" if offers and offers[-1].state in UNSURE else "CONFIRMED"


def _written(session: Session, helper: Helper, pen: Pen) -> bytes:
    found = entries(session, helper.id)
    named = titles(session, pen.language, [entry.visit_id for entry in found])
    calendar, title = Calendar(), pen.write("My visits")
    calendar.add("prodid", "-//Matcher//Matcher//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", _plain(f"{title} · {helper.name}"))
    calendar.add("x-wr-timezone", str(pen.zone))
    calendar.add("refresh-interval", vDuration(FRESH), parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", vDuration(FRESH))
    for entry in found:
        calendar.add_component(_event(helper.id, entry, *named.get(entry.visit_id, (pen.write("a visit"), ""))))
    _stand_by(session, calendar, helper, pen)
    return bytes(calendar.to_ical())


def _stand_by(session: Session, calendar: Calendar, helper: Helper, pen: Pen) -> None:
    """What the helper stands by for, as a perhaps: without a door, and taking no time until they are asked to come."""
    rows = standbys.everywhere(session, helper.id, clock.now() - LOOK_BACK)
    named = whereabouts(session, pen.language, [row.visit_id for row in rows])
    for row in rows:
        title, where = named[row.visit_id]
        since = row.changed_at or row.start_at
        status = "TENTATIVE"
        sequence = max(0, int((since - BEGINNING).total_seconds()))
        entry = Entry(f"{row.visit_id}.standby", row.start_at, row.end_at, status, sequence, since)
        event = _event(helper.id, entry, pen.write("Stand by: {visit}", visit=title), where)
        event["transp"] = "TRANSPARENT"
        calendar.add_component(event)


def _event(helper_id: str, entry: Entry, title: str, address: str) -> Event:
    event = Event()
    event.add("uid", f"{entry.visit_id}.{helper_id}@matcher")
    event.add("dtstamp", entry.changed_at.replace(microsecond=0))
    event.add("last-modified", entry.changed_at.replace(microsecond=0))
    event.add("dtstart", entry.start)
    event.add("dtend", entry.end)
    event.add("summary", _plain(title))
    if address:
        event.add("location", _plain(address))
    event.add("status", entry.status)
    event.add("sequence", entry.sequence)
    event.add("transp", "TRANSPARENT" if entry.status == "CANCELLED" else "OPAQUE")
    return event


def _plain(text: str) -> str:
    return UNREADABLE.sub(" ", text)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
