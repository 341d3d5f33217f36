"""From a cell's text to a value: what an office types, with full-width digits and stray spaces, as we mean it.

Each reader takes text that is not empty and returns a value, or raises CellError with the cure.
"""

import math
import re
import unicodedata
from collections.abc import Callable, Iterable
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from matcher.imports.faults import CellError

Reader = Callable[[str], Any]
Windows = tuple[tuple[int, int], ...]
"""Minutes since midnight, from and to, in order."""

_WIDE = {code: code - 0xFEE0 for code in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))}
_WIDE |= {0x3000: " ", 0xA0: " ", 0x202F: " ", 0x200B: None, 0xFEFF: None, 0x200E: None, 0x200F: None}
_REFUSED = {"Cc", "Cs", "Co", "Cn"}
_BETWEEN_HAN = re.compile(r"(?<=[\u4e00-\u9fff]) +(?=[\u4e00-\u9fff])")
_PLAIN = re.compile(r"[ -~\u4e00-\u9fff（）；：，、。·]*")
_DASH = r"\s*(?:-|–|—|~|～|至|到)\s*"
_SEPARATOR = re.compile(r"\s*[;；\n]\s*")
_LIST = re.compile(r"\s*[;；,，、/\n]\s*")


def tidy(value: str) -> str:
    """Free text: one space where there were many, digits and letters of one width, no spaces inside Chinese."""
    value = " ".join(value.translate(_WIDE).split())
    if _PLAIN.fullmatch(value) is None:
        _refuse_unreadable(value)
    return _BETWEEN_HAN.sub("", value) if " " in value else value


def folded(value: str) -> str:
    """Structured text: as `tidy`, and every compatibility form (：；－（） and the like) as its plain one."""
    if value.isascii() and value.isprintable() and " " not in value:
        return value
    return " ".join(unicodedata.normalize("NFKC", tidy(value)).split())


def _refuse_unreadable(value: str) -> None:
    for letter in value:
        if letter == "\ufffd" or unicodedata.category(letter) in _REFUSED:
            raise CellError("unreadable", character=f"U+{ord(letter):04X}")


def text(most: int) -> Reader:
    """Free text of at most so many characters."""

    def read(value: str) -> str:
        value = tidy(value)
        _refuse_long(value, most)
        return value

    return read


def number(value: str) -> str:
    """The office's own number of something."""
    value = folded(value).replace(" ", "")
    _refuse_long(value, 40)
    return value


def _refuse_long(value: str, most: int = 60) -> None:
    if len(value) > most:
        raise CellError("too_long", length=len(value), most=most)


def whole(least: int, most: int) -> Reader:
    """A whole number within limits; 60.0 counts as 60."""

    @lru_cache(4096)
    def read(value: str) -> int:
        try:
            amount = Decimal(folded(value).replace(",", ""))
        except InvalidOperation:
            raise CellError("not_a_number", value=value) from None
        if not amount.is_finite() or (-(10**9) < amount < 10**9 and amount != int(amount)):
            raise CellError("not_a_number", value=value)
        if not least <= amount <= most:
            raise CellError("out_of_range", value=value, least=least, most=most)
        return int(amount)

    return read


@lru_cache(4096)
def money(value: str) -> int:
    """Yuan with at most two decimals, in fen."""
    try:
        yuan = Decimal(re.sub(r"[,¥元 ]", "", folded(value)))
    except InvalidOperation:
        raise CellError("not_money", value=value) from None
    if not yuan.is_finite() or abs(yuan) > 10**12 or yuan * 100 != int(yuan * 100):
        raise CellError("not_money", value=value)
    if not 0 <= yuan <= 100_000_000:
        raise CellError("out_of_range", value=value, least=0, most="100,000,000")
    return int(yuan * 100)


_DAY = re.compile(
    r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[ T]00:00(?::00)?)?|(\d{4})(\d{2})(\d{2})"
)


@lru_cache(65536)
def day(value: str) -> date:
    """2026-11-22, 2026/11/22, 2026.11.22, 2026年11月22日 or 20261122."""
    found = _DAY.fullmatch(folded(value))
    if found is None:
        raise CellError("not_a_date", value=value)
    year, month, of_month = (int(part) for part in found.groups() if part is not None)
    try:
        read = date(year, month, of_month)
    except ValueError:
        raise CellError("not_a_date", value=value) from None
    if not 1900 <= year <= 2100:
        raise CellError("out_of_range", value=value, least=1900, most=2100)
    return read


def moment(zone: ZoneInfo) -> Reader:
    """A date and a time on the area's own clock, as an aware moment."""

    def read(value: str) -> datetime:
        parts = folded(value).replace("T", " ").rsplit(" ", 1)
        try:
            on, minutes = day(parts[0]), clock(parts[1])
        except (CellError, IndexError):
            raise CellError("not_a_moment", value=value) from None
        return datetime.combine(on, time(), zone) + timedelta(minutes=minutes)

    return read


_CLOCK = r"(\d{1,2})(?::(\d{2})(?::00)?|[点时](?:(\d{1,2})分?|(半))?)"
_WINDOW = re.compile(_CLOCK + _DASH + _CLOCK)


def clock(value: str) -> int:
    """08:00, 8:00, 8点 or 8点半 as minutes since midnight; 24:00 is the day's end."""
    found = re.fullmatch(_CLOCK, folded(value))
    minutes = _minutes(found.groups()) if found else None
    if minutes is None:
        raise CellError("not_a_window", value=value)
    return minutes


def _minutes(parts: Iterable[str | None]) -> int | None:
    hour, minute, spoken, half = parts
    rest = 30 if half else int(minute or spoken or 0)
    minutes = int(hour or 0) * 60 + rest
    return minutes if rest < 60 and minutes <= 24 * 60 else None


def window(value: str) -> tuple[int, int]:
    """09:00-11:00 as minutes since midnight, from and to."""
    found = _WINDOW.fullmatch(folded(value))
    start, end = (_minutes(found.groups()[:4]), _minutes(found.groups()[4:])) if found else (None, None)
    if start is None or end is None:
        raise CellError("not_a_window", value=value)
    if end <= start:
        raise CellError("ends_before_start", start=clock_text(start), end=clock_text(end))
    return start, end


@lru_cache(65536)
def windows(value: str) -> Windows:
    """Several spans of one day, in order; spans that touch become one."""
    spans = sorted(window(part) for part in re.split(r"[;；,，、\n]", folded(value)) if part.strip())
    if not spans:
        raise CellError("not_a_window", value=value)
    return merged(spans)


def merged(spans: Iterable[tuple[int, int]]) -> Windows:
    """Spans in order, those that touch or overlap as one."""
    result: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if result and start <= result[-1][1]:
            result[-1] = (result[-1][0], max(end, result[-1][1]))
        else:
            result.append((start, end))
    return tuple(result)


def clock_text(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


_DAYS = "一二三四五六日"
_WEEKLY = re.compile(r"(\D+?)[\s:]*(\d.*)")
_SPOKEN = {"每天": range(7), "每日": range(7), "天天": range(7), "工作日": range(5), "周末": (5, 6), "双休日": (5, 6)}


def weekdays(value: str) -> tuple[int, ...]:
    """周一三五, 周一至周五, 周六、周日, 每天, 工作日, 周末: days with Monday as 0. Empty when it is none of these."""
    value = folded(value)
    if value in _SPOKEN:
        return tuple(_SPOKEN[value])
    found: set[int] = set()
    for part in re.split(r"[、,和及]", value.removeprefix("每")):
        named = re.sub(r"周|星期|礼拜", "", part).replace("天", "日")
        ends = re.fullmatch(r"([一二三四五六日])[至到\-—~]([一二三四五六日])", named)
        if ends:
            first, last = _DAYS.index(ends[1]), _DAYS.index(ends[2])
            if last < first:
                return ()
            found.update(range(first, last + 1))
        elif named and all(letter in _DAYS for letter in named):
            found.update(_DAYS.index(letter) for letter in named)
        else:
            return ()
    return tuple(sorted(found))


@lru_cache(65536)
def availability(value: str) -> tuple[tuple[int, int, int], ...]:
    """周一三五 09:00-11:30；周二 14:00-17:00 as (weekday, from, to), in order, overlaps joined."""
    days: dict[int, list[tuple[int, int]]] = {}
    for part in _SEPARATOR.split(folded(value)):
        if not part:
            continue
        found = _WEEKLY.fullmatch(part)
        named = weekdays(found[1].rstrip(",、")) if found else ()
        if not found or not named:
            raise CellError("not_a_pattern", value=part)
        try:
            spans = [window(span) for span in re.split(r"[,，、]|(?<=\d)\s+(?=\d)", found[2])]
        except CellError as fault:
            if fault.code == "ends_before_start":
                raise
            raise CellError("not_a_pattern", value=part) from None
        for weekday in named:
            days.setdefault(weekday, []).extend(spans)
    return tuple((weekday, *span) for weekday in sorted(days) for span in merged(days[weekday]))


@lru_cache(4096)
def repeat(value: str) -> tuple[int, tuple[int, ...]]:
    """每天, 每周一三五, 每两周二 as (every so many weeks, weekdays)."""
    plain = folded(value).replace(" ", "")
    found = re.fullmatch(r"每?(两|二|2|隔)周(.+)", plain)
    weeks, named = (2, found[2]) if found else (1, plain)
    if found and not named.startswith(("周", "星期", "礼拜")):
        named = f"周{named}"
    if weeks == 1 and not (named in _SPOKEN or re.match(r"每?(周|星期|礼拜)", named)):
        raise CellError("not_a_repeat", value=value)
    days = weekdays(named)
    if not days:
        raise CellError("not_a_repeat", value=value)
    return weeks, days


@lru_cache(4096)
def rest(value: str) -> tuple[int, int, int]:
    """11:30-14:00/45 as (from, to, minutes)."""
    span, slash, minutes = folded(value).replace("分钟", "").rpartition("/")
    try:
        start, end = window(span)
        lasts = int(minutes)
    except (CellError, ValueError):
        raise CellError("not_a_break", value=value) from None
    if not slash or not 0 < lasts <= end - start:
        raise CellError("not_a_break", value=value)
    return start, end, lasts


@lru_cache(65536)
def names(value: str) -> tuple[str, ...]:
    """Words between ；，、 each once, in the order of writing."""
    words = tuple(dict.fromkeys(part for part in (tidy(part) for part in _LIST.split(value)) if part))
    _refuse_long(max(words, key=len, default=""))
    return words


@lru_cache(65536)
def certificates(value: str) -> tuple[tuple[str, date], ...]:
    """护理证:2027-05-31；急救证:2026-12-01 as (name, last day on which it holds)."""
    found: dict[str, date] = {}
    for part in re.split(r"[;；,，、\n]", value):
        if not part.strip():
            continue
        name, colon, until = folded(part).partition(":")
        try:
            if not name.strip() or not colon:
                raise CellError("not_a_certificate", value=part)
            _refuse_long(name)
            found[name.strip()] = max(day(until.strip()), found.get(name.strip(), date.min))
        except CellError:
            raise CellError("not_a_certificate", value=part) from None
    return tuple(found.items())


_PHONE = re.compile(r"(?:\+?86)?(?:(1[3-9]\d{9})|0?([1-9]\d{1,2}[2-8]\d{6,7})|([48]00\d{7}))")


def phone(value: str) -> str:
    """A mobile number of 11 digits, or a landline with its area code, as +86 and digits (E.164)."""
    found = _PHONE.fullmatch(re.sub(r"[ \-()（）]", "", folded(value)))
    if found is None:
        raise CellError("not_a_phone", value=value)
    return f"+86{found[1] or found[2] or found[3]}"


def degrees(least: float, most: float) -> Reader:
    """A latitude or longitude."""

    @lru_cache(65536)
    def read(value: str) -> float:
        try:
            angle = float(folded(value).rstrip("°NE北东"))
        except ValueError:
            raise CellError("not_a_number", value=value) from None
        if not math.isfinite(angle) or not least <= angle <= most:
            raise CellError("not_a_place", value=value)
        return round(angle, 7)

    return read


def one_of(words: dict[str, Any]) -> Reader:
    """One of a column's words; our own code for it does as well."""
    known = words | {str(code): code for code in words.values()}

    @lru_cache(4096)
    def read(value: str) -> Any:
        plain = folded(value).replace(" ", "")
        if plain not in known:
            raise CellError("unknown_word", value=value, words="、".join(words))
        return known[plain]

    return read


def some_of(words: dict[str, Any]) -> Reader:
    """Any of a column's words, in the column's own order."""
    one = one_of(words)

    @lru_cache(65536)
    def read(value: str) -> tuple[Any, ...]:
        found = {one(part) for part in _LIST.split(value) if part.strip()}
        return tuple(code for code in dict.fromkeys(words.values()) if code in found)

    return read
