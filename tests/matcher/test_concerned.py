"""Whom an act concerns: the rosters that cover its place and its day, and no other."""

from datetime import UTC, datetime, timedelta

from sqlmodel import Session

from matcher import availability, bonds, lendings, providers, requests, rosters
from tests.matcher.builders import HERE, MONDAY, a_request, a_resident, a_volunteer, an_area

NOON = datetime.combine(MONDAY, datetime.min.time(), UTC) + timedelta(hours=4)


class Land:
    """A district with two communities, a roster of each for Monday, and of the first for Tuesday too."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.district = an_area(session, "天山区", tier="district")
        self.here = an_area(session, parent_id=self.district)
        self.there = an_area(session, "团结社区", parent_id=self.district)
        days = {
            "here": (self.here, 0),
            "there": (self.there, 0),
            "district": (self.district, 0),
            "later": (self.here, 1),
        }
        self.rosters = {
            name: rosters.open_roster(session, area, MONDAY + timedelta(days=after)).id
            for name, (area, after) in days.items()
        }

    def moved(self) -> set[str]:
        """Which rosters moved on since this was asked last."""
        versions = {name: rosters.get(self.session, key).version for name, key in self.rosters.items()}
        before, self._seen = getattr(self, "_seen", dict.fromkeys(versions, 1)), versions
        return {name for name in versions if versions[name] != before[name]}


def test_a_visit_concerns_the_rosters_whose_area_covers_it(session: Session) -> None:
    land = Land(session)
    request = a_request(session, land.here)
    assert land.moved() == {"here", "district"}, "a new request is seen at once"
    requests.change(session, request.id, {"minutes": 45})
    assert land.moved() == {"here", "district"}
    requests.change(session, request.id, {"note": "二楼"})
    assert land.moved() == set()
    requests.withdraw(session, request.id)
    assert land.moved() == {"here", "district"}


def test_a_new_request_stands_in_the_open_roster_at_once(session: Session) -> None:
    land = Land(session)
    a_request(session, land.here)
    a_request(session, land.there, day=MONDAY + timedelta(days=2))
    waiting = {name: len(rosters.result(session, key).waiting) for name, key in land.rosters.items()}
    assert waiting == {"here": 1, "there": 0, "district": 1, "later": 0}


def test_a_volunteers_time_off_concerns_the_rosters_around_them_on_its_days(session: Session) -> None:
    land = Land(session)
    helper = a_volunteer(session, land.here)
    availability.take_time_off(session, helper, NOON, NOON + timedelta(hours=2))
    assert land.moved() == {"here", "district"}
    availability.take_time_off(session, helper, NOON + timedelta(hours=3), NOON + timedelta(days=1))
    assert land.moved() == {"here", "district", "later"}
    availability.set_pattern(session, helper, [], {})
    assert land.moved() == {"here", "district", "later"}


def test_a_crew_of_the_district_concerns_every_community_in_it(session: Session) -> None:
    land = Land(session)
    provider = providers.register(session, {"name": "康乐", "tier": "district", "area_id": land.district, **HERE})
    crew = {"name": "一组", "area_id": land.district, "mode": "car", **HERE}
    helper = providers.add_crew(session, provider.id, crew)[1].id
    land.moved()
    availability.take_time_off(session, helper, NOON, NOON + timedelta(hours=2))
    assert land.moved() == {"here", "there", "district"}


def test_who_is_lent_concerns_the_borrower_too(session: Session) -> None:
    land = Land(session)
    lendings.allow(session, land.here, land.there, 2)
    helper = a_volunteer(session, land.here)
    availability.take_time_off(session, helper, NOON, NOON + timedelta(hours=2))
    assert land.moved() == {"here", "there", "district"}


def test_a_barring_concerns_whatever_may_serve_the_resident(session: Session) -> None:
    land = Land(session)
    resident, helper = a_resident(session, land.here), a_volunteer(session, land.there)
    land.moved()
    bonds.bar(session, resident, helper, "")
    assert land.moved() == {"here", "district", "later"}
