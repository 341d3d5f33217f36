"""Chinese, English and Uyghur: which one a reader wants, and what a sentence is in it.

The catalogues in `api/locale` are read as they are (no compiled files to forget); English is what the code says.
"""

from collections.abc import Mapping
from datetime import date, datetime
from functools import lru_cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from fastapi import Request

from matcher.rosters import Names, VisitLine

LANGUAGES: Mapping[str, str] = {"zh": "中文", "en": "English", "ug": "ئۇيغۇرچە"}
RIGHT_TO_LEFT = {"ug"}
LOCALE = Path(__file__).parent / "locale"
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def wanted(request: Request) -> str:
    """What the reader chose: in the address, earlier on this device, or by the browser's first known language."""
    asked = request.query_params.get("lang") or request.cookies.get("lang")
    if asked in LANGUAGES:
        return str(asked)
    for part in request.headers.get("accept-language", "").split(","):
        if (code := part.split(";")[0].strip()[:2].lower()) in LANGUAGES:
            return code
    return "zh"


@lru_cache
def catalogue(language: str) -> NullTranslations:
    path = LOCALE / language / "LC_MESSAGES" / "messages.po"
    if not path.exists():
        return NullTranslations()
    compiled = BytesIO()
    with path.open("rb") as source:
        write_mo(compiled, read_po(source, locale=language))
    compiled.seek(0)
    return GNUTranslations(compiled)


class Voice:
    """How one page speaks: its language, its direction, and the area's zone."""

    def __init__(self, language: str, zone: ZoneInfo) -> None:
        self.language, self.zone = language, zone
        self.rtl = language in RIGHT_TO_LEFT
        self.direction = "rtl" if self.rtl else "ltr"
        self._catalogue = catalogue(language)

    def say(self, text: str, **values: object) -> str:
        """The sentence in this language, with its values put in."""
        told = self._catalogue.gettext(text)
        return told.format(**values) if values else told

    def told(self, said: Mapping[str, Any], visit: VisitLine | None) -> str:
        """A stored sentence (its template and values) in this language; a visit that is known is named in it too."""
        values = {name: shown(name, value) for name, value in said["values"].items()}
        if "visit" in values and visit is not None:
            service = self.name(visit.service)
            values["visit"] = self.say("{service} ({resident})", service=service, resident=visit.resident)
        apart = {name: self._apart(value) for name, value in values.items()}
        return self.say(said["text"], **apart) if apart else self.say(said["text"])

    def _apart(self, value: object) -> object:
        """Right to left, a name in another script keeps its own direction and disturbs nothing around it."""
        return f"\u2068{value}\u2069" if self.rtl and isinstance(value, str) else value

    def helper(self, called: tuple[str, Names | None] | None) -> str:
        """A helper by name; a crew with its provider."""
        if called is None:
            return ""
        name, provider = called
        return name if provider is None else f"{name} ({self.name(provider)})"

    def name(self, names: Names) -> str:
        return str(getattr(names, self.language))

    def clock(self, moment: datetime) -> str:
        return f"{moment.astimezone(self.zone):%H:%M}"

    def money(self, fen: int) -> str:
        return f"{'-' if fen < 0 else ''}¥{abs(fen) // 100:,}.{abs(fen) % 100:02}"

    def day_of(self, moment: datetime) -> str:
        return moment.astimezone(self.zone).date().isoformat()

    def day(self, day: date) -> str:
        return f"{day.isoformat()} {self.say(WEEKDAYS[day.weekday()])}"


def shown(name: str, value: object) -> object:
    """A value as people read it; its name tells what it is (`..._at` minutes since midnight, `..._fen` money)."""
    if name.endswith("_at") and isinstance(value, int | float):
        return f"{int(value) // 60:02}:{int(value) % 60:02}"
    if name.endswith("_fen") and isinstance(value, int):
        return f"{value // 100}.{value % 100:02}"
    return value
