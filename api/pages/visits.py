"""A visit of a roster, looked at closely: why it is left, what would fix it, and who could come at what cost."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, BackgroundTasks, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.doors import Configured, Where
from api.pages import layout
from api.words import Voice, wanted
from matcher import adoptions, areas, candidates, cures, rosters
from matcher.candidates import Moved, Offered
from matcher.cures import Cures
from matcher.errors import ConflictError, HardBreachError, MatcherError, StaleError, UnknownError
from matcher.rosters import VisitLine
from matcher.types import Key
from workers import queues

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
SHOWN = 6
"""Candidates on the page."""
MOVED_ON = "The roster has changed since this page was shown. Look at it again."
FORBIDDEN = "On the day as it is now this breaks a rule that holds. Nothing was stored."
NOT_ANY_MORE = "This cannot be done any more. Nothing was stored."
TROUBLES = (MOVED_ON, FORBIDDEN, NOT_ANY_MORE)


@router.get("/rosters/{roster_id}/visits/{visit_id}")
def page(
    request: Request, roster_id: Key, visit_id: Key, where: Where, configured: Configured, later: BackgroundTasks
) -> HTMLResponse:
    return drawn(request, roster_id, visit_id, where, configured, later)


@router.post("/rosters/{roster_id}/visits/{visit_id}/adopt")
def adopt(
    request: Request,
    roster_id: Key,
    visit_id: Key,
    row: Annotated[int, Form(ge=0, le=20)],
    version: Annotated[int, Form(ge=1)],
    where: Where,
    configured: Configured,
    later: BackgroundTasks,
) -> Response:
    """One press: the fix becomes the draft."""
    try:
        with where.transaction() as session:
            adoptions.adopt(session, roster_id, visit_id, row, version)
    except (ConflictError, StaleError, HardBreachError) as error:
        return drawn(request, roster_id, visit_id, where, configured, later, error)
    return RedirectResponse(f"/rosters/{roster_id}?adopted", 303)


@router.post("/rosters/{roster_id}/visits/{visit_id}/send")
def send(
    request: Request,
    roster_id: Key,
    visit_id: Key,
    helper_id: Annotated[Key, Form()],
    version: Annotated[int, Form(ge=1)],
    where: Where,
    configured: Configured,
    later: BackgroundTasks,
) -> Response:
    """One press: the candidate is sent, and what that displaces goes where the page said."""
    try:
        with where.reading() as session:
            asked = candidates.read(session, roster_id, visit_id)
        lines = candidates.lines(asked, helper_id) if asked.seen.version == version else None
        if lines is None:
            raise StaleError(MOVED_ON)
        with where.transaction() as session:
            adoptions.choose(session, asked, helper_id, lines, version)
    except (ConflictError, StaleError, HardBreachError) as error:
        return drawn(request, roster_id, visit_id, where, configured, later, error)
    return RedirectResponse(f"/rosters/{roster_id}?adopted", 303)


def drawn(
    request: Request,
    roster_id: str,
    visit_id: str,
    where: Where,
    configured: Configured,
    later: BackgroundTasks,
    error: MatcherError | None = None,
) -> HTMLResponse:
    """The page as it stands now, with what went wrong."""
    with where.reading() as session:
        result = rosters.result(session, roster_id)
        voice = Voice(wanted(request), areas.zone(result.area))
        lines = rosters.lines(session, roster_id)
        if visit_id not in lines:
            raise UnknownError(f"There is no visit {visit_id} in this roster.")
    left = next((line for line in result.unassigned if line.visit.visit_id == visit_id), None)
    known = _cures(where, roster_id, visit_id, configured, later) if left is not None else None
    offered = _offered(where, roster_id, visit_id)
    with where.reading() as session:
        people = {key: voice.helper(one) for key, one in rosters.called(session, _named(known, offered)).items()}
    telling = _Telling(voice, lines, people)
    values = {
        "roster": result.roster,
        "visit": lines[visit_id],
        "makers": [(day, line) for day in result.days for line in day.assignments if line.visit.visit_id == visit_id],
        "left": left,
        "cures": known,
        "repairs": telling.repairs(known, lines[visit_id]),
        "choices": telling.choices(offered),
        "unsuited": telling.unsuited(offered, lines[visit_id]),
        "trouble": voice.say(trouble(error)) if error else "",
    }
    return layout.page(request, voice, "visit.html", values, 409 if error else 200)


def trouble(error: MatcherError) -> str:
    """What a person reads of an error."""
    if isinstance(error, StaleError):
        return MOVED_ON
    return FORBIDDEN if isinstance(error, HardBreachError) else NOT_ANY_MORE


def _cures(where: Where, roster_id: str, visit_id: str, configured: Configured, later: BackgroundTasks) -> Cures | None:
    with where.transaction() as session:
        try:
            known, question = cures.of_visit(session, roster_id, visit_id)
        except ConflictError:
            return None
    if question is not None:
        later.add_task(queues.ring_for_cures, question, configured)
    return known


def _offered(where: Where, roster_id: str, visit_id: str) -> Offered | None:
    try:
        with where.reading() as session:
            asked = candidates.read(session, roster_id, visit_id)
    except ConflictError:
        return None
    return candidates.answer(asked, SHOWN)


def _named(known: Cures | None, offered: Offered | None) -> set[str]:
    """Everybody whom the page names beside who comes now."""
    named = {str(cure["helper_id"]) for cure in known.found if cure["helper_id"]} if known else set()
    if offered is not None:
        named |= {one.helper_id for one in offered.unsuited}
        for one in offered.choices:
            named |= {one.helper_id, *one.with_helper_ids, *one.instead_of_ids}
            named |= {gone.helper_id for gone in one.displaces if gone.helper_id}
    return named


@dataclass(frozen=True, slots=True)
class _Telling:
    """How the page's people and visits are called in its language."""

    voice: Voice
    lines: Mapping[str, VisitLine]
    people: Mapping[str, str]

    def repairs(self, known: Cures | None, visit: VisitLine) -> list[dict[str, Any]]:
        """The fixes in words, each with what else it touches."""
        if known is None or known.start is None:
            return []
        return [
            {
                "text": self.voice.told(self._by_name(cure), visit),
                "points": cure["points"],
                "adoptable": adoptions.is_adoptable(cure),
                "asks": cure["kind"] in adoptions.AGREED,
                "left": [title(self.voice, self.lines.get(visit_id)) for visit_id in cure["left"]],
                "changes": cure["changes"],
            }
            for cure in known.found
        ]

    def _by_name(self, cure: Mapping[str, Any]) -> Mapping[str, Any]:
        who = self.people.get(cure["helper_id"] or "")
        return {**cure, "values": {**cure["values"], "helper": who}} if who and "helper" in cure["values"] else cure

    def choices(self, offered: Offered | None) -> list[dict[str, Any]]:
        return [
            {
                "helper_id": one.helper_id,
                "name": self.people[one.helper_id],
                "at": self.voice.clock(one.start),
                "points": one.points,
                "others": [self.people[helper_id] for helper_id in one.with_helper_ids],
                "instead": [self.people[helper_id] for helper_id in one.instead_of_ids],
                "moves": one.moves,
                "displaces": [self._displaced(gone) for gone in one.displaces],
            }
            for one in (offered.choices if offered else ())
        ]

    def _displaced(self, gone: Moved) -> tuple[str, str, str]:
        at = self.voice.clock(gone.start) if gone.start else ""
        return title(self.voice, self.lines.get(gone.visit_id)), self.people.get(gone.helper_id or "", ""), at

    def unsuited(self, offered: Offered | None, visit: VisitLine) -> list[tuple[str, list[str]]]:
        return [
            (self.people[one.helper_id], [self.voice.told(breach, visit) for breach in one.breaches])
            for one in (offered.unsuited if offered else ())
        ]


def title(voice: Voice, line: VisitLine | None) -> str:
    """A visit as people call it, in their language."""
    if line is None:
        return ""
    return voice.say("{service} ({resident})", service=voice.name(line.service), resident=line.resident)
