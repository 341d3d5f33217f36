"""Finding residents by what a clerk types: a part of the name, its pinyin or initials, a telephone's end, a number."""

import re
from functools import lru_cache

from pypinyin import lazy_pinyin
from sqlmodel import Session, col, or_, select

from matcher.pages import within
from matcher.tables.people import Resident

MOST = 20
LETTERS = re.compile(r"[A-Za-z]+")
DIGITS = re.compile(r"\d{4,}")


@lru_cache(maxsize=200_000)
def spelt(name: str) -> tuple[str, str]:
    """A Chinese name as it is typed: its pinyin, and the initials."""
    syllables = [part for part in ("".join(LETTERS.findall(one)).lower() for one in lazy_pinyin(name)) if part]
    return "".join(syllables), "".join(part[0] for part in syllables)


def is_called(name: str, typed: str) -> bool:
    """Whether pinyin or initials of the name begin like what was typed."""
    whole, initials = spelt(name)
    return whole.startswith(typed) or initials.startswith(typed)


def residents(session: Session, words: str, limit: int = MOST) -> list[Resident]:
    """Those whom whoever asks may see, in order of name; none where nothing was typed."""
    words = words.strip()
    if not words:
        return []
    where = within(session, Resident)
    if typed := "".join(LETTERS.findall(words.lower())):
        names = session.exec(select(Resident.id, Resident.name).where(*where).order_by(Resident.name, Resident.id))
        found = [identity for identity, name in names if is_called(name, typed)]
        where.append(col(Resident.id).in_(found[:limit]))
    elif DIGITS.fullmatch(words):
        where.append(or_(col(Resident.phone).endswith(words), col(Resident.number) == words))
    else:
        where.append(or_(col(Resident.name).contains(words, autoescape=True), col(Resident.number) == words))
    return list(session.exec(select(Resident).where(*where).order_by(Resident.name, Resident.id).limit(limit)))
