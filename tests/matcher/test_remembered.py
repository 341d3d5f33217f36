"""What other days left behind reaches the solver: burden that is carried over, and faces that are enough."""

from datetime import UTC, datetime, time, timedelta
from pathlib import Path

from sqlmodel import select

from fixtures import tiny
from matcher import faces, snapshot
from matcher.database import Database
from matcher.tables.requests import Request
from matcher.tables.rosters import Roster
from tests.matcher.builders import a_service
from tests.matcher.served import a_promise
from tests.matcher.test_offers import opened
from tests.matcher.test_snapshot import DAY


def test_a_heavy_yesterday_and_a_full_month_are_in_the_problem(database: Database, tmp_path: Path) -> None:
    day = opened(database, tmp_path, tiny.tables(DAY))
    with database.transaction() as session:
        area = session.get_one(Roster, day.roster_id).area_id
        resident = session.exec(select(Request.resident_id).where(Request.number == "Q1")).one()
        before = snapshot.problem(session, day.roster_id)
        yesterday = datetime.combine(DAY - timedelta(days=1), time(2), UTC)
        for helper, burden in (("V1", 4), ("V2", 0)):
            service = a_service(session, burden=burden)
            a_promise(session, area_id=area, helper_id=day.helpers[helper], service_id=service, start_at=yesterday)
        faces.set_cap(session, resident, 1)
        tomorrow = yesterday + timedelta(days=2)
        a_promise(session, area_id=area, helper_id=day.helpers["K1"], resident_id=resident, start_at=tomorrow)
        after = snapshot.problem(session, day.roster_id)
    carried = {day.number[one.key]: one.carried_burden for one in after.problem.helpers}
    base = {day.number[one.key]: one.carried_burden for one in before.problem.helpers}
    assert (carried["V1"] - carried["V2"]) - (base["V1"] - base["V2"]) == 4
    assert min(carried.values()) == 0
    visits = {day.number[one.key]: one for one in after.problem.visits}
    known = {day.number[after.problem.helpers[number].key] for number in visits["Q1"].known}
    assert (visits["Q1"].new_face, known) == (snapshot.NEW_FACE, {"V1", "K1"}), "the paired one stays known"
    assert visits["Q2"].new_face == 0
