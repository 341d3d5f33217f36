"""Decisions by hand: checking a whole plan, and changing single assignments; judged at once, in words."""

from typing import Annotated, Any

from fastapi import APIRouter, Response
from pydantic import Field, StringConstraints

from api.doors import Reading, Shape, Version, Where
from matcher import assignments, checks
from matcher.assignments import Decision, Weighed
from matcher.checks import HandLine
from matcher.types import AwareTime, Key, Readable

router = APIRouter(tags=["rosters"])
Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500), Readable]


class LineIn(Shape):
    visit_id: Key
    helper_id: Key
    start_at: AwareTime


class PlanIn(Shape):
    assignments: Annotated[list[LineIn], Field(max_length=10_000)]


class BreachOut(Shape):
    rule: str
    sentence: str
    text: str
    values: dict[str, Any]
    hard: Annotated[bool, Field(description="It may not be, unless somebody overrides it with a reason")]
    points: int
    visit_ids: list[str]
    helper_ids: list[str]


class CheckOut(Shape):
    may_be: Annotated[bool, Field(description="No rule that holds is broken")]
    breaches: list[BreachOut]
    measures: dict[str, Any]


class MoveIn(Shape):
    """To another helper, to another start, or both."""

    helper_id: Key | None = None
    start_at: AwareTime | None = None
    override: Annotated[Reason | None, Field(description="Why it is to hold although it breaks rules")] = None


class AssignmentIn(Shape):
    """A visit placed by hand: everybody who makes it, and when."""

    visit_id: Key
    helper_ids: Annotated[list[Key], Field(min_length=1, max_length=50)]
    start_at: AwareTime
    override: Reason | None = None


class MadeOut(Shape):
    assignment_id: str
    helper_id: str
    start: AwareTime
    end: AwareTime


class DecidedOut(Shape):
    visit_id: str
    assignments: list[MadeOut]
    override: str | None
    breaches: Annotated[list[BreachOut], Field(description="What the judge says that is new with this decision")]
    points: Annotated[int, Field(description="What it costs more than before; negative: it is better")]
    measures: dict[str, Any]


@router.post("/rosters/{roster_id}/check")
def check(roster_id: Key, body: PlanIn, session: Reading, response: Response) -> CheckOut:
    """Judge a plan of the whole day that somebody made by hand; nothing is stored."""
    lines = [HandLine(line.visit_id, line.helper_id, line.start_at) for line in body.assignments]
    checked = checks.check(session, roster_id, lines)
    response.headers["ETag"] = f'"{checked.version}"'
    breaches = [BreachOut.model_validate(breach) for breach in checked.breaches]
    return CheckOut(may_be=checked.may_be, breaches=breaches, measures=dict(checked.measures))


@router.patch("/rosters/{roster_id}/assignments/{assignment_id}")
def move(
    roster_id: Key, assignment_id: Key, body: MoveIn, version: Version, where: Where, response: Response
) -> DecidedOut:
    """Move an assignment by hand, and pin it there. Who moves the time of a visit moves all who make it."""
    with where.reading() as session:
        decision = assignments.moved(session, roster_id, assignment_id, body.helper_id, body.start_at)
        weighed = assignments.weigh(session, roster_id, decision)
    return _decide(where, weighed, version, body.override, response)


@router.post("/rosters/{roster_id}/assignments", status_code=201)
def place(roster_id: Key, body: AssignmentIn, version: Version, where: Where, response: Response) -> DecidedOut:
    """Place a visit by hand, and pin it there, whether somebody makes it already or nobody does."""
    with where.reading() as session:
        decision = Decision(body.visit_id, tuple(body.helper_ids), body.start_at)
        weighed = assignments.weigh(session, roster_id, decision)
    response.headers["Location"] = f"/v1/rosters/{roster_id}"
    return _decide(where, weighed, version, body.override, response)


def _decide(where: Where, weighed: Weighed, version: int, override: str | None, response: Response) -> DecidedOut:
    with where.transaction() as session:
        moved_to = assignments.decide(session, weighed, version, override)
        made = assignments.of_visit(session, weighed.seen.roster_id, weighed.decision.visit_id)
    response.headers["ETag"] = f'"{moved_to}"'
    return DecidedOut(
        visit_id=weighed.decision.visit_id,
        assignments=[
            MadeOut(assignment_id=row.id, helper_id=row.helper_id, start=row.start_at, end=row.end_at) for row in made
        ],
        override=override if any(breach["hard"] for breach in weighed.breaches) else None,
        breaches=[BreachOut.model_validate(breach) for breach in weighed.breaches],
        points=weighed.points,
        measures=dict(weighed.measures),
    )
