"""The registers: who is taken in, changed, found, joined and kept apart."""

import threading
from collections.abc import Callable
from datetime import date, time, timedelta

import pytest
from sqlmodel import Session, SQLModel, select

from matcher import (
    availability,
    bonds,
    clock,
    lendings,
    pages,
    providers,
    purses,
    requests,
    residents,
    sent,
    services,
    volunteers,
)
from matcher.database import Database
from matcher.errors import ConflictError, InvalidError, UnknownError
from matcher.sent import Skilled
from matcher.tables.people import Availability, ExceptionalDay, HelperSkill, Resident, TimeOff, Volunteer
from matcher.tables.services import Skill
from tests.matcher.builders import HERE, MONDAY, a_request, a_resident, a_service, a_volunteer, an_area

NOWHERE = "xxx_00000000000000000000000000"


def at_once(database: Database, count: int, act: Callable[[Session], object]) -> list[str]:
    """What each of `count` threads came to, each in a transaction of its own, all let go at the same moment."""
    gate, ends = threading.Barrier(count), []

    def go() -> None:
        gate.wait()
        try:
            with database.transaction() as session:
                act(session)
            ends.append("done")
        except ConflictError as error:
            ends.append(error.code)

    threads = [threading.Thread(target=go) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(ends)


def test_a_resident_is_taken_in_changed_and_found_again(session: Session) -> None:
    area = an_area(session)
    resident = a_resident(session, area, number="R1", languages=["汉语"], need_groups=["disabled"])
    residents.change(session, resident, {"name": "阿依古丽·买买提", "languages": ["汉语", "维吾尔语"]})
    session.expire_all()
    found = residents.get(session, resident)
    assert (found.name, found.languages, found.number) == ("阿依古丽·买买提", ["汉语", "维吾尔语"], "R1")


@pytest.mark.parametrize("number", ["R2", None])
def test_a_number_that_is_taken_is_named_whether_one_is_new_or_changed(session: Session, number: str | None) -> None:
    area = an_area(session)
    a_resident(session, area, number="R1")
    other = a_resident(session, area, number=number)
    for act in (
        lambda: a_resident(session, area, number="R1"),
        lambda: residents.change(session, other, {"number": "R1", "name": "x"}),
    ):
        with pytest.raises(ConflictError, match="number R1 already") as caught:
            act()
        assert caught.value.field == "number"
    assert residents.get(session, other).name == "阿依古丽"
    assert len(session.exec(select(Resident)).all()) == 2


def test_a_row_that_the_tables_refuse_is_no_conflict(session: Session) -> None:
    resident = a_resident(session, an_area(session), number="R1")
    for values in ({"latitude": 91.0}, {"name": None}):
        with pytest.raises(InvalidError, match="nothing was stored"):
            residents.change(session, resident, values)


def test_what_a_row_names_must_be_there(session: Session) -> None:
    area = an_area(session)
    resident, service = a_resident(session, area), a_service(session)
    for field, act in {
        "area_id": lambda: a_resident(session, NOWHERE),
        "team_id": lambda: a_volunteer(session, area, team_id=NOWHERE),
        "resident_id": lambda: a_request(session, area, resident_id=NOWHERE),
        "service_id": lambda: a_request(session, area, service_id=NOWHERE),
        "purse_id": lambda: a_request(session, area, service_id=service, purse_id=NOWHERE),
        "together_with_id": lambda: a_request(session, area, resident_id=resident, together_with_id=NOWHERE),
        "volunteer_id": lambda: bonds.pair(session, resident, NOWHERE, "one_to_one", MONDAY),
        "helper_id": lambda: bonds.bar(session, resident, NOWHERE, ""),
        "lender_id": lambda: lendings.allow(session, NOWHERE, area, 1),
    }.items():
        with pytest.raises(InvalidError, match=NOWHERE) as caught:
            act()
        assert caught.value.field == field


def test_pages_show_every_row_once_while_others_come_and_go(session: Session) -> None:
    area, elsewhere = an_area(session), an_area(session, "团结社区")
    ids = sorted(a_resident(session, area) for _ in range(7))
    a_resident(session, elsewhere)
    first = residents.listed(session, limit=3, area_id=area)
    session.delete(residents.get(session, ids[1]))
    session.flush()
    second = residents.listed(session, after=first.after, limit=3, area_id=area)
    third = residents.listed(session, after=second.after, limit=3, area_id=area)
    assert [row.id for page in (first, second, third) for row in page.rows] == ids
    assert (first.after, second.after, third.after) == (ids[2], ids[5], None)


@pytest.mark.parametrize("limit", [0, -1, 201])
def test_a_page_is_neither_empty_nor_endless(session: Session, limit: int) -> None:
    with pytest.raises(InvalidError) as caught:
        residents.listed(session, limit=limit)
    assert caught.value.field == "limit"


def test_residents_are_found_by_characters_of_their_name_taken_as_they_are(session: Session) -> None:
    area = an_area(session)
    found = a_resident(session, area, name="哈丽玛·别克")
    a_resident(session, area, name="王丽")
    odd = a_resident(session, area, name="100%")
    assert [row.id for row in residents.listed(session, name="别克").rows] == [found]
    assert [row.id for row in residents.listed(session, name="%").rows] == [odd]


def test_areas_hold_what_lies_in_them(session: Session) -> None:
    street = an_area(session, "幸福街道", tier="subdistrict")
    inner = an_area(session, parent_id=street)
    a_resident(session, an_area(session, "团结社区"))
    resident = a_resident(session, inner)
    assert [row.id for row in residents.listed(session, area_id=street).rows] == [resident]


def test_a_helper_has_the_skills_that_were_said_last(session: Session) -> None:
    helper = a_volunteer(session, an_area(session), skills=[Skilled("理发"), Skilled("急救证", True, MONDAY)])
    sent.change(session, helper, {"skills": [Skilled("理发"), Skilled("理发"), Skilled("陪伴")]})
    assert sent.skills_of(session, [helper])[helper] == [Skilled("理发"), Skilled("陪伴")]
    sent.change(session, helper, {"skills": []})
    assert sent.skills_of(session, [helper]) == {}


def test_a_change_that_does_not_name_skills_leaves_them(session: Session) -> None:
    helper = a_volunteer(session, an_area(session), skills=[Skilled("理发")])
    volunteer = session.exec(select(Volunteer.id).where(Volunteer.helper_id == helper)).one()
    row, changed = volunteers.change(session, volunteer, {"phone": "+8613999000001", "mode": "bike"})
    assert (row.phone, changed.mode, changed.name) == ("+8613999000001", "bike", "王芳")
    assert sent.skills_of(session, [helper])[helper] == [Skilled("理发")]


def test_new_skills_said_by_many_at_once_are_there_once(database: Database) -> None:
    with database.transaction() as session:
        area = an_area(session)
    skills = [Skilled(name) for name in ("甲", "乙", "丙", "丁")]
    turns = iter(range(8))

    def register(session: Session) -> None:
        a_volunteer(session, area, skills=skills if next(turns) % 2 else skills[::-1])

    assert at_once(database, 8, register) == ["done"] * 8
    with database.reading() as session:
        assert sorted(session.exec(select(Skill.name))) == sorted("甲乙丙丁")


WEEK = [availability.Stretch(weekday, time(9), time(12)) for weekday in range(7)]
BEGIN = clock.now()


@pytest.mark.parametrize(
    ("say", "table", "count"),
    [
        (lambda session, helper: availability.set_pattern(session, helper, WEEK, {}), Availability, 7),
        (
            lambda session, helper: availability.set_pattern(session, helper, [], {MONDAY: [(time(14), time(16))]}),
            ExceptionalDay,
            1,
        ),
        (
            lambda session, helper: availability.take_time_off(session, helper, BEGIN, BEGIN + timedelta(days=1)),
            TimeOff,
            1,
        ),
        (lambda session, helper: sent.set_skills(session, helper, [Skilled("理发")]), HelperSkill, 1),
    ],
    ids=["week", "day", "time off", "skills"],
)
def test_what_many_say_of_one_helper_at_once_is_said_by_one_of_them(
    database: Database, say: Callable[[Session, str], object], table: type[SQLModel], count: int
) -> None:
    with database.transaction() as session:
        helper = a_volunteer(session, an_area(session))
    assert at_once(database, 8, lambda session: say(session, helper)) == ["done"] * 8
    with database.reading() as session:
        assert len(session.exec(select(table)).all()) == count


def test_one_number_given_to_many_at_once_is_given_to_one(database: Database) -> None:
    with database.transaction() as session:
        area = an_area(session)
    assert at_once(database, 6, lambda session: a_resident(session, area, number="R1")) == ["conflict"] * 5 + ["done"]


def test_a_provider_works_at_the_tier_of_its_area_and_sends_crews(session: Session) -> None:
    district = an_area(session, "天山区", tier="district")
    plain = {"name": "康乐", "area_id": district, **HERE}
    with pytest.raises(InvalidError) as caught:
        providers.register(session, {**plain, "tier": "community"})
    assert caught.value.field == "tier"
    provider = providers.register(session, {**plain, "tier": "district"})
    crew, helper = providers.add_crew(
        session, provider.id, {"name": "一组", "members": 2, "area_id": district, "visit_fee": 2000, **HERE}
    )
    assert [(one.id, other.id) for one, other in providers.crews(session, provider.id)] == [(crew.id, helper.id)]
    assert (crew.members, helper.kind, helper.visit_fee) == (2, "crew", 2000)


def test_who_is_paired_or_barred_is_so_once_and_can_be_so_no_more_once(session: Session) -> None:
    area = an_area(session)
    resident, helper = a_resident(session, area), a_volunteer(session, area)
    volunteer = session.exec(select(Volunteer.id).where(Volunteer.helper_id == helper)).one()
    pairing = bonds.pair(session, resident, volunteer, "one_to_one", MONDAY)
    barring = bonds.bar(session, resident, helper, "争执")
    with pytest.raises(ConflictError):
        bonds.pair(session, resident, volunteer, "many_to_one", MONDAY)
    with pytest.raises(ConflictError):
        bonds.bar(session, resident, helper, "")
    assert [row.id for row in bonds.pairings(session, resident_id=resident).rows] == [pairing.id]
    bonds.end_pairing(session, pairing.id)
    bonds.lift_barring(session, barring.id)
    for act, key in ((bonds.end_pairing, pairing.id), (bonds.lift_barring, barring.id)):
        with pytest.raises(UnknownError):
            act(session, key)


def test_a_lending_takes_the_number_that_was_said_last(session: Session) -> None:
    street = an_area(session, "幸福街道", tier="subdistrict")
    here, there = an_area(session), an_area(session, "团结社区")
    first = lendings.allow(session, here, there, 2)
    assert lendings.allow(session, here, there, 5).id == first.id
    back = lendings.allow(session, there, here, 0)
    assert {row.id: row.most for row in lendings.listed(session, area_id=here).rows} == {first.id: 5, back.id: 0}
    for wrong, field in (
        ((here, here, 1), "borrower_id"),
        ((here, street, 1), "borrower_id"),
        ((here, there, -1), "most"),
    ):
        with pytest.raises(InvalidError) as caught:
            lendings.allow(session, *wrong)
        assert caught.value.field == field
    lendings.end(session, back.id)
    with pytest.raises(UnknownError):
        lendings.end(session, back.id)


def test_a_purse_runs_forward_and_keeps_its_budget(session: Session) -> None:
    plain = {"name": "居家养老", "first_day": MONDAY, "last_day": MONDAY, "budget": 10_000_000_000}
    purse = purses.open_purse(session, plain)
    with pytest.raises(InvalidError) as caught:
        purses.change(session, purse.id, {"last_day": date(2034, 11, 19)})
    assert caught.value.field == "last_day"
    assert purses.change(session, purse.id, {"name": "助残"}).budget == 10_000_000_000


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"windows": []}, "windows"),
        ({"windows": [{"start": "11:00", "end": "09:00"}]}, "windows.0"),
        ({"windows": [{"start": "09:00", "end": "10:30"}, {"start": "14:00", "end": "14:30"}]}, "windows.1"),
        ({"until": date(2034, 11, 19)}, "until"),
        ({"repeat": {"weekdays": [], "every_weeks": 1}}, "repeat.weekdays"),
        ({"repeat": {"weekdays": [7], "every_weeks": 1}}, "repeat.weekdays"),
        ({"repeat": {"weekdays": [1], "every_weeks": 0}}, "repeat.every_weeks"),
        ({"gender_required": True}, "gender"),
    ],
)
def test_a_request_that_contradicts_itself_is_refused_by_field(
    session: Session, said: dict[str, object], field: str
) -> None:
    with pytest.raises(InvalidError) as caught:
        a_request(session, an_area(session), **said)
    assert caught.value.field == field


def test_a_request_takes_from_its_service_what_it_leaves_open(session: Session) -> None:
    area, service = an_area(session), a_service(session, minutes=45, people=2)
    plain = a_request(session, area, service_id=service)
    own = a_request(session, area, service_id=service, minutes=90, people=1)
    assert [(row.minutes, row.people) for row in (plain, own)] == [(45, 2), (90, 1)]


def test_a_withdrawn_request_stays_on_record_and_cannot_be_changed(session: Session) -> None:
    request = a_request(session, an_area(session))
    first = requests.withdraw(session, request.id).withdrawn_at
    assert requests.withdraw(session, request.id).withdrawn_at == first is not None
    with pytest.raises(ConflictError):
        requests.change(session, request.id, {"note": "x"})


def test_a_request_does_not_start_together_with_itself(session: Session) -> None:
    request = a_request(session, an_area(session))
    with pytest.raises(InvalidError) as caught:
        requests.change(session, request.id, {"together_with_id": request.id})
    assert caught.value.field == "together_with_id"


def test_services_tell_what_they_ask_for(session: Session) -> None:
    service = a_service(session)
    assert services.get(session, service).minutes == 60
    assert [row.id for row in services.listed(session).rows] == [service]
    assert services.skills_of(session, [service]) == {}


def test_nothing_is_not_found(session: Session) -> None:
    for get in (residents.get, volunteers.get, providers.get, services.get, sent.get, requests.get, purses.get):
        with pytest.raises(UnknownError, match=NOWHERE):
            get(session, NOWHERE)
    with pytest.raises(UnknownError):
        pages.remove(session, Resident, NOWHERE, "resident")
