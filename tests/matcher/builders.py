"""One of each, with as little said as it takes."""

from datetime import date
from typing import Any

from sqlmodel import Session

from matcher import requests, residents, volunteers
from matcher.keys import new_key
from matcher.tables.areas import Area
from matcher.tables.requests import Request
from matcher.tables.services import Category, Service

MONDAY = date(2034, 11, 20)
MORNING = [{"start": "09:00", "end": "11:00"}]
HERE = {"latitude": 43.79, "longitude": 87.62}


def an_area(session: Session, name: str = "和平社区", **said: Any) -> str:
    area = Area(id=new_key("are"), name=name, **{"tier": "community", **said})
    session.add(area)
    session.flush()
    return area.id


def a_resident(session: Session, area_id: str, **said: Any) -> str:
    return residents.register(session, {"name": "阿依古丽", "area_id": area_id, **HERE, **said}).id


def a_volunteer(session: Session, area_id: str, **said: Any) -> str:
    """The helper's id."""
    return volunteers.register(session, {"name": "王芳", "area_id": area_id, **HERE, **said})[1].id


def a_service(session: Session, **said: Any) -> str:
    category = Category(id=new_key("cat"), name="家政", name_en="Housekeeping")
    service = Service(id=new_key("svc"), category_id=category.id, **{"name": "打扫", "minutes": 60, **said})
    session.add(category)
    session.flush()
    session.add(service)
    session.flush()
    return service.id


def a_request(session: Session, area_id: str, **said: Any) -> Request:
    """Of a resident of this area, for a service of its own, on Monday morning."""
    plain = {"day": MONDAY, "windows": MORNING}
    if "resident_id" not in said:
        plain["resident_id"] = a_resident(session, area_id)
    if "service_id" not in said:
        plain["service_id"] = a_service(session)
    return requests.take(session, {**plain, **said})
