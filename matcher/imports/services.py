"""The catalogue: categories, services, and the skills and certificates that services ask for."""

from sqlmodel import Session

from matcher.imports import cells
from matcher.imports.columns import Column, Reading, Record, once
from matcher.imports.reports import Tally
from matcher.imports.skills import ids_of
from matcher.imports.storing import Stored, replace_parts, upsert
from matcher.imports.words import FEES, NUMBER, PROVIDED_BY
from matcher.tables.services import Category, Service, ServiceSkill

COLUMNS = (
    NUMBER,
    Column("category_number", "类别编号", cells.number),
    Column("category", "类别", cells.text(120)),
    Column("category_en", "类别英文", cells.text(120), required=False, default=""),
    Column("category_ug", "类别维文", cells.text(120), required=False, default=""),
    Column("name", "服务项目", cells.text(120)),
    Column("name_en", "英文名", cells.text(120), required=False, default=""),
    Column("name_ug", "维吾尔文名", cells.text(120), required=False, default=""),
    Column("minutes", "时长(分钟)", cells.whole(1, 1440)),
    Column("people", "人数", cells.whole(1, 50), required=False, default=1),
    Column("skills", "技能", cells.names, required=False, default=()),
    Column("certificates", "证书", cells.names, required=False, default=()),
    Column("fee", "收费", cells.one_of(FEES)),
    Column("price", "价格(元)", cells.money, required=False, default=0),
    Column("provided_by", "提供者", cells.one_of(PROVIDED_BY)),
    Column("burden", "负担", cells.whole(0, 5), required=False, default=0),
)


def store(session: Session, found: list[Reading], tally: Tally) -> None:
    (services,) = found
    once(services, "number")
    categories = _categories(session, services)
    wanted = {record.values["number"]: _asked(record) for record in services.records}
    skills = ids_of(session, {name for asked in wanted.values() for name in asked})
    for record in services.records:
        record.values["category_id"] = categories.ids[(record.values.pop("category_number"),)]
    stored = upsert(session, Service, [record.values for record in services.records], prefix="svc")
    parts = {
        stored.ids[(number,)]: [{"skill_id": skills[name]} for name in sorted(asked)]
        for number, asked in wanted.items()
    }
    touched = replace_parts(session, ServiceSkill, "service_id", parts, prefix=None, names=("skill_id",))
    renamed = {record.values["category_id"] for record in services.records} & {
        categories.ids[key] for key in categories.changed
    }
    tally.mark(
        services,
        new=lambda record: (record.values["number"],) in stored.new,
        changed=lambda record: (
            (record.values["number"],) in stored.changed
            or stored.ids[(record.values["number"],)] in touched
            or record.values["category_id"] in renamed
        ),
    )


def _asked(record: Record) -> set[tuple[str, bool]]:
    """(name, is it a certificate) of what the service asks for; taken out of the record."""
    skills, certificates = record.values.pop("skills"), record.values.pop("certificates")
    return {(name, False) for name in skills} | {(name, True) for name in certificates}


def _categories(session: Session, services: Reading) -> Stored:
    """Store the categories that the rows name; a row that calls one otherwise than the first is a fault."""
    said: dict[str, tuple[dict[str, str], int]] = {}
    good = []
    for record in services.records:
        number = record.values["category_number"]
        names = {
            "name": record.values.pop("category"),
            "name_en": record.values.pop("category_en"),
            "name_ug": record.values.pop("category_ug"),
        }
        first, row = said.setdefault(number, (names, record.row))
        if first == names:
            good.append(record)
        else:
            services.fault(record, "category", "contradicts", names["name"], number=number, said=first["name"], row=row)
    services.keep(good)
    rows = [{"number": number, **names} for number, (names, _) in said.items()]
    return upsert(session, Category, rows, prefix="cat")
