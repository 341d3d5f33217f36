"""The tiny world's day with a plan that was worked out by hand, named by the office's numbers."""

from collections.abc import Sequence
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from sqlmodel import select

from matcher import merging, plans, runs, snapshot
from matcher.database import Database
from matcher.snapshot import Snapshot
from matcher.tables.people import Crew, Volunteer
from matcher.tables.requests import Request, Visit
from matcher.tables.rosters import Assignment, Roster
from solver.plan import Plan

Made = tuple[str, str, str]
"""Helper, request and start."""
BY_HAND: tuple[Made, ...] = (
    ("V1", "Q1", "09:00"),
    ("V2", "Q2", "09:30"),
    ("V1", "Q3", "14:08"),
    ("V2", "Q3", "14:08"),
    ("K1", "Q4", "10:00"),
    ("V1", "Q7", "15:30"),
    ("V2", "Q8", "15:30"),
    ("K2", "Q9", "09:00"),
)


class TinyDay:
    """A roster of the tiny world, whose visits and helpers go by number."""

    def __init__(self, database: Database, roster_id: str) -> None:
        self.database, self.roster_id = database, roster_id
        with database.reading() as session:
            roster = session.get(Roster, roster_id)
            assert roster is not None
            self.day: date = roster.day
            asked = select(Request.number, Visit.id).join(Visit).where(Visit.day == self.day)
            self.visits: dict[str | None, str] = dict(session.exec(asked).all())
            self.helpers = dict(session.exec(select(Volunteer.number, Volunteer.helper_id)).all())
            self.helpers |= dict(session.exec(select(Crew.number, Crew.helper_id)).all())
        self.number = {key: number for number, key in (*self.visits.items(), *self.helpers.items())}

    def at(self, clock_time: str) -> datetime:
        return datetime.combine(self.day, time.fromisoformat(clock_time), ZoneInfo("Asia/Shanghai"))

    @property
    def version(self) -> int:
        with self.database.reading() as session:
            return session.exec(select(Roster.version).where(Roster.id == self.roster_id)).one()

    def store(self, made: Sequence[Made] = BY_HAND, roster_id: str | None = None) -> None:
        """Let a run store this plan, as a worker does: what people did meanwhile goes first."""
        where = roster_id or self.roster_id
        with self.database.transaction() as session:
            run = runs.start(session, where).id
        with self.database.transaction() as session:
            claim = runs.claim(session, run, "worker", 15)
        assert claim is not None
        with self.database.reading() as session:
            seen = snapshot.problem(session, where)
        plan = snapshot.planned(
            seen, ((self.visits[what], self.helpers[who], self.at(start)) for who, what, start in made)
        )
        while not self._stored(run, claim.fence, seen, plan):
            with self.database.reading() as session:
                now = snapshot.problem(session, where)
            seen, plan = now, merging.merge(seen, plan, now).plan

    def _stored(self, run: str, fence: int, seen: Snapshot, plan: Plan) -> bool:
        with self.database.transaction() as session:
            return plans.store(session, run, fence, seen, plan, stopped=False, measures={})

    def held(self, roster_id: str | None = None) -> set[Made]:
        """What the draft holds."""
        with self.database.reading() as session:
            rows = session.exec(select(Assignment).where(Assignment.roster_id == (roster_id or self.roster_id))).all()
        return {self.named(row.helper_id, row.visit_id, row.start_at) for row in rows}

    def named(self, helper_id: str, visit_id: str, start_at: datetime) -> Made:
        who, what = self.number[helper_id], self.number[visit_id]
        assert who is not None
        assert what is not None
        return who, what, f"{start_at.astimezone(ZoneInfo('Asia/Shanghai')):%H:%M}"
