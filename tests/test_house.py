"""The laws of the house that no linter knows."""

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

HOUSE = Path(__file__).parent.parent
ROOMS = ("solver", "matcher", "workers", "api")
TOP_LEVEL = {
    *("matcher", "solver", "api", "workers", "fixtures", "tests", ".ci", ".gitignore", "Makefile", "LICENSE"),
    *("README.md", "CHANGELOG.md", "pyproject.toml", "requirements.lock", "requirements-dev.lock"),
}
REFUSED_FILES = {"helpers", "utils", "util", "common", "base", "manager", "misc", "service"}
REFUSED_WORDS = {"booking", "timeslot", "utils", "manager"}
MACHINE = ("/work" + "/", "/root" + "/", "/home" + "/")
LISTS = {"solver.rules", "matcher.imports", "matcher.notices", "workers.commands"}


def tracked(*patterns: str) -> list[Path]:
    names = subprocess.run(["git", "ls-files", *patterns], cwd=HOUSE, capture_output=True, text=True, check=True).stdout
    return [HOUSE / name for name in names.splitlines() if (HOUSE / name).exists()]


def sources() -> list[Path]:
    return [path for path in tracked("*.py") if path.relative_to(HOUSE).parts[0] in ROOMS]


def test_the_top_level_is_the_one_that_was_agreed() -> None:
    assert {path.relative_to(HOUSE).parts[0] for path in tracked()} <= TOP_LEVEL


def test_no_file_is_named_after_nothing() -> None:
    assert [path for path in tracked("*.py") if path.stem in REFUSED_FILES] == []


def test_package_init_files_hold_a_docstring_only_unless_they_hold_a_visible_list() -> None:
    talkative = []
    for path in sources():
        package = ".".join(path.relative_to(HOUSE).parent.parts)
        if path.name != "__init__.py" or package in LISTS:
            continue
        body = ast.parse(path.read_text()).body
        if any(not isinstance(node, ast.Expr) for node in body):
            talkative.append(package)
    assert talkative == []


def test_the_web_process_loads_neither_or_tools_nor_numba() -> None:
    code = "import sys, api.app; print(sorted({'ortools', 'numba', 'scipy'} & set(sys.modules)))"
    seen = subprocess.run([sys.executable, "-c", code], cwd=HOUSE, capture_output=True, text=True, check=True)
    assert seen.stdout.strip() == "[]"


def test_only_the_clock_reads_the_time() -> None:
    readers = [
        str(path.relative_to(HOUSE))
        for path in sources()
        if re.search(r"datetime\.now\(|datetime\.utcnow\(|date\.today\(", path.read_text())
    ]
    assert readers == ["matcher/clock.py"]


def test_only_the_transaction_commits() -> None:
    committers = [str(path.relative_to(HOUSE)) for path in sources() if re.search(r"\.commit\(\)", path.read_text())]
    assert [name for name in committers if name != "matcher/database.py"] == []


def test_nothing_is_ever_pickled() -> None:
    assert [
        path for path in sources() if re.search(r"^\s*(import|from) (c?pickle|dill|shelve)\b", path.read_text(), re.M)
    ] == []


def test_the_words_we_refuse_are_not_used_as_names() -> None:
    found = []
    for path in sources():
        for node in ast.walk(ast.parse(path.read_text())):
            name = getattr(node, "name", None) if isinstance(node, (ast.ClassDef, ast.FunctionDef)) else None
            if name and REFUSED_WORDS & set(re.findall(r"[a-z]+", re.sub(r"([A-Z])", r"_\1", name).lower())):
                found.append(f"{path.relative_to(HOUSE)}: {name}")
    assert found == []


@pytest.mark.parametrize("room", ROOMS)
def test_every_module_says_what_it_is_for(room: str) -> None:
    silent = [
        str(path.relative_to(HOUSE))
        for path in sources()
        if path.relative_to(HOUSE).parts[0] == room and not ast.get_docstring(ast.parse(path.read_text()))
    ]
    assert silent == []


def test_every_package_is_pinned_with_hashes_and_no_registry_is_named() -> None:
    for name in ("requirements.lock", "requirements-dev.lock", ".ci/requirements-bench.lock"):
        text = (HOUSE / name).read_text()
        pins = re.findall(r"^[a-z0-9][\w.\-\[\],]*==[^\s]+ \\$", text, re.M)
        assert len(pins) > 30
        assert text.count("==") == len(pins), f"{name}: a package is not pinned by hash"
        assert "://" not in text
        assert "--index-url" not in text


def test_every_room_is_in_the_distribution() -> None:
    project = tomllib.loads((HOUSE / "pyproject.toml").read_text())
    assert set(project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]) == set(ROOMS)
    assert "Private :: Do Not Upload" in project["project"]["classifiers"]


def test_the_commands_of_the_readme_are_run_by_the_gate() -> None:
    readme, gate = (HOUSE / "README.md").read_text(), (HOUSE / ".ci/run").read_text()
    for command in ("make demo", "make test"):
        assert command in readme
        assert command in gate


def test_nothing_speaks_of_the_machine_it_was_made_on() -> None:
    told = [
        str(path.relative_to(HOUSE))
        for path in tracked()
        if path.suffix in {".py", ".md", ".toml", ".lock", ".json", ".html", ".po"}
        and any(folder in path.read_text() for folder in MACHINE)
    ]
    assert told == []
