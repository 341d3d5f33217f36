"""What `matcher demo` refuses before it touches anything; the whole of it is run by the gate."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from matcher.settings import Settings
from workers import server
from workers.commands import app
from workers.commands.demo import _door
from workers.commands.up import StartError, listen


def test_a_demo_that_runs_is_not_wiped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    home = tmp_path / "var" / "demo"
    running = server.start(home)
    try:
        server.wait_until_ready(server.address(home))
        answer = CliRunner().invoke(app, ["demo", "--once"])
        assert answer.exit_code == 1
        assert "A demo is running" in answer.output
        assert server.answers(server.address(home))
    finally:
        running.kill()
        running.wait()


def test_it_takes_the_next_free_port_unless_one_was_wished() -> None:
    with listen("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        settings, door = _door(Settings(port=port), wished=False)
        with door:
            assert settings.port == door.getsockname()[1] > port
        with pytest.raises(StartError, match=str(port)):
            _door(Settings(port=port), wished=True)


def test_a_day_that_is_none_is_refused_by_name() -> None:
    answer = CliRunner().invoke(app, ["demo", "--day", "2026-02-30"])
    assert answer.exit_code == 2
    assert "2026-02-30" in answer.output
