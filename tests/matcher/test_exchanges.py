"""Giving a promise back, and letting another take it over: both agree, and the judge has the last word."""

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlmodel import Session, col, select

from fixtures import tiny
from matcher import attendance, exchanges, gaps, offers, releases, swaps, versions
from matcher.attendance import Proof
from matcher.database import Database
from matcher.errors import ConflictError, HardBreachError, InvalidError, MatcherError, StaleError, UnknownError
from matcher.exchanges import Rules
from matcher.swaps import Looked
from matcher.tables.exchanges import Release, Swap
from matcher.tables.notices import Notice
from matcher.tables.offers import Offer
from matcher.tables.rosters import Roster
from matcher.types import AttendanceKind, OfferState, ReleaseState, SwapState, Way
from tests.matcher.builders import an_area
from tests.matcher.served import a_moment, a_promise
from tests.matcher.test_offers import LATER, opened, promised, publish, states
from tests.matcher.test_snapshot import DAY
from tests.tiny_day import TinyDay


@pytest.fixture
def helped(database: Database, tmp_path: Path) -> TinyDay:
    """Published; V3 lives at B, is there all day and keeps people company: they could make Q1, Q3 and Q7 too."""
    rows = tiny.tables(DAY)
    rows["time_off"] = []
    rows["volunteers"][2] |= {"技能": "陪伴", "可服务时间": "周一 09:00-12:00；周一 14:00-17:00", **tiny.point("B")}
    made = opened(database, tmp_path, rows)
    made.store(LATER)
    publish(made)
    return made


def promise_of(day: TinyDay, who: str, what: str) -> str:
    with day.database.reading() as session:
        rows = versions.standing(session, day.roster_id)
    return next(row.id for row in rows if (row.helper_id, row.visit_id) == (day.helpers[who], day.visits[what]))


def release(day: TinyDay, promise_id: str) -> Release:
    with day.database.transaction() as session:
        return releases.ask(session, promise_id, "孩子病了")


def looked(day: TinyDay, promise_id: str, to: str, for_id: str | None = None) -> Looked:
    with day.database.reading() as session:
        return swaps.look(session, promise_id, day.helpers[to], for_id)


def swap(day: TinyDay, promise_id: str, to: str, for_id: str | None = None) -> str:
    seen = looked(day, promise_id, to, for_id)
    with day.database.transaction() as session:
        return swaps.ask(session, seen, promise_id, day.helpers[to], for_id, "孩子病了").id


def accept(day: TinyDay, swap_id: str) -> str:
    with day.database.reading() as session:
        seen = swaps.look_again(session, swap_id)
    with day.database.transaction() as session:
        return swaps.accept(session, seen, swap_id).state


def with_approval(day: TinyDay) -> None:
    with day.database.transaction() as session:
        area = session.get_one(Roster, day.roster_id).area_id
        exchanges.set_rules(session, area, Rules(needs_approval=True))


def all_at_once(act: Callable[[], object], times: int = 6) -> list[str]:
    """What each of several who do the same at one instant hears."""
    gate, heard = threading.Barrier(times), []

    def do() -> None:
        gate.wait()
        try:
            act()
            heard.append("done")
        except MatcherError as error:
            heard.append(error.code)

    threads = [threading.Thread(target=do) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(heard)


def test_what_is_released_goes_to_whoever_is_next(helped: TinyDay) -> None:
    before = promised(helped)
    row = release(helped, promise_of(helped, "V1", "Q1"))
    assert row.state == ReleaseState.RELEASED
    assert promised(helped) == before - {("V1", "Q1", "09:30")}
    assert states(helped)["V1", "Q1"] == [OfferState.DECLINED]
    with helped.database.reading() as session:
        look = gaps.look(session, helped.roster_id)
    assert look is not None
    with helped.database.transaction() as session:
        assert gaps.close(session, look)
    assert promised(helped) == before - {("V1", "Q1", "09:30")} | {("V3", "Q1", "09:30")}


def test_a_promise_is_released_once_whoever_presses_how_often(helped: TinyDay) -> None:
    promise_id = promise_of(helped, "V1", "Q1")
    assert all_at_once(lambda: release(helped, promise_id)) == ["conflict"] * 5 + ["done"]
    with helped.database.reading() as session:
        assert len(session.exec(select(Release)).all()) == 1


def test_an_approval_is_asked_for_where_the_area_wants_one(helped: TinyDay) -> None:
    with_approval(helped)
    before, promise_id = promised(helped), promise_of(helped, "V1", "Q1")
    asked = release(helped, promise_id)
    assert (asked.state, promised(helped)) == (ReleaseState.ASKED, before)
    with pytest.raises(ConflictError):
        release(helped, promise_id)
    with helped.database.transaction() as session:
        assert releases.decide(session, asked.id, agrees=False, by="李主任").state == ReleaseState.REFUSED
    again = release(helped, promise_id)
    with helped.database.transaction() as session:
        assert releases.decide(session, again.id, agrees=True, by="李主任").state == ReleaseState.RELEASED
    assert promised(helped) == before - {("V1", "Q1", "09:30")}
    with pytest.raises(ConflictError, match="decided already"), helped.database.transaction() as session:
        releases.decide(session, again.id, agrees=True, by="李主任")


def test_it_may_be_too_late_and_what_has_begun_is_not_given_back(session: Session) -> None:
    district = an_area(session, "石榴区", tier="district")
    area = an_area(session, time_zone="UTC", parent_id=district)
    soon = a_promise(session, area_id=area, start_at=a_moment(minutes=-90))
    with pytest.raises(ConflictError, match="less than 120 minutes"):
        releases.ask(session, soon.id, "有事")
    exchanges.set_rules(session, district, Rules(release_minutes=60))
    assert exchanges.rules(session, area) == Rules(release_minutes=60), "the nearest area's rule holds"
    assert releases.ask(session, soon.id, "有事").state == ReleaseState.RELEASED
    assert [(row.state, row.reason) for row in session.exec(select(Offer))] == [(OfferState.DECLINED, "有事")]
    with pytest.raises(ConflictError, match="not stand any more"):
        releases.ask(session, soon.id, "有事")
    begun = a_promise(session, area_id=area, start_at=a_moment(minutes=-90))
    attendance.note(session, begun.id, AttendanceKind.CHECK_IN, Proof(Way.CODE))
    with pytest.raises(ConflictError, match="has begun"):
        releases.ask(session, begun.id, "有事")
    with pytest.raises(UnknownError):
        exchanges.set_rules(session, "are_nowhere", Rules())


def test_a_swap_stands_when_the_other_accepts_and_both_are_told(helped: TinyDay) -> None:
    before = promised(helped)
    swap_id = swap(helped, promise_of(helped, "V1", "Q1"), "V3")
    assert promised(helped) == before, "asking changes nothing"
    assert accept(helped, swap_id) == SwapState.SWAPPED
    after = before - {("V1", "Q1", "09:30")} | {("V3", "Q1", "09:30")}
    assert promised(helped) == after
    assert helped.held() == after
    assert states(helped)["V1", "Q1"] == [OfferState.WITHDRAWN]
    assert states(helped)["V3", "Q1"] == [OfferState.ACCEPTED]
    with helped.database.reading() as session:
        version = versions.listed(session, helped.roster_id)[0]
        told = {helped.number[one["helper_id"]]: one["changes"] for one in version.told}
        assert {who: [change["kind"] for change in changes] for who, changes in told.items()} == {
            "V1": ["withdrawn"],
            "V3": ["new"],
        }
        notices = session.exec(select(Notice.helper_id).where(col(Notice.once).endswith(version.id))).all()
        assert {helped.number[who or ""] for who in notices} == {"V1", "V3"}


def test_a_visit_is_given_for_a_visit(helped: TinyDay) -> None:
    accept(helped, swap(helped, promise_of(helped, "V1", "Q1"), "V3"))
    back = swap(helped, promise_of(helped, "V1", "Q3"), "V3", promise_of(helped, "V3", "Q1"))
    before = promised(helped)
    assert accept(helped, back) == SwapState.SWAPPED
    assert promised(helped) == before - {("V1", "Q3", "14:08"), ("V3", "Q1", "09:30")} | {
        ("V3", "Q3", "14:08"),
        ("V1", "Q1", "09:30"),
    }


def test_what_breaks_a_rule_is_refused_in_words(helped: TinyDay) -> None:
    promise_id = promise_of(helped, "V1", "Q1")
    with pytest.raises(HardBreachError, match="breaks") as caught:
        swap(helped, promise_id, "V2")
    assert "barred" in {breach["rule"] for breach in caught.value.breaches}
    with helped.database.reading() as session:
        assert session.exec(select(Swap)).all() == []


def test_what_became_impossible_meanwhile_does_not_stand(helped: TinyDay) -> None:
    swap_id = swap(helped, promise_of(helped, "V1", "Q1"), "V3")
    with helped.database.reading() as session:
        seen = swaps.look_again(session, swap_id)
        waiting = offers.of_roster(session, helped.roster_id)[-1].id
    with helped.database.transaction() as session:
        offers.accept(session, waiting)
    with pytest.raises(StaleError), helped.database.transaction() as session:
        swaps.accept(session, seen, swap_id)
    with helped.database.reading() as session:
        assert swaps.get(session, swap_id).state == SwapState.ASKED, "nothing was written"
    release(helped, promise_of(helped, "V1", "Q1"))
    with pytest.raises(ConflictError):
        accept(helped, swap_id)


def test_of_many_who_accept_at_once_one_is_heard(helped: TinyDay) -> None:
    swap_id = swap(helped, promise_of(helped, "V1", "Q1"), "V3")
    heard = all_at_once(lambda: accept(helped, swap_id))
    assert heard.count("done") == 1
    assert set(heard) <= {"done", "conflict", "stale"}
    assert [who for who, what, _ in promised(helped) if what == "Q1"] == ["V3"]


def test_a_coordinator_may_have_to_agree_too(helped: TinyDay) -> None:
    with_approval(helped)
    before = promised(helped)
    swap_id = swap(helped, promise_of(helped, "V1", "Q1"), "V3")
    assert (accept(helped, swap_id), promised(helped)) == (SwapState.ACCEPTED, before)
    with helped.database.reading() as session:
        seen = swaps.look_again(session, swap_id)
    with helped.database.transaction() as session:
        assert swaps.approve(session, seen, swap_id, "李主任").state == SwapState.SWAPPED
    assert ("V3", "Q1", "09:30") in promised(helped)


@pytest.mark.parametrize("state", [SwapState.DECLINED, SwapState.WITHDRAWN])
def test_who_declines_or_withdraws_ends_it_and_another_may_be_asked(helped: TinyDay, state: SwapState) -> None:
    promise_id = promise_of(helped, "V1", "Q1")
    swap_id = swap(helped, promise_id, "V3")
    with pytest.raises(ConflictError):
        swap(helped, promise_id, "V3")
    with helped.database.transaction() as session:
        assert swaps.end(session, swap_id, state).state == state
    with pytest.raises(ConflictError):
        accept(helped, swap_id)
    with pytest.raises(ConflictError), helped.database.transaction() as session:
        swaps.end(session, swap_id, SwapState.REFUSED, "李主任")
    swap(helped, promise_id, "V3")


def test_a_link_of_a_swap_is_the_others_own(helped: TinyDay) -> None:
    swap_id = swap(helped, promise_of(helped, "V1", "Q1"), "V3")
    with helped.database.transaction() as session:
        token = swaps.link(session, swap_id)
        assert swaps.is_others(session, swap_id, token)
        with pytest.raises(UnknownError):
            swaps.is_others(session, swap_id, token[:-2])


def test_only_volunteers_swap_and_only_what_is_theirs_on_this_day(helped: TinyDay) -> None:
    mine = promise_of(helped, "V1", "Q1")
    for to, for_id, field in (
        ("V1", None, "helper_id"),
        ("K1", None, "helper_id"),
        ("V3", promise_of(helped, "V2", "Q2"), "for_id"),
    ):
        with pytest.raises(InvalidError) as caught:
            looked(helped, mine, to, for_id)
        assert caught.value.field == field
