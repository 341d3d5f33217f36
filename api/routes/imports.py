"""Imports: the files that an office has."""

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, File, Query, Response, UploadFile
from starlette.concurrency import run_in_threadpool

from api.doors import Reading, Shape, Where
from matcher import imports
from matcher.imports.reports import Report
from matcher.types import Key

router = APIRouter(tags=["imports"])


class FaultOut(Shape):
    """One fault: where it is, and the sentence that says how to put it right."""

    sheet: str | None
    row: int
    column: str
    value: str
    code: str
    sentence: str


class ReportOut(Shape):
    id: str
    kind: str
    name: str
    dry_run: bool
    read: int
    new: int
    changed: int
    unchanged: int
    refused: int
    faults: list[FaultOut]
    ignored: list[str]
    seconds: float


@router.post("/imports/{kind}", status_code=201)
async def run(
    kind: str,
    file: Annotated[UploadFile, File()],
    where: Where,
    response: Response,
    dry_run: Annotated[bool, Query()] = False,
) -> ReportOut:
    """Read a file in. Good rows count once; a second upload changes nothing; `dry_run` only reports."""
    data = await file.read()
    report = await run_in_threadpool(imports.run, where, kind, (file.filename or kind)[:200], data, dry_run)
    response.headers["Location"] = f"/v1/imports/{report.id}"
    return _out(report)


@router.get("/imports/{import_id}")
def one(import_id: Key, session: Reading) -> ReportOut:
    return _out(imports.report(session, import_id))


def _out(report: Report) -> ReportOut:
    plain = asdict(report)
    plain["faults"] = [
        FaultOut(
            sheet=fault.sheet,
            row=fault.row,
            column=fault.column,
            value=fault.value,
            code=fault.code,
            sentence=fault.sentence,
        )
        for fault in report.faults
    ]
    plain["ignored"] = list(report.ignored)
    return ReportOut(**plain)
