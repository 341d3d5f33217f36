"""`matcher solve`: three formats in, a solution and one line of JSON out; a bad file is a sentence and exit code 2."""

import gzip
import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import typer
from click.testing import Result
from typer.testing import CliRunner

from matcher import problems
from solver.problem import Helper, Problem, Shift, Travel, Visit, Window
from tests.solver.formats import check_hhcrsp, check_uhhc
from tests.solver.formats.samples import HERE, load, text
from workers.commands.solve import solve

HOUSE = Path(__file__).parents[2]
app = typer.Typer()
app.command()(solve)

OWN = Problem(
    helpers=(Helper("li", (Shift(0, 100, 0, 0),)),),
    visits=(Visit("bath", 1, (Window(0, 50),), 20), Visit("news", 1, (Window(200, 250),), 20, priority=70)),
    travel=(Travel.of("walk", [[0, 10], [10, 0]]),),
)
IMPOSSIBLE = {"helpers": [], "visits": [{"key": "bath"}], "travel": []}


def run(*words: object) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


def summary(result: Result) -> dict[str, Any]:
    assert result.exit_code == 0, result.output
    return dict(json.loads(result.stdout.splitlines()[-1]))


def test_a_problem_of_our_own_is_solved_and_what_is_left_is_named(tmp_path: Path) -> None:
    file, out = tmp_path / "day.json", tmp_path / "plan.json"
    file.write_text(problems.write(OWN))
    said = summary(run(file, "--iterations", 50, "--threads", 1, "--output", out))
    assert {name: said[name] for name in ("objective", "assigned", "unassigned", "breaches")} == {
        "objective": 20 + 70,
        "assigned": 1,
        "unassigned": 1,
        "breaches": 0,
    }
    plan = json.loads(out.read_text())
    assert [(made["helper"], made["visit"]) for made in plan["assignments"]] == [("li", "bath")]
    assert plan["unassigned"] == ["news"]


def test_an_hhcrsp_instance_is_solved_to_its_known_cost(tmp_path: Path) -> None:
    out = tmp_path / "solution.json"
    words = ("--format", "hhcrsp", "--iterations", 200, "--threads", 1, "--output", out)
    said = summary(run(HERE / "hhcrsp_by_hand.json", *words))
    cost, wrong = check_hhcrsp.check(load("hhcrsp_by_hand"), json.loads(out.read_text()))
    assert wrong == []
    assert said["breaches"] == 0
    assert round(said["objective"], 3) == round(cost, 3) == 31.667


def test_a_uhhc_instance_is_solved_and_costs_what_the_checker_says(tmp_path: Path) -> None:
    out = tmp_path / "solution.json"
    words = ("--format", "uhhc", "--iterations", 300, "--threads", 1, "--output", out)
    said = summary(run(HERE / "uhhc_priced.json", *words))
    cost, wrong, _ = check_uhhc.check(load("uhhc_priced"), json.loads(out.read_text()))
    assert wrong == []
    assert said["breaches"] == 0
    assert said["objective"] == pytest.approx(cost)


def test_a_gzipped_file_is_read_like_any_other(tmp_path: Path) -> None:
    file = tmp_path / "instance.json.gz"
    file.write_bytes(gzip.compress(text("hhcrsp_by_hand").encode(), mtime=0))
    said = summary(run(file, "--format", "hhcrsp", "--iterations", 200, "--threads", 1))
    assert round(said["objective"], 3) == 31.667


def test_same_seed_and_iterations_on_one_thread_give_the_same_plan(tmp_path: Path) -> None:
    plans = []
    for number in range(2):
        out = tmp_path / f"{number}.json"
        words = ("--format", "hhcrsp", "--iterations", 300, "--seed", 5, "--threads", 1, "--output", out)
        summary(run(HERE / "hhcrsp_small.json", *words))
        plans.append(out.read_text())
    assert plans[0] == plans[1]


@pytest.mark.parametrize(
    ("content", "format", "sentence"),
    [
        (b"{", "matcher", "the file is not JSON"),
        (json.dumps(IMPOSSIBLE).encode(), "matcher", "visits[0].place: field required"),
        (b'{"patients": []}', "hhcrsp", "central_offices is missing"),
        (b"{}", "uhhc", "metadata is missing"),
        (b"\xff\xfe\x00", "matcher", "the file is not text in UTF-8"),
        (gzip.compress(b"{}" * 99, mtime=0)[:-9], "matcher", "the file cannot be read"),
        (b"\x1f\x8b\x08nonsense", "matcher", "the file cannot be read"),
    ],
)
def test_a_bad_file_is_one_sentence_and_exit_code_2(tmp_path: Path, content: bytes, format: str, sentence: str) -> None:
    file = tmp_path / "bad.json"
    file.write_bytes(content)
    result = run(file, "--format", format)
    assert result.exit_code == 2
    assert sentence in result.stderr
    assert result.stdout == ""
    assert len(result.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    "words",
    [
        ("--seconds", "0"),
        ("--seconds", "nan"),
        ("--iterations", "0"),
        ("--output", "/nowhere/at/all"),
        ("--output", "."),
    ],
)
def test_a_wish_that_cannot_be_met_is_refused_before_anything_is_solved(words: tuple[str, str]) -> None:
    assert run(HERE / "hhcrsp_by_hand.json", "--format", "hhcrsp", *words).exit_code == 2


def test_a_file_that_is_not_there_is_one_sentence_and_exit_code_2() -> None:
    result = run("/nowhere/day.json")
    assert result.exit_code == 2
    assert result.stderr == "/nowhere/day.json: the file cannot be read: No such file or directory.\n"


def test_ctrl_c_stops_and_keeps_the_best_plan(tmp_path: Path) -> None:
    out, code = tmp_path / "solution.json", "from workers.commands import main; main()"
    words = [str(HERE / "hhcrsp_small.json"), "--format", "hhcrsp", "--seconds", "250", "--output", str(out)]
    command = [sys.executable, "-c", code, "solve", *words]
    with subprocess.Popen(command, cwd=HOUSE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stderr is not None
            assert any("Searching" in line for line in process.stderr)
            process.send_signal(signal.SIGINT)
            said, _ = process.communicate(timeout=60)
        finally:
            process.kill()
    assert process.returncode == 0
    assert json.loads(said.splitlines()[-1])["unassigned"] == 0
    assert check_hhcrsp.check(load("hhcrsp_small"), json.loads(out.read_text()))[1] == []
