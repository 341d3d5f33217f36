"""Looking at real processes: who lives, who belongs to whom, and waiting for what must happen."""

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")


def eventually(what: Callable[[], T], seconds: float = 20, pause: float = 0.05) -> T:
    """The first true answer of `what`; AssertionError when there is none in time."""
    deadline = time.monotonic() + seconds
    while not (answer := what()):
        assert time.monotonic() < deadline, f"{what} did not come true within {seconds} s"
        time.sleep(pause)
    return answer


def alive(process: int) -> bool:
    """Does it run (a zombie does not)?"""
    return _stat(process)[0] not in ("", "Z", "X")


def descendants(process: int) -> list[int]:
    """All processes below one, children first."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            state, parent, _ = _stat(int(entry.name))
            if state not in ("", "Z"):
                children.setdefault(parent, []).append(int(entry.name))
    found, ask = [], [process]
    while ask:
        below = children.get(ask.pop(0), [])
        found += below
        ask += below
    return found


def of_session(session: int) -> list[int]:
    """The living processes of one session, whoever is their parent now."""
    numbers = [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]
    return [number for number in numbers if alive(number) and _stat(number)[2] == session]


def running(process: int, words: str) -> list[int]:
    """The descendants of a process whose command line contains `words`."""
    return [number for number in descendants(process) if words in command_line(number)]


def command_line(process: int) -> str:
    try:
        return Path(f"/proc/{process}/cmdline").read_text().replace("\0", " ")
    except OSError:
        return ""


def _stat(process: int) -> tuple[str, int, int]:
    """State, parent and session of a process; empty when it is gone."""
    try:
        text = Path(f"/proc/{process}/stat").read_text()
    except OSError:
        return "", 0, 0
    fields = text[text.rindex(")") + 2 :].split()
    return fields[0], int(fields[1]), int(fields[3])


def kill(process: int, number: int = 9) -> None:
    os.kill(process, number)
