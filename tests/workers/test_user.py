"""`matcher user`, as an office types it."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from matcher.database import Database
from matcher.errors import SignInError
from matcher.signins import shown, sign_in
from tests.matcher.builders import an_area
from workers.commands import app


@pytest.fixture
def url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    made = f"sqlite:///{tmp_path / 'm.sqlite3'}"
    monkeypatch.setenv("MATCHER_DATABASE_URL", made)
    return made


def typed(*words: str, said: str = "") -> tuple[int, str]:
    result = CliRunner().invoke(app, ["user", *words], input=said)
    return result.exit_code, result.output


def test_the_first_administrator_is_made_changed_and_seen(url: str) -> None:
    code, output = typed("add", "Wang", said="a long password\na long password\n")
    assert (code, "wang may sign in as administrator" in output) == (0, True)
    assert "a long password" not in output
    database = Database(url)
    assert sign_in(database, "wang", "a long password", "here")
    assert typed("password", "wang", said="quite another one\nquite another one\n")[0] == 0
    with pytest.raises(SignInError):
        sign_in(database, "wang", "a long password", "here")
    assert sign_in(database, "wang", "quite another one", "here")
    database.close()
    assert "administrator" in typed("list")[1]


def test_what_cannot_be_is_said_in_a_sentence(url: str) -> None:
    assert typed("add", "wang", said="short\nshort\n")[0] == 1
    assert typed("add", "wang", said="a long password\na long password\n")[0] == 0
    code, output = typed("disable", "wang")
    assert (code, "This is the last administrator." in output) == (1, True)
    assert "There is no account nobody." in typed("disable", "nobody")[1]


def test_a_program_has_no_password_and_gets_a_key_for_the_acts_that_are_named(url: str) -> None:
    database = Database(url)
    database.migrate()
    with database.transaction() as session:
        area = an_area(session)
    assert typed("add", "till", "--role", "program", "--area", area)[0] == 0
    assert typed("key", "till", "--act", "be_king")[0] == 2
    code, told = typed("key", "till", "--act", "see_requests", "--days", "7")
    assert code == 0
    with database.reading() as session:
        account, scopes = shown(session, told.strip())
    database.close()
    assert (account.name, scopes) == ("till", {"see_requests"})
    assert typed("key", "nobody")[0] == 1
