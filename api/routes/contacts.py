"""Contacts: in which language, where and when a helper wants to be told."""

from typing import Annotated, Self

from fastapi import APIRouter
from pydantic import Field, model_validator

from api.doors import Reading, Shape, TimeOfDay, Writing
from matcher import contacts
from matcher.tables.notices import Contact
from matcher.types import Channel, EmailOrBlank, Key, PhoneOrBlank, Tongue

router = APIRouter(tags=["telling"])


class ContactIn(Shape):
    """What is left open is the register's (telephone, language) or the office's (quiet hours)."""

    language: Tongue | None = None
    email: EmailOrBlank = ""
    phone: PhoneOrBlank = ""
    channels: Annotated[list[Channel], Field(max_length=4)] = list(contacts.PERSONAL)
    quiet_from: TimeOfDay | None = None
    quiet_to: TimeOfDay | None = None

    @model_validator(mode="after")
    def _quiet_hours_are_whole(self) -> Self:
        if (self.quiet_from is None) != (self.quiet_to is None):
            raise ValueError("quiet hours have a beginning and an end")
        return self


class ContactOut(Shape):
    helper_id: str
    language: Tongue | None
    email: str
    phone: str
    channels: list[Channel]
    quiet_from: TimeOfDay | None
    quiet_to: TimeOfDay | None


@router.get("/helpers/{helper_id}/contact")
def one(helper_id: Key, session: Reading) -> ContactOut:
    return ContactOut.model_validate(contacts.get(session, helper_id))


@router.put("/helpers/{helper_id}/contact")
def put(helper_id: Key, body: ContactIn, session: Writing) -> ContactOut:
    row: Contact = contacts.put(session, helper_id, body.model_dump())
    return ContactOut.model_validate(row)
