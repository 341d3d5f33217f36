"""Finding residents by what a clerk types: a part of the name, its pinyin or initials, a telephone's end, a
door, a number."""

import re
from functools import lru_cache

from pypinyin import lazy_pinyin
from sqlmodel import Session, col, or_, select

from matcher.pages import within
from matcher.tables.people import Resident

MOST = 20
LETTERS = re.compile(r"[A-Za-z]+")
DIGITS = re.compile(r"\d{4,}")
SPOKEN = re.compile(r"[A-Za-z]+|[\u3400-\u9fff]")
SURNAMES = {
    **{"曾": "zeng", "单": "shan", "解": "xie", "仇": "qiu", "区": "ou", "查": "zha", "朴": "piao", "盖": "ge"},
    **{"尉": "wei", "缪": "miao", "乐": "yue", "翟": "zhai", "员": "yun", "种": "chong", "秘": "bi", "任": "ren"},
}
"""Characters that sound otherwise at the head of a name."""


def spelt(name: str) -> tuple[str, str]:
    """A Chinese name as it is typed: its pinyin, and the initials."""
    parts = SPOKEN.findall(name)
    syllables = [SURNAMES.get(part, "") if number == 0 else "" for number, part in enumerate(parts)]
    syllables = [known or _sound(part) for known, part in zip(syllables, parts, strict=True)]
    return "".join(syllables), "".join(sound[:1] for sound in syllables)


@lru_cache(maxsize=20_000)
def _sound(part: str) -> str:
    """One character, or a word in letters. By character: tens of thousands of names are spelt in a blink."""
    return "".join(LETTERS.findall(lazy_pinyin(part)[0])).lower()


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
        held = [col(place).contains(words, autoescape=True) for place in (Resident.name, Resident.address)]
        where.append(or_(*held, col(Resident.number) == words))
    return list(session.exec(select(Resident).where(*where).order_by(Resident.name, Resident.id).limit(limit)))
