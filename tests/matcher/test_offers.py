"""Offers: an answer counts once, whoever else answers, publishes or waits at that instant; nobody is stranded."""

import os
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar
from sqlalchemy import delete, update
from sqlmodel import col, select

from fixtures import sheets, tiny
from matcher import (
    answers,
    asking,
    assignments,
    calendars,
    imports,
    languages,
    merging,
    offers,
    openings,
    pins,
    plans,
    publishing,
    releases,
    rosters,
    runs,
    snapshot,
    standbys,
    versions,
)
from matcher.assignments import Decision
from matcher.database import Database, seconds_now
from matcher.errors import AnsweredError, MatcherError
from matcher.notices import letters
from matcher.tables.areas import Area
from matcher.tables.notices import Notice
from matcher.tables.offers import Fallback, Offer
from matcher.tables.rosters import Assignment
from matcher.tables.versions import Promise
from matcher.types import OfferState
from tests.matcher.test_publishing import at_once
from tests.matcher.test_snapshot import DAY
from tests.tiny_day import BY_HAND, Made, TinyDay
from workers import answers as sweeping

ROUNDS = int(os.environ.get("MATCHER_ROUNDS", "25"))
INTERLEAVINGS = int(os.environ.get("MATCHER_INTERLEAVINGS", "3"))
SHANGHAI = ZoneInfo("Asia/Shanghai")


def opened(database: Database, folder: Path, rows: dict[str, list[dict[str, object]]]) -> TinyDay:
    files = sheets.write_all(folder, rows, tiny.streets())
    for kind in imports.IMPORTS:
        imports.run(database, kind, files[kind].name, files[kind].read_bytes())
    with database.transaction() as session:
        area = session.exec(select(Area.id).where(Area.number == tiny.COMMUNITY)).one()
        roster_id = rosters.open_roster(session, area, DAY).id
    return TinyDay(database, roster_id)


@pytest.fixture
def day(database: Database, tmp_path: Path) -> TinyDay:
    """Published as it was worked out by hand; nobody could take anything over."""
    made = opened(database, tmp_path, tiny.tables(DAY))
    made.store()
    publish(made)
    return made


LATER = (("V1", "Q1", "09:30"), *BY_HAND[1:])


@pytest.fixture
def helped(database: Database, tmp_path: Path) -> TinyDay:
    """V3 lives at B, is there all day and keeps people company: they could make Q1, Q3 and Q7 too."""
    rows = tiny.tables(DAY)
    rows["time_off"] = []
    rows["volunteers"][2] |= {"技能": "陪伴", "可服务时间": "周一 09:00-12:00；周一 14:00-17:00", **tiny.point("B")}
    made = opened(database, tmp_path, rows)
    made.store(LATER)
    publish(made)
    return made


def publish(day: TinyDay) -> int:
    with day.database.reading() as session:
        seen = publishing.look(session, day.roster_id, in_earnest=True)
    with day.database.transaction() as session:
        return publishing.publish(session, seen, seen.version).number


def states(day: TinyDay) -> dict[tuple[str | None, str | None], list[str]]:
    """Every offer's state by helper and visit, in the order of their making."""
    found: dict[tuple[str | None, str | None], list[str]] = {}
    with day.database.reading() as session:
        for row in offers.of_roster(session, day.roster_id):
            found.setdefault((day.number[row.helper_id], day.number[row.visit_id]), []).append(row.state)
    return found


def offer(day: TinyDay, who: str, what: str) -> str:
    """The newest offer of the pair."""
    with day.database.reading() as session:
        rows = offers.of_roster(session, day.roster_id)
    pair = (day.helpers[who], day.visits[what])
    return [row.id for row in rows if (row.helper_id, row.visit_id) == pair][-1]


def promised(day: TinyDay) -> set[Made]:
    with day.database.reading() as session:
        return {
            day.named(row.helper_id, row.visit_id, row.start_at) for row in versions.standing(session, day.roster_id)
        }


def accept(day: TinyDay, offer_id: str) -> str:
    with day.database.transaction() as session:
        return offers.accept(session, offer_id).state


def decline(day: TinyDay, offer_id: str, reason: str = "") -> str:
    with day.database.transaction() as session:
        return offers.decline(session, offer_id, reason).state


def make_due(day: TinyDay, offer_id: str, seconds: float) -> None:
    """Let the offer run out so many seconds from now, on the database's clock."""
    with day.database.transaction() as session:
        due = update(Offer).where(col(Offer.id) == offer_id).values(due=seconds_now(session) + seconds)
        session.connection().execute(due)


def told(day: TinyDay) -> list[tuple[str, str | None]]:
    with day.database.reading() as session:
        rows = session.exec(select(Notice).order_by(col(Notice.place))).all()
    return [(row.kind, day.number.get(row.helper_id or "")) for row in rows]


def test_whoever_is_promised_something_is_asked_and_told_once(day: TinyDay) -> None:
    assert states(day) == {(who, what): ["offered"] for who, what, _ in BY_HAND}
    assert sorted(told(day)) == [("published", who) for who in ("K1", "K2", "V1", "V2")]
    with day.database.reading() as session:
        values = session.exec(select(Notice.values).where(Notice.helper_id == day.helpers["V1"])).one()
        assert answers.opened(session, values["path"].removeprefix("/o/")) == (day.roster_id, day.helpers["V1"])
    publish(day)
    assert len(told(day)) == 4


def test_an_offer_is_answered_once(day: TinyDay) -> None:
    mine = offer(day, "V1", "Q1")
    assert accept(day, mine) == "accepted"
    with pytest.raises(AnsweredError, match="accepted"):
        accept(day, mine)
    assert decline(day, mine, "生病了") == "declined"
    for act in (accept, decline):
        with pytest.raises(AnsweredError, match="declined"):
            act(day, mine)


def test_who_declines_is_let_go_at_once_and_never_comes_back(day: TinyDay) -> None:
    decline(day, offer(day, "K2", "Q9"))
    assert ("K2", "Q9", "09:00") not in promised(day) | day.held()
    with day.database.reading() as session:
        seen = snapshot.problem(session, day.roster_id)
    visit = seen.problem.visits[seen.visit_ids.index(day.visits["Q9"])]
    assert {day.number[seen.helper_ids[helper]] for helper in visit.barred} == {"K2"}
    day.store([line for line in BY_HAND if line[1] != "Q9"])
    publish(day)
    assert states(day)["K2", "Q9"] == ["declined"]


def test_who_agreed_is_kept_by_a_solve_that_was_under_way(day: TinyDay) -> None:
    with day.database.transaction() as session:
        run = runs.start(session, day.roster_id).id
    with day.database.transaction() as session:
        claim = runs.claim(session, run, "worker", 15)
    assert claim is not None
    with day.database.reading() as session:
        before = snapshot.problem(session, day.roster_id)
    accept(day, offer(day, "V1", "Q1"))
    lines = [("V1", "Q1", "09:30"), *BY_HAND[1:]]
    plan = snapshot.planned(before, ((day.visits[what], day.helpers[who], day.at(start)) for who, what, start in lines))
    with day.database.transaction() as session:
        assert not plans.store(session, run, claim.fence, before, plan, stopped=False, measures={})
    with day.database.reading() as session:
        now = snapshot.problem(session, day.roster_id)
    assert (now.version, now.acts) == (before.version, before.acts + 1), "a coordinator's If-Match still holds"
    merged = merging.merge(before, plan, now).plan
    with day.database.transaction() as session:
        assert plans.store(session, run, claim.fence, now, merged, stopped=False, measures={})
    assert ("V1", "Q1", "09:00") in day.held()


def test_a_lapsed_offer_lets_go_and_says_so(day: TinyDay) -> None:
    mine = offer(day, "K2", "Q9")
    make_due(day, mine, -0.01)
    with pytest.raises(AnsweredError, match="time to answer is over"):
        accept(day, mine)
    sweeping.follow_once(day.database)
    assert states(day)["K2", "Q9"] == ["lapsed"]
    assert ("withdrawn", "K2") in told(day)
    assert ("K2", "Q9", "09:00") not in promised(day)


def test_where_nobody_is_left_to_ask_the_office_is_told_once_and_the_visit_says_why(
    day: TinyDay,
) -> None:
    decline(day, offer(day, "K2", "Q9"))
    sweeping.follow_once(day.database)
    sweeping.follow_once(day.database)
    assert told(day).count(("unstaffed", None)) == 1
    with day.database.reading() as session:
        left = {line.visit.visit_id: line.reasons for line in rosters.result(session, day.roster_id).unassigned}
    assert "has declined or did not answer" in left[day.visits["Q9"]]["sentence"]


def test_a_decline_moves_on_by_itself_to_who_stands_by(helped: TinyDay) -> None:
    with helped.database.reading() as session:
        lists = standbys.remaining(session, helped.roster_id)
    waiting = {helped.number[visit]: [helped.number[one] for one in helpers] for visit, helpers in lists.items()}
    assert waiting == {"Q1": ["V3"], "Q3": ["V3"], "Q7": ["V3"]}
    decline(helped, offer(helped, "V1", "Q1"), "感冒")
    sweeping.follow_once(helped.database)
    assert states(helped)["V3", "Q1"] == ["offered"]
    assert ("V3", "Q1", "09:30") in promised(helped) & helped.held()
    assert told(helped)[-1] == ("offer", "V3")
    assert accept(helped, offer(helped, "V3", "Q1")) == "accepted"
    sweeping.follow_once(helped.database)
    assert ("unstaffed", None) not in told(helped)
    with helped.database.reading() as session:
        numbers = [row.number for row in versions.listed(session, helped.roster_id)]
    assert numbers == [3, 2, 1], "published, let go, promised to somebody else"


def standing_by(day: TinyDay) -> dict[tuple[str | None, str | None], str]:
    with day.database.reading() as session:
        rows = standbys.of_roster(session, day.roster_id)
    return {(day.number[row.helper_id], day.number[row.visit_id]): row.state for row in rows if not row.used}


def standby(day: TinyDay, who: str, what: str) -> str:
    with day.database.reading() as session:
        rows = standbys.of_roster(session, day.roster_id)
    return next(row.id for row in rows if (row.helper_id, row.visit_id) == (day.helpers[who], day.visits[what]))


def say(day: TinyDay, act: Callable[..., Fallback], who: str, what: str) -> str:
    with day.database.transaction() as session:
        return act(session, standby(day, who, what)).state


def test_standbys_are_told_once_that_they_stand_by_and_not_at_whose_door(helped: TinyDay) -> None:
    assert standing_by(helped) == dict.fromkeys([("V3", "Q1"), ("V3", "Q3"), ("V3", "Q7")], "told")
    assert told(helped).count(("standby", "V3")) == 1
    publish(helped)
    assert told(helped).count(("standby", "V3")) == 1, "nothing has changed for them"
    with helped.database.reading() as session:
        values = session.exec(select(Notice.values).where(Notice.kind == "standby")).one()
        pen = languages.Pen("zh", SHANGHAI)
        named = letters.whereabouts(session, pen.language, list(helped.visits.values()))
    assert [helped.number[one["visit_id"]] for one in values["visits"]] == ["Q1", "Q3", "Q7"]
    assert set(named[helped.visits["Q1"]]) == {"陪伴聊天", "柳树巷社区"}


def test_who_cannot_stand_by_is_never_asked_for_it_and_says_so_once(helped: TinyDay) -> None:
    assert say(helped, standbys.accept, "V3", "Q3") == "accepted"
    with pytest.raises(AnsweredError):
        say(helped, standbys.accept, "V3", "Q3")
    assert say(helped, standbys.decline, "V3", "Q1") == "declined"
    with pytest.raises(AnsweredError):
        say(helped, standbys.decline, "V3", "Q1")
    decline(helped, offer(helped, "V1", "Q1"))
    sweeping.follow_once(helped.database)
    assert ("V3", "Q1") not in states(helped)
    assert ("unstaffed", None) in told(helped)
    helped.store([line for line in LATER if line[1] != "Q1"])
    publish(helped)
    kept = standing_by(helped)
    assert (kept["V3", "Q1"], kept["V3", "Q3"]) == ("declined", "accepted"), "what they said outlives a publishing"


def test_the_next_of_a_list_steps_up_and_is_told(helped: TinyDay) -> None:
    """K2 is second for Q1 by hand; once V3 cannot stand by, K2 does."""
    with helped.database.transaction() as session:
        first = session.get_one(Fallback, standby(helped, "V3", "Q1"))
        second = {"visit_id": first.visit_id, "helper_id": helped.helpers["K2"], "rank": 2}
        plain = first.model_dump(exclude={"id", "state", "changed_at", *second})
        session.add(Fallback(id="fal_second", **plain, **second))
    assert ("standby", "K2") not in told(helped)
    say(helped, standbys.decline, "V3", "Q1")
    assert told(helped)[-1] == ("standby", "K2")
    assert standing_by(helped)["K2", "Q1"] == "told"


def test_who_stands_by_no_more_is_told_and_who_is_away_stands_by_for_nothing(helped: TinyDay) -> None:
    with helped.database.transaction() as session:
        releases.take_time_off(session, helped.helpers["V3"], helped.at("09:00"), helped.at("12:00"))
    assert standing_by(helped) == {("V3", "Q1"): "declined", ("V3", "Q3"): "told", ("V3", "Q7"): "told"}
    helped.store([line for line in LATER if line[1] not in ("Q7", "Q8")])
    publish(helped)
    with helped.database.reading() as session:
        notices = session.exec(select(Notice).where(Notice.kind == "standby").order_by(col(Notice.place))).all()
    assert [[helped.number[one["visit_id"]] for one in row.values["gone"]] for row in notices] == [[], ["Q7"]]


def test_a_standby_has_a_perhaps_in_the_calendar_until_they_are_asked(helped: TinyDay) -> None:
    with helped.database.transaction() as session:
        token = calendars.renew(session, helped.helpers["V3"])
        events = Calendar.from_ical(calendars.feed(session, token)).walk("VEVENT")
    first = next(iter(events))
    shown = tuple(str(first[name]) for name in ("summary", "status", "location"))
    assert shown == ("替补：陪伴聊天", "TENTATIVE", "柳树巷社区")
    assert {str(one["transp"]) for one in events} == {"TRANSPARENT"}
    assert len({str(one["uid"]) for one in events}) == 3
    decline(helped, offer(helped, "V1", "Q1"))
    sweeping.follow_once(helped.database)
    with helped.database.reading() as session:
        later = Calendar.from_ical(calendars.feed(session, token)).walk("VEVENT")
    titles = [str(one["summary"]) for one in later]
    assert sorted(title.startswith("替补") for title in titles) == [False, True, True]


def test_one_of_two_declines_and_the_other_is_not_asked_again(helped: TinyDay) -> None:
    accept(helped, offer(helped, "V1", "Q3"))
    decline(helped, offer(helped, "V2", "Q3"))
    sweeping.follow_once(helped.database)
    assert {made for made in promised(helped) if made[1] == "Q3"} == {("V1", "Q3", "14:08"), ("V3", "Q3", "14:08")}
    assert states(helped)["V1", "Q3"] == ["accepted"]


def test_who_stands_by_for_two_visits_at_once_is_asked_for_one(helped: TinyDay) -> None:
    """V3 stands by for Q1, Q3 and Q7 and can make all three; but both who make Q3 decline, and there is one V3."""
    for who, what in (("V1", "Q3"), ("V2", "Q3")):
        decline(helped, offer(helped, who, what))
    sweeping.follow_once(helped.database)
    assert [pair for pair, state in states(helped).items() if pair[0] == "V3"] == [("V3", "Q3")]
    assert told(helped).count(("unstaffed", None)) == 1, "the second place of Q3"


def test_after_lists_are_used_up_the_next_publishing_makes_new_ones(helped: TinyDay) -> None:
    decline(helped, offer(helped, "V1", "Q1"))
    sweeping.follow_once(helped.database)
    publish(helped)
    with helped.database.reading() as session:
        lists = standbys.remaining(session, helped.roster_id)
    assert {helped.number[visit] for visit in lists} <= {"Q3", "Q7"}


def test_of_several_who_are_asked_at_once_the_first_has_the_visit(helped: TinyDay) -> None:
    decline(helped, offer(helped, "K1", "Q4"))
    sweeping.follow_once(helped.database)
    with helped.database.transaction() as session:
        asked = [helped.helpers[who] for who in ("K2", "V3", "K1")]
        made = openings.open_to(session, helped.roster_id, helped.visits["Q4"], asked, helped.at("10:00"))
    assert [helped.number[one.helper_id] for one in made] == ["K2", "V3"], "K1 has declined"
    given = at_once(*[partial(accept, helped, one.id) for one in made])
    assert sorted(str(getattr(one, "code", one)) for one in given) == ["accepted", "answered"]
    (winner,) = {who for who, what, _ in promised(helped) if what == "Q4"}
    (loser,) = {"K2", "V3"} - {winner}
    assert (states(helped)[winner, "Q4"], states(helped)[loser, "Q4"]) == (["accepted"], ["withdrawn"])
    assert told(helped)[-1] == ("withdrawn", loser)


def test_a_changed_time_asks_again_and_an_unchanged_promise_does_not(day: TinyDay) -> None:
    accept(day, offer(day, "K1", "Q4"))
    accept(day, offer(day, "V1", "Q1"))
    with day.database.reading() as session:
        weighed = assignments.weigh(
            session, day.roster_id, Decision(day.visits["Q4"], (day.helpers["K1"],), day.at("10:30"))
        )
    with day.database.transaction() as session:
        assignments.decide(session, weighed, weighed.seen.version)
    publish(day)
    assert states(day)["K1", "Q4"] == ["withdrawn", "offered"]
    assert states(day)["V1", "Q1"] == ["accepted"]


def test_of_fifty_who_accept_one_offer_at_once_one_does(day: TinyDay) -> None:
    mine = offer(day, "V1", "Q1")
    for _ in range(ROUNDS):
        with day.database.transaction() as session:
            again = update(Offer).where(col(Offer.id) == mine).values(state=OfferState.OFFERED, answered_at=None)
            session.connection().execute(again)
        given = at_once(*[partial(accept, day, mine)] * 12)
        assert sorted(str(getattr(one, "code", one)) for one in given) == ["accepted", *["answered"] * 11]


def test_at_the_due_moment_an_offer_is_accepted_or_moved_on_and_never_both(helped: TinyDay) -> None:
    """Round after round V1 accepts while the offer runs out; afterwards one has Q1, and the offer says the same."""
    random, outcomes = Random(3), set()
    for _ in range(ROUNDS):
        with helped.database.transaction() as session:
            session.exec(delete(Offer).where(col(Offer.visit_id) == helped.visits["Q1"]))
            session.exec(delete(Promise).where(col(Promise.visit_id) == helped.visits["Q1"]))
            session.exec(delete(Assignment).where(col(Assignment.visit_id) == helped.visits["Q1"]))
            roster, span = rosters.hold(session, helped.roster_id), (helped.at("09:30"), helped.at("10:30"))
            made = asking.offer_to(session, roster, helped.visits["Q1"], helped.helpers["V1"], span, {})
            offers.promise_to(session, roster, made, ())
            session.connection().execute(update(Fallback).values(used=False))
        make_due(helped, made.id, 0.05 + random.uniform(-0.05, 0.05))

        def wait_and_accept() -> str:
            threading.Event().wait(0.05)
            return accept(helped, made.id)  # noqa: B023

        def sweep() -> None:
            for _ in range(4):
                sweeping.follow_once(helped.database)
                threading.Event().wait(0.02)

        given = at_once(wait_and_accept, sweep)[0]
        sweeping.follow_once(helped.database)
        state = states(helped)["V1", "Q1"]
        outcomes.add(state[0])
        holders = {who for who, what, _ in promised(helped) if what == "Q1"}
        assert (given, state, holders) in (
            ("accepted", ["accepted"], {"V1"}),
            (given if isinstance(given, AnsweredError) else None, ["lapsed"], {"V3"}),
        )
    assert outcomes <= {"accepted", "lapsed"}


@pytest.mark.parametrize("number", range(INTERLEAVINGS))
def test_a_decline_against_a_pin_a_solve_and_publishing_leaves_the_pair_apart(helped: TinyDay, number: int) -> None:
    """Whatever comes first, V1 never has Q1 again, and what is published is what was shown."""
    random = Random(number)

    def late(act: Callable[[], object]) -> Callable[[], object]:
        seconds = random.choice((0, random.uniform(0, 0.3)))

        def wait_and_act() -> object:
            threading.Event().wait(seconds)
            return act()

        return wait_and_act

    def look_and_publish() -> object:
        with helped.database.reading() as session:
            seen = publishing.look(session, helped.roster_id, in_earnest=True)
        with helped.database.transaction() as session:
            made = publishing.publish(session, seen, seen.version).number
        with helped.database.reading() as session:
            lines = [promise for promise, _ in versions.promises(session, helped.roster_id, made)]
        shown = {(line["visit_id"], line["helper_id"], line["start_at"]) for line in seen.lines}
        assert {(line.visit_id, line.helper_id, line.start_at) for line in lines} == shown
        return made

    def pin() -> object:
        with helped.database.reading() as session:
            breaches = pins.weigh(session, helped.roster_id, helped.visits["Q1"], [helped.helpers["V1"]], None)
        with helped.database.transaction() as session:
            return pins.put(
                session, helped.roster_id, helped.visits["Q1"], [helped.helpers["V1"]], None, helped.version, breaches
            ).id

    acts: list[Callable[[], object]] = [
        partial(decline, helped, offer(helped, "V1", "Q1")),
        partial(helped.store, LATER),
        look_and_publish,
        pin,
    ]
    given = at_once(*(late(act) for act in acts))
    assert given[2] is not None, "what was published is not what was shown"
    assert given[0] == "declined"
    assert all(one is None or isinstance(one, str | int | MatcherError) for one in given), given
    sweeping.follow_once(helped.database)
    assert states(helped)["V1", "Q1"] == ["declined"]
    assert ("V1", "Q1", "09:30") not in promised(helped)
    with helped.database.reading() as session:
        seen = snapshot.problem(session, helped.roster_id)
    visit = seen.problem.visits[seen.visit_ids.index(helped.visits["Q1"])]
    assert seen.helper_ids.index(helped.helpers["V1"]) in visit.barred


@pytest.mark.parametrize(
    ("now", "start", "left", "expected"),
    [
        ("2034-11-20 08:00", "2034-11-20 15:00", 2, "2034-11-20 10:00"),  # six hours among three
        ("2034-11-20 08:00", "2034-11-20 15:00", 0, "2034-11-20 14:00"),  # all of it
        ("2034-11-20 14:30", "2034-11-20 15:00", 2, "2034-11-20 14:40"),  # ten minutes at least
        ("2034-11-17 12:00", "2034-11-20 15:00", 0, "2034-11-18 12:00"),  # a day at most
        ("2034-11-19 21:00", "2034-11-20 15:00", 4, "2034-11-20 08:00"),  # not at night
        ("2034-11-19 21:00", "2034-11-20 07:30", 4, "2034-11-20 06:30"),  # unless the visit would be lost
    ],
)
def test_an_offer_runs_out_by_the_start_and_by_how_many_are_left_to_ask(
    now: str, start: str, left: int, expected: str
) -> None:
    moment, begins = (datetime.fromisoformat(one).replace(tzinfo=SHANGHAI) for one in (now, start))
    due = asking.due(moment, begins, left, SHANGHAI)
    assert f"{datetime.fromtimestamp(due, UTC).astimezone(SHANGHAI):%Y-%m-%d %H:%M}" == expected
