"""`matcher up`: the whole program on one machine, in one process tree."""

import signal
import socket
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from matcher.database import Database
from matcher.settings import Settings
from workers import queues, server
from workers.keeper import Keeper, Kept
from workers.leash import on_leash

GRACE = 3
"""Seconds that open event streams get when the web process ends; uvicorn would wait for them for ever."""
KEEP_ALIVE = 75
"""Seconds that an idle connection stays open: longer than a proxy in front keeps its own (60 s is usual), so that none
is closed while a request is on its way."""
MOST_STARTING = 120.0
HOPELESS = 3
"""A queue server that died young so often cannot read its files."""

Port = Annotated[int | None, typer.Option(help="The port to listen on; 8000 unless set.", min=1, max=65535)]
Workers = Annotated[int, typer.Option(help="How many runs may be solved side by side.", min=1, max=64)]


class StartError(RuntimeError):
    """The program cannot start; the sentence says why and what would help."""


def up(port: Port = None, workers: Workers = 1) -> None:
    """Start the queue, the workers, the sweeper and the web, and keep them running until Ctrl-C."""
    console = Console(stderr=True)
    settings = Settings() if port is None else Settings(port=port)
    ending = ended_by_signals()
    try:
        refuse_strangers(settings.host)
        with listen(settings.host, settings.port) as door:
            _serve(console, settings, start(settings, door, console.print, workers), ending)
    except StartError as error:
        console.print(f"[red]{error}")
        raise typer.Exit(1) from error


def _serve(console: Console, settings: Settings, keeper: Keeper, ending: threading.Event) -> None:
    try:
        wait_until_served(settings, ending)
        console.print(f"Matcher is at [bold]{url(settings)}[/bold]  (Ctrl-C ends it)")
        ending.wait()
    finally:
        console.print("Ending ...")
        keeper.stop()


def ended_by_signals() -> threading.Event:
    """An event that Ctrl-C and SIGTERM set."""
    ending = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: ending.set())
    return ending


def start(
    settings: Settings, door: socket.socket, tell: Callable[[str], None], workers: int = 1, logs: Path | None = None
) -> Keeper:
    """Bring the database up to date and start every process; the web listens at the door."""
    database = Database(settings.database_url)
    database.migrate()
    database.close()
    keeper = Keeper(tree(settings, door, tell, workers), environment(settings), tell, logs)
    keeper.start()
    return keeper


def tree(settings: Settings, door: socket.socket, tell: Callable[[str], None], workers: int) -> list[Kept]:
    """The processes in order: first started, last ended."""
    python = sys.executable
    web = ("-m", "uvicorn", "api.app:app", "--fd", str(door.fileno()))
    kept = ("--timeout-keep-alive", str(KEEP_ALIVE))
    quiet = ("--timeout-graceful-shutdown", str(GRACE), "--log-level", "warning")
    return [
        *([] if settings.redis_url else [_queue(settings, tell)]),
        *(Kept(f"worker {number + 1}", on_leash(python, "-m", "workers.worker")) for number in range(workers)),
        Kept("sweeper", on_leash(python, "-m", "workers.sweeper")),
        Kept("notifier", on_leash(python, "-m", "workers.notify")),
        Kept("nightly", on_leash(python, "-m", "workers.nightly")),
        Kept("web", on_leash(python, *web, *kept, *quiet), patience=GRACE + 2, inherits=(door.fileno(),)),
    ]


def _queue(settings: Settings, tell: Callable[[str], None]) -> Kept:
    def look(deaths: int) -> None:
        if deaths == HOPELESS and (kept := server.set_aside(settings.home)):
            tell(
                f"The queue's files cannot be read; they are kept in {kept}. Nothing is lost: the database rings again."
            )

    return Kept("queue", server.command(settings.home), on_death=look)


def environment(settings: Settings) -> dict[str, str]:
    """The settings as every child reads them."""
    values = {
        f"MATCHER_{name.upper()}": str(value) for name, value in settings.model_dump(exclude={"redis_url"}).items()
    }
    return {**values, "MATCHER_HOME": str(settings.home.absolute()), "REDIS_URL": queues.address(settings)}


def refuse_strangers(host: str) -> None:
    """Loopback only: there is no sign-in yet, and behind the port lie people's addresses and needs."""
    if host != "localhost" and not ip_address(host).is_loopback:
        raise StartError(
            f"Matcher has no sign-in yet, so it does not listen on {host}: "
            "whoever reached the port could read residents' data. Use 127.0.0.1."
        )


def listen(host: str, port: int) -> socket.socket:
    """The port, held by this process as long as it lives: calls wait while the web is started again."""
    try:
        return socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as error:
        raise StartError(
            f"Port {port} of {host} cannot be used: {error.strerror}. Maybe Matcher is running already; "
            f"otherwise choose another with --port {port + 1}."
        ) from error


def url(settings: Settings) -> str:
    return f"http://{settings.host}:{settings.port}/"


def wait_until_served(settings: Settings, ending: threading.Event, seconds: float = MOST_STARTING) -> None:
    """Return when the web answers (or the end is wished); StartError when it does not in time."""
    deadline = time.monotonic() + seconds
    while not ending.wait(0.1) and not _healthy(settings):
        if time.monotonic() > deadline:
            raise StartError(f"The web does not answer at {url(settings)} after {seconds:g} s. Maybe its log says why.")


def _healthy(settings: Settings) -> bool:
    try:
        with urllib.request.urlopen(url(settings) + "healthz", timeout=2) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False
