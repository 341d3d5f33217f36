"""Chinese, English and Uyghur outside of pages: what a sentence is in each, and how moments are written.

English is what the code says; the catalogues in `matcher/locale` are read as they are, no compiled files to forget.
"""

from collections.abc import Iterable
from datetime import date, datetime
from functools import lru_cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path
from zoneinfo import ZoneInfo

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from matcher.types import Tongue

LOCALE = Path(__file__).parent / "locale"
RIGHT_TO_LEFT = {Tongue.UYGHUR}
SPOKEN = {
    **dict.fromkeys(("汉语", "zh", "chinese"), Tongue.CHINESE),
    **dict.fromkeys(("维吾尔语", "ug", "uyghur"), Tongue.UYGHUR),
    **dict.fromkeys(("英语", "en", "english"), Tongue.ENGLISH),
}
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def of_speaker(languages: Iterable[str]) -> Tongue | None:
    """The first language that somebody speaks and we can write."""
    return next((SPOKEN[name.lower()] for name in languages if name.lower() in SPOKEN), None)


@lru_cache
def catalogue(language: Tongue) -> NullTranslations:
    """All the catalogues of a language as one."""
    whole = Catalog(locale=str(language))
    for path in sorted((LOCALE / language / "LC_MESSAGES").glob("*.po")):
        with path.open("rb") as source:
            for message in read_po(source, locale=str(language)):
                whole.add(message.id, message.string)
    compiled = BytesIO()
    write_mo(compiled, whole)
    compiled.seek(0)
    return GNUTranslations(compiled)


class Pen:
    """How somebody is written to: in one language, on one zone's clock."""

    def __init__(self, language: Tongue | str, zone: ZoneInfo) -> None:
        self.language, self.zone = Tongue(language), zone
        self.rtl = self.language in RIGHT_TO_LEFT
        self._catalogue = catalogue(self.language)

    def write(self, text: str, **values: object) -> str:
        """The sentence in this language, with its values put in."""
        told = self._catalogue.gettext(text)
        return told.format(**{name: self._apart(value) for name, value in values.items()}) if values else told

    def _apart(self, value: object) -> object:
        """Right to left, a name in another script keeps its own direction and disturbs nothing around it."""
        return f"\u2068{value}\u2069" if self.rtl and isinstance(value, str) else value

    def clock(self, moment: datetime) -> str:
        return f"{moment.astimezone(self.zone):%H:%M}"

    def day(self, day: date) -> str:
        return f"{day.isoformat()} {self.write(WEEKDAYS[day.weekday()])}"
