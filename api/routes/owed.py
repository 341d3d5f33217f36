"""What waits for a provider's answer, and what it is owed."""

from fastapi import APIRouter

from api.doors import Reading, Shape
from matcher import crews, owed, providers
from matcher.crews import Asked
from matcher.owed import Line
from matcher.types import AwareTime, Day, Key

router = APIRouter(tags=["providers"])


class WaitingOut(Shape):
    """Who is visited and where is told once the crew has accepted."""

    id: str
    visit_id: str
    helper_id: str
    service: str
    start_at: AwareTime
    end_at: AwareTime
    due: AwareTime
    is_open: bool
    fee: int


class WaitingsOut(Shape):
    rows: list[WaitingOut]


class PartsOut(Shape):
    """Fen: what is charged, and what of it a purse pays, the resident, and nobody yet."""

    fee: int
    purse: int
    resident: int
    open: int


class OwedLineOut(Shape):
    visit_id: str
    helper_id: str
    day: Day
    start_at: AwareTime
    end_at: AwareTime
    minutes: int
    service: str
    purse: str | None
    standing: owed.Standing
    parts: PartsOut


class OwedOut(Shape):
    """`total` counts what was served; the other rows say what may come to it."""

    provider_id: str
    since: Day
    until: Day
    total: PartsOut
    rows: list[OwedLineOut]


@router.get("/providers/{provider_id}/offers")
def offers(provider_id: Key, session: Reading) -> WaitingsOut:
    """What waits for the provider's answer, the most urgent first."""
    providers.get(session, provider_id)
    return WaitingsOut(rows=[_waiting(line) for line in crews.waiting(session, provider_id)])


@router.get("/providers/{provider_id}/owed")
def of_provider(provider_id: Key, session: Reading, since: Day, until: Day) -> OwedOut:
    """What the provider's crews have earned in a period, both days included, and who pays which part."""
    found = owed.of_provider(session, provider_id, since, until)
    return OwedOut(
        provider_id=provider_id,
        since=since,
        until=until,
        total=PartsOut.model_validate(found.total),
        rows=[_owed(line) for line in found.lines],
    )


def _waiting(line: Asked) -> WaitingOut:
    return WaitingOut(
        id=line.offer_id,
        visit_id=line.visit_id,
        helper_id=line.helper_id,
        service=line.service.zh,
        start_at=line.start,
        end_at=line.end,
        due=line.due,
        is_open=line.is_open,
        fee=line.fee,
    )


def _owed(line: Line) -> OwedLineOut:
    return OwedLineOut(
        visit_id=line.visit_id,
        helper_id=line.helper_id,
        day=line.day,
        start_at=line.start,
        end_at=line.end,
        minutes=line.minutes,
        service=line.service.zh,
        purse=line.purse,
        standing=line.standing,
        parts=PartsOut.model_validate(line.parts),
    )
