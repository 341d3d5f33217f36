"""The benchmark programme: it finds its instances, checks what it is given, and writes only when it is asked to."""

import gzip
import json
from pathlib import Path

import pytest

from tests.benchmarks import public
from tests.solver.formats.samples import HERE, load, text

HEAD = "instance,patients,best_known,source,lower_bound,id,proven_optimal\n"


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a set of two instances, one of them the example by hand under a best known cost of 30."""
    folder = tmp_path / "mankowska"
    folder.mkdir()
    (folder / "first.json.gz").write_bytes(gzip.compress(text("hhcrsp_by_hand").encode()))
    (folder / "second.json").write_text(text("hhcrsp_small"))
    (folder / "best_known.csv").write_text(HEAD + "first,2,30,us,,A1,no\nsecond,4,50.5,us,40,B1,no\n")
    monkeypatch.setenv("MATCHER_BENCHMARKS", str(tmp_path))
    return folder


def test_without_the_folder_it_says_so_and_ends_with_2(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MATCHER_BENCHMARKS", str(tmp_path))
    assert public.main(["--set", "mankowska"]) == 2
    assert "There are no instances in" in capsys.readouterr().err


def test_an_instance_that_the_set_does_not_have_is_refused(place: Path) -> None:
    with pytest.raises(SystemExit) as ended:
        public.instances(place, ["A", "Q7"])
    assert ended.value.code == 2


def test_instances_are_chosen_by_name_or_by_letter(place: Path) -> None:
    assert [known.name for known in public.instances(place, [])] == ["A1", "B1"]
    assert [known.name for known in public.instances(place, ["B"])] == ["B1"]
    assert [known.name for known in public.instances(place, ["A1"])] == ["A1"]
    assert public.instances(place, ["B1"])[0].bound == 40


def outcome(place: Path, solution: str) -> public.Outcome:
    known = public.instances(place, ["A1"])[0]
    cost, violations = public.check(known, load(solution))
    return public.Outcome(known, 1, {"bound": None, "seconds": 1.0}, cost, violations)


def test_a_gap_is_signed_and_relative_to_the_best_known(place: Path) -> None:
    assert outcome(place, "hhcrsp_by_hand_solution").gap == pytest.approx((95 / 3 - 30) / 30)


def test_a_plan_with_a_violation_has_no_gap(place: Path) -> None:
    good = outcome(place, "hhcrsp_by_hand_solution")
    bad = public.Outcome(good.known, 1, good.said, good.cost, ["s1 at p1 is given 0 times"])
    assert bad.gap is None
    assert public.means([good, bad]) == ["A: 1 of 2 feasible, mean gap +5.56 %, worst +5.56 %"]


def test_results_are_written_by_set_and_other_sets_stay(place: Path, tmp_path: Path) -> None:
    results = tmp_path / "RESULTS.md"
    good = outcome(place, "hhcrsp_by_hand_solution")
    for name, outcomes in (("uhhc_bazirha", [good]), ("mankowska", [good]), ("mankowska", [good, good])):
        public.put_section(results, name, public.section(outcomes))
    written = results.read_text()
    assert written.count("## uhhc_bazirha\n") == written.count("## mankowska\n") == 1
    assert written.count("| A1 | 2 | 1 | 31.667 | +5.56 % |") == 3
    assert str(tmp_path) not in written


def test_every_instance_is_solved_and_checked(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = public.RESULTS.read_text() if public.RESULTS.exists() else None
    assert public.main(["--set", "mankowska", "--seconds", "1", "--threads", "1"]) == 0
    printed = capsys.readouterr().out
    assert "A: 1 of 1 feasible, mean gap +5.56 %" in printed
    assert "B: 1 of 1 feasible" in printed
    assert (public.RESULTS.read_text() if public.RESULTS.exists() else None) == before


def test_the_instances_of_the_tests_are_our_own() -> None:
    largest = max(len(json.loads(path.read_text()).get("patients", [])) for path in HERE.glob("*.json"))
    assert largest <= 5
