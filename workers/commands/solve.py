"""`matcher solve`: a problem from a file, ours or of a public format, and the best plan found in a given time."""

import gzip
import json
import math
import signal
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from types import FrameType
from typing import Annotated, Protocol

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from matcher import problems
from solver.formats import hhcrsp, uhhc
from solver.formats.fields import FormatError
from solver.judge import hard, judge
from solver.plan import Plan
from solver.problem import Problem, ProblemError
from workers.warming import warm_up

MOST_BYTES = 256 * 2**20
USUAL_SECONDS = 20.0
BREATH = 0.2
"""Seconds between two looks at the newest plan; pricing each one would slow the search that finds them."""


class Format(StrEnum):
    """The forms in which a problem can be given."""

    MATCHER = "matcher"
    HHCRSP = "hhcrsp"
    UHHC = "uhhc"


class Instance(Protocol):
    """A problem in its format's own terms."""

    @property
    def problem(self) -> Problem: ...

    def cost(self, plan: Plan) -> float: ...

    def bound(self, points: int) -> float | None: ...

    def broken(self, plan: Plan) -> list[str]: ...

    def write(self, plan: Plan) -> str: ...


READERS: dict[Format, Callable[[str], Instance]] = {
    Format.MATCHER: lambda text: problems.Instance(problems.read(text)),
    Format.HHCRSP: hhcrsp.read,
    Format.UHHC: uhhc.read,
}


@dataclass(frozen=True)
class Solved:
    """A plan, how long it took, and how long the search's code took to be made ready before."""

    plan: Plan
    seconds: float
    preparation_seconds: float


def solve(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The problem, as JSON; gzip is recognised.")],
    format: Annotated[Format, typer.Option(help="What the file is, and what the solution is written as.")] = (
        Format.MATCHER
    ),
    seconds: Annotated[
        float | None, typer.Option(help="Stop after so many seconds (20, if --iterations is not given either).")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, max=2**31 - 1, help="Another seed, another search.")] = 1,
    threads: Annotated[int, typer.Option(min=1, max=256, help="How many cores to use.")] = 2,
    iterations: Annotated[
        int | None, typer.Option(min=1, help="Stop after so many steps; with --threads 1 the plan is always the same.")
    ] = None,
    output: Annotated[Path | None, typer.Option(help="Where to write the solution.")] = None,
) -> None:
    """Solve a problem from a file; the last line on stdout is one JSON object. Ctrl-C stops and keeps the best plan."""
    if seconds is not None and not (0 < seconds < math.inf):
        raise _refusal("--seconds", f"{seconds:g} is no time to solve in; give a number above 0.")
    if output is not None and (output.is_dir() or not output.resolve().parent.is_dir()):
        raise _refusal("--output", f"{output} cannot be written; its folder must be there, and it must be a file.")
    if seconds is None and iterations is None:
        seconds = USUAL_SECONDS
    instance = _read(file, format)
    solved = _search(instance, seconds, iterations, threads, seed)
    if output is not None:
        output.write_text(instance.write(solved.plan) + "\n")
    typer.echo(json.dumps(_summary(instance, solved)))


def _refusal(where: object, sentence: str) -> typer.Exit:
    typer.echo(f"{where}: {sentence}", err=True)
    return typer.Exit(2)


def _read(file: Path, format: Format) -> Instance:
    try:
        return READERS[format](_text(file))
    except (FormatError, problems.ProblemFileError, ProblemError) as error:
        raise _refusal(file, f"{error}.") from None
    except UnicodeDecodeError:
        raise _refusal(file, "the file is not text in UTF-8.") from None
    except (OSError, EOFError, zlib.error) as error:
        raise _refusal(file, f"the file cannot be read: {getattr(error, 'strerror', None) or error}.") from None


def _text(file: Path) -> str:
    with file.open("rb") as opened:
        zipped = opened.read(2) == b"\x1f\x8b"
        opened.seek(0)
        data = (gzip.GzipFile(fileobj=opened) if zipped else opened).read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise FormatError(f"the file is larger than {MOST_BYTES // 2**20} MiB")
    return data.decode("utf-8-sig")


def _search(instance: Instance, seconds: float | None, iterations: int | None, threads: int, seed: int) -> Solved:
    from solver.solve import Limit  # a second of loading, which a bad file need not wait for
    from solver.solve import solve as search

    with _interrupt() as is_interrupted, _Watch(instance, seconds) as watch:
        began = time.monotonic()
        warm_up()
        watch.begin()
        plan = search(
            instance.problem,
            Limit(seconds=seconds, iterations=iterations, threads=threads),
            seed=seed,
            on_incumbent=watch.see,
            should_stop=lambda: watch.look() or is_interrupted(),
        )
        return Solved(plan, time.monotonic() - watch.began, watch.began - began)


class _Watch:
    """The progress bar on stderr: the time that has passed and the cost as it falls."""

    def __init__(self, instance: Instance, seconds: float | None) -> None:
        self._instance, self._seconds = instance, seconds
        self._newest: Plan | None = None
        self._looked = 0.0
        self.began = time.monotonic()
        self._bar = Progress(
            TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn(), console=Console(stderr=True)
        )
        self._task = self._bar.add_task("making the search ready", total=None)

    def __enter__(self) -> "_Watch":
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def begin(self) -> None:
        self.began = time.monotonic()
        self._bar.reset(self._task, total=self._seconds, description="searching")
        self._bar.console.print("Searching; Ctrl-C stops and keeps the best plan.")

    def see(self, plan: Plan) -> None:
        self._newest = plan

    def look(self) -> bool:
        """Called again and again by the search; never asks it to stop."""
        now = time.monotonic()
        if now - self._looked > BREATH:
            self._looked = now
            self._bar.update(self._task, completed=min(now - self.began, self._seconds or math.inf))
            if self._newest is not None:
                self._bar.update(self._task, description=f"objective {self._instance.cost(self._newest):,.3f}")
                self._newest = None
        return False


@contextmanager
def _interrupt() -> Iterator[Callable[[], bool]]:
    """Turn the first Ctrl-C into a wish to stop; the second one ends the process as usual."""
    heard = False

    def hear(number: int, frame: FrameType | None) -> None:
        nonlocal heard
        heard = True
        signal.signal(number, before)

    before = signal.signal(signal.SIGINT, hear)
    try:
        yield lambda: heard
    finally:
        signal.signal(signal.SIGINT, before)


def _summary(instance: Instance, solved: Solved) -> dict[str, object]:
    plan = solved.plan
    bound = None if plan.bound is None else instance.bound(plan.bound)
    made = len(plan.made())
    return {
        "objective": round(instance.cost(plan), 6),
        "bound": bound if bound is None else round(bound, 6),
        "seconds": round(solved.seconds, 3),
        "preparation_seconds": round(solved.preparation_seconds, 3),
        "assigned": made,
        "unassigned": len(instance.problem.visits) - made,
        "breaches": len(hard(judge(instance.problem, plan))) + len(instance.broken(plan)),
    }
