"""Worth (增人价值): what one more helper would save, where, when and with what, each worked out in a whole plan."""

from collections.abc import Mapping
from typing import Any

from sqlmodel import Session

from matcher import questions, rosters, snapshot
from matcher.changes import Wish
from matcher.errors import ConflictError
from matcher.sentences import told
from matcher.snapshot import Snapshot
from matcher.tables.questions import Question
from matcher.types import QuestionKind

ANYBODY = "One more person in {area}, there from {from_at} to {until_at}; visits made that are left now: {count}."
SKILLED = (
    "One more person in {area} with {skills}, there from {from_at} to {until_at}; "
    "visits made that are left now: {count}."
)
TEXTS = (ANYBODY, SKILLED)


def ask(session: Session, roster_id: str) -> tuple[Question, bool]:
    """What one more helper would be worth to the roster as it stands, and whether a worker is to be rung for it.

    UnknownError: no such roster. ConflictError: it was never solved.
    """
    if not rosters.get(session, roster_id).measures:
        raise ConflictError("No run has solved this roster yet.", cure="Start a run of the roster first.")
    return questions.ask(session, roster_id, QuestionKind.WORTH, {})


def take_up(session: Session, row: Question) -> Wish | None:
    """The question with the day that it is about; None when the roster has moved on."""
    seen = snapshot.problem(session, row.roster_id)
    if seen.version != row.version:
        return None
    return Wish(row.id, seen, snapshot.drafted(session, seen), {"kind": row.kind})


def told_rows(session: Session, seen: Snapshot, found: Mapping[str, Any]) -> dict[str, Any]:
    """The worker's answer as it is kept, in words and with ids for numbers."""
    lines = rosters.lines(session, seen.roster_id)
    return {"start": seen.start.isoformat(), "rows": [_told(seen, lines, row) for row in found["rows"]]}


def _told(seen: Snapshot, lines: Mapping[str, rosters.VisitLine], row: Mapping[str, Any]) -> dict[str, Any]:
    near = lines[seen.visit_ids[row["visit"]]]
    values = {
        **{"area": near.community.zh, "skills": ", ".join(row["skills"]), "count": len(row["made"])},
        **{"from_at": row["from"], "until_at": row["until"]},
    }
    text = SKILLED if row["skills"] else ANYBODY
    used = {name: value for name, value in values.items() if f"{{{name}}}" in text}
    return {
        **told(text, used, seen.names, seen.wall),
        "points": row["points"],
        "skills": row["skills"],
        "languages": row["languages"],
        "gender": row["gender"],
        "area_id": near.community_id,
        "from": row["from"],
        "until": row["until"],
        "made": [seen.visit_ids[visit] for visit in row["made"]],
    }
