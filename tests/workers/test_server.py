"""The embedded queue server, started and killed for real."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from tests.workers.processes import alive, eventually, running
from workers import server


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path


@pytest.fixture
def started() -> Iterator[list["subprocess.Popen[bytes]"]]:
    processes: list[subprocess.Popen[bytes]] = []
    yield processes
    for process in processes:
        if process.poll() is None:
            process.kill()
        process.wait()


def connect(home: Path) -> redis.Redis:
    return redis.Redis.from_url(server.address(home))


def test_what_was_acknowledged_a_second_ago_is_there_after_kill_9(
    home: Path, started: list["subprocess.Popen[bytes]"]
) -> None:
    started.append(server.start(home))
    server.wait_until_ready(server.address(home))
    connection = connect(home)
    connection.set("bell", "rung")
    eventually(lambda: connection.info("persistence")["aof_pending_bio_fsync"] == 0)
    started[0].kill()
    started[0].wait()
    assert not server.answers(server.address(home))

    started.append(server.start(home))
    server.wait_until_ready(server.address(home))
    assert connect(home).get("bell") == b"rung"


def test_two_servers_never_share_a_folder_and_the_second_takes_over(
    home: Path, started: list["subprocess.Popen[bytes]"]
) -> None:
    started.append(server.start(home))
    server.wait_until_ready(server.address(home))
    first = connect(home).info("server")["process_id"]
    started.append(server.start(home))
    eventually(lambda: f"{started[1].pid}" in _waiting_for_a_lock())

    assert connect(home).info("server")["process_id"] == first == started[0].pid
    started[0].kill()
    started[0].wait()
    server.wait_until_ready(server.address(home))
    assert connect(home).info("server")["process_id"] == started[1].pid


def _waiting_for_a_lock() -> list[str]:
    return [line.split()[5] for line in Path("/proc/locks").read_text().splitlines() if "->" in line]


def test_the_server_dies_with_whoever_started_it(home: Path) -> None:
    code = f"import time; from pathlib import Path; from workers import server; server.start(Path({str(home)!r}));"
    parent = subprocess.Popen([sys.executable, "-c", code + "time.sleep(600)"])
    server.wait_until_ready(server.address(home))
    (child,) = running(parent.pid, "valkey-server")
    parent.kill()
    parent.wait()
    eventually(lambda: not alive(child))
    assert not server.answers(server.address(home))


def test_a_home_with_a_long_path_still_has_a_socket(tmp_path: Path, started: list["subprocess.Popen[bytes]"]) -> None:
    home = tmp_path / ("街道" * 20) / "a home"
    started.append(server.start(home))
    server.wait_until_ready(server.address(home))
    assert connect(home).ping()
    assert len(os.fsencode(server.socket_path(home))) < 108


def test_only_the_owner_may_open_the_socket(home: Path, started: list["subprocess.Popen[bytes]"]) -> None:
    started.append(server.start(home))
    server.wait_until_ready(server.address(home))
    assert server.socket_path(home).stat().st_mode & 0o077 == 0
    assert connect(home).config_get("port") == {"port": "0"}


def test_damaged_files_are_set_aside_and_the_server_starts_again(
    home: Path, started: list["subprocess.Popen[bytes]"]
) -> None:
    (home / "queue" / "appendonlydir").mkdir(parents=True)
    (home / "queue" / "appendonlydir" / "appendonly.aof.manifest").write_text("not a manifest\n")
    damaged = server.start(home)
    assert damaged.wait(20) not in (0, -signal.SIGKILL)

    kept = server.set_aside(home)
    assert kept is not None
    assert kept.exists()
    started.append(server.start(home))
    server.wait_until_ready(server.address(home))
