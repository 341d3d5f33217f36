"""What waits for the office's word: promises that are given back or swapped, doubts, and who should not meet again."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, func, select

from matcher import feedback, flags, releases, rosters, swaps
from matcher.pages import within
from matcher.rosters import Names, VisitLine
from matcher.tables.exchanges import Release, Swap
from matcher.tables.people import Resident
from matcher.tables.proof import Feedback, Flag, Wish
from matcher.tables.versions import Promise
from matcher.types import FlagState, ReleaseState, SwapState, WishKind

MOST = 50
"""Of each kind; the rest follows when these are decided."""


@dataclass(frozen=True, slots=True)
class Awaited:
    """What waits, the oldest of each kind first, and how people and visits are called."""

    releases: Sequence[tuple[Release, Promise]]
    swaps: Sequence[tuple[Swap, Promise, Promise | None]]
    flags: Sequence[Flag]
    proposals: Sequence[tuple[Wish, Feedback]]
    called: Mapping[str, tuple[str, Names | None]]
    residents: Mapping[str, str]
    visits: Mapping[str, VisitLine]

    @property
    def count(self) -> int:
        return len(self.releases) + len(self.swaps) + len(self.flags) + len(self.proposals)


def everything(session: Session) -> Awaited:
    """What is within the reach of whoever asks."""
    given_back = releases.listed(session, state=ReleaseState.ASKED, limit=MOST).rows
    swapped = swaps.listed(session, state=SwapState.ACCEPTED, limit=MOST).rows
    doubts = flags.listed(session, limit=MOST).rows
    proposals = feedback.proposals(session, limit=MOST).rows
    people = {row.helper_id for row in given_back} | {row.helper_id for row in doubts}
    people |= {row.helper_id for row in proposals} | {
        one for row in swapped for one in (row.helper_id, row.other_helper_id)
    }
    return Awaited(
        releases=[(row, _promise(session, row.promise_id)) for row in given_back],
        swaps=[(row, *swaps.shown(session, row)) for row in swapped],
        flags=doubts,
        proposals=[(row, _said(session, row)) for row in proposals],
        called=rosters.called(session, people),
        residents=_names(session, {row.resident_id for row in proposals}),
        visits=_visits(session, {row.roster_id for row in given_back} | {row.roster_id for row in swapped}),
    )


def count(session: Session) -> int:
    """How much waits, within the reach of whoever asks."""
    waiting = (
        (Release, [Release.state == ReleaseState.ASKED]),
        (Swap, [Swap.state == SwapState.ACCEPTED]),
        (Flag, [Flag.state == FlagState.OPEN]),
        (Wish, [Wish.kind == WishKind.NOT_AGAIN, col(Wish.decided_at).is_(None)]),
    )
    return sum(
        session.exec(select(func.count()).select_from(table).where(*where, *within(session, table))).one()
        for table, where in waiting
    )


def _promise(session: Session, promise_id: str) -> Promise:
    return session.exec(select(Promise).where(Promise.id == promise_id)).one()


def _said(session: Session, wish: Wish) -> Feedback:
    return session.exec(select(Feedback).where(Feedback.id == wish.feedback_id)).one()


def _names(session: Session, resident_ids: Iterable[str]) -> dict[str, str]:
    found = session.exec(select(Resident.id, Resident.name).where(col(Resident.id).in_(sorted(resident_ids))))
    return dict(found.all())


def _visits(session: Session, roster_ids: Iterable[str]) -> dict[str, VisitLine]:
    return {
        visit_id: line
        for roster_id in sorted(roster_ids)
        for visit_id, line in rosters.lines(session, roster_id).items()
    }
