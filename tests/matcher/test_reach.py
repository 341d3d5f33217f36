"""What lies within whose reach, row by row."""

import pytest
from sqlmodel import Session, col, select

from matcher import reach
from matcher.errors import UnknownError
from matcher.reach import EVERYBODYS, EVERYTHING, HELD, KEYS, WAYS, Reach
from matcher.tables.all import METADATA
from matcher.tables.areas import Area
from matcher.tables.people import Helper
from matcher.tables.rosters import Import
from tests.two_places import a_district

INNER = {
    *("account", "sign_in", "api_key", "throttle", "secret", "outbox"),
    *("streets", "category", "service_skill", "helper_skill", "availability", "exceptional_day"),
    *("unassigned", "door_code", "face_cap", "substitute", "exchange_rule"),
    *("calendar_link", "contact", "routine", "special_day", "nightly"),
}
"""Tables whose rows nobody names by an id: they are reached through what they belong to, or never."""
HOUSES = {Area, Import}


def test_every_table_is_declared_or_nobody_names_its_rows() -> None:
    named = {table.__tablename__ for table, _ in KEYS.values()}  # type: ignore[attr-defined]
    assert named | INNER == set(METADATA.tables)
    assert named & INNER == set()
    assert {table for table, _ in KEYS.values()} == set(WAYS) | EVERYBODYS | HOUSES


def test_each_way_follows_a_foreign_key_up_to_an_area() -> None:
    for table, (name, target) in WAYS.items():
        column = METADATA.tables[table.__tablename__].c[name]  # type: ignore[attr-defined]
        assert [key.column.table.name for key in column.foreign_keys] == [target.__tablename__]  # type: ignore[attr-defined]
        seen = table
        for _ in range(6):
            seen = WAYS[seen][1] if seen is not Area else Area
        assert seen is Area, table


def test_a_tree_holds_its_own_rows_and_no_others(session: Session) -> None:
    district, ours, theirs = a_district(session)
    small, middle = reach.of_tree(session, ours["are"]), reach.of_tree(session, ours["around"])
    for prefix, (table, what) in KEYS.items():
        reach.must_hold(session, EVERYTHING, [theirs[prefix]])
        if table is Import:
            continue
        for tree in (small, middle):
            reach.must_hold(session, tree, [ours[prefix]])
        if table not in EVERYBODYS:
            with pytest.raises(UnknownError, match=f"There is no {what} {theirs[prefix]}"):
                reach.must_hold(session, middle, [ours[prefix], theirs[prefix]])
    with pytest.raises(UnknownError):
        reach.must_hold(session, small, [ours["around"]])
    assert reach.of_tree(session, district) == EVERYTHING


def test_of_two_districts_neither_is_the_whole_house(session: Session) -> None:
    district, _, theirs = a_district(session)
    session.add(Area(id="are_other", name="西城区", tier="district"))
    session.flush()
    assert reach.of_tree(session, district).everything is False
    reach.must_hold(session, reach.of_tree(session, district), [theirs["res"], theirs["ros"]])


def test_a_helper_holds_what_is_their_own(session: Session) -> None:
    _, ours, theirs = a_district(session)
    mine = Reach(helper_id=ours["hlp"])
    for prefix, (table, _) in KEYS.items():
        if table in HELD and prefix not in ("crw", "fal"):
            reach.must_hold(session, mine, [ours[prefix]])
        if table not in EVERYBODYS:
            with pytest.raises(UnknownError):
                reach.must_hold(session, mine, [theirs[prefix]])
    with pytest.raises(UnknownError):
        reach.must_hold(session, mine, [ours["other"]])


def test_a_provider_holds_its_crews(session: Session) -> None:
    _, ours, theirs = a_district(session)
    own = Reach(provider_id=ours["prv"])
    reach.must_hold(session, own, [ours["prv"], ours["crw"], ours["crew's"]])
    for key in (theirs["prv"], theirs["crw"], theirs["crew's"], ours["hlp"], ours["res"], ours["vis"]):
        with pytest.raises(UnknownError):
            reach.must_hold(session, own, [key])


def test_nobody_in_particular_holds_nothing(session: Session) -> None:
    _, ours, _ = a_district(session)
    for prefix, (table, _) in KEYS.items():
        if table not in EVERYBODYS:
            with pytest.raises(UnknownError):
                reach.must_hold(session, Reach(), [ours[prefix]])


def test_helpers_of_the_areas_around_may_be_sent_though_they_are_not_ours(session: Session) -> None:
    _, ours, theirs = a_district(session)
    tree = reach.of_tree(session, ours["are"])
    above = session.exec(select(Helper).where(col(Helper.id) == theirs["crew's"])).one()
    above.area_id = ours["around"]
    session.add(above)
    session.flush()
    reach.must_hold(session, tree, [above.id], sent=True)
    with pytest.raises(UnknownError):
        reach.must_hold(session, tree, [above.id])
    with pytest.raises(UnknownError):
        reach.must_hold(session, tree, [theirs["hlp"]], sent=True)


@pytest.mark.parametrize("key", ["xyz_00000000000000000000000000", "res_00000000000000000000000000"])
def test_what_is_not_there_is_not_within_reach(session: Session, key: str) -> None:
    _, ours, _ = a_district(session)
    with pytest.raises(UnknownError):
        reach.must_hold(session, reach.of_tree(session, ours["are"]), [key])
