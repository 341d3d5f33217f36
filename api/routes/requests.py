"""Requests: what residents ask for."""

from typing import Annotated, Any

from fastapi import APIRouter, Response
from pydantic import Field, model_validator

from api.doors import UNSAID, After, Limit, Listed, Reading, Shape, TimeOfDay, Writing, given
from matcher import requests
from matcher.tables.requests import Request
from matcher.types import (
    AwareTime,
    Day,
    Gender,
    Key,
    Minutes,
    NameOrBlank,
    Number,
    People,
    Points,
    Text,
    Word,
)

router = APIRouter(tags=["requests"])
Weekday = Annotated[int, Field(ge=0, le=6)]


class WindowShape(Shape):
    """The visit starts and ends within it, in the area's own time."""

    start: TimeOfDay
    end: TimeOfDay


class RepeatShape(Shape):
    """On these weekdays (0 is Monday), in every so many weeks from the request's own."""

    weekdays: Annotated[list[Weekday], Field(min_length=1, max_length=7)]
    every_weeks: Annotated[int, Field(ge=1, le=8)] = 1
    workdays: Annotated[
        bool,
        Field(description="Not on holidays; who names Monday to Friday is served on make-up days (调休) too"),
    ] = False
    without: Annotated[list[Day], Field(max_length=366, description="Not on these days, whatever they are")] = []
    also: Annotated[list[Day], Field(max_length=366, description="On these days too, whatever they are")] = []

    @model_validator(mode="after")
    def _is_plain(self) -> "RepeatShape":
        if set(self.without) & set(self.also):
            raise ValueError("A day is either left out or added.")
        return self


class RequestIn(Shape):
    number: Number | None = None
    resident_id: Key
    service_id: Key
    on_behalf: NameOrBlank = ""
    day: Day
    repeat: RepeatShape | None = None
    until: Day | None = None
    windows: Annotated[list[WindowShape], Field(min_length=1, max_length=6)]
    minutes: Annotated[Minutes | None, Field(description="Left open: the service's")] = None
    people: Annotated[People | None, Field(description="Left open: the service's")] = None
    language: Word | None = None
    gender: Gender | None = None
    gender_required: bool = False
    priority: Points = 100
    together_with_id: Key | None = None
    purse_id: Key | None = None
    note: Text = ""


class RequestPatch(Shape):
    """What is named is changed, the rest stays."""

    repeat: RepeatShape | None = None
    until: Day | None = None
    windows: Annotated[list[WindowShape], Field(min_length=1, max_length=6)] = UNSAID
    minutes: Minutes = UNSAID
    people: People = UNSAID
    language: Word | None = None
    gender: Gender | None = None
    gender_required: bool = False
    priority: Points = UNSAID
    purse_id: Key | None = None
    note: Text = ""


class RequestOut(RequestIn):
    id: str
    taken_at: AwareTime
    withdrawn_at: AwareTime | None


class RequestsOut(Listed):
    rows: list[RequestOut]


@router.post("/requests", status_code=201)
def take(body: RequestIn, session: Writing, response: Response) -> RequestOut:
    row = requests.take(session, values_of(body))
    response.headers["Location"] = f"/v1/requests/{row.id}"
    return _out(row)


@router.get("/requests")
def listed(
    session: Reading,
    after: After = None,
    limit: Limit = 50,
    resident_id: Key | None = None,
    day: Day | None = None,
) -> RequestsOut:
    page = requests.listed(session, after=after, limit=limit, resident_id=resident_id, day=day)
    return RequestsOut(rows=[_out(row) for row in page.rows], after=page.after)


@router.get("/requests/{request_id}")
def one(request_id: Key, session: Reading) -> RequestOut:
    return _out(requests.get(session, request_id))


@router.patch("/requests/{request_id}")
def change(request_id: Key, body: RequestPatch, session: Writing) -> RequestOut:
    return _out(requests.change(session, request_id, _values(given(body))))


@router.delete("/requests/{request_id}")
def withdraw(request_id: Key, session: Writing) -> RequestOut:
    """Take it back; what was asked stays on record."""
    return _out(requests.withdraw(session, request_id))


def values_of(body: RequestIn) -> dict[str, Any]:
    """What is asked for, as it is stored."""
    return _values(body.model_dump())


def _values(plain: dict[str, Any]) -> dict[str, Any]:
    if "windows" in plain:
        plain["windows"] = [{name: f"{clock:%H:%M}" for name, clock in window.items()} for window in plain["windows"]]
    if plain.get("repeat"):
        repeat = plain["repeat"]
        for name in ("without", "also"):
            repeat[name] = [day.isoformat() for day in sorted(set(repeat.get(name, ())))]
    return plain


def _out(row: Request) -> RequestOut:
    return RequestOut.model_validate(row.model_dump())
