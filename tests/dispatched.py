"""The tiny world with a second provider: four visits are promised to the first one's crews, and one is open to both."""

from pathlib import Path

from sqlmodel import select

from fixtures import tiny
from matcher import openings
from matcher.database import Database
from matcher.tables.people import Provider
from tests.matcher.test_offers import opened, publish
from tests.matcher.test_snapshot import DAY
from tests.tiny_day import BY_HAND, TinyDay

MADE = (*BY_HAND, ("K1", "Q11", "14:30"), ("K2", "Q12", "15:00"))
FIRST, SECOND = "P1", "P2"


def tables() -> dict[str, list[dict[str, object]]]:
    rows = tiny.tables(DAY)
    first = rows["providers"][0]
    other = {
        "编号": SECOND,
        "名称": "和美居家服务社",
        "英文名": "Harmony Home Care",
        "维吾尔文名": "ئىناق ئائىلە مۇلازىمىتى",
    }
    rows["providers"].append(first | other | {"电话": "0990-5550002"})
    rows["crews"].append(rows["crews"][1] | {"编号": "K3", "名称": "和美一组", "人员": "孙梅", "服务商编号": SECOND})
    rows["crews"][0]["证书"] = f"电工证:{DAY.replace(year=DAY.year + 1)}；护理证:{DAY.replace(year=DAY.year + 1)}"
    asked = rows["requests"][3]
    for number, resident, service, window, purse in (
        ("Q11", "R5", "S4", "14:00-16:00", ""),
        ("Q12", "R1", "S5", "15:00-17:00", "Z1"),
        ("Q13", "R4", "S5", "16:00-17:20", "Z1"),
    ):
        said = {"编号": number, "居民编号": resident, "服务编号": service, "时间段": window, "优先级": "一般"}
        rows["requests"].append(asked | said | {"资金编号": purse})
    return rows


def published(database: Database, folder: Path) -> TinyDay:
    """The day as both providers find it in the morning."""
    day = opened(database, folder, tables())
    day.store(MADE)
    publish(day)
    with database.transaction() as session:
        openings.open_to(
            session, day.roster_id, day.visits["Q13"], [day.helpers["K1"], day.helpers["K3"]], day.at("16:00")
        )
    return day


def provider(database: Database, number: str = FIRST) -> str:
    with database.reading() as session:
        return session.exec(select(Provider.id).where(Provider.number == number)).one()
