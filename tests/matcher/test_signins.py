"""Accounts, sign-ins, keys and throttles, on both databases."""

import threading
from datetime import datetime, timedelta

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import select

from matcher import accounts, clock, passwords, signins, throttles
from matcher.accounts import Bound
from matcher.database import Database
from matcher.errors import ConflictError, InvalidError, SignInError, ThrottledError, UnknownError
from matcher.keys import new_key
from matcher.tables.accounts import Account, ApiKey, SignIn, Throttle
from matcher.types import Role
from tests.matcher.builders import a_volunteer, an_area

GOOD = "correct horse battery"
HERE = "192.0.2.7"


class Watch:
    """The clock, which goes on when told to."""

    def __init__(self) -> None:
        self.now = clock.now()

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> Watch:
    made = Watch()
    monkeypatch.setattr(clock, "now", made)
    return made


@pytest.fixture
def wang(database: Database, watch: Watch) -> str:
    """The id of an administrator's account."""
    with database.transaction() as session:
        return accounts.add(session, "Wang", Role.ADMINISTRATOR, Bound(), GOOD).id


def enter(database: Database, name: str = "wang", password: str = GOOD, before: str = "", address: str = HERE) -> str:
    return signins.sign_in(database, name, password, address, before)


def is_in(database: Database, token: str) -> bool:
    with database.reading() as session:
        try:
            signins.signed_in(session, token)
        except SignInError:
            return False
    return True


def test_who_knows_the_password_is_known_by_the_token(database: Database, wang: str) -> None:
    token = enter(database, " ＷANG ")
    with database.reading() as session:
        assert signins.signed_in(session, token).id == wang


def test_neither_password_nor_token_nor_key_is_stored(database: Database, wang: str) -> None:
    token = enter(database)
    with database.transaction() as session:
        program = accounts.add(session, "p", Role.PROGRAM, Bound(area_id=an_area(session)))
        key = signins.new_api_key(session, program.id, "k", {"rosters.read"})
    with database.reading() as session:
        tables = (Account, SignIn, ApiKey, Throttle)
        stored = [row.model_dump_json() for table in tables for row in _all(session, table)]
    assert len(stored) >= 4
    assert not any(secret in row for row in stored for secret in (GOOD, token, key, HERE))


def _all(session, table):  # type: ignore[no-untyped-def]
    return session.exec(select(table)).all()


def test_a_wrong_password_and_an_unknown_name_get_the_same_answer(database: Database, wang: str) -> None:
    with database.transaction() as session:
        accounts.add(session, "li", Role.ADMINISTRATOR, Bound())
        accounts.add(session, "gone", Role.ADMINISTRATOR, Bound(), GOOD)
        accounts.disable(session, "gone")
    said = set()
    for name, password in [("wang", "wrong"), ("nobody", GOOD), ("li", ""), ("gone", GOOD), ("wang", "x" * 10_000)]:
        with pytest.raises(SignInError) as caught:
            enter(database, name, password)
        said.add(str(caught.value))
    assert len(said) == 1


def test_an_unknown_name_costs_the_same_work(database: Database, wang: str, monkeypatch: pytest.MonkeyPatch) -> None:
    looked_at: list[str] = []
    verify = passwords.HASHER.verify

    def seen(password: str | bytes, stored: str | bytes) -> bool:
        looked_at.append(str(stored))
        return verify(password, stored)

    monkeypatch.setattr(passwords.HASHER, "verify", seen)
    for name in ("wang", "nobody"):
        with pytest.raises(SignInError):
            enter(database, name, "a wrong password")
    figures = [stored.split("$")[1:4] for stored in looked_at]
    assert len(figures) == 2
    assert figures[0] == figures[1] == ["argon2id", "v=19", "m=19456,t=2,p=1"]
    assert [len(part) for part in looked_at[0].split("$")] == [len(part) for part in looked_at[1].split("$")]


def test_the_token_is_new_at_each_sign_in_and_the_one_before_opens_nothing(database: Database, wang: str) -> None:
    first = enter(database)
    second = enter(database, before=first)
    assert first != second
    assert [is_in(database, token) for token in (first, second)] == [False, True]


def test_a_token_ends_by_itself(database: Database, wang: str, watch: Watch) -> None:
    token = enter(database)
    watch.now += signins.IN_THE_OFFICE - timedelta(seconds=1)
    assert is_in(database, token)
    watch.now += timedelta(seconds=1)
    assert not is_in(database, token)


def test_a_volunteer_stays_signed_in_for_a_season(database: Database, watch: Watch) -> None:
    with database.transaction() as session:
        helper = a_volunteer(session, an_area(session))
        accounts.add(session, "vol", Role.VOLUNTEER, Bound(helper_id=helper), GOOD)
    token = enter(database, "vol")
    watch.now += timedelta(days=89)
    assert is_in(database, token)
    watch.now += timedelta(days=1)
    assert not is_in(database, token)


def test_signing_out_ends_one_device_and_a_new_password_all(database: Database, wang: str) -> None:
    tokens = [enter(database) for _ in range(3)]
    with database.transaction() as session:
        signins.sign_out(session, tokens[0])
    assert [is_in(database, token) for token in tokens] == [False, True, True]
    with database.transaction() as session:
        accounts.change_password(session, "wang", "another long word")
    assert [is_in(database, token) for token in tokens] == [False, False, False]
    with pytest.raises(SignInError):
        enter(database)
    assert is_in(database, enter(database, password="another long word"))


def test_a_disabled_account_is_out_at_once_with_all_its_keys(database: Database, watch: Watch) -> None:
    with database.transaction() as session:
        area = an_area(session)
        accounts.add(session, "co", Role.COORDINATOR, Bound(area_id=area), GOOD)
        program = accounts.add(session, "prog", Role.PROGRAM, Bound(area_id=area))
        key = signins.new_api_key(session, program.id, "nightly", {"rosters.read"})
    token = enter(database, "co")
    with database.transaction() as session:
        signins.shown(session, key)
        accounts.disable(session, "co")
        accounts.disable(session, "prog")
    assert not is_in(database, token)
    with database.reading() as session, pytest.raises(SignInError):
        signins.shown(session, key)


def test_the_last_administrator_stays(database: Database, wang: str) -> None:
    with database.transaction() as session, pytest.raises(ConflictError, match="last administrator"):
        accounts.disable(session, "wang")
    with database.transaction() as session:
        accounts.add(session, "second", Role.ADMINISTRATOR, Bound(), GOOD)
        accounts.disable(session, "wang")


def test_who_guesses_at_one_account_waits_longer_each_time_also_with_the_right_password(
    database: Database, wang: str, watch: Watch
) -> None:
    for _ in range(throttles.OF_ACCOUNT):
        with pytest.raises(SignInError):
            enter(database, password="a wrong password")
    for wait in throttles.WAITS:
        with pytest.raises(ThrottledError):
            enter(database, address="198.51.100.1")
        watch.now += wait
        with pytest.raises(SignInError):
            enter(database, password="a wrong password")
    watch.now += throttles.WAITS[-1]
    enter(database)
    for _ in range(throttles.OF_ACCOUNT - 1):
        with pytest.raises(SignInError):
            enter(database, password="a wrong password")
    enter(database)


def test_an_unknown_name_is_throttled_like_a_known_one(database: Database, watch: Watch) -> None:
    for _ in range(throttles.OF_ACCOUNT):
        with pytest.raises(SignInError):
            enter(database, "nobody")
    with pytest.raises(ThrottledError):
        enter(database, "nobody")


def test_one_address_that_tries_many_names_waits_and_others_do_not(
    database: Database, wang: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(throttles, "OF_ADDRESS", 6)
    for number in range(6):
        with pytest.raises(SignInError):
            enter(database, f"guess{number}")
    with pytest.raises(ThrottledError):
        enter(database)
    enter(database, address="198.51.100.1")


def test_an_office_behind_one_address_signs_in_all_day(
    database: Database, wang: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(throttles, "OF_ADDRESS", 3)
    for _ in range(8):
        enter(database)


def test_many_guesses_at_one_moment_are_all_counted(database: Database, wang: str) -> None:
    ends: list[type[Exception]] = []

    def guess() -> None:
        try:
            enter(database, password="a wrong password")
        except (SignInError, ThrottledError) as error:
            ends.append(type(error))

    guesses = [threading.Thread(target=guess) for _ in range(12)]
    for each in guesses:
        each.start()
    for each in guesses:
        each.join()
    assert ends.count(SignInError) == throttles.OF_ACCOUNT
    assert ends.count(ThrottledError) == 12 - throttles.OF_ACCOUNT


def test_a_key_says_for_which_acts_it_is_good_and_ends(database: Database, wang: str, watch: Watch) -> None:
    with database.transaction() as session:
        program = accounts.add(session, "prog", Role.PROGRAM, Bound(area_id=an_area(session)))
        key = signins.new_api_key(session, program.id, "nightly", {"b", "a"}, days=30)
        with pytest.raises(InvalidError):
            signins.new_api_key(session, wang, "mine", {"a"})
        with pytest.raises(InvalidError):
            signins.new_api_key(session, program.id, "all", set())
    with database.reading() as session:
        account, scopes = signins.shown(session, key)
        assert (account.name, scopes) == ("prog", {"a", "b"})
        with pytest.raises(SignInError):
            signins.shown(session, key + "x")
        watch.now += timedelta(days=30)
        with pytest.raises(SignInError):
            signins.shown(session, key)


@pytest.mark.parametrize(
    ("role", "field"),
    [(Role.COORDINATOR, "area_id"), (Role.DISPATCHER, "provider_id"), (Role.VOLUNTEER, "helper_id")],
)
def test_a_role_without_its_scope_is_refused_by_the_matcher_and_by_the_table(
    database: Database, role: Role, field: str
) -> None:
    with database.transaction() as session, pytest.raises(InvalidError) as caught:
        accounts.add(session, "x", role, Bound())
    assert caught.value.field == field
    with pytest.raises(IntegrityError), database.transaction() as session:
        session.add(Account(id=new_key("acc"), name="x", role=role, made_at=clock.now()))


def test_an_administrator_of_one_area_a_short_password_and_a_name_twice_are_refused(database: Database) -> None:
    with database.transaction() as session:
        with pytest.raises(InvalidError):
            accounts.add(session, "x", Role.ADMINISTRATOR, Bound(area_id=an_area(session)), GOOD)
        with pytest.raises(InvalidError):
            accounts.add(session, "x", Role.ADMINISTRATOR, Bound(), "short")
        with pytest.raises(UnknownError):
            accounts.add(session, "x", Role.AUDITOR, Bound(area_id=new_key("are")))
        accounts.add(session, "x", Role.ADMINISTRATOR, Bound(), GOOD)
        with pytest.raises(ConflictError):
            accounts.add(session, "Ｘ", Role.ADMINISTRATOR, Bound(), GOOD)


def test_a_volunteer_cannot_sign_in_as_a_crew(database: Database) -> None:
    with database.transaction() as session, pytest.raises(InvalidError, match="is no crew"):
        accounts.add(session, "x", Role.CREW, Bound(helper_id=a_volunteer(session, an_area(session))))
