"""Solve public instances with `matcher solve` and hold every plan against the format's own checker.

    python -m tests.benchmarks.public --set mankowska --instances A,B,C --seconds 60 --seeds 1

The instances stay where they are: in the folder that MATCHER_BENCHMARKS names (../shared/benchmarks if it is not set),
with a folder per set and a best_known.csv in each. Gaps are signed, (ours - best known) / best known, and a plan with
a violation has none. Nothing is written unless --write is given.
"""

import argparse
import csv
import gzip
import json
import os
import platform
import re
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from typing import Any

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from tests.solver.formats import check_hhcrsp, check_uhhc

HOUSE = Path(__file__).parents[2]
RESULTS = Path(__file__).with_name("RESULTS.md")
FORMATS = {"mankowska": "hhcrsp", "uhhc_bazirha": "uhhc"}
COMMAND = [sys.executable, "-c", "from workers.commands import main; main()", "solve"]


@dataclass(frozen=True)
class Known:
    """One instance of a set and what was published about it."""

    name: str
    file: Path
    format: str
    patients: int
    best: float
    bound: float | None

    @property
    def group(self) -> str:
        return re.sub(r"\d+$", "", self.name)


@dataclass(frozen=True)
class Outcome:
    """One run: what the command said, and what the checker says."""

    known: Known
    seed: int
    said: dict[str, Any]
    cost: float
    violations: list[str]

    @property
    def gap(self) -> float | None:
        return None if self.violations else (self.cost - self.known.best) / self.known.best


def folder() -> Path:
    return Path(os.environ.get("MATCHER_BENCHMARKS", HOUSE.parent / "shared" / "benchmarks"))


def instances(place: Path, chosen: Sequence[str]) -> list[Known]:
    """The instances of a set whose name, or whose letter, was asked for; all if none was."""
    with (place / "best_known.csv").open(newline="") as opened:
        rows = list(csv.DictReader(opened))
    known = [_known(place, row) for row in rows]
    unknown = set(chosen) - {one.name for one in known} - {one.group for one in known}
    if unknown:
        raise SystemExit(_refuse(f"{place.name} has no instance {', '.join(sorted(unknown))}."))
    return [one for one in known if not chosen or one.name in chosen or one.group in chosen]


def _known(place: Path, row: dict[str, str]) -> Known:
    zipped = place / f"{row['instance']}.json.gz"
    return Known(
        name=row.get("id") or row["instance"],
        file=zipped if zipped.exists() else place / f"{row['instance']}.json",
        format=FORMATS[place.name],
        patients=int(row["patients"]),
        best=float(row["best_known"]),
        bound=float(row["lower_bound"]) if row["lower_bound"] else None,
    )


def _refuse(sentence: str) -> int:
    Console(stderr=True, soft_wrap=True).print(sentence, highlight=False)
    return 2


def run(known: Known, seconds: float, seed: int, threads: int) -> Outcome:
    """Solve in a process of its own, as a user would, and check what it wrote."""
    with tempfile.TemporaryDirectory() as scratch:
        written = Path(scratch) / "solution.json"
        options = {"--format": known.format, "--seconds": seconds, "--seed": seed, "--threads": threads}
        words = [str(word) for pair in {**options, "--output": written}.items() for word in pair]
        done = subprocess.run([*COMMAND, str(known.file), *words], cwd=HOUSE, capture_output=True, text=True)
        if done.returncode != 0:
            raise RuntimeError(f"{known.name}: matcher solve ended with {done.returncode}: {done.stderr[-2000:]}")
        solution = json.loads(written.read_text())
    said = json.loads(done.stdout.splitlines()[-1])
    cost, violations = check(known, solution)
    if not violations and abs(cost - said["objective"]) > 0.001:
        violations = [f"it claims {said['objective']} and costs {cost:.3f}"]
    if not violations and said["breaches"]:
        violations = ["it claims a breach that the checker does not see"]
    return Outcome(known, seed, said, cost, violations)


def check(known: Known, solution: dict[str, Any]) -> tuple[float, list[str]]:
    data = known.file.read_bytes()
    instance = json.loads(gzip.decompress(data) if known.file.suffix == ".gz" else data)
    if known.format == "hhcrsp":
        return check_hhcrsp.check(instance, solution)
    cost, violations, _ = check_uhhc.check(instance, solution)
    return cost, violations


def rows(outcomes: Sequence[Outcome]) -> Iterator[list[str]]:
    for outcome in outcomes:
        yield [
            outcome.known.name,
            str(outcome.known.patients),
            str(outcome.seed),
            f"{outcome.cost:.3f}",
            "-" if outcome.gap is None else f"{100 * outcome.gap:+.2f} %",
            "-" if outcome.said["bound"] is None else f"{outcome.said['bound']:.3f}",
            f"{outcome.said['seconds']:.1f}",
            "; ".join(outcome.violations[:2]) or "none",
        ]


HEADINGS = ["instance", "patients", "seed", "cost", "gap", "own bound", "seconds", "violations"]


def means(outcomes: Sequence[Outcome]) -> list[str]:
    """A sentence per letter: how many plans are feasible, and their mean gap."""
    sentences = []
    for group in sorted({outcome.known.group for outcome in outcomes}):
        ours = [outcome for outcome in outcomes if outcome.known.group == group]
        gaps = [outcome.gap for outcome in ours if outcome.gap is not None]
        mean = f"mean gap {100 * fmean(gaps):+.2f} %, worst {100 * max(gaps):+.2f} %" if gaps else "no gap"
        sentences.append(f"{group}: {len(gaps)} of {len(ours)} feasible, {mean}")
    return sentences


def table(outcomes: Sequence[Outcome]) -> Table:
    drawn = Table(*HEADINGS)
    for row in rows(outcomes):
        drawn.add_row(*row)
    return drawn


def put_section(path: Path, name: str, text: str) -> None:
    """Replace one section of the results."""
    before = path.read_text() if path.exists() else "# What was reached\n\n"
    head, *sections = re.split(r"(?m)^(?=## )", before)
    kept = [section for section in sections if not section.startswith(f"## {name}\n")]
    path.write_text(head + "".join(sorted([*kept, f"## {name}\n\n{text}\n"])))


def section(outcomes: Sequence[Outcome]) -> str:
    """What RESULTS.md says of a set."""
    lines = [
        f"`python -m tests.benchmarks.public {shlex.join(sys.argv[1:])}` on {machine()}.\n",
        *[f"- {sentence}" for sentence in means(outcomes)],
        "",
        f"| {' | '.join(HEADINGS)} |",
        f"|{' --- |' * len(HEADINGS)}",
        *[f"| {' | '.join(row)} |" for row in rows(outcomes)],
    ]
    return "\n".join(lines) + "\n"


def machine() -> str:
    """What the figures were measured on."""
    models = re.findall(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text())
    return f"{os.cpu_count()} cores ({models[0] if models else platform.machine()}), Python {platform.python_version()}"


def arguments(words: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.public", description=__doc__.splitlines()[0])
    parser.add_argument("--set", choices=FORMATS, default="mankowska", help="which folder of instances")
    parser.add_argument("--instances", default="", help="names or letters, with commas: A,B3; all without it")
    parser.add_argument("--seconds", type=float, default=60, help="for each instance and seed")
    parser.add_argument("--seeds", default="1", help="with commas: 1,2,3")
    parser.add_argument("--threads", type=int, default=2, help="for each run")
    parser.add_argument("--jobs", type=int, default=1, help="how many runs side by side")
    parser.add_argument("--write", action="store_true", help=f"also write {RESULTS.name}")
    return parser.parse_args(words)


def main(words: Sequence[str] | None = None) -> int:
    asked = arguments(sys.argv[1:] if words is None else words)
    place = folder() / asked.set
    if not (place / "best_known.csv").exists():
        return _refuse(f"There are no instances in {place}. Maybe MATCHER_BENCHMARKS names another folder.")
    chosen = instances(place, [name for name in asked.instances.split(",") if name])
    runs = [(known, int(seed)) for known in chosen for seed in asked.seeds.split(",")]
    console = Console(width=None if sys.stdout.isatty() else 120)
    with Progress(console=Console(stderr=True)) as bar, ThreadPoolExecutor(asked.jobs) as pool:
        done = pool.map(lambda one: run(one[0], asked.seconds, one[1], asked.threads), runs)
        outcomes = list(bar.track(done, total=len(runs), description=asked.set))
    console.print(table(outcomes))
    for sentence in means(outcomes):
        console.print(sentence, highlight=False)
    if asked.write:
        put_section(RESULTS, asked.set, section(outcomes))
    return 1 if any(outcome.violations for outcome in outcomes) else 0


if __name__ == "__main__":
    sys.exit(main())
