"""The one way to tell somebody something: written in the transaction of the act that it tells of, sent later.

    with database.transaction() as session:
        ...                                             # publish, offer, withdraw
        notify(session, kind=..., helper_id=..., values=..., subject_key=...)

What each kind needs in `values` (moments aware, or ISO 8601 with offset; ids as they are; names are read when it is
sent, in the reader's language):
- published: `day`, and `changes`: [{"kind": "new" | "changed" | "withdrawn", "visit_id", "from", "to"}], where `from`
  and `to` are {"start", "end"} or None; where answers are wanted, `path` and `due` as in an offer
- offer: `visit_id`, `start`, `end`, `due`, and `path`, where it is answered without an account ("/o/...")
- withdrawn: `visit_id`, `start`, `end`
- reminder: `day` and `visits`: [{"visit_id", "start", "end"}]
- standby: `day`, `visits` that somebody stands by for, and `path`, where they may decline; `gone`: for what no more
- swap, release: `state`, `visit_id`, `start`, `end`; for a swap also `who` (the other's id), `in_return` (a visit) and
  `path`, where it is answered; without a helper the office is told that it decides
- unstaffed (to the office, without a helper): `visit_id`, `day`
"""

import time
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, col, select

from matcher import clock
from matcher.database import insert_new
from matcher.errors import InvalidError
from matcher.keys import new_key
from matcher.pages import Page, one, page
from matcher.tables.notices import Notice
from matcher.tables.people import Helper
from matcher.types import NoticeKind

NEEDS: Mapping[NoticeKind, frozenset[str]] = {
    NoticeKind.PUBLISHED: frozenset({"day", "changes"}),
    NoticeKind.OFFER: frozenset({"visit_id", "start", "end", "due", "path"}),
    NoticeKind.WITHDRAWN: frozenset({"visit_id", "start", "end"}),
    NoticeKind.REMINDER: frozenset({"day", "visits"}),
    NoticeKind.UNSTAFFED: frozenset({"visit_id", "day"}),
    NoticeKind.TRIAL: frozenset(),
    NoticeKind.STANDBY: frozenset({"day", "visits", "path"}),
    NoticeKind.SWAP: frozenset({"state", "visit_id", "start", "end"}),
    NoticeKind.RELEASE: frozenset({"state", "visit_id", "start", "end"}),
}


def notify(
    session: Session,
    *,
    kind: NoticeKind | str,
    values: Mapping[str, Any],
    subject_key: str,
    helper_id: str | None = None,
    area_id: str | None = None,
    urgent: bool = False,
    expires_at: datetime | None = None,
) -> bool:
    """Have a helper told, or an office (`area_id`); False: they were told of this `subject_key` already.

    `subject_key` names the occasion ("ver_...", "off_..."): with kind and helper it makes the notice one of its kind.
    Urgent notices are sent in quiet hours too. After `expires_at` people are not told any more; programs still are.
    InvalidError: `values` lacks something that the kind needs.
    """
    kind = NoticeKind(kind)
    if missing := NEEDS[kind] - values.keys():
        raise InvalidError(f"A notice of kind {kind} needs {', '.join(sorted(missing))}.", field="values")
    where = area_id or one(session, Helper, helper_id or "", "helper").area_id
    session.flush()
    row = session.connection().execute(
        insert_new(session, Notice).returning(Notice.id),
        {
            "id": new_key("not"),
            "kind": kind.value,
            "helper_id": helper_id,
            "area_id": where,
            "once": _once(kind, helper_id or where, subject_key),
            "values": _plain(values),
            "urgent": urgent,
            "place": time.time_ns(),
            "written_at": clock.now(),
            "expires_at": expires_at,
            "spread_at": None,
            "reach": None,
        },
    )
    return row.first() is not None


def written(session: Session, occasions: Iterable[tuple[NoticeKind, str, str]]) -> set[tuple[NoticeKind, str, str]]:
    """Which of these (kind, helper or area, subject_key) were told already."""
    keys = {_once(*occasion): occasion for occasion in occasions}
    wanted, found = sorted(keys), set[tuple[NoticeKind, str, str]]()
    for begin in range(0, len(wanted), 500):
        some = select(Notice.once).where(col(Notice.once).in_(wanted[begin : begin + 500]))
        found |= {keys[once] for once in session.exec(some)}
    return found


def get(session: Session, notice_id: str) -> Notice:
    """UnknownError: no such notice."""
    return one(session, Notice, notice_id, "notice")


def listed(
    session: Session,
    *,
    after: str | None = None,
    limit: int = 50,
    helper_id: str | None = None,
    kind: NoticeKind | None = None,
    unreached: bool = False,
) -> Page[Notice]:
    """Notices in order of id; `unreached`: those for which somebody must telephone."""
    where: list[Any] = [Notice.reach == 0] if unreached else []
    if helper_id is not None:
        where.append(Notice.helper_id == helper_id)
    if kind is not None:
        where.append(Notice.kind == kind)
    return page(session, Notice, after=after, limit=limit, where=where)


def _once(kind: NoticeKind, whom: str, subject_key: str) -> str:
    return f"{kind}:{whom}:{subject_key}"


def _plain(value: Any) -> Any:
    """As JSON holds it; moments as ISO 8601."""
    if isinstance(value, Mapping):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return value.isoformat() if isinstance(value, date) else value
