"""Flags: claims that cannot be quite right, for a person to look at."""

from typing import Literal

from fastapi import APIRouter

from api.doors import After, Limit, Listed, Reading, Shape, Writing
from api.routes.attendance import Said
from matcher import flags
from matcher.tables.proof import Flag
from matcher.types import AwareTime, Doubt, FlagState, Key

router = APIRouter(tags=["proof"])


class FlagOut(Shape):
    id: str
    kind: Doubt
    helper_id: str
    visit_id: str
    other_visit_id: str | None
    sentence: str
    state: FlagState
    raised_at: AwareTime
    resolved_at: AwareTime | None
    resolved_by: str
    reason: str


class FlagsOut(Listed):
    rows: list[FlagOut]


class ResolutionIn(Said):
    """Fine: it was as claimed. Corrected: somebody has put the entries right."""

    state: Literal["fine", "corrected"]


@router.get("/flags")
def listed(
    session: Reading,
    after: After = None,
    limit: Limit = 50,
    state: FlagState | None = None,
    helper_id: Key | None = None,
) -> FlagsOut:
    """The open ones, unless another state is asked for."""
    page = flags.listed(session, after=after, limit=limit, state=state or FlagState.OPEN, helper_id=helper_id)
    return FlagsOut(rows=[_out(row) for row in page.rows], after=page.after)


@router.get("/flags/{flag_id}")
def one(flag_id: Key, session: Reading) -> FlagOut:
    return _out(flags.get(session, flag_id))


@router.post("/flags/{flag_id}/resolve")
def resolve(flag_id: Key, body: ResolutionIn, session: Writing) -> FlagOut:
    """200 once, 409 after. Nothing else changes: whoever finds the entries wrong corrects those."""
    return _out(flags.resolve(session, flag_id, FlagState(body.state), body.reason, body.by))


def _out(row: Flag) -> FlagOut:
    said = row.model_dump(include=set(FlagOut.model_fields))
    return FlagOut(**said, other_visit_id=row.other or None, sentence=row.told["sentence"])
