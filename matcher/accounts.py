"""Accounts: who may sign in, with which role and in which scope."""

import unicodedata
from dataclasses import dataclass

from sqlmodel import Session, col, delete, select

from matcher import clock, passwords
from matcher.errors import ConflictError, InvalidError, UnknownError
from matcher.keys import new_key
from matcher.pages import one
from matcher.tables.accounts import Account, ApiKey, SignIn
from matcher.tables.areas import Area
from matcher.tables.people import Crew, Helper, Provider, Volunteer
from matcher.types import Role

OF_AREA = frozenset({Role.DESK, Role.COORDINATOR, Role.AUDITOR, Role.PROGRAM})
OF_HELPER = frozenset({Role.VOLUNTEER, Role.CREW})


@dataclass(frozen=True, slots=True)
class Bound:
    """Within what an account's role holds; an administrator has none of these."""

    area_id: str | None = None
    provider_id: str | None = None
    helper_id: str | None = None


def plain(name: str) -> str:
    """The one form of a name: "Ｗang " and "wang" are the same."""
    return unicodedata.normalize("NFKC", name).strip().casefold()


def add(session: Session, name: str, role: Role, bound: Bound, password: str = "") -> Account:
    """An empty password: nobody signs in with one. InvalidError: the scope does not fit; ConflictError: name taken."""
    known = plain(name)
    if not 0 < len(known) <= 60 or not known.isprintable():
        raise InvalidError("A name has from 1 to 60 characters that can be read.", field="name")
    if session.exec(select(Account.id).where(Account.name == known)).one_or_none() is not None:
        raise ConflictError(f"There is an account {known} already.", field="name")
    _must_fit(session, role, bound)
    account = Account(
        id=new_key("acc"),
        name=known,
        role=role,
        area_id=bound.area_id,
        provider_id=bound.provider_id,
        helper_id=bound.helper_id,
        password=passwords.hashed(password) if password else "",
        made_at=clock.now(),
    )
    session.add(account)
    session.flush()
    return account


def named(session: Session, name: str) -> Account:
    """UnknownError: there is no such account."""
    found = session.exec(select(Account).where(Account.name == plain(name))).one_or_none()
    if found is None:
        raise UnknownError(f"There is no account {plain(name)}.")
    return found


def everything(session: Session) -> list[Account]:
    return list(session.exec(select(Account).order_by(Account.name)))


def change_password(session: Session, name: str, password: str) -> Account:
    """Whoever is signed in with the old one is not any more."""
    account = named(session, name)
    account.password = passwords.hashed(password)
    session.add(account)
    sign_out_everywhere(session, account.id)
    return account


def disable(session: Session, name: str) -> Account:
    """At once: no sign-in and no key of it opens anything. ConflictError: nobody would be left to let people in."""
    account = named(session, name)
    others = select(Account.id).where(
        Account.role == Role.ADMINISTRATOR, col(Account.is_active), Account.id != account.id
    )
    if account.role == Role.ADMINISTRATOR and account.is_active and session.exec(others).first() is None:
        raise ConflictError("This is the last administrator.", cure="Make another one first.")
    account.is_active = False
    session.add(account)
    sign_out_everywhere(session, account.id)
    session.connection().execute(delete(ApiKey).where(col(ApiKey.account_id) == account.id))
    return account


def sign_out_everywhere(session: Session, account_id: str) -> None:
    session.connection().execute(delete(SignIn).where(col(SignIn.account_id) == account_id))


def _must_fit(session: Session, role: Role, bound: Bound) -> None:
    """Each role has the one scope that it needs, and the scope is there."""
    wanted = {
        "area_id": role in OF_AREA,
        "provider_id": role is Role.DISPATCHER,
        "helper_id": role in OF_HELPER,
    }
    for field, needed in wanted.items():
        if needed != (getattr(bound, field) is not None):
            sentence = f"A {role} needs {field}." if needed else f"A {role} has no {field}."
            raise InvalidError(sentence, field=field)
    if bound.area_id is not None:
        one(session, Area, bound.area_id, "area")
    if bound.provider_id is not None:
        one(session, Provider, bound.provider_id, "provider")
    if bound.helper_id is not None:
        one(session, Helper, bound.helper_id, "helper")
        kind = Crew if role is Role.CREW else Volunteer
        if session.exec(select(kind.id).where(kind.helper_id == bound.helper_id)).first() is None:
            raise InvalidError(f"{bound.helper_id} is no {role}.", field="helper_id")
