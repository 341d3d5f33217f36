"""Asking (邀约): whoever is promised something new is asked for it, in time to ask somebody else."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import insert, update
from sqlmodel import Session, col, select

from matcher import answers, areas, clock, offers, standbys, versions
from matcher.answers import LONGEST, REFUSED
from matcher.database import seconds_now
from matcher.keys import new_key
from matcher.notices.telling import notify
from matcher.offers import BEGUN, OPEN_STATES
from matcher.standbys import Standby
from matcher.tables.offers import Offer
from matcher.tables.rosters import Roster
from matcher.tables.versions import Promise, Version
from matcher.types import NoticeKind, OfferState

BEFORE = timedelta(hours=1)
"""By then before the start somebody should have agreed."""
SHORTEST = timedelta(minutes=10)
"""To answer in."""
AWAKE_FROM, AWAKE_TO = 8, 22
"""Hours of the area's day in which an offer may run out."""


def ask(session: Session, roster: Roster, version: Version, lists: Iterable[Standby]) -> None:
    """After a version was made: ask whoever is promised something new, take back what is promised no more, and tell
    everybody whose day changed, once."""
    standing = {(row.visit_id, row.helper_id): row for row in versions.standing(session, roster.id)}
    there: set[tuple[str, str]] = set()
    for offer in offers.of_roster(session, roster.id):
        pair = (offer.visit_id, offer.helper_id)
        promise = standing.get(pair)
        holds = promise is not None and (promise.start_at, promise.end_at) == (offer.start_at, offer.end_at)
        if offer.state in BEGUN or (offer.state in OPEN_STATES and (holds or offer.is_open)):
            there.add(pair)
        elif offer.state in OPEN_STATES:
            offers.end(session, offer.id, OfferState.WITHDRAWN, col(Offer.state).in_(OPEN_STATES))
    standbys.keep(session, roster, lists, standing, version.id)
    new = [promise for pair, promise in sorted(standing.items(), key=lambda one: one[0]) if pair not in there]
    _ask_all(session, roster, new)
    waiting: dict[str, list[float]] = {}
    for offer in offers.of_roster(session, roster.id):
        if offer.state == OfferState.OFFERED:
            waiting.setdefault(offer.helper_id, []).append(offer.due)
    for told in version.told:
        _tell(session, roster, version, told, min(waiting.get(told["helper_id"], []), default=None))


def _ask_all(session: Session, roster: Roster, promises: Sequence[Promise]) -> None:
    """Many at once, in few statements: a whole sub-district is published while others wait."""
    left, refused = standbys.remaining(session, roster.id), answers.of_roster(session, roster.id).refused
    now, zone = _now(session), areas.zone(areas.get(session, roster.area_id))
    rows = []
    for one_promised in promises:
        visit_id, helper_id = one_promised.visit_id, one_promised.helper_id
        if helper_id in refused.get(visit_id, {}):
            _ask_again(session, roster.id, visit_id, helper_id)
        span = (one_promised.start_at, one_promised.end_at)
        until = due(now, span[0], len(left.get(visit_id, ())), zone)
        made = _new(roster.id, visit_id, helper_id, span, until)
        rows.append(made.model_dump())
    session.flush()
    if rows:
        session.connection().execute(insert(Offer), rows)


def offer_to(
    session: Session,
    roster: Roster,
    visit_id: str,
    helper_id: str,
    span: tuple[datetime, datetime],
    left: Mapping[str, Sequence[str]],
    *,
    rank: int = 0,
    is_open: bool = False,
) -> Offer:
    """One helper is asked; told by whoever calls. A coordinator who sends somebody again who declined asks again."""
    _ask_again(session, roster.id, visit_id, helper_id)
    until = due(_now(session), span[0], len(left.get(visit_id, ())), areas.zone(areas.get(session, roster.area_id)))
    made = _new(roster.id, visit_id, helper_id, span, until, rank=rank, is_open=is_open)
    session.add(made)
    session.flush()
    return made


def _new(
    roster_id: str,
    visit_id: str,
    helper_id: str,
    span: tuple[datetime, datetime],
    until: float,
    *,
    rank: int = 0,
    is_open: bool = False,
) -> Offer:
    return Offer(
        id=new_key("ofr"),
        roster_id=roster_id,
        visit_id=visit_id,
        helper_id=helper_id,
        start_at=span[0],
        end_at=span[1],
        rank=rank,
        due=until,
        offered_at=clock.now(),
        is_open=is_open,
    )


def _ask_again(session: Session, roster_id: str, visit_id: str, helper_id: str) -> None:
    """A coordinator sends somebody who refused: their refusal is taken back, and they are asked once more."""
    pair = (col(Offer.roster_id) == roster_id, col(Offer.visit_id) == visit_id, col(Offer.helper_id) == helper_id)
    again = update(Offer).where(*pair, col(Offer.state).in_(REFUSED))
    session.connection().execute(again.values(state=OfferState.WITHDRAWN, followed=True))


def _now(session: Session) -> datetime:
    """By the database's clock."""
    return datetime.fromtimestamp(float(session.connection().execute(select(seconds_now(session))).scalar_one()), UTC)


def due(now: datetime, start: datetime, left: int, zone: ZoneInfo) -> float:
    """Until when an answer counts, in seconds since 1970.

    What time there is until an hour before the start is shared among whoever may still be asked; an offer does not run
    out at night, unless the visit would be lost by waiting for the morning.
    """
    share = (start - BEFORE - now) / (left + 1)
    moment = now + min(LONGEST, max(SHORTEST, share))
    local = moment.astimezone(zone)
    if not AWAKE_FROM <= local.hour < AWAKE_TO:
        morning = local.replace(hour=AWAKE_FROM, minute=0, second=0, microsecond=0)
        morning += timedelta(days=1 if local.hour >= AWAKE_TO else 0)
        moment = max(moment, min(morning, start - BEFORE))
    return moment.timestamp()


def tell(session: Session, roster: Roster, offer: Offer) -> None:
    """Ask one helper about one visit."""
    span = {"visit_id": offer.visit_id, "start": offer.start_at, "end": offer.end_at}
    values = {
        **span,
        "due": datetime.fromtimestamp(offer.due, UTC),
        "path": answers.path(session, roster, offer.helper_id),
    }
    notify(
        session,
        kind=NoticeKind.OFFER,
        helper_id=offer.helper_id,
        values=values,
        subject_key=offer.id,
        urgent=offer.due - clock.now().timestamp() < SHORTEST.total_seconds() * 6,
        expires_at=datetime.fromtimestamp(offer.due, UTC),
    )


def _tell(session: Session, roster: Roster, version: Version, told: Mapping[str, Any], answer_by: float | None) -> None:
    names = {"before": "from", "after": "to"}
    changes = [
        {names.get(name, name): change[name] for name in ("kind", "visit_id", "before", "after")}
        for change in told["changes"]
    ]
    values: dict[str, Any] = {"day": roster.day, "changes": changes}
    if answer_by is not None:
        values["path"] = answers.path(session, roster, told["helper_id"])
        values["due"] = datetime.fromtimestamp(answer_by, UTC)
    notify(session, kind=NoticeKind.PUBLISHED, helper_id=told["helper_id"], values=values, subject_key=version.id)
