"""Runs that cannot be lost: real workers, killed while they solve."""

import signal
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import redis
from sqlmodel import Session, select

from matcher import availability, pins, requests, rosters, runs
from matcher.tables.people import Volunteer
from matcher.tables.requests import Request, Visit
from matcher.tables.rosters import Run
from matcher.types import RunState
from tests.workers.conftest import DAY, Office
from tests.workers.processes import alive, eventually, kill, running
from workers import queues, sweeper

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""Where the database's kind makes no difference."""


def assert_stored_once(office: Office, run_id: str, state: RunState = RunState.DONE) -> None:
    """The run ended well, and exactly one plan was ever stored in its roster."""
    run, result = office.run(run_id), office.result()
    assert (run.state, run.failure) == (state, None)
    assert result.roster.version == 2
    assert result.roster.solved_by == run_id
    assert len(result.days) > 0
    assert result.waiting == ()


def test_a_bell_leads_to_a_stored_plan(office: Office) -> None:
    office.start_worker()
    run_id = office.trigger(seconds=2)
    office.ended(run_id)
    assert_stored_once(office, run_id)
    assert office.run(run_id).fence == 1


@on_sqlite
def test_a_second_bell_for_the_same_run_does_nothing(office: Office) -> None:
    office.start_worker()
    run_id = office.trigger(seconds=2)
    queues.ring(run_id, office.settings)
    office.ended(run_id)
    queues.ring(run_id, office.settings)
    queue = queues.queue_at(office.queue_url)
    eventually(lambda: queue.count == 0 and queue.started_job_registry.count == 0)
    assert_stored_once(office, run_id)
    assert queue.failed_job_registry.count == 0


@on_sqlite
def test_a_killed_child_leaves_its_last_incumbent(office: Office) -> None:
    worker = office.start_worker()
    run_id = office.trigger(seconds=30)
    kill(office.solving(run_id, worker))
    office.ended(run_id, 20)
    assert_stored_once(office, run_id)
    assert office.run(run_id).fence == 1
    assert office.result().measures["ending"] == "crash"


@on_sqlite
def test_a_run_whose_child_is_killed_before_it_has_a_plan_is_begun_anew(office: Office) -> None:
    office.start_sweeper()
    worker = office.start_worker()
    run_id = office.trigger(seconds=2)
    kill(eventually(lambda: running(worker.pid, "workers.child"))[0])
    office.ended(run_id)
    assert_stored_once(office, run_id)
    assert office.run(run_id).fence == 2


def test_a_killed_worker_takes_its_child_along_and_another_ends_the_run(office: Office) -> None:
    office.start_sweeper()
    worker = office.start_worker()
    run_id = office.trigger()
    child = office.solving(run_id, worker)
    kill(worker.pid)
    worker.wait()
    eventually(lambda: not alive(child))

    office.start_worker()
    office.ended(run_id)
    assert_stored_once(office, run_id)
    assert office.run(run_id).fence == 2


@on_sqlite
def test_worker_and_child_killed_together_do_not_lose_the_run(office: Office) -> None:
    office.start_sweeper()
    worker = office.start_worker()
    run_id = office.trigger()
    for process in (office.solving(run_id, worker), worker.pid):
        kill(process)
    worker.wait()

    office.start_worker()
    office.ended(run_id)
    assert_stored_once(office, run_id)
    assert office.run(run_id).fence == 2


@on_sqlite
def test_a_run_under_way_does_not_care_that_redis_is_killed(office: Office) -> None:
    worker = office.start_worker()
    run_id = office.trigger()
    office.solving(run_id, worker)
    office.processes[0].kill()
    office.processes[0].wait()
    office.ended(run_id)
    assert_stored_once(office, run_id)
    assert office.run(run_id).fence == 1

    office.start_queue()
    office.start_sweeper()
    later = office.trigger(seconds=1)
    assert office.ended(later).state == RunState.DONE


@on_sqlite
def test_a_run_triggered_without_redis_is_rung_by_the_sweeper_later(office: Office) -> None:
    office.processes[0].kill()
    office.processes[0].wait()
    office.start_worker()
    office.start_sweeper()
    run_id = office.trigger(seconds=1, ring=False)
    assert queues.ring(run_id, office.settings) is False

    office.start_queue()
    office.ended(run_id)
    assert_stored_once(office, run_id)


@on_sqlite
def test_a_queue_that_forgets_everything_forgets_no_run(office: Office) -> None:
    run_id = office.trigger(seconds=1)
    sweeper.sweep_once(office.database, queues.queue_at(office.queue_url))
    redis.Redis.from_url(office.queue_url).flushall()

    office.start_worker()
    office.start_sweeper()
    office.ended(run_id)
    assert_stored_once(office, run_id)


def test_a_worker_that_slept_through_its_lease_writes_nothing(office: Office) -> None:
    sleeper = office.start_worker()
    run_id = office.trigger(seconds=4)
    child = office.solving(run_id, sleeper)
    kill(sleeper.pid, signal.SIGSTOP)
    office.start_sweeper()
    office.start_worker()
    office.ended(run_id)
    ended_at = office.run(run_id).ended_at
    assert_stored_once(office, run_id)

    kill(sleeper.pid, signal.SIGCONT)
    eventually(lambda: not alive(child))
    eventually(lambda: running(sleeper.pid, "workers.child") == [])
    _until_idle(office)
    assert_stored_once(office, run_id)
    assert (office.run(run_id).fence, office.run(run_id).ended_at) == (2, ended_at)


def _until_idle(office: Office) -> None:
    """Until the worker that woke up has told RQ that it is through."""
    queue = queues.queue_at(office.queue_url)
    eventually(lambda: queue.started_job_registry.count == 0)


def test_stopping_early_keeps_the_best_plan(office: Office) -> None:
    worker = office.start_worker()
    run_id = office.trigger(seconds=60)
    child = office.solving(run_id, worker)
    office.stop(run_id)
    office.ended(run_id, 30)
    assert_stored_once(office, run_id, RunState.STOPPED)
    eventually(lambda: not alive(child))


def test_a_worker_that_is_asked_to_end_gives_its_run_back_at_once(office: Office) -> None:
    worker = office.start_worker()
    run_id = office.trigger(seconds=60)
    child = office.solving(run_id, worker)
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(30) == 0
    assert not alive(child)
    assert (office.run(run_id).state, office.run(run_id).claims) == (RunState.QUEUED, 0)

    office.start_sweeper()
    second = office.start_worker()
    office.solving(run_id, second, fence=3)
    office.stop(run_id)
    office.ended(run_id)
    assert_stored_once(office, run_id, RunState.STOPPED)


def test_what_people_did_during_a_run_is_kept_and_only_the_rest_is_solved_again(office: Office) -> None:
    """A pin, a visit taken back and time off, all while the plan is being made."""
    office.start_sweeper()
    worker = office.start_worker()
    run_id = office.trigger(seconds=6)
    office.solving(run_id, worker)
    with office.database.transaction() as session:
        visits = dict(session.exec(select(Request.number, Visit.id).join(Visit)).all())
        helpers = dict(session.exec(select(Volunteer.number, Volunteer.helper_id)).all())
        requests.withdraw(session, session.exec(select(Request.id).where(Request.number == "Q1")).one())
        start = datetime.combine(DAY, time(10), ZoneInfo("Asia/Shanghai"))
        pins.put(session, office.roster_id, visits["Q2"], [helpers["V2"]], start, version_of(session, office))
        availability.take_time_off(session, helpers["V1"], start, start + timedelta(hours=8))
    run = office.ended(run_id)
    assert (run.state, run.failure_code) == (RunState.DONE, None)
    follower = eventually(lambda: after if (after := latest(office)).id != run_id and after.ended_at else None, 60)
    assert (follower.follows, follower.state) == (run_id, RunState.DONE)
    made = {line.visit.visit_id: line for day in office.result().days for line in day.assignments}
    assert visits["Q1"] not in made, "taken back"
    assert made[visits["Q2"]].start == start
    assert {visits[number] for number in ("Q3", "Q7", "Q8")} & made.keys() == set(), "V1 is away from ten o'clock"
    assert {visits["Q4"], visits["Q9"]} <= made.keys()


def version_of(session: Session, office: Office) -> int:
    return rosters.get(session, office.roster_id).version


def latest(office: Office) -> Run:
    with office.database.reading() as session:
        found = runs.latest(session, office.roster_id)
    assert found is not None
    return found


def test_many_workers_share_one_run_without_doubling_it(office: Office) -> None:
    for _ in range(3):
        office.start_worker()
    run_id = office.trigger(seconds=2)
    for _ in range(5):
        queues.ring(run_id, office.settings)
    office.ended(run_id)
    _until_idle(office)
    assert_stored_once(office, run_id)
    assert office.run(run_id).fence == 1


@on_sqlite
def test_the_sweeper_rings_each_waiting_run_once(office: Office) -> None:
    run_id = office.trigger(seconds=1, ring=False)
    queue = queues.queue_at(office.queue_url)
    assert sweeper.sweep_once(office.database, queue) == [run_id]
    assert sweeper.sweep_once(office.database, queue) == []
    assert queues.waiting(queue) == {run_id}
