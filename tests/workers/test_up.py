"""The whole program as one process tree, ended in every way that a process tree ends."""

import os
import signal
import socket
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import redis
from typer.testing import CliRunner

from matcher.settings import Settings
from tests.workers.processes import alive, command_line, eventually, kill, of_session
from workers import server
from workers.commands import app
from workers.commands.up import StartError, listen, refuse_strangers, tree

PARTS = ("valkey-server", "workers.worker", "workers.sweeper", "workers.notify", "workers.nightly", "uvicorn")


class Up:
    """One `matcher up`, leader of a session of its own."""

    def __init__(self, home: Path) -> None:
        self.port, self.home = free_port(), home
        self.process = subprocess.Popen(
            [sys.executable, "-m", "workers.commands", "up", "--port", str(self.port)],
            env={**os.environ, "MATCHER_HOME": str(home)},
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self.lines: list[str] = []
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self) -> None:
        assert self.process.stderr is not None
        self.lines.extend(self.process.stderr)

    def healthy(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=2) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def part(self, words: str) -> int | None:
        """The process of a part; None while it is not there."""
        found = [number for number in self.members() if words in command_line(number)]
        return found[0] if found else None

    def members(self) -> list[int]:
        return of_session(self.process.pid)

    def complete(self) -> bool:
        return all(self.part(words) for words in PARTS) and self.healthy()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def up(tmp_path: Path) -> Iterator[Callable[[], Up]]:
    started: list[Up] = []

    def begin() -> Up:
        started.append(Up(tmp_path))
        return started[-1]

    yield begin
    for each in started:
        each.process.kill()
        each.process.wait()
        each.reader.join(5)
        assert each.process.stderr is not None
        each.process.stderr.close()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_asked_to_end_it_ends_cleanly_and_leaves_nobody(up: Callable[[], Up], number: signal.Signals) -> None:
    program = up()
    eventually(program.complete, 150)
    program.process.send_signal(number)
    assert program.process.wait(60) == 0
    assert program.members() == []
    assert f"http://127.0.0.1:{program.port}/" in "".join(program.lines)


def test_killed_it_leaves_nobody(up: Callable[[], Up]) -> None:
    program = up()
    eventually(program.complete, 150)
    program.process.kill()
    program.process.wait()
    eventually(lambda: program.members() == [])


def test_every_part_that_is_killed_is_started_again(up: Callable[[], Up]) -> None:
    program = up()
    eventually(program.complete, 150)
    for words in PARTS:
        victim = program.part(words)
        assert victim is not None
        kill(victim)
        eventually(lambda victim=victim: not alive(victim))  # type: ignore[misc]
    eventually(program.complete, 150)
    assert server.answers(server.address(program.home))


def test_a_second_one_on_the_same_home_uses_the_firsts_queue_and_then_takes_over(up: Callable[[], Up]) -> None:
    first = up()
    eventually(first.complete, 150)
    queue = redis.Redis.from_url(server.address(first.home))
    serving = queue.info("server")["process_id"]
    second = up()
    eventually(second.healthy, 150)
    assert second.part("valkey-server") is None
    assert queue.info("server")["process_id"] == serving

    first.process.send_signal(signal.SIGINT)
    assert first.process.wait(60) == 0
    eventually(second.complete)
    assert redis.Redis.from_url(server.address(first.home)).ping()


def test_no_call_is_refused_while_the_web_is_started_again(up: Callable[[], Up]) -> None:
    program = up()
    eventually(program.complete, 150)
    victim = program.part("uvicorn")
    assert victim is not None
    kill(victim)
    eventually(lambda: not alive(victim))
    with urllib.request.urlopen(f"http://127.0.0.1:{program.port}/healthz", timeout=60) as answer:
        assert answer.status == 200


def test_a_taken_port_is_refused_with_the_cure() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(StartError, match=f"Port {port} .* choose another with --port {port + 1}"):
            listen("127.0.0.1", port)


def test_without_sign_in_it_listens_on_this_machine_only() -> None:
    for host in ("127.0.0.1", "::1", "localhost"):
        refuse_strangers(host)
    for host in ("0.0.0.0", "192.168.1.7", "::"):
        with pytest.raises(StartError, match="no sign-in yet"):
            refuse_strangers(host)


def test_a_queue_of_ones_own_is_not_started_twice(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, redis_url="redis://queue.example:6379")
    with listen("127.0.0.1", 0) as door:
        kept = tree(settings, door, lambda text: None, workers=2)
    assert [one.name for one in kept] == ["worker 1", "worker 2", "sweeper", "notifier", "nightly", "web"]


def test_a_file_that_cannot_be_read_is_refused_in_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "residents.xlsx"
    path.write_bytes(b"PK\x03\x04 half a workbook")
    environment = {"MATCHER_HOME": str(tmp_path), "MATCHER_DATABASE_URL": ""}
    answer = CliRunner().invoke(app, ["import", "residents", str(path)], env=environment)
    assert answer.exit_code == 1
    assert answer.output.strip().startswith("residents.xlsx: ")
    assert "Traceback" not in answer.output


def test_a_dry_run_reports_and_stores_nothing(tmp_path: Path) -> None:
    path = tmp_path / "purses.csv"
    path.write_text("编号,名称,起始日期,结束日期,预算(元)\nZJ1,助老,2026-01-01,2026-12-31,5000\n", encoding="utf-8")
    environment = {"MATCHER_HOME": str(tmp_path), "MATCHER_DATABASE_URL": ""}
    for _ in range(2):
        answer = CliRunner().invoke(app, ["import", "purses", str(path), "--dry-run"], env=environment)
        assert answer.exit_code == 0
        (row,) = [line for line in answer.output.splitlines() if "purses.csv" in line]
        assert [cell.strip() for cell in row.split("│")][2:5] == ["1", "1", "0"]
