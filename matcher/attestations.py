"""Attestations (服务时长证明): a paper that says how many hours somebody has served, in Chinese, English or Uyghur, and
whether what it says still stands."""

import json
import tempfile
from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlmodel import Session

from matcher import areas, clock, codes, hours, seals
from matcher.errors import FontsError
from matcher.hours import Month
from matcher.languages import Pen
from matcher.pages import one
from matcher.seals import Sealed
from matcher.tables.areas import Area
from matcher.tables.people import Helper
from matcher.types import Tongue

TEMPLATE = Path(__file__).parent / "attestation.typ"
FOLDERS = (
    *(Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), Path("/Library/Fonts")),
    *(Path.home() / ".local/share/fonts", Path.home() / ".fonts", Path.home() / "Library/Fonts"),
)
FONTS = {"Noto Sans CJK SC": "NotoSansCJK-Regular.ttc", "Noto Sans Arabic": "NotoSansArabic-Regular.ttf"}
BOLD = ("NotoSansCJK-Bold.ttc", "NotoSansArabic-Bold.ttf")
TITLE = "Attestation of service hours"
SERVED = "{name} has served the residents of {area}."
TOTAL = "From {since} to {until}: {hours} hours and {minutes} minutes in {visits} visits."
HEADS = ("Month", "Visits", "Hours and minutes")
COUNTED = "Only service that was confirmed counts, corrections included."
MADE = "Made on {day}"
STAMP = "Stamp of the office"
CHECK = "Whether these hours still stand is told here:"
STANDS = "The hours stand as they were printed."
CHANGED = (
    "The hours were changed after the paper was made. "
    "Printed were {hours} hours and {minutes} minutes in {visits} visits."
)
NOW = "What counts now:"
COMPARE = "Compare the name, the days and the figures with those on the paper."
UNKNOWN = "This code is unknown. The paper was not made here, or the address is not complete."
TEXTS = (TITLE, SERVED, TOTAL, *HEADS, COUNTED, MADE, STAMP, CHECK, STANDS, CHANGED, NOW, COMPARE, UNKNOWN)


def paper(
    session: Session, helper_id: str, since: date, until: date, language: Tongue, *, office: str = ""
) -> dict[str, Any]:
    """What the paper says, both days included; `office` is the address where it can be checked. It may make the
    office's key. UnknownError: no such helper. InvalidError: the days run backward."""
    helper = one(session, Helper, helper_id, "helper")
    area = areas.get(session, helper.area_id)
    pen = Pen(language, areas.zone(area))
    made = clock.now().astimezone(pen.zone).date()
    months = hours.months(session, helper_id, since, until)
    seal = seals.of(helper_id, since, until, made, months)
    address = f"{office.rstrip('/')}/attestations/{seals.token(session, seal)}"
    return {
        "fonts": list(FONTS),
        "language": language.value,
        "rtl": pen.rtl,
        **_told(pen, helper, area, seal, months),
        "counted": pen.write(COUNTED),
        "stamp": pen.write(STAMP),
        "check": pen.write(CHECK),
        "address": address,
        "picture": codes.figure(address),
    }


def standing(session: Session, token: str, language: Tongue) -> dict[str, Any]:
    """Whether the paper with this seal still stands, in the words that the paper uses, and nothing that it hides.

    UnknownError: no such paper was made here.
    """
    seal = seals.opened(session, token)
    helper = one(session, Helper, seal.helper_id, "helper")
    area = areas.get(session, helper.area_id)
    pen, months = Pen(language, areas.zone(area)), seals.months_now(session, seal)
    now = seals.of(seal.helper_id, seal.since, seal.until, seal.made, months)
    stands = now == seal
    return {
        **_told(pen, helper, area, now, months),
        "stands": stands,
        "verdict": pen.write(STANDS) if stands else pen.write(CHANGED, **_figures(seal)),
        "now": "" if stands else pen.write(NOW),
        "compare": pen.write(COMPARE),
    }


def _told(pen: Pen, helper: Helper, area: Area, seal: Sealed, months: list[Month]) -> dict[str, Any]:
    """What the paper and the page of its seal both say."""
    return {
        "title": pen.write(TITLE),
        "served": pen.write(SERVED, name=helper.name, area=_name(area, pen.language)),
        "total": pen.write(TOTAL, since=str(seal.since), until=str(seal.until), **_figures(seal)),
        "heads": [pen.write(head) for head in HEADS],
        "rows": [_row(month) for month in months],
        "made": pen.write(MADE, day=str(seal.made)),
    }


def _figures(seal: Sealed) -> dict[str, int]:
    return {"hours": seal.minutes // 60, "minutes": seal.minutes % 60, "visits": seal.visits}


def printed(said: dict[str, Any], folders: Iterable[Path] = FOLDERS) -> bytes:
    """The paper as PDF. FontsError: this machine lacks a font for it."""
    import typst  # 30 MB that only the paper needs

    return bytes(
        typst.compile(TEMPLATE, font_paths=_fonts(tuple(folders)), sys_inputs={"paper": json.dumps(said)}, format="pdf")
    )


@lru_cache(maxsize=4)
def _fonts(folders: tuple[Path, ...]) -> Any:
    """Just the fonts that the paper uses, so that it need not look through all that a machine has."""
    import typst

    with tempfile.TemporaryDirectory() as chosen:
        for name in (*FONTS.values(), *BOLD):
            found = next((path for folder in folders if folder.is_dir() for path in folder.rglob(name)), None)
            if found is not None:
                (Path(chosen) / name).symlink_to(found)
            elif name not in BOLD:
                raise FontsError(
                    f"This machine lacks the font {name}, without which the paper cannot be written.",
                    cure="Install the packages fonts-noto-cjk and fonts-noto-core.",
                )
        return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[chosen])


def _row(month: Month) -> list[str]:
    return [f"{month.month:%Y-%m}", str(month.visits), f"{month.minutes // 60}:{month.minutes % 60:02}"]


def _name(area: Area, language: Tongue) -> str:
    names = {Tongue.ENGLISH: area.name_en, Tongue.UYGHUR: area.name_ug}
    return names.get(language) or area.name
