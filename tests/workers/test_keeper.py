"""The keeper of a process tree, with real processes."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.workers.processes import alive, descendants, eventually, kill
from workers import leash
from workers.keeper import Keeper, Kept

SLEEPS = (sys.executable, "-c", "import time; time.sleep(600)")
DEAF = (
    *(sys.executable, "-c"),
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(600)",
)


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
def keepers() -> Iterator[list[Keeper]]:
    started: list[Keeper] = []
    yield started
    for keeper in started:
        keeper.stop()


def test_a_process_that_dies_is_started_again(told: list[str], keepers: list[Keeper]) -> None:
    kept = Kept("sleeper", SLEEPS)
    keepers.append(Keeper([kept], {}, told.append))
    keepers[0].start()
    first = eventually(lambda: kept.process)
    first.kill()
    second = eventually(lambda: kept.process if kept.process not in (None, first) else None)
    assert second.pid != first.pid
    assert told == ["sleeper ended (signal 9); it is started again in 0.2 s"]


def test_one_that_keeps_dying_is_started_more_and_more_rarely(told: list[str], keepers: list[Keeper]) -> None:
    deaths: list[int] = []
    kept = Kept("mayfly", (sys.executable, "-c", "raise SystemExit(3)"), on_death=deaths.append)
    keepers.append(Keeper([kept], {}, told.append))
    keepers[0].start()
    eventually(lambda: len(deaths) >= 3)
    assert [line.rpartition("in ")[2] for line in told[:3]] == ["0.2 s", "0.4 s", "0.8 s"]
    assert deaths[:3] == [1, 2, 3]


def test_stopping_ends_even_those_who_do_not_listen(tmp_path: Path, told: list[str]) -> None:
    kept = [Kept("sleeper", SLEEPS), Kept("deaf", DEAF, patience=0.3)]
    keeper = Keeper(kept, {}, told.append, logs=tmp_path)
    keeper.start()
    eventually(lambda: (tmp_path / "deaf.log").exists() and "deaf" in (tmp_path / "deaf.log").read_text())
    processes = [each.process.pid for each in kept if each.process]
    keeper.stop()
    assert not [number for number in processes if alive(number)]


def test_a_killed_keeper_takes_everybody_along() -> None:
    code = f"""
import sys, time
from workers import leash
from workers.keeper import Kept, Keeper
Keeper([Kept(name, leash.on_leash(*{SLEEPS!r})) for name in "ab"], {{}}, print).start()
time.sleep(600)
"""
    parent = subprocess.Popen([sys.executable, "-c", code])
    children = eventually(lambda: below if len(below := descendants(parent.pid)) == 2 else None)
    eventually(lambda: all("workers.leash" not in _command(number) for number in children))
    kill(parent.pid)
    parent.wait()
    eventually(lambda: not [number for number in children if alive(number)])


def _command(process: int) -> str:
    return Path(f"/proc/{process}/cmdline").read_text()


def test_a_child_whose_parent_is_gone_already_does_not_begin() -> None:
    orphan = subprocess.run(
        [sys.executable, "-m", "workers.leash", "1", *SLEEPS], capture_output=True, text=True, timeout=30, check=False
    )
    assert orphan.returncode == 1
    assert "The parent process 1 ended" in orphan.stderr
    assert leash.on_leash("true")[-1] == "true"
