"""Whether the web process lives, whether it can work, and the catalogue of problems."""

from fastapi import APIRouter, Response
from sqlalchemy import text

from api.doors import Configured, Reading, Shape
from api.errors import CATALOGUE
from workers import queues

router = APIRouter(tags=["health"])


class AliveOut(Shape):
    alive: bool


class ReadyOut(Shape):
    """The database must answer; without the queue runs only start later."""

    database: bool
    queue: bool


class ProblemOut(Shape):
    code: str
    status: int
    title: str


class ProblemsOut(Shape):
    rows: list[ProblemOut]


@router.get("/healthz")
def alive() -> AliveOut:
    return AliveOut(alive=True)


@router.get("/readyz")
def ready(session: Reading, configured: Configured, response: Response) -> ReadyOut:
    session.connection().execute(text("SELECT 1"))
    queue = queues.answers(configured)
    return ReadyOut(database=True, queue=queue)


@router.get("/v1/problems")
def problems() -> ProblemsOut:
    """Every code that an error can carry."""
    rows = [ProblemOut(code=code, status=kind.status, title=kind.title) for code, kind in sorted(CATALOGUE.items())]
    return ProblemsOut(rows=rows)
