"""What every route needs from the application: the database within one transaction, the settings, a page of a list."""

from collections.abc import Iterator
from typing import Annotated, Any

from fastapi import Depends, Header, Query, Request
from pydantic import BaseModel, ConfigDict, WithJsonSchema
from sqlmodel import Session

from matcher.database import Database
from matcher.errors import InvalidError
from matcher.pages import WITHIN
from matcher.rights import Actor
from matcher.settings import Settings
from matcher.types import Clock, Key


class Shape(BaseModel):
    """A shape on the wire: unknown fields are refused, rows can be read from."""

    model_config = ConfigDict(extra="forbid", from_attributes=True)


TimeOfDay = Annotated[
    Clock, WithJsonSchema({"type": "string", "pattern": r"^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?$", "examples": ["09:30"]})
]
"""In the area's own time; JSON Schema's `time` would want an offset."""
UNSAID: Any = ""
"""Where a PATCH may leave out what a POST must say. Never read: `given` takes only what was sent."""


class Listed(Shape):
    """How every list answers: `after` is the cursor of the next page, null on the last."""

    after: str | None


def database(request: Request) -> Database:
    found: Database = request.app.state.database
    return found


def settings(request: Request) -> Settings:
    found: Settings = request.app.state.settings
    return found


def acting(request: Request) -> Actor | None:
    """Whoever came in; nobody, where anybody may."""
    found: Actor | None = getattr(request.state, "actor", None)
    return found


def writing(
    where: Annotated[Database, Depends(database)], who: Annotated[Actor | None, Depends(acting)]
) -> Iterator[Session]:
    with where.transaction() as session:
        _bound(session, who)
        yield session


def reading(
    where: Annotated[Database, Depends(database)], who: Annotated[Actor | None, Depends(acting)]
) -> Iterator[Session]:
    with where.reading() as session:
        _bound(session, who)
        yield session


def _bound(session: Session, who: Actor | None) -> None:
    """Lists hold what is within the actor's reach."""
    if who is not None and not who.reach.everything:
        session.info[WITHIN] = who.reach.holds


def version_of(if_match: Annotated[str, Header(description='The ETag that was read, for example "3"')]) -> int:
    """The version that the caller has seen."""
    plain = if_match.removeprefix("W/").strip('"')
    if not plain.isascii() or not plain.isdigit() or len(plain) > 9:
        raise InvalidError(
            "If-Match is not an ETag of this roster.", cure='Send the ETag as it came, "3".', field="If-Match"
        )
    return int(plain)


Acting = Annotated[Actor, Depends(acting)]
"""Whoever came in, on a route that opens to nobody else."""
Where = Annotated[Database, Depends(database)]
Configured = Annotated[Settings, Depends(settings)]
Writing = Annotated[Session, Depends(writing, scope="function")]
"""One transaction, committed before the answer leaves, so that a failing commit is never answered as done."""
Reading = Annotated[Session, Depends(reading, scope="function")]
Version = Annotated[int, Depends(version_of)]
After = Annotated[Key | None, Query(description="The cursor that the last page gave")]
Limit = Annotated[int, Query(ge=1, le=200)]


def given(shape: BaseModel) -> dict[str, Any]:
    """What a PATCH really names."""
    return shape.model_dump(exclude_unset=True)
