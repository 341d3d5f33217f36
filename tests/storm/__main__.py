"""Sum up what storms noted: `python -m tests.storm FILE...` prints recovery by what was hit."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.storm.strikes import Hit


def share(values: Sequence[float], part: float) -> float:
    """The smallest value that this part of all does not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, -int(-part * len(ordered) // 1) - 1))]


def summary(hits: Sequence[Hit]) -> str:
    """A table: what was hit, how often, and seconds until people could go on."""
    groups = {"all": list(hits)}
    for hit in hits:
        groups.setdefault(hit.what, []).append(hit)
    lines = ["| hit | times | p50 s | p99 s | worst s | next act, worst s |", "| --- | --- | --- | --- | --- | --- |"]
    for what, mine in groups.items():
        took = [hit.recovery for hit in mine]
        figures = (share(took, 0.5), share(took, 0.99), max(took), max(hit.act for hit in mine))
        lines.append(f"| {what} | {len(mine)} | " + " | ".join(f"{one:.1f}" for one in figures) + " |")
    return "\n".join(lines)


def main() -> None:
    lines = [line for name in sys.argv[1:] for line in Path(name).read_text().splitlines()]
    sys.stdout.write(summary([Hit(**json.loads(line)) for line in lines]) + "\n")


if __name__ == "__main__":
    main()
