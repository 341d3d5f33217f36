"""Passwords: argon2id with OWASP's least figures, and never more at once than memory bears."""

import threading

from pwdlib import PasswordHash
from pwdlib.exceptions import UnknownHashError
from pwdlib.hashers.argon2 import Argon2Hasher

from matcher.errors import InvalidError

LEAST, MOST = 10, 128
MEMORY_KIB = 19 * 1024
"""https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html: 19 MiB, two passes, one lane."""
HASHER = PasswordHash((Argon2Hasher(time_cost=2, memory_cost=MEMORY_KIB, parallelism=1),))
AT_ONCE = threading.BoundedSemaphore(4)
NOBODYS = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
"""Opened by no password; it costs as much to try as anybody's."""


def hashed(password: str) -> str:
    """InvalidError: it is too short or too long; nothing else is asked of it (NIST SP 800-63B)."""
    if not LEAST <= len(password) <= MOST:
        raise InvalidError(
            f"The password has {len(password)} characters; it needs from {LEAST} to {MOST}.", field="password"
        )
    with AT_ONCE:
        return HASHER.hash(password)


def fits(password: str, stored: str) -> bool:
    """Whether it is this one; takes as long where there is none. `stored` may be empty."""
    if len(password) > MOST:
        password = ""
    with AT_ONCE:
        try:
            good = HASHER.verify(password, stored or NOBODYS)
        except UnknownHashError:
            return False
    return good and stored != ""
