"""The tiny world as a problem, worked out by hand, and plans on their way back; on both databases."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session, col, func, select

from fixtures import sheets, tiny
from matcher import imports, plans, rosters, runs, snapshot, verdicts
from matcher.database import Database
from matcher.errors import HardBreachError, InvalidError
from matcher.keys import new_key
from matcher.snapshot import Snapshot
from matcher.tables.areas import Area
from matcher.tables.people import Crew, ExceptionalDay, Helper, Volunteer
from matcher.tables.requests import Lending, Request, Visit
from matcher.tables.rosters import Assignment, Pin, Roster, Run, Unassigned
from matcher.tables.versions import Promise
from solver import judge, plan, problem
from solver.plan import Plan

DAY = date(2034, 11, 20)  # a Monday
MIDNIGHT = datetime(2034, 11, 19, 16, tzinfo=UTC)  # in Shanghai
Rows = dict[str, list[dict[str, Any]]]


def at(clock: str) -> int:
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)


def opened(
    database: Database, folder: Path, spoil: Callable[[Rows], None] = lambda rows: None, area: str = tiny.COMMUNITY
) -> str:
    """Import the tiny world, changed by `spoil`, and open the roster of its community."""
    rows: Rows = tiny.tables(DAY)
    spoil(rows)
    files = sheets.write_all(folder, rows, tiny.streets())
    for kind in imports.IMPORTS:
        imports.run(database, kind, files[kind].name, files[kind].read_bytes())
    with database.transaction() as session:
        found = session.exec(select(Area.id).where(Area.number == area)).one()
        return rosters.open_roster(session, found, DAY).id


def seen(database: Database, roster_id: str, **weights: int) -> Snapshot:
    with database.reading() as session:
        return snapshot.problem(session, roster_id, weights)


def numbers(database: Database, day: Snapshot) -> tuple[list[str | None], list[str | None]]:
    """The office's numbers of the problem's helpers and of its visits' requests."""
    with database.reading() as session:
        named = dict(session.exec(select(Volunteer.helper_id, Volunteer.number)).all())
        named |= dict(session.exec(select(Crew.helper_id, Crew.number)).all())
        asked = dict(session.exec(select(Visit.id, Request.number).join(Request)).all())
    return [named[key] for key in day.helper_ids], [asked[key] for key in day.visit_ids]


V1, V2, V3, K1, K2 = "V1", "V2", "V3", "K1", "K2"


class Looked:
    """A snapshot whose helpers and visits are found by the office's numbers."""

    def __init__(self, database: Database, roster_id: str, **weights: int) -> None:
        self.day = seen(database, roster_id, **weights)
        self.helpers, self.visits = numbers(database, self.day)

    def helper(self, number: str) -> problem.Helper:
        return self.day.problem.helpers[self.helpers.index(number)]

    def visit(self, number: str) -> problem.Visit:
        return self.day.problem.visits[self.visits.index(number)]

    def minutes(self, mode: str, start: int, end: int) -> int:
        (table,) = [travel.matrix for travel in self.day.problem.travel if travel.mode == mode]
        return int(table[start, end])

    def plan(self, *made: tuple[str, str, str]) -> Plan:
        """(helper, visit, start) with the shift that the start lies in."""
        rows = []
        for who, what, start in made:
            number, tick = self.helpers.index(who), at(start)
            shifts = self.day.problem.helpers[number].shifts
            (shift,) = [place for place, one in enumerate(shifts) if one.start <= tick <= one.end]
            rows.append(plan.Assignment(number, shift, tick, self.visits.index(what)))
        return Plan(tuple(sorted(rows)))


def test_helpers_and_visits_of_the_day_come_in_order_of_their_numbers(database: Database, tmp_path: Path) -> None:
    looked = Looked(database, opened(database, tmp_path))
    assert looked.helpers == [K1, K2, V1, V2, V3]
    assert looked.visits == ["Q1", "Q2", "Q3", "Q4", "Q5", "Q6", "Q7", "Q8", "Q9"]
    assert (looked.day.start, looked.day.version) == (MIDNIGHT, 1)


def test_time_off_cuts_a_shift_and_exceptions_replace_the_week(database: Database, tmp_path: Path) -> None:
    def away(rows: Rows) -> None:
        rows["time_off"].append({"服务者编号": "V1", "开始": f"{DAY} 10:00", "结束": f"{DAY} 15:00", "原因": ""})

    roster_id = opened(database, tmp_path, away)
    with database.transaction() as session:
        other = session.exec(select(Volunteer.helper_id).where(Volunteer.number == V2)).one()
        stretch = {"start": "08:00", "end": "09:30"}
        session.add(ExceptionalDay(id=new_key("exc"), helper_id=other, day=DAY, stretches=[stretch]))
    looked = Looked(database, roster_id)
    assert [(shift.start, shift.end) for shift in looked.helper(V1).shifts] == [(540, 600), (900, 1020)]
    assert [(shift.start, shift.end) for shift in looked.helper(V2).shifts] == [(480, 570)]


def test_whoever_has_no_shift_that_day_is_not_there(database: Database, tmp_path: Path) -> None:
    def away(rows: Rows) -> None:
        rows["time_off"].append({"服务者编号": "V1", "开始": "2034-11-19 08:00", "结束": "2034-11-21 08:00"})

    assert Looked(database, opened(database, tmp_path, away)).helpers == [K1, K2, V2, V3]


def test_a_window_of_the_files_holds_the_visit_to_its_end(database: Database, tmp_path: Path) -> None:
    looked = Looked(database, opened(database, tmp_path))
    assert looked.visit("Q5").windows == (problem.Window(540, 600), problem.Window(840, 900))
    assert looked.visit("Q5").duration == 60


def test_a_visit_that_no_window_holds_is_left_out_with_its_reason(database: Database, tmp_path: Path) -> None:
    roster_id = opened(database, tmp_path)
    with database.transaction() as session:
        visit = session.exec(select(Visit).join(Request).where(Request.number == "Q5")).one()
        visit.minutes = 180
    day = seen(database, roster_id)
    assert visit.id not in day.visit_ids
    assert (
        day.left_out[visit.id]["sentence"]
        == "陪伴聊天（刘德明） takes 180 minutes, and none of its windows is that long."
    )


def test_skills_and_certificates_with_their_last_day(database: Database, tmp_path: Path) -> None:
    def last_day(rows: Rows) -> None:
        rows["volunteers"][0]["证书"] = f"急救证:{DAY}"

    looked = Looked(database, opened(database, tmp_path, last_day))
    assert looked.helper(V1).skills == (problem.Skill("急救证", 24 * 60), problem.Skill("陪伴"))
    assert looked.helper(V3).skills == (problem.Skill("电工"), problem.Skill("电工证", 0))
    assert problem.Skill("电工证") in looked.helper(K1).skills
    assert set(looked.visit("Q4").skills) == {"电工", "电工证"}


def test_who_may_who_must_not_and_who_is_known(database: Database, tmp_path: Path) -> None:
    looked = Looked(database, opened(database, tmp_path))
    index = looked.helpers.index
    assert looked.visit("Q1").known == (index(V1),)
    assert looked.visit("Q1").barred == (index(V2),)
    assert looked.visit("Q1").allowed == (index(V1), index(V2), index(V3))
    assert looked.visit("Q9").allowed == (index(K1), index(K2))
    assert looked.visit("Q4").allowed is None
    assert (looked.visit("Q9").gender, looked.visit("Q9").gender_required) == ("male", True)
    assert looked.visit("Q2").languages == ("维吾尔语",)
    assert (looked.visit("Q3").people, looked.visit("Q4").priority) == (2, 8000)


def test_a_pairing_counts_from_its_first_day(database: Database, tmp_path: Path) -> None:
    def later(rows: Rows) -> None:
        rows["pairings"][0]["起始日期"] = str(DAY + timedelta(days=1))

    assert Looked(database, opened(database, tmp_path, later)).visit("Q1").known == ()


def test_walking_minutes_follow_the_street_and_neighbours_share_a_place(database: Database, tmp_path: Path) -> None:
    looked = Looked(database, opened(database, tmp_path))
    home, far = looked.helper(V1).shifts[0].start_place, looked.visit("Q5").place
    assert looked.visit("Q1").place == home == looked.visit("Q6").place
    assert looked.minutes("walk", home, far) == 27  # 2,000 m at 75 m a minute
    assert looked.minutes("walk", home, looked.visit("Q3").place) == 8  # 400 m along the street, 200 m up the lane
    assert looked.minutes("car", looked.helper(K1).shifts[0].start_place, far) == 4  # 400 m, and parking
    assert looked.day.problem.places == 6  # A, B, C, E, F, H
    assert (looked.helper(V1).circle, looked.helper(K1).circle) == (10, None)


def test_crews_bring_their_fees_their_break_and_their_limits(database: Database, tmp_path: Path) -> None:
    crew = Looked(database, opened(database, tmp_path)).helper(K1)
    assert (crew.visit_cost, crew.hour_cost, crew.most_work, crew.most_visits) == (2000, 4000, 420, 6)
    assert crew.rest == problem.Break(690, 840, 45)


def test_visits_that_start_together_are_linked(database: Database, tmp_path: Path) -> None:
    looked = Looked(database, opened(database, tmp_path))
    index = looked.visits.index
    assert looked.day.problem.links == (problem.Link(index("Q7"), index("Q8"), 0, 0),)


def test_weights_have_defaults_and_a_run_may_change_them(database: Database, tmp_path: Path) -> None:
    roster_id = opened(database, tmp_path)
    assert seen(database, roster_id).problem.weights == snapshot.WEIGHTS
    assert seen(database, roster_id, fee=7).problem.weights == replace(snapshot.WEIGHTS, fee=7)
    with pytest.raises(InvalidError, match="kindness"):
        seen(database, roster_id, kindness=1)
    with pytest.raises(InvalidError, match="-1"):
        seen(database, roster_id, fee=-1)


def test_fair_share_is_the_burden_shared_alike_and_rounded_up(database: Database, tmp_path: Path) -> None:
    # companion 1 + 1, interpreting 2 + 2, cleaning 4 x 2 people, electrician 2, errands 1 + 1, bath 4 = 22 over 5
    assert Looked(database, opened(database, tmp_path)).day.problem.fair_share == 5


def test_a_purse_holds_what_published_rosters_of_its_period_have_left(database: Database, tmp_path: Path) -> None:
    roster_id = opened(database, tmp_path)
    looked = Looked(database, roster_id)
    assert looked.day.problem.purses == (problem.Purse("养老助残补贴", 20_000),)
    assert looked.visit("Q9").purse == 0
    with database.transaction() as session:
        spend(session, looked)
    assert seen(database, roster_id).problem.purses[0].budget == 20_000 - 2_000 - 4_000


def spend(session: Session, looked: Looked) -> None:
    """Another day's roster that has promised that K2 bathes R3 for an hour, at 20 yuan a visit and 40 an hour."""
    area = session.exec(select(Area.id).where(Area.number == tiny.COMMUNITY)).one()
    day, now = DAY - timedelta(days=7), datetime(2034, 11, 13, 2, tzinfo=UTC)
    roster = Roster(id=new_key("ros"), area_id=area, day=day, opened_at=now)
    before = session.get(Visit, looked.visit("Q9").key)
    assert before is not None
    visit = Visit(**before.model_dump(exclude={"id", "day"}), id=new_key("vis"), day=day)
    session.add_all([roster, visit])
    session.flush()
    promise(session, roster.id, visit.id, looked.helper(K2).key, now)


def promise(session: Session, roster_id: str, visit_id: str, helper_id: str, start: datetime) -> None:
    end = start + timedelta(hours=1)
    keys = {"id": new_key("pro"), "roster_id": roster_id, "visit_id": visit_id, "helper_id": helper_id}
    session.add(Promise(**keys, start_at=start, end_at=end, shift_start_at=start, shift_end_at=end, since=1))


def test_a_purse_outside_its_period_is_empty(database: Database, tmp_path: Path) -> None:
    def over(rows: Rows) -> None:
        rows["purses"][0]["结束日期"] = str(DAY - timedelta(days=1))

    assert Looked(database, opened(database, tmp_path, over)).day.problem.purses[0].budget == 0


def test_a_pin_is_kept_and_its_helper_too_even_without_a_shift(database: Database, tmp_path: Path) -> None:
    def away(rows: Rows) -> None:
        rows["time_off"].append({"服务者编号": "V1", "开始": "2034-11-19 08:00", "结束": "2034-11-21 08:00"})

    roster_id = opened(database, tmp_path, away)
    with database.transaction() as session:
        visit = session.exec(select(Visit.id).join(Request).where(Request.number == "Q1")).one()
        helper = session.exec(select(Volunteer.helper_id).where(Volunteer.number == V1)).one()
        start = MIDNIGHT + timedelta(hours=9, minutes=30)
        session.add(
            Pin(
                id=new_key("pin"),
                roster_id=roster_id,
                visit_id=visit,
                helper_ids=[helper],
                start_at=start,
                pinned_at=start,
            )
        )
    looked = Looked(database, roster_id)
    assert looked.helper(V1).shifts == ()
    assert looked.day.problem.pins == (problem.Pin(0, (looked.helpers.index(V1),), at("09:30")),)


def test_what_another_published_roster_promised_is_not_free_any_more(database: Database, tmp_path: Path) -> None:
    roster_id = opened(database, tmp_path)
    looked = Looked(database, roster_id)
    with database.transaction() as session:
        area = session.exec(select(Area.id).where(Area.number == tiny.SUBDISTRICT)).one()
        other = rosters.open_roster(session, area, DAY)
        start = MIDNIGHT + timedelta(hours=10)
        keys = {"roster_id": other.id, "visit_id": looked.visit("Q1").key, "helper_id": looked.helper(V1).key}
        times = {"start_at": start, "end_at": start + timedelta(hours=1)}
        shift = {"shift_start_at": start, "shift_end_at": start + timedelta(hours=1)}
        session.add(Assignment(id=new_key("asg"), **keys, **times, **shift))
    assert len(Looked(database, roster_id).helper(V1).shifts) == 2, "a draft promises nothing"
    with database.transaction() as session:
        promise(session, other.id, keys["visit_id"], keys["helper_id"], start)
    shifts = Looked(database, roster_id).helper(V1).shifts
    assert [(shift.start, shift.end) for shift in shifts] == [(540, 600), (660, 720), (840, 1020)]


def test_helpers_of_the_area_and_crews_of_the_tiers_around_it(database: Database, tmp_path: Path) -> None:
    def spread(rows: Rows) -> None:
        rows["areas"].append(rows["areas"][2] | {"编号": "X", "上级编号": tiny.SUBDISTRICT})
        rows["volunteers"][0]["社区编号"] = "X"
        rows["providers"][0] |= {"所在区域编号": tiny.DISTRICT, "层级": "区"}

    roster_id = opened(database, tmp_path, spread)
    assert Looked(database, roster_id).helpers == [K1, K2, V2, V3]
    with database.transaction() as session:
        ids = {
            number: session.exec(select(Area.id).where(Area.number == number)).one() for number in ("X", tiny.COMMUNITY)
        }
        session.add(Lending(id=new_key("lnd"), lender_id=ids["X"], borrower_id=ids[tiny.COMMUNITY], most=2))
    looked = Looked(database, roster_id)
    assert looked.helpers == [K1, K2, V1, V2, V3]
    assert looked.day.problem.communities == (ids[tiny.COMMUNITY], ids["X"])
    assert looked.day.problem.lendings == (problem.Lending(1, 0, 2),)
    assert [looked.helper(who).community for who in (K1, V1, V2)] == [None, 1, 0]


def test_without_streets_the_office_is_told_to_import_them(database: Database) -> None:
    with database.transaction() as session:
        session.add(area := Area(id=new_key("are"), name="柳树巷社区", tier="community"))
        session.flush()
        roster = rosters.open_roster(session, area.id, DAY)
    with pytest.raises(InvalidError, match="Import the streets first"):
        seen(database, roster.id)


def test_the_same_files_give_the_same_problem_in_another_database(
    database: Database, tmp_path: Path, sqlite_template: Path
) -> None:
    path = tmp_path / "other.sqlite3"
    path.write_bytes(sqlite_template.read_bytes())
    other = Database(f"sqlite:///{path}")
    first, second = (seen(db, opened(db, tmp_path)).problem for db in (database, other))
    other.close()

    def nameless(day: problem.Problem) -> problem.Problem:
        return replace(
            day,
            helpers=tuple(replace(helper, key="") for helper in day.helpers),
            visits=tuple(replace(visit, key="") for visit in day.visits),
            communities=tuple("" for _ in day.communities),
        )

    assert nameless(first) == nameless(second)


# the way back

BY_HAND = (
    (V1, "Q1", "09:00"),
    (V2, "Q2", "09:30"),
    (V1, "Q3", "14:08"),
    (V2, "Q3", "14:08"),
    (K1, "Q4", "10:00"),
    (V1, "Q7", "15:30"),
    (V2, "Q8", "15:30"),
    (K2, "Q9", "09:00"),
)


def claimed(database: Database, roster_id: str) -> runs.Claim:
    with database.transaction() as session:
        run = runs.start(session, roster_id)
    with database.transaction() as session:
        claim = runs.claim(session, run.id, "worker", 15)
    assert claim is not None
    return claim


def store(database: Database, claim: runs.Claim, looked: Looked, proposed: Plan, *, stopped: bool = False) -> bool:
    with database.transaction() as session:
        measures = {"seconds": 1.5}
        return plans.store(session, claim.run_id, claim.fence, looked.day, proposed, stopped=stopped, measures=measures)


def stored(database: Database, roster_id: str) -> tuple[int, int, Roster]:
    with database.reading() as session:
        roster = session.get(Roster, roster_id)
        assert roster is not None
        counts = [session.exec(select(func.count()).select_from(table)).one() for table in (Assignment, Unassigned)]
    return counts[0], counts[1], roster


def test_the_plan_worked_out_by_hand_breaks_no_rule_and_is_stored_with_its_reasons(
    database: Database, tmp_path: Path
) -> None:
    roster_id = opened(database, tmp_path)
    looked, claim = Looked(database, roster_id), claimed(database, roster_id)
    proposed = looked.plan(*BY_HAND)
    assert judge.hard(judge.judge(looked.day.problem, proposed)) == []
    assert store(database, claim, looked, replace(proposed, objective=705, bound=600))
    assigned, left, roster = stored(database, roster_id)
    assert (assigned, left, roster.version, roster.solved_by) == (8, 2, 2, claim.run_id)
    assert (roster.measures["assigned"], roster.measures["unassigned"], roster.measures["seconds"]) == (7, 2, 1.5)
    assert roster.measures["cost"] == judge.cost(looked.day.problem, proposed)
    with database.reading() as session:
        run = runs.get(session, claim.run_id)
        assert (run.state, run.objective, run.bound, run.roster_version) == ("done", 705, 600, 2)
        result = rosters.result(session, roster_id)
        told = {line.visit.resident: line.reasons["sentence"] for line in result.unassigned}
        assert told.keys() == {"刘德明", "哈丽玛·别克"}
        assert told["哈丽玛·别克"] == "None of the 5 helpers may make 双语翻译（哈丽玛·别克）, whatever else they do."
        days = {day.name: day for day in result.days}
    assert [(line.start, line.travel_minutes) for line in days["王丽"].assignments] == [
        (MIDNIGHT + timedelta(hours=9), 0),
        (MIDNIGHT + timedelta(hours=14, minutes=8), 8),
        (MIDNIGHT + timedelta(hours=15, minutes=30), 8),
    ]
    assert days["王丽"].shifts[0] == (MIDNIGHT + timedelta(hours=9), MIDNIGHT + timedelta(hours=12))


def test_reasons_name_people_and_not_ids(database: Database, tmp_path: Path) -> None:
    looked = Looked(database, opened(database, tmp_path))
    verdict = verdicts.verdict(looked.day, looked.plan())
    text = repr([(why["sentence"], [stop["sentence"] for stop in why["stops"]]) for why in verdict.reasons.values()])
    assert "vis_" not in text
    assert "hlp_" not in text
    assert "王丽" in text


def test_a_plan_that_breaks_a_rule_is_never_stored(database: Database, tmp_path: Path) -> None:
    roster_id = opened(database, tmp_path)
    looked, claim = Looked(database, roster_id), claimed(database, roster_id)
    with pytest.raises(HardBreachError, match="古丽娜尔·艾合买提"):
        store(database, claim, looked, looked.plan((V2, "Q1", "09:30")))
    assigned, left, roster = stored(database, roster_id)
    assert (assigned, left, roster.version) == (0, 0, 1)


def test_a_late_fence_writes_nothing(database: Database, tmp_path: Path) -> None:
    roster_id = opened(database, tmp_path)
    looked, claim = Looked(database, roster_id), claimed(database, roster_id)
    late = replace(claim, fence=claim.fence - 1)
    assert not store(database, late, looked, looked.plan(*BY_HAND))
    assigned, left, roster = stored(database, roster_id)
    assert (assigned, left, roster.version, roster.measures) == (0, 0, 1, {})
    assert store(database, claim, looked, looked.plan(*BY_HAND))


def test_a_run_that_has_ended_writes_nothing(database: Database, tmp_path: Path) -> None:
    roster_id = opened(database, tmp_path)
    looked, claim = Looked(database, roster_id), claimed(database, roster_id)
    with database.transaction() as session:
        runs.fail(session, claim.run_id, claim.fence, "test", "It was ended.")
    assert not store(database, claim, looked, looked.plan(*BY_HAND))
    assert stored(database, roster_id)[:2] == (0, 0)


def test_a_roster_that_has_moved_on_is_not_overwritten(database: Database, tmp_path: Path) -> None:
    roster_id = opened(database, tmp_path)
    looked, claim = Looked(database, roster_id), claimed(database, roster_id)
    with database.transaction() as session:
        rosters.move_on(session, roster_id, 1)
    assert not store(database, claim, looked, looked.plan(*BY_HAND))
    assigned, _, roster = stored(database, roster_id)
    assert (assigned, roster.version) == (0, 2)
    with database.reading() as session:
        assert session.exec(select(Run.state).where(Run.id == claim.run_id)).one() == "running"


def test_a_new_plan_takes_the_place_of_the_old(database: Database, tmp_path: Path) -> None:
    roster_id = opened(database, tmp_path)
    for version, made in enumerate((BY_HAND, BY_HAND[:1]), 2):
        looked, claim = Looked(database, roster_id), claimed(database, roster_id)
        assert store(database, claim, looked, looked.plan(*made), stopped=version == 3)
        assert stored(database, roster_id)[2].version == version
    assert stored(database, roster_id)[:2] == (1, 8)
    with database.reading() as session:
        assert session.exec(select(Run.state).where(Run.id == claim.run_id)).one() == "stopped"


def test_what_was_published_is_held_against_the_next_plan(database: Database, tmp_path: Path) -> None:
    roster_id = opened(database, tmp_path)
    looked, claim = Looked(database, roster_id), claimed(database, roster_id)
    assert store(database, claim, looked, looked.plan(*BY_HAND[:2]))
    assert seen(database, roster_id).problem.published == ()
    with database.transaction() as session:
        for what, who, hours in (("Q1", V1, 9.0), ("Q2", V2, 9.5)):
            start = MIDNIGHT + timedelta(hours=hours)
            promise(session, roster_id, looked.visit(what).key, looked.helper(who).key, start)
    told = seen(database, roster_id).problem.published
    index = looked.helpers.index
    assert told == (problem.Published(0, index(V1), 540), problem.Published(1, index(V2), 570))


def test_helpers_who_left_are_not_sent(database: Database, tmp_path: Path) -> None:
    roster_id = opened(database, tmp_path)
    with database.transaction() as session:
        gone = session.exec(
            select(Helper).join(Volunteer, col(Volunteer.helper_id) == col(Helper.id)).where(Volunteer.number == V2)
        ).one()
        gone.is_active = False
    assert Looked(database, roster_id).helpers == [K1, K2, V1, V3]


def test_ticks_are_minutes_of_the_areas_own_day(database: Database, tmp_path: Path) -> None:
    roster_id = opened(database, tmp_path)
    shift = Looked(database, roster_id).helper(V1).shifts[0]
    assert seen(database, roster_id).start + timedelta(minutes=shift.start) == datetime.combine(DAY, time(1), UTC)
