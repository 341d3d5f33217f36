"""Time off (请假): when a helper cannot come, whatever their week says."""

from zoneinfo import ZoneInfo

from sqlmodel import Session

from matcher.imports import cells
from matcher.imports.barrings import helper_ids
from matcher.imports.columns import Column, Reading, once, refer
from matcher.imports.reports import Tally
from matcher.imports.storing import upsert
from matcher.tables.people import TimeOff

LOCAL = ZoneInfo("Asia/Shanghai")
"""The files' clock: the whole country keeps one."""
COLUMNS = (
    Column("helper", "服务者编号", cells.number),
    Column("start_at", "开始", cells.moment(LOCAL)),
    Column("end_at", "结束", cells.moment(LOCAL)),
    Column("reason", "原因", cells.text(200), required=False, default=""),
)


def store(session: Session, found: list[Reading], tally: Tally) -> None:
    (absences,) = found
    _refuse_backward(absences)
    once(absences, "helper", "start_at")
    refer(absences, "helper", helper_ids(session), "helper", into="helper_id")
    key = ("helper_id", "start_at")
    stored = upsert(session, TimeOff, [record.values for record in absences.records], prefix="off", key=key)
    tally.mark_stored(absences, stored, *key)


def _refuse_backward(absences: Reading) -> None:
    good = []
    for record in absences.records:
        start, end = record.values["start_at"], record.values["end_at"]
        if start < end:
            good.append(record)
        else:
            said = {"start": f"{start:%Y-%m-%d %H:%M}", "end": f"{end:%Y-%m-%d %H:%M}"}
            absences.fault(record, "end_at", "ends_before_start", said["end"], **said)
    absences.keep(good)
