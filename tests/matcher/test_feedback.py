"""What a resident says closes the visit, and whom they would rather not see is kept away until somebody decides."""

import threading
from datetime import timedelta

import pytest
from sqlmodel import Session, select

from matcher import acquaintances, areas, attendance, bonds, clock, feedback, flags, hours
from matcher.attendance import Proof
from matcher.database import Database
from matcher.errors import ConflictError, InvalidError, UnknownError
from matcher.tables.proof import Feedback, Wish
from matcher.tables.requests import Barring, Request, Visit
from matcher.tables.versions import Promise
from matcher.types import AttendanceKind, Way
from tests.matcher.builders import a_volunteer
from tests.matcher.served import a_moment, a_promise

AT_THE_DOOR = Proof(Way.CODE)


def minutes(session: Session, promise: Promise) -> int:
    return sum(row.minutes for row in hours.of_visit(session, promise.visit_id, promise.helper_id))


def resident(session: Session, promise: Promise) -> str:
    visit = session.get_one(Visit, promise.visit_id)
    return session.get_one(Request, visit.request_id).resident_id


def met(session: Session, promise: Promise) -> acquaintances.Acquaintances:
    who, zone = resident(session, promise), areas.zone(areas.everything(session)[0])
    return acquaintances.of_day(session, [who], clock.now().date(), zone).get(who, acquaintances.NOBODY)


def test_feedback_is_given_once_and_closes_the_visit(session: Session) -> None:
    promise = a_promise(session)
    attendance.note(session, promise.id, AttendanceKind.CHECK_IN, AT_THE_DOOR, promise.start_at)
    assert minutes(session, promise) == 0
    said = feedback.give(session, promise.visit_id, rating=5, words="很好", on_behalf="李主任")
    assert minutes(session, promise) == 60, "the resident vouches for whoever forgot to check out"
    assert feedback.of_visit(session, promise.visit_id).id == said.id
    with pytest.raises(ConflictError, match="already"):
        feedback.give(session, promise.visit_id, rating=1)


def test_the_resident_vouches_for_whoever_alone_was_to_come(session: Session) -> None:
    alone, first = a_promise(session), a_promise(session, people=2)
    second = a_promise(
        session, area_id=areas.everything(session)[-1].id, visit_id=first.visit_id, start_at=first.start_at
    )
    feedback.give(session, alone.visit_id, rating=3)
    feedback.give(session, first.visit_id, rating=3)
    assert [minutes(session, promise) for promise in (alone, first, second)] == [60, 0, 0]


def test_who_did_not_come_is_not_vouched_for_and_a_denied_visit_is_looked_at(session: Session) -> None:
    missed, denied = a_promise(session), a_promise(session)
    attendance.note(session, missed.id, AttendanceKind.NO_SHOW, Proof(Way.PERSON, "李主任", "没有来"))
    feedback.give(session, missed.visit_id, rating=3)
    attendance.note(session, denied.id, AttendanceKind.CHECK_OUT, AT_THE_DOOR, denied.end_at)
    feedback.give(session, denied.visit_id, rating=1, happened=False)
    assert [minutes(session, promise) for promise in (missed, denied)] == [0, 60]
    assert [(flag.kind, flag.visit_id) for flag in flags.listed(session).rows] == [("nobody_came", denied.visit_id)]


def test_a_later_check_out_counts_over_what_the_resident_vouched_for(session: Session) -> None:
    promise = a_promise(session)
    attendance.note(session, promise.id, AttendanceKind.CHECK_IN, AT_THE_DOOR, promise.start_at)
    feedback.give(session, promise.visit_id, rating=4)
    attendance.note(
        session, promise.id, AttendanceKind.CHECK_OUT, AT_THE_DOOR, promise.start_at + timedelta(minutes=40)
    )
    assert minutes(session, promise) == 40


def test_whom_a_resident_liked_counts_as_known_until_they_say_otherwise(session: Session) -> None:
    promise = a_promise(session)
    assert met(session, promise) == acquaintances.NOBODY
    feedback.give(session, promise.visit_id, rating=4)
    assert met(session, promise).known == {promise.helper_id}
    again = a_promise(
        session,
        area_id=areas.everything(session)[0].id,
        helper_id=promise.helper_id,
        resident_id=resident(session, promise),
    )
    feedback.give(session, again.visit_id, rating=2, not_again=[promise.helper_id])
    assert met(session, promise) == acquaintances.Acquaintances(frozenset(), frozenset({promise.helper_id}))


def test_a_good_rating_does_not_speak_for_whom_the_resident_does_not_want(session: Session) -> None:
    promise = a_promise(session)
    feedback.give(session, promise.visit_id, rating=5, not_again=[promise.helper_id])
    assert met(session, promise).known == frozenset()


def test_a_liking_is_forgotten_after_half_a_year(session: Session) -> None:
    promise = a_promise(session)
    feedback.give(session, promise.visit_id, rating=5)
    who, today = resident(session, promise), clock.now().date()
    assert feedback.liked(session, [who], today + timedelta(days=179)) == {(who, promise.helper_id)}
    assert feedback.liked(session, [who], today + timedelta(days=182)) == set()


@pytest.mark.parametrize("bar", [True, False])
def test_a_barring_proposal_keeps_them_apart_until_a_person_decides(session: Session, bar: bool) -> None:
    promise = a_promise(session)
    feedback.give(session, promise.visit_id, rating=1, not_again=[promise.helper_id])
    (proposal,) = feedback.proposals(session).rows
    assert met(session, promise).barred == {promise.helper_id}
    assert session.exec(select(Barring)).all() == [], "only a person bars"
    decided = feedback.decide(session, proposal.id, bar=bar, by="李主任", reason="谈过了")
    assert (decided.barred, decided.decided_by) == (bar, "李主任")
    assert met(session, promise).barred == ({promise.helper_id} if bar else frozenset())
    assert feedback.proposals(session).rows == []
    with pytest.raises(ConflictError):
        feedback.decide(session, proposal.id, bar=not bar, by="李主任", reason="又")


def test_a_proposal_to_bar_whom_somebody_has_barred_meanwhile_is_accepted(session: Session) -> None:
    promise = a_promise(session)
    feedback.give(session, promise.visit_id, rating=1, not_again=[promise.helper_id])
    bonds.bar(session, resident(session, promise), promise.helper_id, "电话投诉")
    (proposal,) = feedback.proposals(session).rows
    feedback.decide(session, proposal.id, bar=True, by="李主任", reason="谈过了")
    assert len(session.exec(select(Barring)).all()) == 1


def test_what_makes_no_sense_is_refused(session: Session) -> None:
    promise, later = a_promise(session), a_promise(session, start_at=a_moment(hours=-1))
    stranger = a_volunteer(session, areas.everything(session)[0].id)
    with pytest.raises(InvalidError, match="not promised to come"):
        feedback.give(session, promise.visit_id, rating=1, not_again=[stranger])
    with pytest.raises(InvalidError, match="wished for and not"):
        feedback.give(session, promise.visit_id, rating=1, again=[promise.helper_id], not_again=[promise.helper_id])
    with pytest.raises(InvalidError, match="not begun"):
        feedback.give(session, later.visit_id, rating=5)
    with pytest.raises(UnknownError):
        feedback.of_visit(session, promise.visit_id)
    feedback.give(session, promise.visit_id, rating=5)
    (glad,) = session.exec(select(Wish)).all()
    with pytest.raises(UnknownError, match="no barring proposal"):
        feedback.decide(session, glad.id, bar=True, by="李主任", reason="错")


def test_of_many_who_give_feedback_at_once_one_is_heard(database: Database) -> None:
    with database.transaction() as session:
        visit_id = a_promise(session).visit_id
    gate, heard = threading.Barrier(8), []

    def give() -> None:
        gate.wait()
        try:
            with database.transaction() as session:
                feedback.give(session, visit_id, rating=5)
            heard.append(201)
        except ConflictError:
            heard.append(409)

    threads = [threading.Thread(target=give) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(heard) == [201] + [409] * 7
    with database.reading() as session:
        assert len(session.exec(select(Feedback)).all()) == len(session.exec(select(Wish)).all()) == 1
