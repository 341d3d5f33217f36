"""What carries over from day to day, worked by hand."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlmodel import Session

from matcher import attendance, burdens, clock
from matcher.attendance import Proof
from matcher.keys import new_key
from matcher.tables.offers import Offer
from matcher.tables.requests import Visit
from matcher.tables.services import Service
from matcher.types import AttendanceKind, OfferState, Way
from tests.matcher.builders import a_service, a_volunteer, an_area
from tests.matcher.served import a_promise, a_visit

TODAY = clock.now().date()


def at(hour: int, days_ago: int) -> datetime:
    return datetime.combine(TODAY - timedelta(days=days_ago), time(hour), UTC)


class Team:
    """Two helpers of one area, and a service of each burden."""

    def __init__(self, session: Session) -> None:
        self.session, self.area = session, an_area(session, time_zone="UTC")
        self.ana, self.ben = (a_volunteer(session, self.area) for _ in range(2))
        self.services = {burden: a_service(session, burden=burden) for burden in (0, 2, 4)}

    def made(self, helper_id: str, burden: int, *, hour: int = 9, days_ago: int = 1, travel: int = 5) -> str:
        promise = a_promise(
            self.session,
            start_at=at(hour, days_ago),
            helper_id=helper_id,
            area_id=self.area,
            service_id=self.services[burden],
            travel_minutes=travel,
        )
        return promise.id

    def carried(self, day: date = TODAY) -> tuple[int, int]:
        found = burdens.carried(self.session, day)
        return found.get(self.ana, 0), found.get(self.ben, 0)


@pytest.fixture
def team(session: Session) -> Team:
    return Team(session)


def test_who_bore_more_than_the_mean_of_the_day_carries_the_difference_over(team: Team) -> None:
    assert team.carried() == (0, 0)
    team.made(team.ana, 4)
    team.made(team.ben, 0)
    assert team.carried() == (2, -2)
    team.made(team.ana, 0, days_ago=2)
    team.made(team.ben, 4, days_ago=2)
    assert team.carried() == (0, 0), "a fair turn evens it out"


def test_evening_and_far_weigh_a_point_each(team: Team) -> None:
    team.made(team.ana, 2, hour=18, travel=16)
    team.made(team.ben, 2, hour=17, travel=15)
    (one, other) = sorted(burdens.borne(team.session, TODAY - timedelta(days=1), TODAY), key=lambda row: row.burden)
    assert (one.burden, one.evening, one.far) == (2, False, False)
    assert (other.burden, other.evening, other.far) == (4, True, True)
    assert team.carried() == (1, -1)


def test_who_did_not_serve_carries_nothing_and_is_owed_nothing(team: Team) -> None:
    team.made(team.ana, 4)
    assert team.carried() == (0, 0), "alone, one's own burden is the mean"


def test_a_missed_visit_is_no_burden_and_the_old_is_forgotten(team: Team) -> None:
    missed = team.made(team.ana, 4)
    team.made(team.ben, 0)
    proof = Proof(Way.PERSON, "李主任", "没有来")
    attendance.note(team.session, missed, AttendanceKind.NO_SHOW, proof, at(10, 1))
    assert team.carried() == (0, 0)
    team.made(team.ana, 4, days_ago=29)
    team.made(team.ben, 0, days_ago=29)
    assert team.carried() == (0, 0)
    assert team.carried(TODAY - timedelta(days=2)) == (2, -2)


def test_nobody_carries_more_than_twenty(team: Team) -> None:
    for days_ago in range(1, 14):
        team.made(team.ana, 4, days_ago=days_ago)
        team.made(team.ben, 0, days_ago=days_ago)
    assert team.carried() == (20, -20)


def test_who_is_owed_most_stands_at_nothing_and_all_others_as_far_above(team: Team) -> None:
    team.made(team.ana, 4)
    team.made(team.ben, 0)
    weighing = burdens.Weighing(team.session, TODAY)
    assert weighing.helpers({team.ana: 0, team.ben: 0, "new": 0}) == {team.ana: 4, team.ben: 0, "new": 2}
    assert weighing.helpers({team.ana: 3, "new": 0}) == {team.ana: 5, "new": 0}
    assert weighing.helpers({}) == {}


def offers(team: Team, service_id: str, *states: OfferState) -> None:
    for state in states:
        visit = a_visit(team.session, team.area, at(9, 1), service_id=service_id)
        promise = a_promise(team.session, area_id=team.area, start_at=at(9, 1), visit_id=visit)
        promise.until = 2
        team.session.add(promise)
        team.session.add(
            Offer(
                **promise.model_dump(include={"roster_id", "visit_id", "helper_id", "start_at", "end_at"}),
                **{"id": new_key("off"), "state": state, "due": 0.0, "offered_at": clock.now()},
                answered_at=clock.now(),
            )
        )
    team.session.flush()


def test_what_a_third_of_five_declined_is_unpopular_and_a_decline_is_nobodys_burden(team: Team) -> None:
    service = team.services[0]
    offers(team, service, OfferState.DECLINED, OfferState.DECLINED, OfferState.ACCEPTED, OfferState.DONE)
    assert burdens.unpopular(team.session, TODAY) == set(), "four answers are too few"
    offers(team, service, OfferState.LAPSED, OfferState.WITHDRAWN)
    assert burdens.unpopular(team.session, TODAY) == set(), "who did not answer has not declined"
    offers(team, service, OfferState.ACCEPTED)
    assert burdens.unpopular(team.session, TODAY) == {service}
    assert burdens.carried(team.session, TODAY) == {}
    offers(team, service, OfferState.ACCEPTED, OfferState.ACCEPTED)
    assert burdens.unpopular(team.session, TODAY) == set(), "two of seven"


def test_a_visit_weighs_by_its_service_its_hour_and_its_name(team: Team) -> None:
    weighing = burdens.Weighing(team.session, TODAY)
    service = team.session.get_one(Service, team.services[2])
    visit = Visit(windows=[{"start": "18:00", "end": "20:00"}, {"start": "19:00", "end": "21:00"}])
    assert weighing.visit(visit, service) == 3
    visit.windows = [{"start": "17:00", "end": "20:00"}, {"start": "19:00", "end": "21:00"}]
    assert weighing.visit(visit, service) == 2
    offers(team, service.id, *[OfferState.DECLINED] * 5)
    assert burdens.Weighing(team.session, TODAY).visit(visit, service) == 3
