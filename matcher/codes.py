"""Door codes (签到码): six digits that the resident shows, so that a check-in proves that somebody was at the door."""

import io
import secrets

import segno
from sqlalchemy import update
from sqlmodel import Session, col

from matcher import clock
from matcher.database import insert_new
from matcher.errors import ConflictError
from matcher.pages import one
from matcher.tables.proof import DoorCode
from matcher.tables.requests import Visit

GUESSES = 10
"""Wrong codes after which only a new one opens: a guess is right once in 100,000 times."""


def of_visit(session: Session, visit_id: str) -> DoorCode:
    """The visit's code, made when somebody first asks for it. UnknownError: no such visit."""
    one(session, Visit, visit_id, "visit")
    made = {"visit_id": visit_id, "code": _new(), "wrong": 0, "made_at": clock.now()}
    session.connection().execute(insert_new(session, DoorCode), [made])
    return session.get_one(DoorCode, visit_id, populate_existing=True)


def renew(session: Session, visit_id: str) -> DoorCode:
    """Another code in the place of one that too many have seen or guessed at."""
    row = of_visit(session, visit_id)
    row.code, row.wrong, row.made_at = _new(row.code), 0, clock.now()
    session.add(row)
    session.flush()
    return row


def fits(session: Session, visit_id: str, code: str) -> bool:
    """Whether this is the code at the visit's door; a wrong one is counted. Commit it, whatever the answer is.

    ConflictError: too many were wrong.
    """
    row = of_visit(session, visit_id)
    if row.wrong >= GUESSES:
        raise ConflictError(
            "Too many wrong codes were given at this door.", cure="Ask the desk for a new code.", field="code"
        )
    if secrets.compare_digest(row.code, code):
        return True
    counted = update(DoorCode).where(col(DoorCode.visit_id) == visit_id).values(wrong=DoorCode.wrong + 1)
    session.connection().execute(counted)
    return False


def drawn(address: str) -> bytes:
    """The address as a QR code, in SVG: black on white, whatever surrounds it."""
    return segno.make(address, error="m").svg_inline(scale=8, border=4, dark="#000", light="#fff").encode()


def figure(address: str) -> str:
    """The same as a file of its own, to be set into a paper."""
    made = io.BytesIO()
    segno.make(address, error="m").save(made, kind="svg", xmldecl=False, border=4, dark="#000", light="#fff")
    return made.getvalue().decode()


def _new(before: str = "") -> str:
    while (made := f"{secrets.randbelow(10**6):06}") == before:
        pass
    return made
