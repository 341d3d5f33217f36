"""The contract, tried by a machine: whatever it generates is answered as the contract says, and never by a 500."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from api.openapi import FROZEN
from fixtures.tiny import write_tiny
from matcher.imports import IMPORTS
from matcher.settings import Settings
from tests.api.office import DAY
from tests.pages.seeing import NOBODY, TOKENS, served
from tests.signed import shown

CASES = 12
CALM = list(HealthCheck)
PROMISES = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


CONTRACT = schemathesis.openapi.from_path(FROZEN)
OPERATIONS = {f"{one.ok().method.upper()} {one.ok().path}": one.ok() for one in CONTRACT.get_all_operations()}


@pytest.fixture(scope="module")
def address(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The tiny world behind a real port, so that some of the ids that are tried could be there."""
    home = tmp_path_factory.mktemp("contract")
    path = home / "matcher.sqlite3"
    path.write_bytes(sqlite_template.read_bytes())
    with served(Settings(home=home, database_url=f"sqlite:///{path}", redis_url=NOBODY)) as at:
        files = write_tiny(home / "files", DAY)
        for kind in IMPORTS:
            sent = {"file": (files[kind].name, files[kind].read_bytes())}
            assert (
                httpx.post(f"{at}/v1/imports/{kind}", files=sent, headers=shown(TOKENS[at]), timeout=60).status_code
                == 201
            )
        yield at


def tries() -> Iterator[tuple[str, GenerationMode]]:
    """Every operation as it should be called; where something can be wrong with a call, also wrongly."""
    for name, operation in OPERATIONS.items():
        yield name, GenerationMode.POSITIVE
        if operation.body or [*operation.query, *operation.path_parameters, *operation.headers]:
            yield name, GenerationMode.NEGATIVE


@pytest.mark.parametrize(("name", "mode"), list(tries()))
def test_every_operation_keeps_its_promise(address: str, name: str, mode: GenerationMode) -> None:
    @given(case=OPERATIONS[name].as_strategy(generation_mode=mode))
    @settings(max_examples=CASES, deadline=None, derandomize=True, database=None, suppress_health_check=CALM)
    def tried(case: Case) -> None:
        case.call_and_validate(base_url=address, headers=shown(TOKENS[address]), checks=PROMISES)

    tried()
