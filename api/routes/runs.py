"""Runs: trigger, watch, stop and keep the best."""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, BackgroundTasks, Depends, Header, Request, Response
from fastapi.sse import EventSourceResponse, ServerSentEvent
from pydantic import Field

from api import entry
from api.doors import Configured, Reading, Shape, Where, Writing
from matcher import runs
from matcher.database import Database
from matcher.tables.rosters import Run
from matcher.types import AwareTime, Key, RunState
from workers import progress, queues

router = APIRouter(tags=["runs"])
ENDED = {RunState.DONE, RunState.STOPPED, RunState.FAILED}


class WeightsIn(Shape):
    """Points per unit, where one run is to weigh otherwise: travel per minute, fee per yuan, the rest per breach."""

    travel: Annotated[int, Field(ge=0, le=10_000)] | None = None
    known: Annotated[int, Field(ge=0, le=10_000)] | None = None
    gender: Annotated[int, Field(ge=0, le=10_000)] | None = None
    fee: Annotated[int, Field(ge=0, le=10_000)] | None = None
    fairness: Annotated[int, Field(ge=0, le=10_000)] | None = None
    stability: Annotated[int, Field(ge=0, le=10_000)] | None = None


class RunIn(Shape):
    seconds: Annotated[float, Field(ge=1, le=3600, allow_inf_nan=False)] = 20
    seed: Annotated[int, Field(ge=1, le=2**31 - 1)] = 1
    weights: WeightsIn = WeightsIn()


class RunOut(Shape):
    id: str
    roster_id: str
    state: RunState
    seconds: float
    seed: int
    weights: dict[str, int]
    progress: Annotated[float, Field(description="Share of its time that has passed, 0 to 1")]
    objective: Annotated[int | None, Field(description="Points of the best plan so far; lower is better")]
    bound: Annotated[int | None, Field(description="No plan can cost less; null while none is proven")]
    gap: Annotated[float | None, Field(description="How far the plan may be from the best, as a share of its cost")]
    stop_asked: bool
    failure_code: str | None
    failure: str | None
    sentence: Annotated[str, Field(description="What is worth saying of a run that went well: nothing had to change")]
    started_at: AwareTime
    ended_at: AwareTime | None


@router.post("/rosters/{roster_id}/runs", status_code=202)
def start(
    roster_id: Key,
    session: Writing,
    configured: Configured,
    response: Response,
    later: BackgroundTasks,
    body: RunIn | None = None,
    idempotency_key: Annotated[str | None, Header(min_length=1, max_length=100, pattern=r"^[\x21-\x7e]+$")] = None,
) -> RunOut:
    """Queue a run; 409 while one is active. The same Idempotency-Key gives the same run."""
    wishes = body or RunIn()
    run = runs.start(
        session,
        roster_id,
        seconds=wishes.seconds,
        seed=wishes.seed,
        weights=wishes.weights.model_dump(exclude_none=True),
        idempotency_key=idempotency_key,
    )
    response.headers["Location"] = f"/v1/runs/{run.id}"
    later.add_task(queues.ring, run.id, configured)
    return out(run)


@router.get("/runs/{run_id}")
def one(run_id: Key, session: Reading) -> RunOut:
    return out(runs.get(session, run_id))


@router.delete("/runs/{run_id}", status_code=202)
def stop(run_id: Key, session: Writing) -> RunOut:
    """Stop early and keep the best plan so far; an ended run stays as it is."""
    return out(runs.ask_to_stop(session, run_id))


def _known(run_id: Key, session: Reading) -> str:
    """Asked before the stream begins, so that an unknown run is a 404 and no stream that breaks off."""
    return runs.get(session, run_id).id


@router.get("/runs/{run_id}/events", response_class=EventSourceResponse)
async def events(
    run_id: Annotated[str, Depends(_known, scope="function")],
    request: Request,
    where: Where,
    configured: Configured,
    last_event_id: Annotated[str | None, Header(pattern=r"^\d{1,20}-\d{1,20}$")] = None,
) -> AsyncIterator[ServerSentEvent]:
    """Live progress: `progress` events, then one `end` with the run as it was stored. Resumes after Last-Event-ID.

    It breaks off when whoever listens may not any more.
    """

    async def look() -> tuple[bool, dict[str, Any]]:
        return await asyncio.to_thread(_read, where, run_id)

    url = queues.address(configured)
    told = progress.events(url, run_id, look, last_event_id or progress.START)
    async for event in entry.while_in(request, where, told):
        yield ServerSentEvent(data=event.data, event=event.name, id=event.id)


def _read(where: Database, run_id: str) -> tuple[bool, dict[str, Any]]:
    with where.reading() as session:
        run = out(runs.get(session, run_id))
    return run.state in ENDED, run.model_dump(mode="json")


def out(run: Run) -> RunOut:
    shown = run.model_dump(include=set(RunOut.model_fields))
    return RunOut(**shown, gap=gap(run.objective, run.bound))


def gap(objective: int | None, bound: int | None) -> float | None:
    """(objective - bound) / objective, when both are known."""
    if objective is None or bound is None or objective <= 0:
        return None
    return round((objective - bound) / objective, 4)
