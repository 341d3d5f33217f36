"""Signing in and out: a random token in somebody's device, its digest and its end in the database.

A password is looked at between two transactions, for it takes long on purpose and must keep no writer waiting.
"""

import hashlib
import secrets
from collections.abc import Collection
from datetime import timedelta

from sqlmodel import Session, col, delete, select

from matcher import accounts, clock, passwords, throttles
from matcher.accounts import OF_HELPER
from matcher.database import Database
from matcher.errors import InvalidError, SignInError
from matcher.keys import new_key
from matcher.tables.accounts import Account, ApiKey, SignIn
from matcher.types import Role

IN_THE_OFFICE, IN_A_POCKET = timedelta(hours=12), timedelta(days=90)
"""How long one stays signed in: a working day at a shared desk, a season on one's own telephone."""
KEY_DAYS = 365
KEY_PREFIX = "mtk_"
"""By which a key that leaked into a file or a log can be found."""


def sign_in(database: Database, name: str, password: str, address: str, before: str = "") -> str:
    """A new token; `before`, which the device held until now, opens nothing any more.

    SignInError: name or password are wrong, or the account is disabled: the same answer, after the same work.
    ThrottledError: too many tries on this name or from this address.
    """
    known = accounts.plain(name)
    with database.transaction() as session:
        throttles.count(session, "address", address, throttles.OF_ADDRESS)
        throttles.count(session, "account", known, throttles.OF_ACCOUNT)
        account = session.exec(select(Account).where(Account.name == known)).one_or_none()
    looked_at = account.password if account is not None and account.is_active else ""
    if not passwords.fits(password, looked_at) or account is None:
        raise SignInError("The name or the password is wrong.")
    with database.transaction() as session:
        now = session.get(Account, account.id, populate_existing=True, with_for_update=True)
        if now is None or not now.is_active or now.password != looked_at:
            raise SignInError("The name or the password is wrong.")
        throttles.forget(session, "account", known)
        throttles.forgive(session, "address", address)
        sign_out(session, before)
        return begin(session, now)


def begin(session: Session, account: Account) -> str:
    """A new token for somebody who is known already."""
    token, now = secrets.token_urlsafe(32), clock.now()
    stays = IN_A_POCKET if Role(account.role) in OF_HELPER else IN_THE_OFFICE
    row = SignIn(id=new_key("sgn"), account_id=account.id, digest=_digest(token), made_at=now, ends_at=now + stays)
    session.add(row)
    session.flush()
    return token


def signed_in(session: Session, token: str) -> Account:
    """Whose token this is. SignInError: nobody's, or no longer."""
    found = session.exec(
        select(Account)
        .join(SignIn, col(SignIn.account_id) == col(Account.id))
        .where(SignIn.digest == _digest(token), SignIn.ends_at > clock.now(), col(Account.is_active))
    ).one_or_none()
    if found is None:
        raise SignInError("Nobody is signed in.", cure="Sign in again.")
    return found


def sign_out(session: Session, token: str) -> None:
    """The token opens nothing any more, if it ever did."""
    session.connection().execute(delete(SignIn).where(col(SignIn.digest) == _digest(token)))


def new_api_key(session: Session, account_id: str, name: str, scopes: Collection[str], days: int = KEY_DAYS) -> str:
    """A key of a program, told this once. InvalidError: the account is a person's, or no act is named."""
    account = session.get(Account, account_id)
    if account is None or account.role != Role.PROGRAM or not account.is_active:
        raise InvalidError("Only an active account of a program has keys.", field="account_id")
    if not scopes or not 0 < days <= KEY_DAYS:
        raise InvalidError(f"A key names its acts and holds from 1 to {KEY_DAYS} days.", field="scopes")
    told, now = KEY_PREFIX + secrets.token_urlsafe(32), clock.now()
    ends = now + timedelta(days=days)
    row = ApiKey(id=new_key("apk"), account_id=account_id, name=name, digest=_digest(told), made_at=now, ends_at=ends)
    row.scopes = sorted(set(scopes))
    session.add(row)
    session.flush()
    return told


def shown(session: Session, key: str) -> tuple[Account, frozenset[str]]:
    """Whose key this is, and for which acts. SignInError: nobody's, or no longer."""
    found = session.exec(
        select(Account, ApiKey)
        .join(ApiKey, col(ApiKey.account_id) == col(Account.id))
        .where(ApiKey.digest == _digest(key), ApiKey.ends_at > clock.now(), col(Account.is_active))
    ).one_or_none()
    if found is None:
        raise SignInError("This key opens nothing.", cure="Ask the office for a new one.")
    return found[0], frozenset(found[1].scopes)


def _digest(token: str) -> str:
    """Tokens are 256 bits of chance, so one round is enough."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
