"""GET /services: the catalogue."""

from fastapi import APIRouter

from api.doors import After, Limit, Listed, Reading, Shape
from matcher import services
from matcher.tables.services import Category, Service, Skill
from matcher.types import Fee, Key, ProvidedBy

router = APIRouter(tags=["registers"])


class CategoryOut(Shape):
    id: str
    number: str | None
    name: str
    name_en: str
    name_ug: str


class ServiceOut(Shape):
    id: str
    number: str | None
    category: CategoryOut
    name: str
    name_en: str
    name_ug: str
    minutes: int
    people: int
    fee: Fee
    price: int
    provided_by: ProvidedBy
    burden: int
    skills: list[str]
    certificates: list[str]


class ServicesOut(Listed):
    rows: list[ServiceOut]


@router.get("/services")
def listed(session: Reading, after: After = None, limit: Limit = 50, category_id: Key | None = None) -> ServicesOut:
    """The catalogue; prices are in fen."""
    page = services.listed(session, after=after, limit=limit, category_id=category_id)
    skills = services.skills_of(session, [row.id for row in page.rows])
    categories = services.categories(session)
    rows = [_out(row, categories[row.category_id], skills.get(row.id, [])) for row in page.rows]
    return ServicesOut(rows=rows, after=page.after)


@router.get("/services/{service_id}")
def one(service_id: Key, session: Reading) -> ServiceOut:
    row = services.get(session, service_id)
    skills = services.skills_of(session, [row.id])
    return _out(row, services.categories(session)[row.category_id], skills.get(row.id, []))


def _out(row: Service, category: Category, skills: list[Skill]) -> ServiceOut:
    return ServiceOut(
        **row.model_dump(exclude={"category_id"}),
        category=CategoryOut.model_validate(category),
        skills=[skill.name for skill in skills if not skill.is_certificate],
        certificates=[skill.name for skill in skills if skill.is_certificate],
    )
