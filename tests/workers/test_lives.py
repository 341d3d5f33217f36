"""Whether a worker lives, told by its name alone."""

import subprocess
import sys

import pytest

from matcher import runs
from matcher.database import Database
from tests.workers.conftest import Office
from workers.lives import is_gone, let_go_of_the_dead, worker_name


def a_dead_workers_name() -> str:
    said = [sys.executable, "-c", "from workers.lives import worker_name; print(worker_name())"]
    return subprocess.run(said, capture_output=True, text=True, check=True).stdout.strip()


def test_who_lives_here_is_not_gone_and_who_died_here_is() -> None:
    assert not is_gone(worker_name())
    assert is_gone(a_dead_workers_name())


def test_of_who_lives_elsewhere_nobody_here_knows() -> None:
    host, _, process, life = a_dead_workers_name().rsplit("-", 3)
    for name in (f"{host}-0a1b2c3d-{process}-{life}", f"{host}--{process}-{life}", "worker", "", "a-b"):
        assert not is_gone(name)


@pytest.mark.parametrize("is_dead", [True, False])
def test_a_dead_workers_run_may_be_claimed_at_once_and_counts_as_begun(office: Office, *, is_dead: bool) -> None:
    database: Database = office.database
    run_id = office.trigger()
    name = a_dead_workers_name() if is_dead else worker_name()
    with database.transaction() as session:
        first = runs.claim(session, run_id, name, 600)
    assert first is not None
    assert let_go_of_the_dead(database) == ([run_id] if is_dead else [])
    with database.transaction() as session:
        second = runs.claim(session, run_id, worker_name(), 600)
    assert (second is not None) == is_dead
    assert office.run(run_id).claims == (2 if is_dead else 1)
