"""The catalogue: categories, services, and the skills and certificates that they ask for."""

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from matcher.tables.columns import at_least, between, key, not_empty, number, one_of, points, reference
from matcher.types import Fee, ProvidedBy


class Category(SQLModel, table=True):
    """类别."""

    __table_args__ = tuple(not_empty("name"))

    id: str = key()
    number: str | None = number()
    name: str = Field(max_length=120)
    name_en: str = Field(default="", max_length=120)
    name_ug: str = Field(default="", max_length=120)


class Skill(SQLModel, table=True):
    """技能; where `is_certificate`, somebody must have checked it, and it expires."""

    __table_args__ = (UniqueConstraint("name", "is_certificate"), *not_empty("name"))

    id: str = key()
    name: str = Field(max_length=60)
    is_certificate: bool = False


class Service(SQLModel, table=True):
    """服务项目."""

    __table_args__ = (
        one_of("fee", Fee),
        one_of("provided_by", ProvidedBy),
        *not_empty("name"),
        *between(1, 1440, "minutes"),
        *between(1, 50, "people"),
        *at_least(0, "price", "burden"),
    )

    id: str = key()
    number: str | None = number()
    category_id: str = reference("category.id")
    name: str = Field(max_length=120)
    name_en: str = Field(default="", max_length=120)
    name_ug: str = Field(default="", max_length=120)
    minutes: int
    people: int = 1
    fee: str = Field(default=Fee.FREE, max_length=10)
    price: int = points()
    """In fen."""
    provided_by: str = Field(default=ProvidedBy.ANY, max_length=10)
    burden: int = 0


class ServiceSkill(SQLModel, table=True):
    """What a service asks of whoever gives it."""

    __tablename__ = "service_skill"

    service_id: str = reference("service.id", primary=True)
    skill_id: str = reference("skill.id", primary=True)
