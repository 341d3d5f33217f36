"""What a provider is owed: K1 and K2 charge 20 yuan a visit and 40 an hour, so each visit of an hour costs 60.

Q4 and Q11 (electric, 30 yuan in the catalogue) have no purse; Q9 and Q12 (a bath, 40 yuan) are paid by Z1.
"""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update
from sqlmodel import col, select

from matcher import certificates, clock, crews, offers, owed, prices
from matcher.certificates import Validity
from matcher.database import Database
from matcher.errors import InvalidError
from matcher.keys import new_key
from matcher.owed import Parts, Standing, Statement
from matcher.tables.offers import Offer
from matcher.tables.proof import Hours
from matcher.tables.requests import Purse
from matcher.types import Basis, OfferState
from tests.dispatched import SECOND, provider, published
from tests.matcher.test_offers import offer
from tests.matcher.test_snapshot import DAY
from tests.tiny_day import TinyDay


@pytest.fixture
def day(database: Database, tmp_path: Path) -> TinyDay:
    return published(database, tmp_path)


def serve(day: TinyDay, who: str, what: str, minutes: int = 60) -> None:
    with day.database.transaction() as session:
        said = {"helper_id": day.helpers[who], "visit_id": day.visits[what], "day": DAY, "minutes": minutes}
        session.add(Hours(id=new_key("hrs"), **said, basis=Basis.MEASURED, entered_at=clock.now()))


def accept(day: TinyDay, *pairs: tuple[str, str]) -> None:
    for who, what in pairs:
        with day.database.transaction() as session:
            offers.accept(session, offer(day, who, what))


def stated(day: TinyDay) -> Statement:
    with day.database.reading() as session:
        return owed.of_provider(session, provider(day.database), DAY, DAY)


@pytest.mark.parametrize(
    ("charged", "price", "people", "has_purse", "expected"),
    [
        (6000, 3000, 1, True, Parts(6000, purse=6000)),
        (6000, 3000, 1, False, Parts(6000, resident=3000, open=3000)),
        (2000, 3000, 1, False, Parts(2000, resident=2000)),
        (6000, 0, 1, False, Parts(6000, open=6000)),
        (6000, 8000, 2, False, Parts(6000, resident=4000, open=2000)),
        (0, 3000, 1, True, Parts()),
    ],
)
def test_what_is_charged_is_shared_out_to_the_last_fen(
    charged: int, price: int, people: int, has_purse: bool, expected: Parts
) -> None:
    found = owed.parts(charged, price, people, has_purse=has_purse)
    assert found == expected
    assert found.purse + found.resident + found.open == found.fee


def test_only_what_was_agreed_is_listed_and_only_what_was_served_is_owed(day: TinyDay) -> None:
    assert stated(day).lines == ()
    accept(day, ("K1", "Q4"), ("K2", "Q9"), ("K1", "Q11"))
    assert {line.standing for line in stated(day).lines} == {Standing.TO_COME}
    assert stated(day).total == Parts()
    serve(day, "K1", "Q4")
    serve(day, "K2", "Q9", 25)
    found = stated(day)
    assert found.total == Parts(fee=12000, purse=6000, resident=3000, open=3000)
    assert [(day.number[line.visit_id], line.standing) for line in found.lines] == [
        ("Q9", Standing.SERVED),
        ("Q4", Standing.SERVED),
        ("Q11", Standing.TO_COME),
    ]
    assert found.by_purse == (("养老助残补贴", 1, 6000),)
    assert [(name, count, sums.fee) for name, count, sums in found.by_crew] == [("一班", 1, 6000), ("二班", 1, 6000)]


def test_hours_that_were_taken_back_are_owed_no_more(day: TinyDay) -> None:
    accept(day, ("K1", "Q4"))
    serve(day, "K1", "Q4")
    with day.database.transaction() as session:
        first = session.exec(select(Hours)).one()
        back = {"helper_id": first.helper_id, "visit_id": first.visit_id, "day": DAY, "corrects_id": first.id}
        said = {"basis": Basis.PERSON, "by": "李主任", "reason": "没有人开门", "entered_at": clock.now()}
        session.add(Hours(id=new_key("hrs"), minutes=-60, **back, **said))
    assert stated(day).total == Parts()


def test_who_did_not_come_is_owed_nothing(day: TinyDay) -> None:
    accept(day, ("K1", "Q4"))
    with day.database.transaction() as session:
        missed = update(Offer).where(col(Offer.id) == offer(day, "K1", "Q4"))
        session.connection().execute(missed.values(state=OfferState.NO_SHOW))
    assert [line.standing for line in stated(day).lines] == [Standing.MISSED]


def test_a_purse_pays_nothing_outside_its_period(day: TinyDay) -> None:
    accept(day, ("K2", "Q9"))
    serve(day, "K2", "Q9")
    with day.database.transaction() as session:
        session.connection().execute(update(Purse).values(last_day=DAY - timedelta(days=1)))
    assert stated(day).total == Parts(fee=6000, resident=4000, open=2000)


def test_the_days_must_run_forward_and_not_for_ever(day: TinyDay) -> None:
    mine = provider(day.database)
    with day.database.reading() as session:
        for until in (DAY - timedelta(days=1), DAY + timedelta(days=owed.LONGEST)):
            with pytest.raises(InvalidError):
                owed.of_provider(session, mine, DAY, until)
        assert owed.of_provider(session, mine, DAY, DAY + timedelta(days=owed.LONGEST - 1)).lines == ()


def test_who_lives_behind_the_door_is_told_once_the_crew_has_agreed(day: TinyDay) -> None:
    mine = provider(day.database)
    with day.database.reading() as session:
        assert [line.door for line in crews.waiting(session, mine)] == [None] * 5
        assert crews.days(session, mine) == [(DAY, 0)]
    accept(day, ("K1", "Q4"))
    with day.database.reading() as session:
        first, second = crews.day(session, mine, DAY)
    assert (first.name, second.name, second.visits) == ("一班", "二班", ())
    door = first.visits[0].door
    assert door is not None
    assert (door.resident, door.address) == ("张玉兰", "团结路5号")


def test_a_visit_that_somebody_faster_has_taken_is_gone_and_called_so(day: TinyDay) -> None:
    mine = provider(day.database)
    with day.database.reading() as session:
        before = crews.pulse(session, mine)
    accept(day, ("K3", "Q13"))
    with day.database.reading() as session:
        assert crews.pulse(session, mine) != before
        assert day.visits["Q13"] not in {line.visit_id for line in crews.waiting(session, mine)}
        lost = crews.gone(session, mine)
    assert [(line.visit_id, line.is_open, line.taken, line.door) for line in lost] == [
        (day.visits["Q13"], True, True, None)
    ]


def test_an_offer_whose_time_is_over_waits_no_more_and_changes_the_pulse(day: TinyDay) -> None:
    mine = provider(day.database)
    with day.database.reading() as session:
        before = crews.pulse(session, mine)
        assert crews.pulse(session, mine) == before
    with day.database.transaction() as session:
        session.connection().execute(update(Offer).where(col(Offer.id) == offer(day, "K1", "Q4")).values(due=0))
    with day.database.reading() as session:
        assert crews.pulse(session, mine) != before
        assert day.visits["Q4"] not in {line.visit_id for line in crews.waiting(session, mine)}


def test_one_provider_sees_nothing_of_another(day: TinyDay) -> None:
    with day.database.reading() as session:
        other = provider(day.database, SECOND)
        assert {day.number[line.helper_id] for line in crews.waiting(session, other)} == {"K3"}
        assert crews.named(session, other, [offer(day, "K1", "Q4")]) == []
        assert [one.name for one in crews.day(session, other, DAY)] == ["和美一组"]


def test_certificates_that_end_come_first_and_say_so(day: TinyDay) -> None:
    """K2's holds 200 days from the day on, K1's two a year."""
    mine = provider(day.database)
    with day.database.reading() as session:
        ends = DAY + timedelta(days=200)
        for today, expected in (
            (ends - timedelta(days=61), Validity.HOLDS),
            (ends - timedelta(days=60), Validity.ENDS_SOON),
            (ends, Validity.ENDS_SOON),
            (ends + timedelta(days=1), Validity.EXPIRED),
        ):
            found = certificates.of_provider(session, mine, today)
            assert (found[0].crew, found[0].validity) == ("二班", expected)
            assert len(found) == 3


def test_prices_name_who_has_the_skill_and_the_valid_certificate(day: TinyDay) -> None:
    k1, k2 = day.helpers["K1"], day.helpers["K2"]
    with day.database.reading() as session:
        found = {row.service.en: row for row in prices.of_provider(session, provider(day.database), DAY)}
        late = prices.of_provider(session, provider(day.database), DAY + timedelta(days=201))
    assert {name: dict(row.fees) for name, row in found.items()} == {
        "Electrical repair": {k1: 6000},
        "Bathing at home": {k1: 6000, k2: 6000},
    }
    assert found["Electrical repair"].price == 3000
    assert [dict(row.fees) for row in late if row.service.en == "Bathing at home"] == [{k1: 6000}]
