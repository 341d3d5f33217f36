"""The registers: who and what is known, what is refused and by which field, and long lists page by page."""

from collections.abc import Callable
from datetime import date, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlmodel import Session, select

from matcher import (
    bonds,
    clock,
    providers,
    purses,
    registers,
    requests,
    residents,
    rosters,
    sent,
    services,
    visits,
    volunteers,
)
from matcher.errors import ConflictError, InvalidError, MatcherError, UnknownError
from matcher.keys import new_key
from matcher.pages import Page
from matcher.sent import Skilled
from matcher.tables.people import Crew, Helper, Volunteer
from matcher.tables.requests import Visit
from matcher.tables.rosters import Assignment
from matcher.tables.services import Category
from tests.matcher.builders import HERE, MONDAY, MORNING, a_request, a_resident, a_service, a_volunteer, an_area

BUDGET = {"name": "高龄补贴", "first_day": date(2034, 1, 1), "last_day": date(2034, 12, 31), "budget": 100_000}


@pytest.fixture
def area(session: Session) -> str:
    return an_area(session)


def field_of(act: Callable[[], Any], error: type[MatcherError] = InvalidError) -> str | None:
    """The field that the refusal names."""
    with pytest.raises(error) as refused:
        act()
    return refused.value.field


def provider(session: Session, area: str, **said: Any) -> str:
    return providers.register(session, {"name": "康乐", "tier": "community", "area_id": area, **HERE, **said}).id


def crew(session: Session, provider_id: str, area: str, **said: Any) -> str:
    return providers.add_crew(session, provider_id, {"name": "一组", "area_id": area, **HERE, **said})[0].id


TAKERS: dict[str, Callable[[Session, str], object]] = {
    "resident": lambda session, area: a_resident(session, area, number="7"),
    "volunteer": lambda session, area: a_volunteer(session, area, number="7"),
    "provider": lambda session, area: provider(session, area, number="7"),
    "crew": lambda session, area: crew(session, provider(session, area), area, number="7"),
    "request": lambda session, area: a_request(session, area, number="7"),
    "purse": lambda session, area: purses.open_purse(session, {**BUDGET, "number": "7"}),
}


@pytest.mark.parametrize("what", TAKERS)
def test_a_taken_number_is_refused_and_named(session: Session, area: str, what: str) -> None:
    TAKERS[what](session, area)
    with pytest.raises(ConflictError, match=f"{what} with the number 7") as refused:
        TAKERS[what](session, area)
    assert refused.value.field == "number"


def test_a_change_to_a_taken_number_names_that_number(session: Session, area: str) -> None:
    a_resident(session, area, number="7")
    other = a_resident(session, area, number="8")
    with pytest.raises(ConflictError, match="number 7") as refused:
        residents.change(session, other, {"number": "7"})
    assert refused.value.field == "number"
    assert residents.get(session, other).number == "8"


def test_rows_without_a_number_do_not_take_one_from_each_other(session: Session, area: str) -> None:
    assert a_resident(session, area) != a_resident(session, area)


def test_a_change_leaves_what_it_does_not_name(session: Session, area: str) -> None:
    resident = a_resident(session, area, number="7", phone="+8613800138000")
    changed = residents.change(session, resident, {"name": "古丽"})
    assert (changed.name, changed.number, changed.phone) == ("古丽", "7", "+8613800138000")


UNKNOWN = [
    ("area_id", lambda session, area: a_resident(session, "are_x")),
    ("area_id", lambda session, area: a_volunteer(session, "are_x")),
    ("area_id", lambda session, area: provider(session, "are_x")),
    ("area_id", lambda session, area: crew(session, provider(session, area), "are_x")),
    ("area_id", lambda session, area: residents.change(session, a_resident(session, area), {"area_id": "are_x"})),
    ("area_id", lambda session, area: sent.change(session, a_volunteer(session, area), {"area_id": "are_x"})),
    ("team_id", lambda session, area: a_volunteer(session, area, team_id="tem_x")),
    ("resident_id", lambda session, area: a_request(session, area, resident_id="res_x")),
    ("service_id", lambda session, area: a_request(session, area, service_id="srv_x")),
    ("purse_id", lambda session, area: a_request(session, area, purse_id="pur_x")),
    ("together_with_id", lambda session, area: a_request(session, area, together_with_id="req_x")),
    ("resident_id", lambda session, area: bonds.pair(session, "res_x", "vol_x", "one_to_one", MONDAY)),
    ("volunteer_id", lambda session, area: bonds.pair(session, a_resident(session, area), "vol_x", "", MONDAY)),
    ("resident_id", lambda session, area: bonds.bar(session, "res_x", a_volunteer(session, area), "")),
    ("helper_id", lambda session, area: bonds.bar(session, a_resident(session, area), "hlp_x", "")),
]


@pytest.mark.parametrize(("field", "act"), UNKNOWN)
def test_what_is_named_and_unknown_is_refused_by_its_field(
    session: Session, area: str, field: str, act: Callable[[Session, str], object]
) -> None:
    assert field_of(lambda: act(session, area)) == field


@pytest.mark.parametrize(
    "look",
    [
        residents.get,
        volunteers.get,
        providers.get,
        providers.crews,
        sent.get,
        services.get,
        requests.get,
        requests.withdraw,
        purses.get,
        bonds.pairing,
        bonds.barring,
        bonds.end_pairing,
        bonds.lift_barring,
        lambda session, key: residents.change(session, key, {"name": "x"}),
        lambda session, key: volunteers.change(session, key, {"name": "x"}),
        lambda session, key: providers.add_crew(session, key, {}),
    ],
)
def test_who_is_not_there_is_unknown(session: Session, look: Callable[[Session, str], object]) -> None:
    with pytest.raises(UnknownError, match="xxx_nobody"):
        look(session, "xxx_nobody")


def test_a_provider_works_at_the_tier_of_its_area(session: Session, area: str) -> None:
    assert field_of(lambda: provider(session, area, tier="district")) == "tier"
    district = an_area(session, "天山区", tier="district")
    mine = provider(session, area)
    assert field_of(lambda: providers.change(session, mine, {"area_id": district})) == "tier"
    moved = providers.change(session, mine, {"area_id": district, "tier": "district"})
    assert (moved.area_id, moved.tier) == (district, "district")


def test_a_volunteer_is_a_helper_with_skills_and_a_change_reaches_both(session: Session, area: str) -> None:
    first_aid = Skilled("急救", is_certificate=True, expires=MONDAY)
    helper = a_volunteer(session, area, phone="+8613800138000", skills=[Skilled("理发"), first_aid])
    assert sorted(skill.name for skill in sent.skills_of(session, [helper])[helper]) == ["急救", "理发"]
    key = session.exec(select(Volunteer.id).where(Volunteer.helper_id == helper)).one()
    volunteer, changed = volunteers.change(
        session, key, {"name": "李强", "phone": "+8613900139000", "skills": [first_aid]}
    )
    assert (volunteer.phone, changed.name, changed.kind) == ("+8613900139000", "李强", "volunteer")
    assert sent.skills_of(session, [helper]) == {helper: [first_aid]}


@pytest.mark.parametrize(
    ("rest", "field"),
    [
        ({"rest_from": time(12)}, "rest_from"),
        ({"rest_minutes": 30}, "rest_from"),
        ({"rest_from": time(12), "rest_to": time(14)}, "rest_from"),
        ({"rest_from": time(14), "rest_to": time(12), "rest_minutes": 30}, "rest_to"),
    ],
)
def test_a_rest_is_told_whole(session: Session, area: str, rest: dict[str, Any], field: str) -> None:
    assert field_of(lambda: crew(session, provider(session, area), area, **rest)) == field


def test_a_rest_is_changed_a_part_at_a_time(session: Session, area: str) -> None:
    whole = {"rest_from": time(12), "rest_to": time(14), "rest_minutes": 30}
    key = crew(session, provider(session, area), area, **whole)
    helper = session.exec(select(Crew.helper_id).where(Crew.id == key)).one()
    assert sent.change(session, helper, {"rest_minutes": 45}).rest_minutes == 45
    assert field_of(lambda: sent.change(session, helper, {"rest_to": None})) == "rest_from"
    assert sent.change(session, helper, dict.fromkeys(whole)).rest_from is None


def test_a_team_of_the_same_name_and_kind_is_refused(session: Session) -> None:
    volunteers.found_team(session, "红石榴", "youth")
    assert field_of(lambda: volunteers.found_team(session, "红石榴", "youth"), ConflictError) == "name"
    volunteers.found_team(session, "红石榴", "senior")
    assert [team.kind for team in volunteers.teams(session)] == ["senior", "youth"]


def test_what_a_request_leaves_open_is_the_services(session: Session, area: str) -> None:
    request = a_request(session, area, service_id=a_service(session, minutes=90, people=2))
    assert (request.minutes, request.people) == (90, 2)
    own = a_request(session, area, service_id=a_service(session, minutes=90, people=2), minutes=30, people=1)
    assert (own.minutes, own.people) == (30, 1)


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"windows": []}, "windows"),
        ({"windows": [{"start": "09:00", "end": "09:59"}]}, "windows.0"),
        ({"windows": [*MORNING, {"start": "14:00", "end": "14:30"}]}, "windows.1"),
        ({"windows": [{"start": "11:00", "end": "09:00"}]}, "windows.0"),
        ({"windows": [{"start": "11:00", "end": "11:00"}]}, "windows.0"),
        ({"minutes": 121}, "windows.0"),
        ({"until": MONDAY - timedelta(days=1)}, "until"),
    ],
)
def test_a_window_too_short_or_a_period_that_runs_backward_is_refused(
    session: Session, area: str, said: dict[str, Any], field: str
) -> None:
    assert field_of(lambda: a_request(session, area, **said)) == field
    kept = a_request(session, area)
    assert field_of(lambda: requests.change(session, kept.id, said)) == field


def test_a_window_exactly_as_long_as_the_visit_suits(session: Session, area: str) -> None:
    assert a_request(session, area, windows=[{"start": "09:00", "end": "10:00"}]).minutes == 60


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago"])
def test_a_change_moves_the_visits_to_come_and_leaves_those_that_were(session: Session, zone: str) -> None:
    """At any moment one of the two zones has another date than UTC."""
    area = an_area(session, time_zone=zone)
    today = clock.now().astimezone(ZoneInfo(zone)).date()
    days = [today + timedelta(days=later) for later in (-1, 0, 1)]
    every_day = {"weekdays": [0, 1, 2, 3, 4, 5, 6], "every_weeks": 1}
    request = a_request(session, area, day=days[0], repeat=every_day)
    for day in days:
        visits.make(session, day)
    evening = [{"start": "17:00", "end": "19:00"}]
    requests.change(session, request.id, {"windows": evening, "minutes": 90, "people": 2, "priority": 400})
    session.expire_all()
    made = session.exec(select(Visit).order_by(Visit.day)).all()
    assert [(visit.day, visit.windows, visit.minutes, visit.people, visit.priority) for visit in made] == [
        (days[0], MORNING, 60, 1, 100),
        (days[1], evening, 90, 2, 400),
        (days[2], evening, 90, 2, 400),
    ]


def test_a_request_that_ends_sooner_takes_its_visits_along_and_brings_them_back(session: Session, area: str) -> None:
    request = a_request(session, area, repeat={"weekdays": [0], "every_weeks": 1})
    later = MONDAY + timedelta(days=7)
    visits.make(session, later)
    requests.change(session, request.id, {"until": MONDAY})
    assert visits.of_day(session, later, [area]) == []
    requests.change(session, request.id, {"until": later})
    visits.make(session, later)
    assert len(visits.of_day(session, later, [area])) == 1


def test_a_visit_that_somebody_was_to_make_is_cancelled_rather_than_gone(session: Session, area: str) -> None:
    request = a_request(session, area, repeat={"weekdays": [0], "every_weeks": 1})
    later = MONDAY + timedelta(days=7)
    roster = rosters.open_roster(session, area, later)
    visit = session.exec(select(Visit)).one()
    begin, end = (clock.now() + timedelta(hours=hours) for hours in (1, 2))
    shift = {"shift_start_at": begin, "shift_end_at": end}
    row = {"roster_id": roster.id, "visit_id": visit.id, "helper_id": a_volunteer(session, area)}
    session.add(Assignment(id=new_key("asg"), start_at=begin, end_at=end, **shift, **row))
    session.flush()
    requests.change(session, request.id, {"until": MONDAY})
    assert visit.cancelled_at is not None
    requests.change(session, request.id, {"until": None})
    assert visits.of_day(session, later, [area]) == [(visit, request)]


def test_a_request_withdrawn_twice_keeps_its_first_moment_and_takes_no_change(session: Session, area: str) -> None:
    request = a_request(session, area)
    first = requests.withdraw(session, request.id).withdrawn_at
    assert first is not None
    assert requests.withdraw(session, request.id).withdrawn_at == first
    with pytest.raises(ConflictError, match="withdrawn"):
        requests.change(session, request.id, {"note": "晚一点"})


def test_a_pair_is_joined_once_and_may_part_and_join_again(session: Session, area: str) -> None:
    resident, helper = a_resident(session, area), a_volunteer(session, area)
    volunteer = session.exec(select(Volunteer.id).where(Volunteer.helper_id == helper)).one()
    paired = bonds.pair(session, resident, volunteer, "one_to_one", MONDAY)
    with pytest.raises(ConflictError, match="pairing"):
        bonds.pair(session, resident, volunteer, "many_to_one", MONDAY)
    bonds.end_pairing(session, paired.id)
    session.flush()
    assert bonds.pair(session, resident, volunteer, "many_to_one", MONDAY).kind == "many_to_one"
    barred = bonds.bar(session, resident, helper, "争吵")
    with pytest.raises(ConflictError, match="barring"):
        bonds.bar(session, resident, helper, "")
    assert [row.id for row in bonds.barrings(session, resident_id=resident).rows] == [barred.id]
    bonds.lift_barring(session, barred.id)
    assert bonds.barrings(session).rows == []


def test_a_purse_whose_period_runs_backward_is_refused(session: Session) -> None:
    assert field_of(lambda: purses.open_purse(session, {**BUDGET, "last_day": date(2033, 12, 31)})) == "last_day"
    purse = purses.open_purse(session, BUDGET)
    assert field_of(lambda: purses.change(session, purse.id, {"first_day": date(2035, 1, 1)})) == "last_day"
    assert purses.change(session, purse.id, {"last_day": purse.first_day}).last_day == purse.first_day


def test_pages_neither_skip_nor_repeat_while_rows_come_and_go(session: Session, area: str) -> None:
    """Seven residents by threes: one already shown goes, and a new one comes at the end."""
    stored = sorted(a_resident(session, area) for _ in range(7))
    first = residents.listed(session, limit=3)
    assert ([row.id for row in first.rows], first.after) == (stored[:3], stored[2])
    session.delete(first.rows[1])
    second = residents.listed(session, after=first.after, limit=3)
    assert [row.id for row in second.rows] == stored[3:6]
    late = registers.add(
        session, type(first.rows[0])(id="res_" + "Z" * 26, name="新来", area_id=area, **HERE), "resident"
    )
    third = residents.listed(session, after=second.after, limit=3)
    assert ([row.id for row in third.rows], third.after) == ([stored[6], late.id], None)


LISTS: dict[str, tuple[Callable[[Session, str], object], Callable[..., Page[Any]]]] = {
    "volunteers": (a_volunteer, volunteers.listed),
    "providers": (provider, providers.listed),
    "requests": (a_request, requests.listed),
    "services": (lambda session, area: a_service(session), services.listed),
    "purses": (lambda session, area: purses.open_purse(session, BUDGET), purses.listed),
}


@pytest.mark.parametrize("what", LISTS)
def test_every_list_ends_after_its_last_full_page(session: Session, area: str, what: str) -> None:
    make, listed = LISTS[what]
    for _ in range(4):
        make(session, area)
    first = listed(session, limit=2)
    second = listed(session, limit=2, after=first.after)
    assert len({row.id for row in [*first.rows, *second.rows]}) == 4
    assert second.after is None


@pytest.mark.parametrize("limit", [0, -1, 201])
def test_a_page_holds_from_one_to_two_hundred_rows(session: Session, limit: int) -> None:
    assert field_of(lambda: residents.listed(session, limit=limit)) == "limit"


def test_lists_tell_of_an_area_with_all_that_lies_in_it(session: Session) -> None:
    district = an_area(session, "天山区", tier="district")
    here, there = an_area(session, parent_id=district), an_area(session, "团结社区")
    mine, theirs = a_resident(session, here), a_resident(session, there)
    helper = a_volunteer(session, here)
    a_volunteer(session, there)
    firm = provider(session, here)
    assert [row.id for row in residents.listed(session, area_id=district).rows] == [mine]
    assert [row.helper_id for row in volunteers.listed(session, area_id=district).rows] == [helper]
    assert [row.id for row in providers.listed(session, area_id=district).rows] == [firm]
    assert {row.id for row in residents.listed(session).rows} == {mine, theirs}


@pytest.mark.parametrize(("part", "found"), [("古丽", 1), ("%", 1), ("_", 0), ("王", 0)])
def test_residents_are_found_by_any_part_of_their_name(session: Session, area: str, part: str, found: int) -> None:
    a_resident(session, area, name="阿依古丽")
    a_resident(session, area, name="100%")
    assert len(residents.listed(session, name=part).rows) == found


def test_requests_and_services_are_listed_by_what_they_belong_to(session: Session, area: str) -> None:
    monday, tuesday = a_request(session, area), a_request(session, area, day=MONDAY + timedelta(days=1))
    assert [row.id for row in requests.listed(session, day=MONDAY).rows] == [monday.id]
    assert [row.id for row in requests.listed(session, resident_id=tuesday.resident_id).rows] == [tuesday.id]
    service = services.get(session, monday.service_id)
    assert [row.id for row in services.listed(session, category_id=service.category_id).rows] == [service.id]
    assert len(session.exec(select(Category)).all()) == len(services.categories(session)) == 2


def test_crews_of_a_provider_come_with_their_helpers(session: Session, area: str) -> None:
    firm = provider(session, area)
    first, second = crew(session, firm, area, members=3), crew(session, firm, area)
    crew(session, provider(session, area), area)
    assert [(one.id, one.members, helper.kind) for one, helper in providers.crews(session, firm)] == [
        (key, members, "crew") for key, members in sorted([(first, 3), (second, 1)])
    ]
    assert len(session.exec(select(Helper)).all()) == 3
