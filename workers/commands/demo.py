"""`matcher demo`: a fresh sub-district, from the office's files to the roster of its day, on one machine."""

import json
import shutil
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Annotated, Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from matcher import areas, clock, imports, rosters
from matcher.database import Database
from matcher.imports.reports import Report
from matcher.rosters import HelperDay, RosterResult
from matcher.settings import Settings
from workers import server
from workers.commands import demo_accounts
from workers.commands.imports import counts, faults
from workers.commands.up import Port, StartError, ended_by_signals, listen, start, url, wait_until_served
from workers.leash import on_leash

FOLDER = Path("var/demo")
LOOK = 0.25
MORE_PORTS = 20
HELPERS_SHOWN, LEFT_SHOWN = 8, 5
ENDED = {"done", "stopped", "failed"}


@dataclass
class Stopwatch:
    """How long each part took."""

    parts: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        began = time.monotonic()
        yield
        self.parts[name] = time.monotonic() - began

    def table(self) -> Table:
        table = Table("part", "seconds", title="How long each part took", title_justify="left")
        table.columns[1].justify = "right"
        for name, seconds in self.parts.items():
            table.add_row(name, f"{seconds:.1f}")
        table.add_row("in all", f"{sum(self.parts.values()):.1f}", style="bold")
        return table


def demo(
    heavy: Annotated[bool, typer.Option("--heavy", help="About 1,500 visits instead of about 400.")] = False,
    seconds: Annotated[float, typer.Option(help="How long the solver may search.", min=1, max=3600)] = 20,
    day: Annotated[str, typer.Option(help="The roster's day, like 2026-11-23; today unless set.")] = "",
    port: Port = None,
    stay: Annotated[
        bool | None, typer.Option("--stay/--once", help="Keep serving, or end after printing. On a terminal: stay.")
    ] = None,
) -> None:
    """Make the sample sub-district, solve the day's roster, print it and the address."""
    console = Console()
    settings = _settings(port)
    chosen = _day(day, settings)
    ending = ended_by_signals()
    try:
        settings, door = _door(settings, port is not None)
        with door:
            _clear(settings)
            _show(console, settings, door, chosen, heavy, seconds, ending, sys.stdin.isatty() if stay is None else stay)
    except StartError as error:
        console.print(f"[red]{error}")
        raise typer.Exit(1) from error


def _settings(port: int | None) -> Settings:
    usual = Settings()
    home = FOLDER.absolute()
    return Settings(
        home=home, database_url=f"sqlite:///{home}/matcher.sqlite3", redis_url=None, port=port or usual.port
    )


def _day(text: str, settings: Settings) -> date:
    try:
        return date.fromisoformat(text) if text else clock.now().astimezone(ZoneInfo(settings.time_zone)).date()
    except ValueError as error:
        raise typer.BadParameter(f"“{text}” is not a day. Write it like 2026-11-23.", param_hint="--day") from error


def _door(settings: Settings, wished: bool) -> tuple[Settings, socket.socket]:
    """The port that was wished, or the first that is free."""
    for port in range(settings.port, settings.port + (0 if wished else MORE_PORTS)):
        with suppress(StartError):
            return settings.model_copy(update={"port": port}), listen(settings.host, port)
    return settings, listen(settings.host, settings.port)


def _clear(settings: Settings) -> None:
    """A fresh folder; never one in which somebody works."""
    if server.answers(server.address(settings.home)):
        raise StartError(f"A demo is running in {settings.home} already. Maybe end it with Ctrl-C in its terminal.")
    shutil.rmtree(settings.home, ignore_errors=True)
    settings.home.mkdir(parents=True)


def _show(
    console: Console,
    settings: Settings,
    door: socket.socket,
    day: date,
    heavy: bool,
    seconds: float,
    ending: threading.Event,
    stay: bool,
) -> None:
    watch = Stopwatch()
    warming = subprocess.Popen(on_leash(sys.executable, "-m", "workers.warming"), stdin=subprocess.DEVNULL)
    with watch.part("making the office's files"):
        files = _files(settings.home / "files", day, heavy)
    with watch.part("reading them in"):
        reports = _import(console, settings, files, ending)
    sign_ins = _sign_ins(settings)
    console.print(counts(reports), faults(reports, most=8))
    keeper = start(settings, door, console.print, logs=settings.home / "logs")
    try:
        with watch.part("starting queue, worker, sweeper, web"):
            wait_until_served(settings, ending)
        with watch.part("making the search ready"):
            _wait_for(console, warming, ending)
        with watch.part("solving"):
            roster_id = _solve(console, settings, sign_ins.token, day, seconds, ending)
        if not ending.is_set():
            _print_roster(console, settings, roster_id)
            console.print(watch.table())
            console.print(sign_ins.table())
            console.print(f"A program shows Authorization: Bearer {sign_ins.key}", soft_wrap=True)
            console.print(f"The roster is at [bold]{url(settings)}rosters/{roster_id}[/bold]", soft_wrap=True)
        if stay and not ending.is_set():
            console.print("Ctrl-C ends the demo.")
            ending.wait()
    finally:
        keeper.stop()


def _wait_for(console: Console, warming: "subprocess.Popen[bytes]", ending: threading.Event) -> None:
    """Until the search is compiled; that began beside the reading, and is slow on a fresh machine only."""
    if warming.poll() is None:
        console.print("Making the search ready (slow on a fresh machine only) ...")
    while warming.poll() is None and not ending.wait(LOOK):
        pass
    if warming.poll() is None:
        warming.kill()


def _files(folder: Path, day: date, heavy: bool) -> dict[str, Path]:
    try:
        from fixtures import files  # lies beside the rooms in the source, not in the distribution
    except ModuleNotFoundError as error:
        raise StartError("The sample sub-district comes with the source. Run the demo in a checkout.") from error
    return files.write(folder, day=day, heavy=heavy)


def _import(console: Console, settings: Settings, files: dict[str, Path], ending: threading.Event) -> list[Report]:
    database = Database(settings.database_url)
    database.migrate()
    kinds = [kind for kind in imports.IMPORTS if kind in files]
    with _bar(console) as bar:
        task = bar.add_task("reading the files", total=len(kinds))
        reports = []
        for kind in kinds:
            if ending.is_set():
                raise typer.Abort
            bar.update(task, description=f"reading {files[kind].name}")
            reports.append(imports.run(database, kind, files[kind].name, files[kind].read_bytes(), dry_run=False))
            bar.advance(task)
    database.close()
    return reports


def _sign_ins(settings: Settings) -> demo_accounts.SignIns:
    database = Database(settings.database_url)
    made = demo_accounts.make(database)
    database.close()
    return made


def _bar(console: Console) -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    return Progress(*columns, console=console)


def _solve(console: Console, settings: Settings, token: str, day: date, seconds: float, ending: threading.Event) -> str:
    """Open the roster, trigger a run and watch it, all through the API; the roster's id."""
    database = Database(settings.database_url)
    with database.reading() as session:
        area = areas.first_subdistrict(session)
    database.close()
    if area is None:
        raise StartError("The files name no sub-district.")
    roster = _ask(settings, token, "POST", "/v1/rosters", {"area_id": area.id, "day": day.isoformat()})
    run = _ask(settings, token, "POST", f"/v1/rosters/{roster['id']}/runs", {"seconds": seconds})
    with _bar(console) as bar:
        task = bar.add_task("waiting for a worker", total=1.0)
        while run["state"] not in ENDED and not ending.wait(LOOK):
            run = _ask(settings, token, "GET", f"/v1/runs/{run['id']}")
            bar.update(task, completed=run["progress"], description=_in_words(run))
    if run["state"] == "failed":
        raise StartError(f"The run failed: {run.get('failure')} Maybe {settings.home / 'logs'} says more.")
    return str(roster["id"])


def _in_words(run: dict[str, Any]) -> str:
    if run.get("objective") is None:
        return "waiting for a worker" if run["state"] == "queued" else "making ready"
    words = f"solving: cost {run['objective']:,}"
    if run.get("bound") is not None and run["objective"]:
        words += f", at most {(run['objective'] - run['bound']) / run['objective']:.1%} above the best"
    return words


def _ask(settings: Settings, token: str, verb: str, path: str, body: dict[str, object] | None = None) -> dict[str, Any]:
    """One call of our own API; StartError with the problem's own sentence when it is refused."""
    request = urllib.request.Request(
        url(settings).rstrip("/") + path,
        method=verb,
        data=None if body is None else json.dumps(body).encode(),
        headers={
            "Authorization": f"Bearer {token}",
            "Content-Type": "application/json",
            "Idempotency-Key": uuid4().hex,
        },
    )
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return dict(json.load(answer))
    except urllib.error.HTTPError as error:
        raise StartError(f"{verb} {path} was refused ({error.code}): {error.read(2000).decode()}") from error


def _print_roster(console: Console, settings: Settings, roster_id: str) -> None:
    database = Database(settings.database_url)
    with database.reading() as session:
        result = rosters.result(session, roster_id)
    database.close()
    zone = areas.zone(result.area)
    console.print(_days(result, zone), _left(result), _measures(result))


def _days(result: RosterResult, zone: ZoneInfo) -> Table:
    title = f"{result.area.name} {result.roster.day}: the first {HELPERS_SHOWN} of {len(result.days)} helpers' days"
    table = Table("helper", "from", "to", "way", "service", "resident", title=title, title_justify="left")
    for day in result.days[:HELPERS_SHOWN]:
        for number, line in enumerate(day.assignments):
            name = "" if number else _name(day)
            times = (f"{moment.astimezone(zone):%H:%M}" for moment in (line.start, line.end))
            table.add_row(name, *times, f"{line.travel_minutes} min", line.visit.service.zh, line.visit.resident)
        table.add_section()
    return table


def _name(day: HelperDay) -> str:
    return f"{day.provider.zh} {day.name}" if day.provider else f"{day.name} ({day.community.zh})"


def _left(result: RosterResult) -> Table | str:
    if not result.unassigned:
        return "Every visit is staffed."
    title = f"{len(result.unassigned)} visits are left; the most urgent {LEFT_SHOWN}"
    table = Table("service", "resident", "why", title=title, title_justify="left")
    for line in result.unassigned[:LEFT_SHOWN]:
        table.add_row(line.visit.service.zh, line.visit.resident, str(line.reasons.get("sentence", "")))
    return table


def _measures(result: RosterResult) -> Table:
    """What the plan comes to, then what each rule costs in it."""
    known = result.measures
    table = Table("measure", "", "points", title="Measures", title_justify="left")
    for column in table.columns[1:]:
        column.justify = "right"
    for name in ("visits", "assigned", "unassigned", "helpers"):
        table.add_row(name, f"{known[name]:,}")
    table.add_section()
    for name, found in known["rules"].items():
        table.add_row(name, f"{found['count']:,}", f"{found['points']:,}")
    table.add_section()
    table.add_row("cost", "", f"{known['cost']:,}")
    if known.get("bound") is not None:
        table.add_row("no plan costs less than", "", f"{known['bound']:,}")
        table.add_row("gap", f"{known['gap']:.1%}")
    return table
