"""Who holds a run: a worker's name says where it lives, so that its neighbours see at once that it is dead.

A lease must be longer than any hiccup of the database, so whoever waits for it to lapse waits long. On the same
machine nobody needs to wait: a process that is gone holds nothing.
"""

import hashlib
import os
import socket
from functools import lru_cache
from pathlib import Path
from uuid import uuid4

from matcher import runs
from matcher.database import Database


def worker_name() -> str:
    """Machine, place, process, and a part that is new in every life."""
    return f"{socket.gethostname()}-{_place()}-{os.getpid()}-{uuid4().hex[:6]}"


def is_gone(name: str) -> bool:
    """Whether this worker surely lives no more: it lived here, and its process is gone or dead."""
    *_, place, process, _ = ("", "", "", *name.split("-"))
    return place == _place() != "" and process.isdigit() and not _lives(int(process))


def let_go_of_the_dead(database: Database) -> list[str]:
    """End the holds of workers that died here; the runs, which anybody may claim now."""
    with database.reading() as session:
        gone = [hold for hold in runs.held(session) if is_gone(hold.worker)]
    freed = []
    for hold in gone:
        with database.transaction() as session:
            if runs.let_lapse(session, hold.run_id, hold.fence):
                freed.append(hold.run_id)
    return freed


@lru_cache(maxsize=1)
def _place() -> str:
    """Where numbers of processes mean what they mean here: this start of the machine, this container. Empty where the
    system does not say."""
    try:
        started = Path("/proc/sys/kernel/random/boot_id").read_text()
        return hashlib.sha256((started + os.readlink("/proc/self/ns/pid")).encode()).hexdigest()[:8]
    except OSError:
        return ""


def _lives(process: int) -> bool:
    try:
        stat = Path(f"/proc/{process}/stat").read_text()
    except OSError:
        return False
    return stat[stat.rindex(")") + 2] not in "ZX"
