"""A finished plan meets what people did meanwhile: all that still holds is kept, the rest is left for another try."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import Session, select

from fixtures import tiny
from matcher import availability, bonds, imports, merging, pins, plans, requests, rosters, runs, snapshot
from matcher.database import Database
from matcher.merging import Merged
from matcher.snapshot import Snapshot
from matcher.tables.areas import Area
from matcher.tables.requests import Request
from matcher.tables.rosters import Run
from solver import judge
from solver.plan import Plan
from tests.matcher.test_snapshot import DAY
from tests.tiny_day import BY_HAND, Made, TinyDay


@pytest.fixture
def day(database: Database, tmp_path: Path) -> TinyDay:
    files = tiny.write_tiny(tmp_path, DAY)
    for kind in imports.IMPORTS:
        imports.run(database, kind, files[kind].name, files[kind].read_bytes())
    with database.transaction() as session:
        area = session.exec(select(Area.id).where(Area.number == tiny.COMMUNITY)).one()
        roster_id = rosters.open_roster(session, area, DAY).id
    return TinyDay(database, roster_id)


def seen(day: TinyDay) -> Snapshot:
    with day.database.reading() as session:
        return snapshot.problem(session, day.roster_id)


def planned(day: TinyDay, seen: Snapshot, made: Sequence[Made] = BY_HAND) -> Plan:
    return snapshot.planned(seen, ((day.visits[what], day.helpers[who], day.at(start)) for who, what, start in made))


def made(day: TinyDay, now: Snapshot, plan: Plan) -> set[Made]:
    return {
        day.named(now.helper_ids[one.helper], now.visit_ids[one.visit], now.start + timedelta(minutes=one.start))
        for one in plan.assignments
    }


def merged(day: TinyDay, before: Snapshot) -> tuple[Merged, Snapshot, set[str | None]]:
    """What becomes of the plan by hand, and which visits are to be tried again."""
    now = seen(day)
    found = merging.merge(before, planned(day, before), now)
    assert judge.hard(judge.judge(now.problem, found.plan)) == []
    return found, now, {day.number[visit_id] for visit_id in found.again}


def request_of(session: Session, number: str) -> str:
    return session.exec(select(Request.id).where(Request.number == number)).one()


def test_where_nobody_did_anything_the_plan_stays_as_it_is(day: TinyDay) -> None:
    before = seen(day)
    found, now, again = merged(day, before)
    assert (made(day, now, found.plan), again) == (set(BY_HAND), set())


def test_a_visit_taken_back_is_left_out_and_nothing_else_changes(day: TinyDay) -> None:
    before = seen(day)
    with day.database.transaction() as session:
        requests.withdraw(session, request_of(session, "Q1"))
    found, now, again = merged(day, before)
    assert (made(day, now, found.plan), again) == (set(BY_HAND[1:]), set())


def test_a_new_request_is_tried_again_and_nothing_else_changes(day: TinyDay) -> None:
    before = seen(day)
    with day.database.transaction() as session:
        asked = session.get(Request, request_of(session, "Q1"))
        assert asked is not None
        values = asked.model_dump(include={"resident_id", "service_id", "windows", "minutes", "people"})
        requests.take(session, {**values, "day": DAY, "number": "NEW"})
    assert day.version == 2
    day = TinyDay(day.database, day.roster_id)
    found, now, again = merged(day, before)
    assert (made(day, now, found.plan), again) == (set(BY_HAND), {"NEW"})


def test_what_a_person_decided_goes_first_and_what_it_pushes_aside_is_tried_again(day: TinyDay) -> None:
    """V1 is to make Q7 at 15:30 as planned, and now Q3 with V2 at 15:00, which leaves neither time for Q7 and Q8."""
    before = seen(day)
    with day.database.transaction() as session:
        helpers = [day.helpers["V1"], day.helpers["V2"]]
        pins.put(session, day.roster_id, day.visits["Q3"], helpers, day.at("15:00"), 1)
    found, now, again = merged(day, before)
    kept = {one for one in BY_HAND if one[1] not in ("Q3", "Q7", "Q8")}
    assert made(day, now, found.plan) == kept | {("V1", "Q3", "15:00"), ("V2", "Q3", "15:00")}
    assert again == {"Q7", "Q8"}


def test_a_pin_to_somebody_else_leaves_only_its_own_visit(day: TinyDay) -> None:
    before = seen(day)
    with day.database.transaction() as session:
        pins.put(session, day.roster_id, day.visits["Q9"], [day.helpers["K1"]], None, 1)
    found, now, again = merged(day, before)
    assert (made(day, now, found.plan), again) == ({one for one in BY_HAND if one[1] != "Q9"}, {"Q9"})


def test_time_off_takes_the_helper_out_of_what_they_cannot_make(day: TinyDay) -> None:
    before = seen(day)
    with day.database.transaction() as session:
        availability.take_time_off(session, day.helpers["V2"], day.at("13:00"), day.at("18:00"))
    assert day.version == 2, "the roster has heard of it"
    found, now, again = merged(day, before)
    assert made(day, now, found.plan) == {one for one in BY_HAND if one[1] not in ("Q3", "Q7", "Q8")}
    assert again == {"Q3", "Q7", "Q8"}, "two people for Q3, and Q7 starts together with Q8"


def test_a_barring_counts_at_once(day: TinyDay) -> None:
    before = seen(day)
    with day.database.transaction() as session:
        resident = session.exec(select(Request.resident_id).where(Request.number == "Q4")).one()
        bonds.bar(session, resident, day.helpers["K1"], "")
    found, now, again = merged(day, before)
    assert (made(day, now, found.plan), again) == ({one for one in BY_HAND if one[1] != "Q4"}, {"Q4"})


def test_what_an_override_holds_stays_beside_the_plan(day: TinyDay) -> None:
    before = seen(day)
    with day.database.transaction() as session:
        start, who = day.at("09:30"), [day.helpers["V2"]]
        breaches = [{"hard": True, "rule": "barred", "sentence": "", "visit_ids": [], "helper_ids": []}]
        pins.put(session, day.roster_id, day.visits["Q1"], who, start, 1, breaches, override="they agreed")
    found, now, again = merged(day, before)
    assert made(day, now, found.plan) == {one for one in BY_HAND if one[1] not in ("Q1", "Q2")}
    assert again == {"Q2"}
    rows = plans.rows(now, found.plan)
    assert ("V2", "Q1", "09:30") in {day.named(row["helper_id"], row["visit_id"], row["start_at"]) for row in rows}


def test_what_was_left_before_is_not_called_a_conflict(day: TinyDay) -> None:
    before = seen(day)
    with day.database.transaction() as session:
        rosters.move_on(session, day.roster_id, 1)
    _, _, again = merged(day, before)
    assert again == set(), "Q5 and Q6 were left by the plan itself"


def test_the_run_that_follows_keeps_everybody_where_they_are(day: TinyDay) -> None:
    day.store(BY_HAND[1:])
    now = seen(day)
    with day.database.reading() as session:
        held = snapshot.drafted(session, now)
    kept = merging.keeping(now, held)
    pinned = {day.number[now.visit_ids[pin.visit]]: pin for pin in kept.pins}
    assert set(pinned) == {"Q2", "Q3", "Q4", "Q7", "Q8", "Q9"}
    assert {day.number[now.helper_ids[helper]] for helper in pinned["Q3"].helpers} == {"V1", "V2"}


def test_a_run_is_followed_by_a_short_one_where_something_is_to_be_tried_again(day: TinyDay) -> None:
    for again, expected in (((), 1), (("vis_1",), 2)):
        with day.database.transaction() as session:
            run = runs.start(session, day.roster_id, seconds=60)
            claim = runs.claim(session, run.id, "worker", 15)
        assert claim is not None
        now = seen(day)
        with day.database.transaction() as session:
            plan = planned(day, now)
            assert plans.store(session, run.id, claim.fence, now, plan, stopped=False, measures={}, again=again)
        with day.database.reading() as session:
            active = session.exec(select(Run).where(Run.state == "queued")).all()
        assert len(active) == expected - 1
    assert (active[0].follows, active[0].seconds) == (run.id, runs.FOLLOW_SECONDS)
