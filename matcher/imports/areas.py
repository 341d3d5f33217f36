"""Areas: the three tiers, each inside the one above it."""

from sqlmodel import Session

from matcher.imports import cells
from matcher.imports.columns import Column, Reading, Record, once
from matcher.imports.reports import Tally
from matcher.imports.storing import columns_of, numbers, upsert
from matcher.imports.words import NAMES, NUMBER, PLACE, TIERS
from matcher.tables.areas import Area
from matcher.types import Tier

ABOVE = {Tier.DISTRICT: None, Tier.SUBDISTRICT: Tier.DISTRICT, Tier.COMMUNITY: Tier.SUBDISTRICT}
TIER_WORDS = {code: word for word, code in TIERS.items()}
COLUMNS = (
    NUMBER,
    *NAMES,
    Column("tier", "层级", cells.one_of(TIERS)),
    Column("parent", "上级编号", cells.number, required=False),
    *PLACE,
)


def store(session: Session, found: list[Reading], tally: Tally) -> None:
    """Tier by tier from the top, so that each area finds the one above it."""
    (areas,) = found
    once(areas, "number")
    stored = dict(columns_of(session, Area, "number", "tier"))
    tiers = stored | {record.values["number"]: record.values["tier"] for record in areas.records}
    areas.keep([record for record in areas.records if _lies_well(areas, record, tiers)])
    everything = areas.records
    for tier in Tier:
        areas.keep([record for record in everything if record.values["tier"] == tier])
        _store_tier(session, areas, tally)


def _lies_well(areas: Reading, record: Record, tiers: dict[str, str]) -> bool:
    tier, parent = record.values["tier"], record.values["parent"]
    if parent is not None and parent not in tiers:
        areas.fault(record, "parent", "unknown_number", parent, what="area")
        return False
    above = tiers[parent] if parent is not None else None
    # a sub-district may be the top of the tree, where the office knows nothing above itself
    if above != ABOVE[tier] and not (tier == Tier.SUBDISTRICT and parent is None):
        areas.fault(
            record,
            "parent",
            "wrong_tier",
            parent or "",
            tier=TIER_WORDS[tier],
            parent=TIER_WORDS[Tier(above)] if above else "—",
        )
        return False
    return True


def _store_tier(session: Session, areas: Reading, tally: Tally) -> None:
    ids = numbers(session, Area)
    good = []
    for record in areas.records:
        parent = record.values.pop("parent")
        if parent is not None and parent not in ids:  # its row had a fault
            areas.fault(record, "parent", "not_stored", parent)
            continue
        record.values["parent_id"] = ids[parent] if parent is not None else None
        good.append(record)
    areas.keep(good)
    rows = [record.values for record in good]
    stored = upsert(session, Area, rows, prefix="are", at_birth={"time_zone": "Asia/Shanghai"})
    tally.mark_stored(areas, stored)
