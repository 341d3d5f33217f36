"""The service catalogue: categories, services, and the skills that they ask for."""

from collections import defaultdict
from collections.abc import Iterable

from sqlmodel import Session, col, select

from matcher.database import insert_new
from matcher.keys import new_key
from matcher.pages import Page, one, page
from matcher.tables.services import Category, Service, ServiceSkill, Skill


def get(session: Session, service_id: str) -> Service:
    return one(session, Service, service_id, "service")


def listed(
    session: Session, *, after: str | None = None, limit: int = 50, category_id: str | None = None
) -> Page[Service]:
    where = [] if category_id is None else [Service.category_id == category_id]
    return page(session, Service, after=after, limit=limit, where=where)


def everything(session: Session) -> list[Service]:
    """The whole catalogue, in order of its numbers."""
    return list(session.exec(select(Service).order_by(Service.number, Service.id)))


def categories(session: Session) -> dict[str, Category]:
    """Every category by id."""
    return {row.id: row for row in session.exec(select(Category).order_by(Category.number))}


def skills_of(session: Session, service_ids: Iterable[str]) -> dict[str, list[Skill]]:
    """What each of these services asks for, in order of name."""
    wanted: dict[str, list[Skill]] = defaultdict(list)
    found = session.exec(
        select(ServiceSkill.service_id, Skill)
        .join(Skill, col(ServiceSkill.skill_id) == col(Skill.id))
        .where(col(ServiceSkill.service_id).in_(list(service_ids)))
        .order_by(Skill.name)
    )
    for service_id, skill in found:
        wanted[service_id].append(skill)
    return wanted


def skill(session: Session, name: str, *, is_certificate: bool) -> Skill:
    """The skill of this name, made when it is new."""
    known = select(Skill).where(Skill.name == name, Skill.is_certificate == is_certificate)
    found = session.exec(known).one_or_none()
    if found is None:
        new = {"id": new_key("skl"), "name": name, "is_certificate": is_certificate}
        session.connection().execute(insert_new(session, Skill).values(new))
        found = session.exec(known).one()
    return found
