"""Who came and left: once of each, tolerant of forgetting, corrected by new entries and never by changed ones."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete, update
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, SQLModel, col, select

from matcher import attendance, clock, codes, flags, hours, links
from matcher.attendance import Proof
from matcher.database import Database
from matcher.errors import ConflictError, InvalidError, UnknownError
from matcher.keys import new_key
from matcher.tables.offers import Offer
from matcher.tables.proof import Attendance, Hours
from matcher.tables.versions import Promise
from matcher.types import AttendanceKind, Basis, FlagState, OfferState, Way
from tests.matcher.builders import a_resident, a_volunteer, an_area
from tests.matcher.served import a_moment, a_promise

IN, OUT, MISSED = AttendanceKind
AT_THE_DOOR = Proof(Way.CODE)
DESK = Proof(Way.PERSON, "李主任", "打来电话")


def ledger(session: Session, promise: Promise) -> list[tuple[int, str]]:
    return [(row.minutes, row.basis) for row in hours.of_visit(session, promise.visit_id, promise.helper_id)]


def doubted(session: Session) -> list[tuple[str, str]]:
    return [(row.kind, row.state) for row in flags.listed(session, state=None).rows]


def test_check_in_and_check_out_come_to_the_minutes_between_them(session: Session) -> None:
    promise = a_promise(session)
    attendance.note(session, promise.id, IN, AT_THE_DOOR, promise.start_at + timedelta(minutes=5))
    assert ledger(session, promise) == []
    seen = attendance.note(session, promise.id, OUT, AT_THE_DOOR, promise.start_at + timedelta(minutes=50))
    assert (seen.stay.came_at, seen.stay.left_at) == (
        promise.start_at + timedelta(minutes=5),
        promise.start_at + timedelta(minutes=50),
    )
    assert ledger(session, promise) == [(45, Basis.MEASURED)]
    assert doubted(session) == []


def test_whoever_forgot_to_check_in_is_believed_the_promised_time(session: Session) -> None:
    promise = a_promise(session)
    attendance.note(session, promise.id, OUT, AT_THE_DOOR)
    assert ledger(session, promise) == [(60, Basis.PLANNED)]


def test_a_check_in_that_is_remembered_the_next_day_counts_in_a_counter_entry(session: Session) -> None:
    promise = a_promise(session, start_at=a_moment(hours=26))
    attendance.note(session, promise.id, OUT, AT_THE_DOOR, promise.end_at)
    attendance.note(session, promise.id, IN, DESK, promise.start_at + timedelta(minutes=20))
    assert ledger(session, promise) == [(60, Basis.PLANNED), (-20, Basis.MEASURED)]
    assert doubted(session) == []


def test_what_is_longer_than_promised_waits_for_a_person_and_nobody_loses_anything(session: Session) -> None:
    promise = a_promise(session, start_at=a_moment(hours=5))
    attendance.note(session, promise.id, IN, AT_THE_DOOR, promise.start_at)
    seen = attendance.note(session, promise.id, OUT, AT_THE_DOOR, promise.end_at + timedelta(minutes=31))
    assert ledger(session, promise) == [(60, Basis.PLANNED)]
    assert doubted(session) == [("beyond", FlagState.OPEN)]
    (entry,) = hours.of_visit(session, promise.visit_id, promise.helper_id)
    hours.correct(session, entry.id, 91, "居民证实", "李主任")
    assert ledger(session, promise) == [(60, Basis.PLANNED), (31, Basis.PERSON)]
    attendance.correct(session, seen.entries[-1].id, promise.end_at, "李主任", "记错了")
    assert ledger(session, promise) == [(60, Basis.PLANNED), (31, Basis.PERSON)], "what a person decided stays"
    assert doubted(session) == [("beyond", FlagState.MOOT)]


def test_a_correction_is_a_new_entry_that_names_the_old_one(session: Session) -> None:
    promise = a_promise(session)
    first = attendance.note(session, promise.id, IN, AT_THE_DOOR).entries[0]
    real = promise.start_at + timedelta(minutes=1)
    seen = attendance.correct(session, first.id, real, "李主任", "手机时间不准")
    assert [(row.corrects_id, row.reason) for row in seen.entries] == [(None, ""), (first.id, "手机时间不准")]
    assert seen.stay.came_at == real
    with pytest.raises(ConflictError, match="corrected already"):
        attendance.correct(session, first.id, real, "李主任", "又一次")
    gone = attendance.correct(session, seen.entries[-1].id, None, "李主任", "走错门")
    assert not gone.stay.has_begun
    back = attendance.correct(session, gone.entries[-1].id, real, "李主任", "没有走错")
    assert back.stay.came_at == real


def test_a_corrected_check_out_changes_the_ledger_by_the_difference(session: Session) -> None:
    promise = a_promise(session)
    attendance.note(session, promise.id, IN, AT_THE_DOOR, promise.start_at)
    seen = attendance.note(session, promise.id, OUT, AT_THE_DOOR, promise.end_at)
    seen = attendance.correct(session, seen.entries[-1].id, promise.start_at + timedelta(minutes=30), "李主任", "早走")
    assert ledger(session, promise) == [(60, Basis.MEASURED), (-30, Basis.MEASURED)]
    attendance.correct(session, seen.entries[-1].id, None, "李主任", "还没有走")
    assert sum(minutes for minutes, _ in ledger(session, promise)) == 0


@pytest.mark.parametrize("kind", [IN, OUT])
def test_said_twice_it_is_refused_the_second_time(session: Session, kind: AttendanceKind) -> None:
    promise = a_promise(session)
    attendance.note(session, promise.id, kind, AT_THE_DOOR)
    with pytest.raises(ConflictError, match="noted already"):
        attendance.note(session, promise.id, kind, AT_THE_DOOR)


@pytest.mark.parametrize("kind", [IN, OUT])
def test_of_many_who_check_in_at_once_one_is_heard(database: Database, kind: AttendanceKind) -> None:
    with database.transaction() as session:
        promise = a_promise(session)
    gate, heard = threading.Barrier(12), []

    def check() -> None:
        gate.wait()
        try:
            with database.transaction() as session:
                attendance.note(session, promise.id, kind, AT_THE_DOOR)
            heard.append(200)
        except ConflictError:
            heard.append(409)

    threads = [threading.Thread(target=check) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(heard) == [200] + [409] * 11
    with database.reading() as session:
        assert len(session.exec(select(Attendance)).all()) == 1
        assert len(ledger(session, promise)) == (1 if kind == OUT else 0)


def test_check_in_and_check_out_at_the_same_moment_both_count_and_the_ledger_agrees(database: Database) -> None:
    for _ in range(8):
        with database.transaction() as session:
            promise = a_promise(session)
        gate = threading.Barrier(2)

        def check(
            kind: AttendanceKind, at: datetime, promise: Promise = promise, gate: threading.Barrier = gate
        ) -> None:
            gate.wait()
            with database.transaction() as session:
                attendance.note(session, promise.id, kind, AT_THE_DOOR, at)

        moments = {IN: promise.start_at + timedelta(minutes=10), OUT: promise.end_at}
        threads = [threading.Thread(target=check, args=pair) for pair in moments.items()]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        with database.reading() as session:
            assert sum(minutes for minutes, _ in ledger(session, promise)) == 50


def test_an_entry_and_an_hour_are_never_changed_and_never_go(database: Database) -> None:
    with database.transaction() as session:
        promise = a_promise(session)
        attendance.note(session, promise.id, OUT, AT_THE_DOOR)
    tables: tuple[type[SQLModel], ...] = (Attendance, Hours)
    for table in tables:
        for change in (update(table).values(reason="x"), delete(table)):
            with pytest.raises(DBAPIError, match="append-only"), database.transaction() as session:
                session.connection().execute(change)
    with database.reading() as session:
        assert [len(session.exec(select(table)).all()) for table in tables] == [1, 1]


def test_nobody_checks_in_in_the_future_nor_out_before_in(session: Session) -> None:
    promise = a_promise(session)
    with pytest.raises(InvalidError, match="future"):
        attendance.note(session, promise.id, IN, AT_THE_DOOR, clock.now() + timedelta(minutes=6))
    with pytest.raises(InvalidError, match="more than a week"):
        attendance.note(session, promise.id, IN, AT_THE_DOOR, promise.start_at - timedelta(days=7, minutes=1))
    seen = attendance.note(session, promise.id, IN, AT_THE_DOOR, promise.end_at)
    with pytest.raises(InvalidError, match="before the check-in"):
        attendance.note(session, promise.id, OUT, AT_THE_DOOR, promise.start_at)
    attendance.note(session, promise.id, OUT, AT_THE_DOOR, promise.end_at)
    with pytest.raises(InvalidError, match="before the check-in"):
        attendance.correct(session, seen.entries[0].id, promise.end_at + timedelta(minutes=1), "李主任", "迟到")


def test_what_is_no_longer_promised_is_not_begun_but_what_has_begun_may_end(session: Session) -> None:
    gone, begun = a_promise(session), a_promise(session)
    attendance.note(session, begun.id, IN, AT_THE_DOOR)
    for promise in (gone, begun):
        promise.until = 2
        session.add(promise)
    with pytest.raises(ConflictError, match="no longer promised"):
        attendance.note(session, gone.id, IN, AT_THE_DOOR)
    assert attendance.note(session, begun.id, OUT, AT_THE_DOOR).stay.left_at is not None
    assert attendance.begun(session, [gone.visit_id, begun.visit_id]) == {(begun.visit_id, begun.helper_id)}


def test_a_promise_that_was_told_anew_keeps_its_check_in(session: Session) -> None:
    old = a_promise(session)
    attendance.note(session, old.id, IN, AT_THE_DOOR)
    old.until = 2
    session.add(old)
    session.flush()
    new = Promise(**old.model_dump(exclude={"id", "since", "until"}), id=new_key("pro"), since=2)
    session.add(new)
    session.flush()
    assert attendance.promised(session, old.id).id == new.id
    with pytest.raises(ConflictError):
        attendance.note(session, new.id, IN, AT_THE_DOOR)


def test_a_draft_is_no_promise(session: Session) -> None:
    with pytest.raises(UnknownError, match="no assignment"):
        attendance.promised(session, new_key("asg"))


def test_whoever_comes_after_all_did_not_miss_it(session: Session) -> None:
    promise = a_promise(session)
    assert attendance.note(session, promise.id, MISSED, DESK).stay.missed
    assert not attendance.note(session, promise.id, IN, AT_THE_DOOR).stay.missed
    other = a_promise(session)
    attendance.note(session, other.id, IN, AT_THE_DOOR)
    with pytest.raises(ConflictError, match="have come"):
        attendance.note(session, other.id, MISSED, DESK)
    later = a_promise(session, start_at=a_moment(hours=-1))
    with pytest.raises(InvalidError, match="not begun"):
        attendance.note(session, later.id, MISSED, DESK)


@pytest.mark.parametrize(
    ("kind", "before", "after"),
    [
        (IN, OfferState.ACCEPTED, OfferState.CHECKED_IN),
        (IN, OfferState.OFFERED, OfferState.CHECKED_IN),
        (OUT, OfferState.ACCEPTED, OfferState.DONE),
        (MISSED, OfferState.ACCEPTED, OfferState.NO_SHOW),
        (IN, OfferState.DECLINED, OfferState.DECLINED),
    ],
)
def test_the_offer_says_what_was_done_of_it(
    session: Session, kind: AttendanceKind, before: OfferState, after: OfferState
) -> None:
    promise = a_promise(session)
    offer = Offer(
        **promise.model_dump(include={"roster_id", "visit_id", "helper_id", "start_at", "end_at"}),
        **{"id": new_key("off"), "state": before, "due": 0.0, "offered_at": clock.now()},
        answered_at=None if before == OfferState.OFFERED else clock.now(),
    )
    session.add(offer)
    session.flush()
    seen = attendance.note(session, promise.id, kind, DESK)
    assert session.exec(select(Offer.state)).one() == after
    if after == OfferState.CHECKED_IN:
        attendance.correct(session, seen.entries[-1].id, None, "李主任", "走错门")
        assert session.exec(select(Offer.state)).one() == OfferState.ACCEPTED


def test_two_places_and_hops_are_found_across_visits_and_let_go_when_corrected(session: Session) -> None:
    area = an_area(session, time_zone="UTC")
    helper = a_volunteer(session, area)
    far = a_resident(session, area, latitude=43.80, longitude=87.70)
    start = datetime.combine(clock.now().date() - timedelta(days=1), datetime.min.time(), UTC) + timedelta(hours=9)
    one = a_promise(session, area_id=area, helper_id=helper, start_at=start)
    two = a_promise(session, area_id=area, helper_id=helper, start_at=start + timedelta(hours=1), resident_id=far)
    for promise in (one, two):
        attendance.note(session, promise.id, IN, AT_THE_DOOR, promise.start_at)
        attendance.note(session, promise.id, OUT, AT_THE_DOOR, promise.end_at)
    (flag,) = flags.listed(session).rows
    assert (flag.kind, flag.visit_id, flag.other) == ("too_fast", two.visit_id, one.visit_id)
    assert flag.told["sentence"].startswith("王芳 got from 打扫（阿依古丽） to 打扫（阿依古丽） in 0 minutes")
    assert [minutes for minutes, _ in ledger(session, one)] == [60], "a flag takes nothing away"
    came, left = attendance.of_pair(session, two.visit_id, helper)
    attendance.correct(session, came.id, two.end_at, "李主任", "记错了")
    assert doubted(session) == [("too_fast", FlagState.OPEN)], "8 km in an hour on foot"
    attendance.correct(session, left.id, two.end_at + timedelta(hours=1), "李主任", "记错了")
    entries = attendance.of_pair(session, two.visit_id, helper)
    attendance.correct(session, entries[2].id, two.end_at + timedelta(hours=1), "李主任", "记错了")
    assert ("too_fast", FlagState.MOOT) in doubted(session)


def test_a_flag_is_resolved_once_with_a_reason(session: Session) -> None:
    promise = a_promise(session, start_at=a_moment(hours=4))
    attendance.note(session, promise.id, OUT, AT_THE_DOOR, promise.end_at + timedelta(hours=2))
    (flag,) = flags.listed(session).rows
    done = flags.resolve(session, flag.id, FlagState.FINE, "陪居民去了医院", "李主任")
    assert (done.state, done.reason, done.resolved_by) == (FlagState.FINE, "陪居民去了医院", "李主任")
    with pytest.raises(ConflictError):
        flags.resolve(session, flag.id, FlagState.CORRECTED, "再看", "李主任")
    with pytest.raises(InvalidError):
        flags.resolve(session, flag.id, FlagState.MOOT, "再看", "李主任")
    entry = attendance.of_pair(session, promise.visit_id, promise.helper_id)[-1]
    attendance.correct(session, entry.id, promise.end_at + timedelta(hours=1, minutes=30), "李主任", "更准")
    assert doubted(session) == [("late", FlagState.FINE)], "what a person has resolved is not raised again"


def test_the_code_at_the_door_is_counted_when_it_is_wrong_and_locked_after_ten(database: Database) -> None:
    with database.transaction() as session:
        promise = a_promise(session)
        code = codes.of_visit(session, promise.visit_id).code
    wrong = f"{(int(code) + 1) % 10**6:06}"
    for _ in range(codes.GUESSES):
        with database.transaction() as session:
            assert attendance.is_shown(session, promise.id, code=wrong, token=None) is None
    with pytest.raises(ConflictError, match="Too many"), database.transaction() as session:
        attendance.is_shown(session, promise.id, code=code, token=None)
    with database.transaction() as session:
        renewed = codes.renew(session, promise.visit_id).code
        assert renewed != code
    with database.transaction() as session:
        assert attendance.is_shown(session, promise.id, code=renewed, token=None) == Way.CODE


def test_a_link_is_one_helpers_own_and_cannot_be_forged(session: Session) -> None:
    promise, other = a_promise(session), a_promise(session)
    token = attendance.link(session, promise)
    assert attendance.is_shown(session, promise.id, code=None, token=token) == Way.LINK
    subject = f"{promise.visit_id}.{promise.helper_id}"
    for bad in (
        attendance.link(session, other),
        token[:-1] + ("A" if token[-1] != "A" else "B"),
        token.replace("~1", "~9"),
        "",
        "~~~",
        "é~é~1~é",
        links.sign(session, "other", subject, clock.now() + timedelta(days=1)),
        links.sign(session, attendance.PURPOSE, subject, clock.now() - timedelta(minutes=1)),
    ):
        with pytest.raises(UnknownError):
            attendance.is_shown(session, promise.id, code=None, token=bad)


def test_hours_by_month_add_up_and_a_month_that_comes_to_nothing_is_left_out(session: Session) -> None:
    area = an_area(session, time_zone="UTC")
    helper = a_volunteer(session, area)
    first = datetime(2026, 9, 30, 9, tzinfo=UTC)
    for day in (0, 1, 2):
        promise = a_promise(session, area_id=area, helper_id=helper, start_at=first + timedelta(days=day))
        promise_day = promise.start_at.date()
        session.add(
            Hours(
                **{"id": new_key("hrs"), "helper_id": helper, "visit_id": promise.visit_id, "day": promise_day},
                **{"minutes": 60, "basis": Basis.MEASURED, "entered_at": clock.now()},
            )
        )
    session.flush()
    rows = session.exec(select(Hours).where(Hours.helper_id == helper).order_by(col(Hours.day))).all()
    hours.correct(session, rows[0].id, 0, "没有去", "李主任")
    found = hours.months(session, helper)
    assert [(month.month.isoformat(), month.minutes, month.visits) for month in found] == [("2026-10-01", 120, 2)]
    with pytest.raises(InvalidError, match="count already"):
        hours.correct(session, rows[1].id, 60, "一样", "李主任")
    with pytest.raises(ConflictError, match="corrected already"):
        hours.correct(session, rows[0].id, 30, "又", "李主任")
