"""A run's life, on both databases: who may start it, hold it, write of it and end it."""

import threading
import time
from collections.abc import Callable
from datetime import date
from uuid import uuid4

import pytest

from matcher import clock, outbox, rosters, runs
from matcher.database import Database
from matcher.errors import ActiveRunError, InvalidError, KeyReusedError, UnknownError
from matcher.keys import new_key
from matcher.tables.areas import Area
from matcher.tables.rosters import Roster

LEASE = 15.0


@pytest.fixture
def roster(database: Database) -> str:
    area = Area(id=new_key("are"), name="和平社区", tier="community")
    roster = Roster(id=new_key("ros"), area_id=area.id, day=date(2026, 11, 22), opened_at=clock.now())
    with database.transaction() as session:
        session.add(area)
        session.flush()
        session.add(roster)
    return roster.id


def begin(database: Database, roster: str, **wishes: object) -> str:
    with database.transaction() as session:
        return runs.start(session, roster, **wishes).id  # type: ignore[arg-type]


def take(database: Database, run: str, lease: float = LEASE, who: str = "") -> runs.Claim | None:
    with database.transaction() as session:
        return runs.claim(session, run, who or f"somebody {uuid4().hex}", lease)


def at_once(count: int, act: Callable[[], object]) -> list[object]:
    """What each of `count` threads answered, or the error it met, all let go at the same moment."""
    gate, answers = threading.Barrier(count), []

    def go() -> None:
        gate.wait()
        try:
            answers.append(act())
        except ActiveRunError as error:
            answers.append(error)

    threads = [threading.Thread(target=go) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_who_did_not_hear_that_the_claim_came_through_claims_again(database: Database, roster: str) -> None:
    run = begin(database, roster)
    unheard, again = take(database, run, who="wang"), take(database, run, who="wang")
    assert unheard is not None
    assert again is not None
    assert again.fence == unheard.fence + 1
    assert take(database, run, who="li") is None


def test_a_started_run_waits_and_its_bell_is_in_the_outbox(database: Database, roster: str) -> None:
    run = begin(database, roster, seconds=7, seed=3)
    with database.reading() as session:
        stored = runs.get(session, run)
        bells = [(row.topic, row.subject) for row in outbox.pending(session)]
    assert (stored.state, stored.seconds, stored.seed) == ("queued", 7, 3)
    assert bells == [("run", run)]


def test_of_many_starts_at_once_one_run_comes(database: Database, roster: str) -> None:
    answers = at_once(10, lambda: begin(database, roster))
    assert sorted(type(answer).__name__ for answer in answers) == ["ActiveRunError"] * 9 + ["str"]


def test_the_same_idempotency_key_gives_the_same_run_even_at_once(database: Database, roster: str) -> None:
    answers = at_once(6, lambda: begin(database, roster, seconds=5, idempotency_key="monday"))
    assert len(set(answers)) == 1
    with pytest.raises(KeyReusedError):
        begin(database, roster, seconds=6, idempotency_key="monday")


def test_an_unknown_roster_or_weight_is_named(database: Database, roster: str) -> None:
    with pytest.raises(UnknownError, match="ros_nowhere"):
        begin(database, "ros_nowhere")
    with pytest.raises(InvalidError, match="beauty"):
        begin(database, roster, weights={"beauty": 3})


@pytest.mark.parametrize(
    ("wishes", "field"),
    [
        ({"seconds": 0}, "seconds"),
        ({"seconds": 3601}, "seconds"),
        ({"seconds": float("nan")}, "seconds"),
        ({"seconds": float("inf")}, "seconds"),
        ({"seed": 0}, "seed"),
        ({"seed": 2**63}, "seed"),
        ({"weights": {"travel": -1}}, "weights"),
        ({"weights": {"travel": 2**53}}, "weights"),
    ],
)
def test_a_wish_out_of_range_is_named_and_no_run_comes(
    database: Database, roster: str, wishes: dict[str, object], field: str
) -> None:
    with pytest.raises(InvalidError) as caught:
        begin(database, roster, **wishes)
    assert caught.value.field == field
    with database.reading() as session:
        assert runs.latest(session, roster) is None
        assert outbox.pending(session) == []


def test_a_key_that_was_used_gives_its_run_also_after_the_end_and_on_no_other_roster(
    database: Database, roster: str
) -> None:
    first = begin(database, roster, idempotency_key="monday")
    with database.transaction() as session:
        runs.ask_to_stop(session, first)
    assert begin(database, roster, idempotency_key="monday") == first
    with database.transaction() as session:
        area = rosters.get(session, roster).area_id
        session.add(other := Roster(id=new_key("ros"), area_id=area, day=date(2026, 11, 23), opened_at=clock.now()))
    assert begin(database, other.id, idempotency_key="monday") != first


def test_a_bell_that_was_told_is_told_no_more(database: Database, roster: str) -> None:
    begin(database, roster)
    with database.transaction() as session:
        outbox.mark_sent(session, [row.id for row in outbox.pending(session)])
    with database.reading() as session:
        assert outbox.pending(session) == []


def test_a_start_that_is_undone_rings_no_bell(database: Database, roster: str) -> None:
    with pytest.raises(RuntimeError), database.transaction() as session:
        runs.start(session, roster)
        raise RuntimeError
    with database.reading() as session:
        assert (runs.abandoned(session), outbox.pending(session)) == ([], [])


def test_an_ended_run_is_neither_claimed_nor_stopped_nor_failed(database: Database, roster: str) -> None:
    run = begin(database, roster)
    claim = take(database, run)
    assert claim is not None
    with database.transaction() as session:
        assert runs.finish(session, run, claim.fence, state="done", objective=7)
    assert take(database, run) is None
    with database.transaction() as session:
        assert runs.ask_to_stop(session, run).state == "done"
        assert not runs.fail(session, run, claim.fence, "late", "It came too late.")
        assert not runs.report(session, run, claim.fence, 5, None, 0.1)
    with database.reading() as session:
        stored = runs.get(session, run)
    assert (stored.state, stored.objective, stored.progress, stored.stop_asked) == ("done", 7, 1.0, False)


def test_a_beat_lengthens_the_lease_by_the_databases_clock(database: Database, roster: str) -> None:
    run = begin(database, roster)
    claim = take(database, run, lease=0.4)
    assert claim is not None
    for _ in range(4):
        time.sleep(0.2)
        with database.transaction() as session:
            assert runs.heartbeat(session, run, claim.fence, 0.4).alive
        assert take(database, run) is None
    time.sleep(0.5)
    assert take(database, run) is not None


def test_of_many_claims_at_once_one_holds(database: Database, roster: str) -> None:
    run = begin(database, roster)
    answers = at_once(10, lambda: take(database, run))
    held = [answer for answer in answers if answer is not None]
    assert len(held) == 1


def test_a_lapsed_lease_is_taken_over_and_the_sleeper_can_write_nothing(database: Database, roster: str) -> None:
    run = begin(database, roster)
    first = take(database, run, lease=0.2)
    assert take(database, run) is None
    time.sleep(0.3)
    with database.reading() as session:
        assert runs.abandoned(session) == [run]
    second = take(database, run)
    assert first is not None
    assert second is not None
    assert second.fence == first.fence + 1
    with database.transaction() as session:
        assert not runs.heartbeat(session, run, first.fence, LEASE).alive
        assert not runs.report(session, run, first.fence, 10, 5, 0.5)
        assert not runs.finish(session, run, first.fence, state="done")
        assert runs.heartbeat(session, run, second.fence, LEASE).alive
        assert runs.finish(session, run, second.fence, state="done")
    with database.reading() as session:
        assert runs.abandoned(session) == []


def test_a_run_given_back_may_be_begun_at_once_and_is_not_counted(database: Database, roster: str) -> None:
    run = begin(database, roster)
    for _ in range(2 * runs.MOST_CLAIMS):
        claim = take(database, run)
        assert claim is not None
        with database.transaction() as session:
            assert runs.give_back(session, run, claim.fence)
            assert not runs.give_back(session, run, claim.fence)
            assert runs.abandoned(session) == [run]
    with database.reading() as session:
        assert (runs.get(session, run).state, runs.get(session, run).claims) == ("queued", 0)


def test_a_run_that_breaks_five_workers_fails(database: Database, roster: str) -> None:
    run = begin(database, roster)
    for _ in range(5):
        assert take(database, run, lease=-1) is not None
    assert take(database, run) is None
    with database.reading() as session:
        stored = runs.get(session, run)
    assert (stored.state, stored.failure_code) == ("failed", "given-up")
    begin(database, roster)


def test_a_waiting_run_stops_at_once_and_a_held_one_hears_of_it(database: Database, roster: str) -> None:
    waiting = begin(database, roster)
    with database.transaction() as session:
        assert runs.ask_to_stop(session, waiting).state == "stopped"
    held = begin(database, roster)
    claim = take(database, held)
    assert claim is not None
    with database.transaction() as session:
        assert runs.ask_to_stop(session, held).state == "running"
        assert runs.heartbeat(session, held, claim.fence, LEASE) == runs.Beat(alive=True, stop=True)
