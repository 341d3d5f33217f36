"""What volunteers arrange among themselves: giving a promise back, and letting another take it over."""

from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import Field, model_validator

from api.doors import After, Limit, Listed, Reading, Shape, Where, Writing
from api.routes.attendance import Reason, Token
from matcher import attendance, exchanges, releases, swaps
from matcher.database import Database
from matcher.errors import UnknownError
from matcher.tables.exchanges import Release, Swap
from matcher.types import AwareTime, Key, Name, ReleaseState, SwapState

router = APIRouter(tags=["exchanges"])
Minutes = Annotated[int, Field(ge=0, le=10_080, description="Before the start")]


class AskerIn(Shape):
    """One of: the helper's own link, or the name of who speaks for them at the desk."""

    link: Token | None = None
    by: Name | None = None

    @model_validator(mode="after")
    def _is_one(self) -> "AskerIn":
        if (self.link is None) == (self.by is None):
            raise ValueError("Give one of: link, or by.")
        return self


class ReleaseIn(AskerIn):
    reason: Reason


class ByIn(Shape):
    by: Name


class ReleaseOut(Shape):
    id: str
    roster_id: str
    visit_id: str
    helper_id: str
    state: ReleaseState
    reason: str
    asked_at: AwareTime
    decided_at: AwareTime | None
    decided_by: str


class ReleasesOut(Listed):
    rows: list[ReleaseOut]


class SwapIn(AskerIn):
    """`for_id`: the assignment of the other that is given in return; without it, they only take over."""

    helper_id: Key
    for_id: Key | None = None
    reason: Reason


class SwapOut(Shape):
    id: str
    roster_id: str
    visit_id: str
    helper_id: str
    other_helper_id: str
    other_promise_id: str | None
    state: SwapState
    reason: str
    asked_at: AwareTime
    ended_at: AwareTime | None
    decided_by: str


class SwapsOut(Listed):
    rows: list[SwapOut]


class SwapLinkOut(Shape):
    link: str


class ExchangeRuleIn(Shape):
    release_minutes: Minutes
    swap_minutes: Minutes
    needs_approval: bool


class ExchangeRuleOut(ExchangeRuleIn):
    area_id: str


@router.get("/areas/{area_id}/exchange-rule")
def rules(area_id: Key, session: Reading) -> ExchangeRuleOut:
    """The area's own rule, otherwise that of the nearest area around it, otherwise two hours and one."""
    return _rules(area_id, exchanges.rules(session, area_id))


@router.put("/areas/{area_id}/exchange-rule")
def set_rules(area_id: Key, body: ExchangeRuleIn, session: Writing) -> ExchangeRuleOut:
    return _rules(area_id, exchanges.set_rules(session, area_id, exchanges.Rules(**body.model_dump())))


@router.post("/assignments/{assignment_id}/release")
def release(assignment_id: Key, body: ReleaseIn, where: Where) -> ReleaseOut:
    """200 once, 409 after. Somebody else is asked then, by itself; state `asked` waits for a coordinator."""
    _check_own(where, assignment_id, body.link)
    with where.transaction() as session:
        return _release(releases.ask(session, assignment_id, body.reason, body.by or ""))


@router.get("/releases")
def listed(session: Reading, after: After = None, limit: Limit = 50, state: ReleaseState | None = None) -> ReleasesOut:
    page = releases.listed(session, after=after, limit=limit, state=state)
    return ReleasesOut(rows=[_release(row) for row in page.rows], after=page.after)


@router.post("/releases/{release_id}/approve")
def approve_release(release_id: Key, body: ByIn, session: Writing) -> ReleaseOut:
    return _release(releases.decide(session, release_id, agrees=True, by=body.by))


@router.post("/releases/{release_id}/refuse")
def refuse_release(release_id: Key, body: ByIn, session: Writing) -> ReleaseOut:
    return _release(releases.decide(session, release_id, agrees=False, by=body.by))


@router.post("/assignments/{assignment_id}/swap", status_code=201)
def swap(assignment_id: Key, body: SwapIn, where: Where, response: Response) -> SwapOut:
    """Ask another volunteer to take a promise over; judged at once, and again when they accept."""
    _check_own(where, assignment_id, body.link)
    with where.reading() as session:
        looked = swaps.look(session, assignment_id, body.helper_id, body.for_id)
    with where.transaction() as session:
        row = swaps.ask(session, looked, assignment_id, body.helper_id, body.for_id, body.reason)
        response.headers["Location"] = f"/v1/swaps/{row.id}"
        return _swap(row)


@router.get("/swaps")
def listed_swaps(session: Reading, after: After = None, limit: Limit = 50, state: SwapState | None = None) -> SwapsOut:
    page = swaps.listed(session, after=after, limit=limit, state=state)
    return SwapsOut(rows=[_swap(row) for row in page.rows], after=page.after)


@router.get("/swaps/{swap_id}")
def one_swap(swap_id: Key, session: Reading) -> SwapOut:
    return _swap(swaps.get(session, swap_id))


@router.post("/swaps/{swap_id}/link")
def link(swap_id: Key, session: Writing) -> SwapLinkOut:
    """The link of whoever is asked, to be sent to nobody else."""
    return SwapLinkOut(link=swaps.link(session, swap_id))


@router.post("/swaps/{swap_id}/accept")
def accept(swap_id: Key, body: AskerIn, where: Where) -> SwapOut:
    """The other agrees: 200 once, 409 after. It stands at once, or waits for a coordinator."""
    _check_others(where, swap_id, body.link)
    with where.reading() as session:
        looked = swaps.look_again(session, swap_id)
    with where.transaction() as session:
        return _swap(swaps.accept(session, looked, swap_id))


@router.post("/swaps/{swap_id}/decline")
def decline(swap_id: Key, body: AskerIn, where: Where) -> SwapOut:
    _check_others(where, swap_id, body.link)
    with where.transaction() as session:
        return _swap(swaps.end(session, swap_id, SwapState.DECLINED))


@router.post("/swaps/{swap_id}/withdraw")
def withdraw(swap_id: Key, body: ByIn, session: Writing) -> SwapOut:
    """Whoever asked thinks otherwise."""
    return _swap(swaps.end(session, swap_id, SwapState.WITHDRAWN, body.by))


@router.post("/swaps/{swap_id}/approve")
def approve(swap_id: Key, body: ByIn, where: Where) -> SwapOut:
    """A coordinator agrees to what both agreed to; judged on the day as it is now."""
    with where.reading() as session:
        looked = swaps.look_again(session, swap_id)
    with where.transaction() as session:
        return _swap(swaps.approve(session, looked, swap_id, body.by))


@router.post("/swaps/{swap_id}/refuse")
def refuse(swap_id: Key, body: ByIn, session: Writing) -> SwapOut:
    return _swap(swaps.end(session, swap_id, SwapState.REFUSED, body.by))


def _check_own(where: Database, assignment_id: str, token: str | None) -> None:
    if token is not None:
        with where.reading() as session:
            exchanges.is_own(session, attendance.promised(session, assignment_id), token)


def _check_others(where: Database, swap_id: str, token: str | None) -> None:
    if token is not None:
        with where.reading() as session:
            if not swaps.is_others(session, swap_id, token):
                raise UnknownError(
                    "This link is another swap's.", cure="Open the one that you were sent for this swap."
                )


def _release(row: Release) -> ReleaseOut:
    return ReleaseOut.model_validate(row.model_dump(exclude={"promise_id"}))


def _swap(row: Swap) -> SwapOut:
    return SwapOut.model_validate(row.model_dump(exclude={"promise_id"}))


def _rules(area_id: str, found: exchanges.Rules) -> ExchangeRuleOut:
    return ExchangeRuleOut(
        area_id=area_id,
        release_minutes=found.release_minutes,
        swap_minutes=found.swap_minutes,
        needs_approval=found.needs_approval,
    )
