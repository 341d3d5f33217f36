"""Check-in and check-out, by a code at the door, by the helper's own link, or by a person with a reason."""

from typing import Annotated, Any

from fastapi import APIRouter, Request, Response
from pydantic import Field, StringConstraints, model_validator

from api.doors import Reading, Shape, Where, Writing
from matcher import attendance, codes
from matcher.attendance import Proof, Seen
from matcher.database import Database
from matcher.errors import InvalidError
from matcher.types import AttendanceKind, AwareTime, Key, Name, Readable, Way

router = APIRouter(tags=["proof"])

Code = Annotated[str, StringConstraints(pattern=r"^[0-9]{6}$")]
Token = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.~-]{1,200}$")]
Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500), Readable]


class Said(Shape):
    """A person says so, and why."""

    by: Name
    reason: Reason


class ProofIn(Shape):
    """One of: the door's code, the helper's own link, or who says so and why. Without a moment, it is now."""

    code: Code | None = None
    link: Token | None = None
    by: Name | None = None
    reason: Reason | None = None
    at: AwareTime | None = None

    @model_validator(mode="after")
    def _is_one(self) -> "ProofIn":
        person = self.by is not None or self.reason is not None
        if (self.code is not None) + (self.link is not None) + person != 1:
            raise ValueError("Give one of: code, link, or by and reason.")
        if person and (self.by is None or self.reason is None):
            raise ValueError("A person gives both their name (by) and a reason.")
        return self


class NoShowIn(Said):
    pass


class CorrectionIn(Said):
    """When it really was; null: it did not happen."""

    at: AwareTime | None


class EntryOut(Shape):
    id: str
    kind: AttendanceKind
    at: AwareTime | None
    way: Way
    by: str
    reason: str
    corrects_id: str | None
    written_at: AwareTime


class AttendanceOut(Shape):
    """What is true now, and every entry behind it."""

    visit_id: str
    helper_id: str
    start: AwareTime
    end: AwareTime
    came_at: AwareTime | None
    left_at: AwareTime | None
    missed: bool
    entries: Annotated[list[EntryOut], Field()]


class DoorCodeOut(Shape):
    visit_id: str
    code: str
    address: str
    """What the QR code says: a page on which whoever stands at the door checks in."""


class LinkOut(Shape):
    link: str


@router.get("/assignments/{assignment_id}/attendance")
def one(assignment_id: Key, session: Reading) -> AttendanceOut:
    return out(attendance.seen(session, attendance.promised(session, assignment_id)))


@router.post("/assignments/{assignment_id}/check-in")
def check_in(assignment_id: Key, body: ProofIn, where: Where) -> AttendanceOut:
    """200 once, 409 after. The id is the assignment's, or the promise's that was published of it."""
    return noted(where, assignment_id, AttendanceKind.CHECK_IN, body)


@router.post("/assignments/{assignment_id}/check-out")
def check_out(assignment_id: Key, body: ProofIn, where: Where) -> AttendanceOut:
    """200 once, 409 after; whoever forgot to check in checks out all the same."""
    return noted(where, assignment_id, AttendanceKind.CHECK_OUT, body)


@router.post("/assignments/{assignment_id}/no-show")
def no_show(assignment_id: Key, body: NoShowIn, session: Writing) -> AttendanceOut:
    """Nobody came. Whoever comes late checks in all the same, and did not miss it then."""
    proof = Proof(Way.PERSON, body.by, body.reason)
    return out(attendance.note(session, assignment_id, AttendanceKind.NO_SHOW, proof))


@router.post("/attendance/{entry_id}/correction")
def correct(entry_id: Key, body: CorrectionIn, session: Writing) -> AttendanceOut:
    """Write a new entry that counts in the place of the named one; 409 if that was corrected already."""
    return out(attendance.correct(session, entry_id, body.at, body.by, body.reason))


@router.post("/assignments/{assignment_id}/link")
def link(assignment_id: Key, session: Writing) -> LinkOut:
    """The helper's own link, to be sent to nobody else."""
    return LinkOut(link=attendance.link(session, attendance.promised(session, assignment_id)))


@router.get("/visits/{visit_id}/code")
def code(visit_id: Key, session: Writing, request: Request) -> DoorCodeOut:
    """The door code, to be shown to the resident and at the desk; made when it is first asked for."""
    return _code(codes.of_visit(session, visit_id), request)


@router.post("/visits/{visit_id}/code")
def renew(visit_id: Key, session: Writing, request: Request) -> DoorCodeOut:
    """A new code in the place of one that too many have seen."""
    return _code(codes.renew(session, visit_id), request)


@router.get(
    "/visits/{visit_id}/code/picture",
    response_class=Response,
    responses={200: {"content": {"image/svg+xml": {}}, "description": "The QR code"}},
)
def picture(visit_id: Key, session: Writing, request: Request) -> Response:
    """The door code as a QR code, to be printed or shown on a telephone."""
    address = _code(codes.of_visit(session, visit_id), request).address
    return Response(codes.drawn(address), media_type="image/svg+xml")


def noted(where: Database, assignment_id: str, kind: AttendanceKind, body: ProofIn) -> AttendanceOut:
    """A wrong code is counted in a transaction of its own, which stands although the check-in does not."""
    proof = Proof(Way.PERSON, body.by or "", body.reason or "")
    if body.by is None:
        with where.transaction() as session:
            way = attendance.is_shown(session, assignment_id, code=body.code, token=body.link)
        if way is None:
            raise InvalidError("This is not the code at the door.", cure="Ask the resident again.", field="code")
        proof = Proof(way)
    with where.transaction() as session:
        return out(attendance.note(session, assignment_id, kind, proof, body.at))


def _code(row: Any, request: Request) -> DoorCodeOut:
    base = str(request.base_url).rstrip("/")
    return DoorCodeOut(visit_id=row.visit_id, code=row.code, address=f"{base}/doors/{row.visit_id}?code={row.code}")


def out(seen: Seen) -> AttendanceOut:
    return AttendanceOut(
        visit_id=seen.visit_id,
        helper_id=seen.helper_id,
        start=seen.promised.start_at,
        end=seen.promised.end_at,
        came_at=seen.stay.came_at,
        left_at=seen.stay.left_at,
        missed=seen.stay.missed,
        entries=[EntryOut.model_validate(row.model_dump(include=set(EntryOut.model_fields))) for row in seen.entries],
    )
